import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { isOwnHost } from './origin.ts';
import { serve } from './serve.ts';

const root = mkdtempSync(join(tmpdir(), 'attune-server-'));
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
let app: FastifyInstance;
beforeAll(async () => {
  put('package.json', '{"name":"attune","version":"1.2.3"}');
  put('secret.txt', 'not to be served');
  put('dist/web/index.html', '<!doctype html><title>Attune</title>');
  put('dist/web/assets/app-4f3a.js', 'export {};');
  put('dist/models/face-detector-full.onnx', 'detector');
  put('models/expression.onnx', 'expression');
  put('catalogue/songs.csv', 'title,artist\n');
  app = await createApp({ root, logLevel: 'silent' });
});
afterAll(async () => {
  await app.close();
  rmSync(root, { recursive: true, force: true });
});
const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers: { host: 'localhost:8320', ...headers } });

test('health tells the version and which files are there', async () => {
  const answer = await get('/api/v1/health');
  expect(answer.json()).toEqual({
    status: 'ok',
    version: '1.2.3',
    files: { page: true, faceDetector: true, expressionModel: true, catalogue: true },
    store: 'none',
    here: true,
  });
});

test.each([
  ['/', 'text/html', '<!doctype html>'],
  ['/models/expression.onnx', 'application/octet-stream', 'expression'],
  ['/models/face-detector-full.onnx', 'application/octet-stream', 'detector'],
  ['/catalogue/songs.csv', 'text/csv', 'title'],
])('serves %s, and 304 once the browser has it', async (url, type, start) => {
  const answer = await get(url);
  expect(answer.statusCode).toBe(200);
  expect(answer.body.startsWith(start)).toBe(true);
  expect(answer.headers['content-type'] ?? 'application/octet-stream').toContain(type);
  expect(answer.headers['cache-control']).toBe('no-cache');
  const etag = answer.headers.etag as string;
  expect((await get(url, { 'if-none-match': etag })).statusCode).toBe(304);
});

test.each(['/', '/assets/app-4f3a.js'])('serves %s to a browser that takes brotli where there is none', async (url) => {
  const answer = await get(url, { 'accept-encoding': 'gzip, deflate, br, zstd' });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-encoding']).toBeUndefined();
});

test('a browser that takes brotli gets the packed files, and one that does not the plain ones', async () => {
  const packed = brotliCompressSync('<!doctype html><title>Attune</title>');
  mkdirSync(join(root, 'packed', 'dist', 'web', 'assets'), { recursive: true });
  const page = (path: string, bytes: string | Buffer): void =>
    writeFileSync(join(root, 'packed', 'dist', 'web', path), bytes);
  writeFileSync(join(root, 'packed', 'package.json'), '{"name":"attune","version":"1.2.3"}');
  page('index.html', '<!doctype html><title>Attune</title>');
  page('index.html.br', packed);
  page('assets/app.js', 'export {};');
  page('assets/app.js.br', brotliCompressSync('export {};'));
  page('assets/font.woff2', 'font');
  const other = await createApp({ root: join(root, 'packed'), logLevel: 'silent' });
  const ask = (url: string, encoding?: string) =>
    other.inject({
      url,
      headers: { host: 'localhost', ...(encoding === undefined ? {} : { 'accept-encoding': encoding }) },
    });
  for (const [url, type] of [
    ['/', 'text/html'],
    ['/index.html', 'text/html'],
    ['/assets/app.js', 'javascript'],
  ] as const) {
    const answer = await ask(url, 'gzip, deflate, br, zstd');
    expect(answer.statusCode, url).toBe(200);
    expect(answer.headers['content-encoding'], url).toBe('br');
    expect(answer.headers['content-type'], url).toContain(type);
    expect(answer.headers.vary, url).toMatch(/accept-encoding/i);
    const plain = await ask(url);
    expect(plain.headers['content-encoding'], url).toBeUndefined();
    expect(brotliDecompressSync(answer.rawPayload).toString(), url).toBe(plain.body);
    expect((await ask(url, 'br;q=0, identity')).headers['content-encoding'], url).toBeUndefined();
  }
  expect((await ask('/assets/app.js', 'br')).headers['cache-control']).toContain('immutable');
  expect((await ask('/assets/font.woff2', 'br')).body).toBe('font');
  await other.close();
});

test('built files with a hash in their name are kept for good', async () => {
  expect((await get('/assets/app-4f3a.js')).headers['cache-control']).toContain('immutable');
});

test('a model trained while the server runs is served', async () => {
  put('models/later.onnx', 'later');
  expect((await get('/models/later.onnx')).body).toBe('later');
});

test('models and songs are served packed, but never by an older copy', async () => {
  const home = join(root, 'shipped');
  const write = (path: string, bytes: string | Buffer, seconds: number): void => {
    const file = join(home, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, bytes);
    utimesSync(file, seconds, seconds);
  };
  write('package.json', '{"name":"attune","version":"1.2.3"}', 1);
  write('dist/web/index.html', 'page', 1);
  for (const [path, copy, type] of [
    ['models/one.onnx', 'models/one.onnx', 'application/octet-stream'],
    ['dist/models/two.onnx', 'models/two.onnx', 'application/octet-stream'],
    ['catalogue/songs.csv', 'catalogue/songs.csv', 'text/csv'],
  ] as const) {
    write(path, `of ${path}`, 100);
    write(`dist/web/${copy}`, `of ${path}`, 200);
    write(`dist/web/${copy}.br`, brotliCompressSync(`of ${path}`), 200);
    const other = await createApp({ root: home, logLevel: 'silent' });
    const ask = (encoding: string, method: 'GET' | 'HEAD' = 'GET') =>
      other.inject({ method, url: `/${copy}`, headers: { host: 'localhost', 'accept-encoding': encoding } });
    const answer = await ask('gzip, br');
    expect([answer.statusCode, answer.headers['content-encoding']], copy).toEqual([200, 'br']);
    expect(answer.headers['content-type'], copy).toContain(type);
    expect(answer.headers['cache-control'], copy).toBe('no-cache');
    expect(answer.headers.vary, copy).toMatch(/accept-encoding/i);
    expect(brotliDecompressSync(answer.rawPayload).toString(), copy).toBe(`of ${path}`);
    expect((await ask('br', 'HEAD')).headers['content-length'], copy).toBe(String(answer.rawPayload.length));
    expect((await ask('gzip')).headers['content-encoding'], copy).toBeUndefined();
    expect((await ask('gzip')).body, copy).toBe(`of ${path}`);
    write(path, 'trained anew', 300);
    const anew = await ask('gzip, br');
    expect([anew.headers['content-encoding'], anew.body], copy).toEqual([undefined, 'trained anew']);
    await other.close();
  }
});

test('nothing outside its folders is served', async () => {
  for (const url of [
    '/secret.txt',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/models/..%2f..%2fsecret.txt',
    '/package.json',
  ]) {
    const answer = await get(url);
    expect(answer.statusCode, url).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain('not to be served');
  }
});

test('an unknown path gives a problem document', async () => {
  const answer = await get('/api/v1/nothing?x=1');
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toEqual({
    type: 'urn:attune:problem:server/not-found',
    title: 'Nothing there',
    status: 404,
    detail: 'There is nothing at GET /api/v1/nothing.',
    code: 'server/not-found',
  });
});

test('nothing inline runs on the page, and WebAssembly may', async () => {
  const policy = (await get('/')).headers['content-security-policy'] as string;
  expect(policy).not.toContain('unsafe-inline');
  expect(policy).not.toMatch(/'unsafe-eval'/);
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
});

describe('a page elsewhere that points its own name at this machine', () => {
  test('gets nothing', async () => {
    const answer = await get('/api/v1/health', { host: 'evil.example:8320' });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'server/host' });
  });
  test.each([
    ['localhost:8320', true],
    ['127.0.0.1:8320', true],
    ['[::1]:8320', true],
    ['attune.localhost', true],
    ['192.168.1.7:80', true],
    ['evil.example', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['', false],
    [undefined, false],
  ])('Host %s is ours: %s', (header, expected) => {
    expect(isOwnHost(header)).toBe(expected);
  });
});

describe('ports', () => {
  const takePort = async (port: number): Promise<{ port: number; free(): Promise<void> }> => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const address = other.address();
    return {
      port: typeof address === 'object' ? (address?.port ?? 0) : 0,
      free: () => new Promise((resolve) => other.close(() => resolve())),
    };
  };

  test('a port that was asked for and is taken is a clear error', async () => {
    const taken = await takePort(0);
    await expect(serve({ root, port: taken.port, logLevel: 'silent' })).rejects.toMatchObject({
      code: 'server/port-taken',
      message: `Port ${taken.port} on 127.0.0.1 is taken by another program: choose another with --port, or leave --port out and a free one is found.`,
    });
    await taken.free();
  });

  test('without a port the next free one is taken, and the address answers', async () => {
    const first = await serve({ root, logLevel: 'silent' });
    const second = await serve({ root, logLevel: 'silent' });
    expect(second.url).not.toBe(first.url);
    expect(second.url).toMatch(/^http:\/\/127\.0\.0\.1:83[234]\d$/);
    expect((await fetch(`${second.url}/api/v1/health`)).status).toBe(200);
    await Promise.all([first.close(), second.close()]);
  });

  test('beyond this machine without a certificate is a clear error', async () => {
    await expect(serve({ root, host: '203.0.113.7', port: 0, logLevel: 'silent' })).rejects.toMatchObject({
      code: 'server/https-needed',
    });
    await expect(serve({ root, cert: join(root, 'none.pem'), port: 0, logLevel: 'silent' })).rejects.toMatchObject({
      code: 'server/certificate',
    });
  });

  test('a page without models and songs is served all the same, and health says what is missing', async () => {
    const bare = join(root, 'bare');
    for (const path of ['package.json', 'dist/web/index.html']) {
      mkdirSync(dirname(join(bare, path)), { recursive: true });
      copyFileSync(join(root, path), join(bare, path));
    }
    const server = await serve({ root: bare, port: 0, logLevel: 'silent' });
    expect(await (await fetch(`${server.url}/api/v1/health`)).json()).toMatchObject({
      files: { page: true, faceDetector: false, expressionModel: false, catalogue: false },
    });
    expect((await fetch(`${server.url}/models/expression.onnx`)).status).toBe(404);
    await server.close();
  });

  test('without a built page the error says what to run', async () => {
    await expect(serve({ root: join(root, 'nowhere'), logLevel: 'silent' })).rejects.toMatchObject({
      code: 'server/page-missing',
    });
  });
});
