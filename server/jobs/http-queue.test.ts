/** Jobs beside a running server: they are the server's, and outlive whoever asked for them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { openQueue, workLibrary } from '../library/open-library.ts';
import { createHttpStore, serverOf } from '../store/http-store.ts';
import type { Job } from './jobs.ts';

let folder: string;
let app: FastifyInstance;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attune-http-queue-'));
  writeFileSync(join(folder, 'songs.csv'), 'title,artist\nA,B\nC,D\n,E\n');
  app = await createApp({ logLevel: 'silent', store: { dataDir: join(folder, 'data') } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

it('asks the server, which does them, tells how far they are and keeps them', async () => {
  const store = createHttpStore(url);
  expect(serverOf(store)).toBe(url);
  const queue = await openQueue(store);
  await workLibrary(store, queue, {}); // nothing to do here
  const source = join(folder, 'songs.csv');
  const added = await queue.add('add', { source });
  expect(added).toMatchObject({ kind: 'add', input: { source } });
  const seen: Job['state'][] = [];
  const ended = await queue.wait(added.id, ({ state }) => seen.push(state));
  expect(ended).toMatchObject({ state: 'done', result: { added: 2 }, problemCount: 1, input: { source } });
  expect(seen.at(-1)).toBe('done');
  expect(await queue.countOpen()).toBe(0);
  const failing = await queue.add('add', { source: join(folder, 'none.csv') });
  expect(await queue.wait(failing.id)).toMatchObject({ state: 'failed', error: { code: 'import/not-found' } });
  writeFileSync(join(folder, 'none.csv'), 'title,artist\nE,F\n');
  await queue.retry(failing.id);
  expect(await queue.wait(failing.id)).toMatchObject({ state: 'done', result: { added: 1 } });
  expect((await queue.list(1)).map(({ id }) => id)).toEqual([failing.id]);
  expect(await queue.get('none')).toBeUndefined();
  await expect(queue.cancel('none')).rejects.toMatchObject({ code: 'jobs/none' });
  await expect(queue.add('analyse-part', {})).rejects.toMatchObject({ code: 'api/invalid' });
});

it('goes on in the server when the one who asked is gone', async () => {
  const store = createHttpStore(url);
  const queue = await openQueue(store);
  const rows = Array.from({ length: 3000 }, (_, n) => `Title ${n},Artist ${n % 50}`);
  writeFileSync(join(folder, 'many.csv'), ['title,artist', ...rows].join('\n'));
  const { id } = await queue.add('add', { source: join(folder, 'many.csv') });
  const gone = new AbortController();
  const waiting = queue.wait(id, () => gone.abort(), gone.signal);
  await expect(waiting).rejects.toThrow();
  await queue.close();
  await store.close();
  const other = await openQueue(createHttpStore(url));
  expect(await other.wait(id)).toMatchObject({ state: 'done', result: { added: 3000 } });
});
