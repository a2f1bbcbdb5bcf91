/** A plain web server for the built page, such as any host of static files is: no routes, no API, .br where it is asked for. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

export interface StaticHostOptions {
  readonly folder: string;
  /** Files that are served instead of those in the folder; `undefined` for one that is missing. */
  readonly instead?: Readonly<Record<string, Uint8Array | undefined>>;
  /** A folder of its own under the root, as GitHub Pages has. @default '/' */
  readonly prefix?: string;
  /** A slow line that all connections share. @default none */
  readonly line?: { readonly bitsPerSecond: number; readonly latencyMs: number };
}

const CHUNK = 8192;

/** Sends bodies over a line that carries one chunk after the other, in turns among all that wait. */
const createLine = (bitsPerSecond: number) => {
  const waiting: (() => void)[] = [];
  let isBusy = false;
  /** When the line is free again, whatever the timers of a busy machine do. */
  let freeAt = 0;
  const pump = (): void => {
    const next = waiting.shift();
    if (!next) {
      isBusy = false;
      return;
    }
    isBusy = true;
    next();
    freeAt = Math.max(freeAt, performance.now() - 50) + (CHUNK * 8 * 1000) / bitsPerSecond;
    setTimeout(pump, Math.max(0, freeAt - performance.now()));
  };
  return {
    turn: (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (!isBusy) pump();
      }),
  };
};

export interface StaticHost {
  readonly url: string;
  /** What was answered, in order: bytes of the bodies. */
  readonly answers: { readonly file: string; readonly bytes: number; readonly status: number }[];
  close(): Promise<void>;
}

export const openStaticHost = async ({
  folder,
  instead = {},
  prefix = '/',
  line,
}: StaticHostOptions): Promise<StaticHost> => {
  const answers: StaticHost['answers'] = [];
  const shared = line && createLine(line.bitsPerSecond);
  const send = async (response: ServerResponse, body: Uint8Array): Promise<void> => {
    if (line && shared) {
      await new Promise((resolve) => setTimeout(resolve, line.latencyMs));
      for (let at = 0; at < body.length && !response.destroyed; at += CHUNK) {
        await shared.turn();
        response.write(body.subarray(at, at + CHUNK));
      }
      response.end();
    } else response.end(body);
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').replace(/[?#].*$/, ''));
    const file = path.startsWith(prefix) ? normalize(path.slice(prefix.length)).replace(/^\.$/, '') : undefined;
    const name = file === '' ? 'index.html' : file;
    const answer = (status: number, body: Uint8Array, headers: Record<string, string> = {}): void => {
      answers.push({ file: name ?? path, bytes: body.length, status });
      response.writeHead(status, { 'content-length': String(body.length), ...headers });
      void send(response, body);
    };
    if (name === undefined || name.startsWith('..')) return answer(404, Buffer.from('Not here.'));
    const swapped = name in instead;
    const full = join(folder, name);
    const bytes = swapped
      ? instead[name]
      : existsSync(full) && statSync(full).isFile()
        ? readFileSync(full)
        : undefined;
    if (!bytes) return answer(404, Buffer.from('Not here.'));
    const etag = `"${bytes.length}-${swapped ? 0 : statSync(full).mtimeMs}"`;
    const headers: Record<string, string> = {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
      etag,
    };
    if (request.headers['if-none-match'] === etag) return answer(304, new Uint8Array(0), headers);
    const takesBrotli = /\bbr\b/.test(String(request.headers['accept-encoding'] ?? ''));
    if (!swapped && takesBrotli && existsSync(`${full}.br`))
      return answer(200, readFileSync(`${full}.br`), { ...headers, 'content-encoding': 'br' });
    return answer(200, bytes, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
