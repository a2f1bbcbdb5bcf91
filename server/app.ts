/** The web application: the page, the files its browser reads with, and the API. It never sees a photo. */
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { packageRoot } from '../node/package-root.ts';
import type { ApiError, Health } from './api.ts';

export interface AppOptions {
  /** The folder that holds dist/, models/ and catalogue/. @default the package's own */
  readonly root?: string;
  /** A host name, besides localhost and plain addresses, under which the server may be reached. */
  readonly hostName?: string;
  /** What the log shows; JSON lines to standard error. @default 'warn' */
  readonly logLevel?: 'info' | 'warn' | 'silent';
}

/**
 * Everything comes from here and nothing inline runs; 'wasm-unsafe-eval' lets WebAssembly compile, and only that.
 * Photos and videos that the page shows are blobs of its own.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(self), geolocation=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const sendError = (reply: FastifyReply, status: number, code: string, message: string): FastifyReply =>
  reply.code(status).send({ error: { code, message } } satisfies ApiError);

/**
 * Whether a request's Host header can be ours. A page elsewhere can point its own name at 127.0.0.1 ("DNS rebinding")
 * and would then read our answers as its own; its name stays in the Host header, so only our names pass.
 */
export const isOwnHost = (header: string | undefined, hostName?: string): boolean => {
  const host = (header ?? '').toLowerCase().replace(/:\d+$/, '');
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || host.endsWith('.localhost') || host === hostName?.toLowerCase() || isIP(bare) !== 0;
};

/** Built files carry a hash in their name and never change; all others are asked for again, and answered 304 by their ETag. */
const cacheControlOf = (path: string): string =>
  /[\\/]web[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';

/** The application, not yet listening: `app.inject` tests it without a port, `serve` opens one. */
export const createApp = async ({
  root = packageRoot,
  hostName,
  logLevel = 'warn',
}: AppOptions = {}): Promise<FastifyInstance> => {
  const app = fastify({
    logger: logLevel === 'silent' ? false : { level: logLevel, stream: process.stderr },
    forceCloseConnections: true,
    bodyLimit: 64 * 1024,
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (!isOwnHost(request.headers.host, hostName)) {
      return sendError(
        reply,
        403,
        'server/host',
        'This server answers only under its own address: open the one that "attune serve" printed.',
      );
    }
  });
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, 404, 'server/not-found', `There is nothing at ${request.method} ${request.url.split('?')[0]}.`),
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendError(reply, status, 'server/bad-request', error.message);
    request.log.error(error);
    return sendError(reply, 500, 'server/failed', 'The server failed on this request: its log says more.');
  });

  const page = join(root, 'dist', 'web');
  const files = {
    page: join(page, 'index.html'),
    faceDetector: join(root, 'dist', 'models', 'face-detector-full.onnx'),
    expressionModel: join(root, 'models', 'expression.onnx'),
    catalogue: join(root, 'catalogue', 'songs.csv'),
  };
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  app.get('/api/v1/health', (): Health => {
    const isThere = (name: keyof typeof files): boolean => existsSync(files[name]);
    return {
      status: 'ok',
      version,
      files: {
        page: isThere('page'),
        faceDetector: isThere('faceDetector'),
        expressionModel: isThere('expressionModel'),
        catalogue: isThere('catalogue'),
      },
    };
  });

  // HEAD comes with GET; `wildcard` looks a file up when it is asked for, so that a model trained meanwhile is served too.
  const options = {
    wildcard: true,
    cacheControl: false,
    dotfiles: 'ignore' as const,
    setHeaders: (reply: FastifyReply, path: string): void => {
      reply.header('cache-control', cacheControlOf(path));
    },
  };
  const folders = {
    '/models/': [join(root, 'models'), join(root, 'dist', 'models')],
    '/catalogue/': [join(root, 'catalogue')],
  };
  for (const [prefix, paths] of Object.entries(folders)) {
    const present = paths.filter((path) => existsSync(path));
    if (present.length === 0) continue;
    await app.register(fastifyStatic, { ...options, index: false, root: present, prefix, decorateReply: false });
  }
  await app.register(fastifyStatic, { ...options, index: 'index.html', root: page });
  return app;
};
