import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeEastAsian } from '../../test/library/east-asian.ts';
import { type LocalServer, sendJson, startLocalServer } from '../../test/library/local-server.ts';
import { retryAfterSeconds } from './answer-facts.ts';
import { createFetcher, type Fetcher, type FetcherOptions } from './fetcher.ts';
import { createHostTurns } from './host-turns.ts';
import { createResponseCache } from './response-cache.ts';

let folder: string;
let server: LocalServer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-crawl-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = (request: IncomingMessage & { readonly url: string }, response: ServerResponse) => void;
const serve = async (answer: Answer, robots?: (response: ServerResponse) => void): Promise<void> => {
  server = await startLocalServer(answer, robots);
};
const fetcherWith = (options: Partial<FetcherOptions> = {}): Fetcher =>
  createFetcher({
    cache: createResponseCache(folder),
    version: '0.0.0',
    isAllowed: (address) => address === '127.0.0.1',
    pauseMilliseconds: 1,
    firstWaitMilliseconds: 5,
    longestWaitMilliseconds: 2000,
    ...options,
  });
const ok: Answer = (request, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(request.url);

describe('createFetcher', () => {
  it('names itself and its runner, and asks a second time only for what it does not have', async () => {
    await serve(ok);
    const first = await fetcherWith({ contact: 'me@example.org' }).fetch(`${server.base}/a?q=1`);
    expect(first).toMatchObject({ status: 200, text: '/a?q=1', fromCache: false });
    // Another process, later: the answer is on the disk.
    expect(await fetcherWith().fetch(`${server.base}/a?q=1`)).toMatchObject({ text: '/a?q=1', fromCache: true });
    expect(await fetcherWith().fetch(`${server.base}/a?q=1`, { freshMilliseconds: 0 })).toMatchObject({
      fromCache: false,
    });
    expect(server.asked).toHaveLength(2);
    expect(server.agents[0]).toBe('Attune/0.0.0 (+me@example.org)');
  });

  it('waits between requests to one host, as long as robots.txt asks', async () => {
    await serve(ok, (response) => response.end('User-agent: *\nCrawl-delay: 0.2\nDisallow: /private'));
    const fetcher = fetcherWith();
    await Promise.all(['/1', '/2', '/3'].map((path) => fetcher.fetch(server.base + path)));
    expect(server.times[2]! - server.times[1]!).toBeGreaterThan(180);
    await expect(fetcher.fetch(`${server.base}/private/x`)).rejects.toMatchObject({ code: 'crawl/robots' });
    // Rules for everybody are not meant for an interface that is documented for programs.
    expect(await fetcher.fetch(`${server.base}/private/x`, { isInterface: true })).toMatchObject({ status: 200 });
  });

  it('takes turns with the other fetchers of the process, and is not kept waiting by one that was stopped', async () => {
    await serve(ok);
    const turns = createHostTurns();
    const control = new AbortController();
    const [one, two, stopped] = [
      fetcherWith({ turns, pauseMilliseconds: 150 }),
      fetcherWith({ turns, pauseMilliseconds: 150 }),
      fetcherWith({ turns, pauseMilliseconds: 150, signal: control.signal }),
    ];
    const waiting = expect(stopped.fetch(`${server.base}/never`)).rejects.toThrow('abort');
    control.abort();
    await Promise.all([waiting, one.fetch(`${server.base}/1`), two.fetch(`${server.base}/2`)]);
    expect(server.times).toHaveLength(2);
    expect(server.times[1]! - server.times[0]!).toBeGreaterThan(130);
  });

  it('takes turns with the other processes of the machine, also after one that died while it looked', async () => {
    await serve(ok);
    const shared = join(folder, 'turns');
    const [mine, theirs] = [createHostTurns(shared), createHostTurns(shared)];
    const options = { pauseMilliseconds: 150 };
    const one = fetcherWith({ ...options, turns: mine });
    const two = fetcherWith({ ...options, turns: theirs });
    await Promise.all([one.fetch(`${server.base}/1`), two.fetch(`${server.base}/2`), one.fetch(`${server.base}/3`)]);
    const times = [...server.times].sort((a, b) => a - b);
    expect(Math.min(times[1]! - times[0]!, times[2]! - times[1]!)).toBeGreaterThan(130);
    // What a host asked for outlives the process that was asked.
    mine.rest(new URL(server.base).host, 400);
    const asked = performance.now();
    await fetcherWith({ ...options, turns: createHostTurns(shared) }).fetch(`${server.base}/4`);
    expect(server.times.at(-1)! - asked).toBeGreaterThan(380);
    const [file] = readdirSync(shared);
    const claim = join(shared, `${file}.claim`);
    mkdirSync(claim);
    utimesSync(claim, new Date(0), new Date(0));
    writeFileSync(join(shared, file!), String(Date.now() + 10 * 24 * 3_600_000));
    expect(await two.fetch(`${server.base}/5`)).toMatchObject({ status: 200 });
  });

  it('forgets answers that are too old to be used, and nothing else', async () => {
    await serve(ok);
    const cache = createResponseCache(folder);
    await createHostTurns(join(folder, 'turns')).take('host', 1, async () => {});
    await fetcherWith().fetch(`${server.base}/old`);
    const before = readdirSync(folder, { recursive: true }) as string[];
    for (const name of before) utimesSync(join(folder, name), new Date(0), new Date(0));
    await fetcherWith().fetch(`${server.base}/new`);
    await cache.forgetBefore(Date.now() - 3_600_000);
    expect((await fetcherWith().fetch(`${server.base}/new`)).fromCache).toBe(true);
    expect((await fetcherWith().fetch(`${server.base}/old`)).fromCache).toBe(false);
    expect(readdirSync(join(folder, 'turns'))).toHaveLength(1);
    await createResponseCache(join(folder, 'none')).forgetBefore(Date.now());
  });

  it('knows a page by its address without the part that is looked at', async () => {
    await serve(ok);
    const fetcher = fetcherWith();
    expect((await fetcher.fetch(`${server.base}/a#one`)).fromCache).toBe(false);
    expect((await fetcher.fetch(`${server.base}/a#two`)).fromCache).toBe(true);
  });

  it('does not keep what is no answer', async () => {
    let count = 0;
    await serve((_request, response) => response.end(count++ === 0 ? 'out of order' : 'answer'));
    const request = { isAnswer: (text: string) => text === 'answer' };
    const fetcher = fetcherWith();
    expect(await fetcher.fetch(`${server.base}/a`, request)).toMatchObject({ text: 'out of order' });
    expect(await fetcher.fetch(`${server.base}/a`, request)).toMatchObject({ text: 'answer', fromCache: false });
    expect(await fetcher.fetch(`${server.base}/a`, request)).toMatchObject({ text: 'answer', fromCache: true });
  });

  it('fetches nothing from a site whose robots.txt fails, and everything where there is none', async () => {
    await serve(ok, (response) => response.writeHead(500).end());
    await expect(fetcherWith({ tries: 2 }).fetch(`${server.base}/a`)).rejects.toMatchObject({
      code: 'crawl/unreachable',
    });
    expect(server.asked).toEqual([]);
  });

  it('waits as long as Retry-After says, then goes on', async () => {
    let count = 0;
    await serve((request, response) => {
      count += 1;
      if (count === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else if (count === 2) response.writeHead(503, { 'retry-after': new Date(Date.now() + 1500).toUTCString() }).end();
      else if (count === 3) response.destroy();
      else ok(request, response);
    });
    expect(await fetcherWith().fetch(`${server.base}/a`)).toMatchObject({ status: 200 });
    expect(server.times[1]! - server.times[0]!).toBeGreaterThan(980);
    expect(server.asked).toHaveLength(4);
  });

  it('leaves a host for later that answers 429 or 500 for an hour, and keeps what it has', async () => {
    await serve((request, response) => {
      if (request.url === '/good') ok(request, response);
      else if (request.url === '/hour') response.writeHead(429, { 'retry-after': '3600' }).end();
      else response.writeHead(500).end();
    });
    const fetcher = fetcherWith({ tries: 4 });
    await fetcher.fetch(`${server.base}/good`);
    await expect(fetcher.fetch(`${server.base}/hour`)).rejects.toMatchObject({
      code: 'crawl/later',
      message: expect.stringContaining('3600 s'),
    });
    await expect(fetcher.fetch(`${server.base}/500`)).rejects.toMatchObject({ code: 'crawl/later' });
    expect(server.asked.filter((path) => path === '/500')).toHaveLength(4);
    expect((await fetcher.fetch(`${server.base}/good`)).fromCache).toBe(true);
  });

  it('rests where a service says that no request is left', async () => {
    await serve((_request, response) => {
      response.writeHead(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-in': '1' }).end('{}');
    });
    const fetcher = fetcherWith();
    await fetcher.fetch(`${server.base}/1`);
    await fetcher.fetch(`${server.base}/2`);
    expect(server.times[1]! - server.times[0]!).toBeGreaterThan(980);
  });

  it('refuses private addresses, at once and after a redirect', async () => {
    await serve((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    );
    await expect(fetcherWith().fetch(`${server.base}/a`)).rejects.toMatchObject({ code: 'crawl/private' });
    const strict = createFetcher({ cache: createResponseCache(folder), version: '0', firstWaitMilliseconds: 1 });
    for (const address of [
      server.base,
      'http://localhost:1/',
      'http://[::1]/',
      'http://2130706433/',
      'http://0x7f.1/',
    ]) {
      await expect(strict.fetch(address)).rejects.toMatchObject({ code: 'crawl/private' });
    }
    for (const address of ['file:///etc/passwd', 'ftp://example.org/', 'http://me:secret@example.org/', 'no address']) {
      await expect(strict.fetch(address)).rejects.toMatchObject({ code: 'crawl/address' });
    }
  });

  it('ends loops of redirects, endless and slow streams, and packed bombs', async () => {
    await serve((request, response) => {
      if (request.url.startsWith('/loop')) response.writeHead(302, { location: `/loop${Math.random()}` }).end();
      else if (request.url === '/endless') {
        const timer = setInterval(() => response.write(Buffer.alloc(10_000, 'x')), 1);
        response.on('close', () => clearInterval(timer));
      } else if (request.url === '/slow') {
        const timer = setInterval(() => response.write('x'), 50);
        response.on('close', () => clearInterval(timer));
      } else if (request.url === '/bomb') {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
      } else response.writeHead(302, { location: 'ftp://127.0.0.1/' }).end();
    });
    const fetcher = fetcherWith({ tries: 1, limits: { mostBytes: 500_000, mostMilliseconds: 1500 } });
    await expect(fetcher.fetch(`${server.base}/loop`)).rejects.toMatchObject({ code: 'crawl/redirects' });
    await expect(fetcher.fetch(`${server.base}/endless`)).rejects.toMatchObject({ code: 'crawl/large' });
    await expect(fetcher.fetch(`${server.base}/bomb`)).rejects.toMatchObject({ code: 'crawl/large' });
    await expect(fetcher.fetch(`${server.base}/slow`)).rejects.toMatchObject({ code: 'crawl/slow' });
    await expect(fetcher.fetch(`${server.base}/ftp`)).rejects.toMatchObject({ code: 'crawl/address' });
  });

  it('reads pages that lie about their encoding', async () => {
    await serve((request, response) => {
      const [type, body] = (
        {
          '/gbk': ['text/html; charset=gbk', encodeEastAsian('稻香', 'gbk')],
          '/lies': ['text/html; charset=iso-8859-1', Buffer.from('稻香')],
          '/meta': [
            'text/html',
            Buffer.concat([Buffer.from('<meta charset="shift_jis">'), encodeEastAsian('桜', 'shift_jis')]),
          ],
          '/wrong': ['text/html; charset=utf-8', encodeEastAsian('周杰伦的稻香', 'gbk')],
        } as Record<string, [string, Uint8Array]>
      )[request.url]!;
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    const text = async (path: string): Promise<string> => (await fetcherWith().fetch(server.base + path)).text;
    expect(await text('/gbk')).toBe('稻香');
    expect(await text('/lies')).toBe('稻香');
    expect(await text('/meta')).toContain('桜');
    expect(await text('/wrong')).toBe('周杰伦的稻香');
  });

  it('keeps keys out of the cache, and refuses with the status', async () => {
    await serve((request, response) =>
      request.url.startsWith('/no') ? response.writeHead(403).end() : ok(request, response),
    );
    const request = { secrets: ['api_key'] };
    const fetched = await fetcherWith().fetch(`${server.base}/a?x=1&api_key=SECRET`, request);
    expect(server.asked[0]).toContain('SECRET');
    expect(fetched.url).not.toContain('SECRET');
    expect((await fetcherWith().fetch(`${server.base}/a?x=1&api_key=OTHER`, request)).fromCache).toBe(true);
    await expect(fetcherWith().fetch(`${server.base}/no`)).rejects.toMatchObject({
      code: 'crawl/refused',
      message: expect.stringContaining('403'),
    });
  });

  it('goes on after kill -9 where it stood', async () => {
    await serve((_request, response) => setTimeout(() => sendJson(response, {}), 30));
    const program = `
      const { createFetcher } = await import(${JSON.stringify(new URL('./fetcher.ts', import.meta.url).href)});
      const { createResponseCache } = await import(${JSON.stringify(new URL('./response-cache.ts', import.meta.url).href)});
      const fetcher = createFetcher({ cache: createResponseCache(${JSON.stringify(folder)}), version: '0', isAllowed: () => true, pauseMilliseconds: 1 });
      for (let i = 0; i < 40; i++) await fetcher.fetch('${server.base}/' + i);
      process.exit(0);`;
    const run = (): ReturnType<typeof spawn> =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    const first = run();
    while (server.asked.length < 10) await new Promise((resolve) => setTimeout(resolve, 10));
    first.kill('SIGKILL');
    await new Promise((resolve) => first.once('exit', resolve));
    const second = run();
    expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(0);
    expect(new Set(server.asked).size).toBe(40);
    // Only the answer that was on its way when it was killed is fetched again.
    expect(server.asked.length).toBeLessThanOrEqual(41);
  });
});

describe('retryAfterSeconds', () => {
  it('reads numbers and dates', () => {
    expect(retryAfterSeconds('120')).toBe(120);
    expect(retryAfterSeconds('Wed, 21 Oct 2026 07:28:00 GMT', Date.parse('2026-10-21T07:27:00Z'))).toBe(60);
    expect(retryAfterSeconds('soon')).toBeUndefined();
    expect(retryAfterSeconds(undefined)).toBeUndefined();
  });
});
