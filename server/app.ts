/** The web application: the page, the files its browser reads with, and the API. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyMultipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { packageRoot } from '../node/package-root.ts';
import { API_PREFIX, type Health } from './api.ts';
import { createDataHandlers, noStore } from './data-handlers.ts';
import { createJobHandlers } from './job-handlers.ts';
import { createLazyStore } from './lazy-store.ts';
import { DOCS_STYLE, docsPage, openApiDocument } from './openapi.ts';
import { checkSender, isHere } from './origin.ts';
import { answerError, sendProblem } from './problem.ts';
import { createReadingHandlers, type ReadingOptions } from './reading-handlers.ts';
import { addRoutes } from './routes.ts';
import { addShippedFiles } from './shipped-files.ts';
import type { StoreOptions } from './store/open-store.ts';
import { removeLeftovers } from './uploads.ts';

export interface AppOptions {
  /** The folder that holds dist/, models/ and catalogue/. @default the package's own */
  readonly root?: string;
  /** A host name, besides localhost and plain addresses, under which the server may be reached. */
  readonly hostName?: string;
  /** What the log shows; JSON lines to standard error. @default 'warn' */
  readonly logLevel?: 'info' | 'warn' | 'silent';
  /** Where songs and choices are kept; opened when something first asks for it. @default nowhere */
  readonly store?: StoreOptions;
  /** How much is read at once, and how large it may be. */
  readonly readings?: ReadingOptions;
  /** Key and certificate, PEM: then the server speaks HTTPS alone. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
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

/** Built files carry a hash in their name and never change; all others are asked for again, and answered 304 by their ETag. */
const cacheControlOf = (path: string): string =>
  /[\\/]web[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';

/** The application, not yet listening: `app.inject` tests it without a port, `serve` opens one. */
export const createApp = async ({
  root = packageRoot,
  hostName,
  logLevel = 'warn',
  store: storeOptions,
  readings = {},
  tls,
}: AppOptions = {}): Promise<FastifyInstance> => {
  const app = fastify({
    logger: logLevel === 'silent' ? false : { level: logLevel, stream: process.stderr },
    forceCloseConnections: true,
    bodyLimit: 1024 * 1024,
    // A request that has not come within this, headers and body, is dropped; uploads have shorter limits of their own.
    requestTimeout: 15 * 60 * 1000,
    routerOptions: { maxParamLength: 6000 },
    https: tls ?? null,
  }) as unknown as FastifyInstance;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    checkSender(request, hostName);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 404, 'server/not-found', `There is nothing at ${request.method} ${request.url.split('?')[0]}.`),
  );
  app.setErrorHandler(answerError);

  const page = join(root, 'dist', 'web');
  const files = {
    page: join(page, 'index.html'),
    faceDetector: join(root, 'dist', 'models', 'face-detector-full.onnx'),
    expressionModel: join(root, 'models', 'expression.onnx'),
    catalogue: join(root, 'catalogue', 'songs.csv'),
  };
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const isThere = (name: keyof typeof files): boolean => existsSync(files[name]);
  const store = storeOptions && createLazyStore(storeOptions, () => void jobs.resume());
  removeLeftovers();
  await app.register(fastifyMultipart);
  const jobs = createJobHandlers(store?.ask ?? noStore, storeOptions);
  const data = createDataHandlers(store?.ask ?? noStore, store !== undefined);
  addRoutes(app, {
    ...createReadingHandlers(readings),
    ...data,
    ...jobs.handlers,
    // What is erased must not be written anew by work that goes on.
    eraseData: async (input) => {
      await jobs.close();
      try {
        await data.eraseData(input);
        jobs.forget();
      } catch (error) {
        await store?.close(); // the next question opens what is left
        throw error;
      }
    },
    health: async ({ request }): Promise<Health> => ({
      status: 'ok',
      version,
      files: {
        page: isThere('page'),
        faceDetector: isThere('faceDetector'),
        expressionModel: isThere('expressionModel'),
        catalogue: isThere('catalogue'),
      },
      store: store?.state() ?? 'none',
      here: isHere(request),
    }),
  });
  app.get(`${API_PREFIX}/openapi.json`, () => openApiDocument(version));
  app.get('/api/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(docsPage(version)));
  app.get('/api/docs/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(DOCS_STYLE));
  if (store) {
    app.addHook('onClose', async () => {
      await jobs.close();
      await store.close();
    });
  }

  // HEAD comes with GET; `wildcard` looks a file up when it is asked for, so that a model trained meanwhile is served too.
  const options = {
    wildcard: true,
    cacheControl: false,
    dotfiles: 'ignore' as const,
    setHeaders: (reply: FastifyReply, path: string): void => {
      reply.header('cache-control', cacheControlOf(path));
    },
  };
  // The build packs the page's files with brotli beside them; a browser that takes it gets those.
  // Its own index is no help: asked for "/", it looks for a packed folder and finds none.
  await app.register(fastifyStatic, { ...options, index: false, root: page, preCompressed: true });
  addShippedFiles(app, root, page);
  app.get('/', (_request, reply) => reply.sendFile('index.html'));
  return app;
};
