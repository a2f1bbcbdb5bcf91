import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { openQueue } from './library/open-library.ts';
import { openStore } from './store/open-store.ts';

describe('jobs over HTTP', () => {
  let folder: string;
  let app: FastifyInstance;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'attune-job-routes-'));
    app = await createApp({ logLevel: 'silent', store: { dataDir: join(folder, 'data') } });
    writeFileSync(join(folder, 'songs.csv'), 'title,artist\nA,B\nC,D\n,E\n');
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) =>
    app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { host: 'localhost:8320' },
      ...(payload && { payload }),
    });

  it('adds songs, tells how far it is line by line, and lists what was done', async () => {
    const added = await ask('POST', '/jobs', { kind: 'add', source: join(folder, 'songs.csv') });
    expect(added.statusCode).toBe(200);
    const { id, ...job } = added.json();
    expect(job).toMatchObject({ kind: 'add', state: 'waiting', input: { source: join(folder, 'songs.csv') } });
    expect((await ask('GET', `/jobs/${id}`)).json()).toMatchObject({ id, kind: 'add' });
    expect((await ask('GET', '/jobs/none')).json()).toMatchObject({ status: 404, code: 'jobs/none' });
    const lines = (await ask('GET', `/jobs/${id}/progress`)).body.trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ state: 'done', result: { added: 2 }, problemCount: 1 });
    expect((await ask('GET', '/jobs')).json().jobs).toMatchObject([{ id, state: 'done' }]);
    expect((await ask('GET', '/songs/counts')).json().total).toBe(2);
  });

  const send = (name: string, content: string | Buffer, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/jobs/file',
      headers: { host: 'localhost:8320', 'content-type': 'multipart/form-data; boundary=b', ...headers },
      payload: Buffer.concat([
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`),
        Buffer.from(content),
        Buffer.from('\r\n--b--\r\n'),
      ]),
    });

  it('adds the songs of a table that is sent, under its own name, and keeps nothing of it', async () => {
    const sent = await send('../../evil/mine.csv', 'title,artist\nSent,S\n,T\n');
    expect(sent.json()).toMatchObject({ kind: 'add', input: { source: 'mine.csv' } });
    const lines = (await ask('GET', `/jobs/${sent.json().id}/progress`)).body.trim().split('\n');
    const job = JSON.parse(lines.at(-1) ?? '');
    expect(job).toMatchObject({
      state: 'done',
      result: { added: 1 },
      problems: [{ source: 'mine.csv', place: 'row 3' }],
    });
    expect(readdirSync(join(folder, 'data', 'uploads'))).toEqual([]);
    const bad = (await send('bad.xlsx', 'title,artist\nnot,a workbook\n')).json();
    const end = (await ask('GET', `/jobs/${bad.id}/progress`)).body.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(end)).toMatchObject({
      state: 'failed',
      error: { code: 'import/damaged', message: expect.stringContaining('no .xlsx file') },
    });
    expect(end).not.toContain(folder);
    for (const name of ['song.mp3', 'noname', '..', 'a.csv.exe'])
      expect((await send(name, 'title,artist\nX,Y\n')).json()).toMatchObject({ status: 415, code: 'upload/kind' });
    const huge = { 'content-length': String(600 * 1024 * 1024) };
    expect((await send('big.csv', 'x', huge)).json()).toMatchObject({ status: 413, code: 'upload/too-large' });
  });

  it('cancels, goes on, refuses nonsense, and starts anew after everything was erased', async () => {
    const { id } = (await ask('POST', '/jobs', { kind: 'add', source: join(folder, 'none.csv') })).json();
    const lines = (await ask('GET', `/jobs/${id}/progress`)).body.trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ state: 'failed', error: { code: 'import/not-found' } });
    expect((await ask('POST', `/jobs/${id}/retry`)).json()).toMatchObject({ state: 'waiting' });
    expect((await ask('POST', `/jobs/${id}/cancel`)).statusCode).toBe(200);
    expect((await ask('POST', '/jobs/none/cancel')).statusCode).toBeGreaterThanOrEqual(400);
    expect((await ask('POST', '/jobs', { kind: 'analyse-part' })).statusCode).toBe(400);
    expect((await ask('POST', '/jobs', { kind: 'complete', from: ['nobody'] })).statusCode).toBe(400);
    writeFileSync(join(folder, 'data', 'uploads', 'old.csv'), '');
    expect((await ask('DELETE', '/data', { confirm: 'erase everything' })).statusCode).toBe(204);
    expect((await ask('GET', '/jobs')).json()).toEqual({ jobs: [] });
    expect(existsSync(join(folder, 'data', 'uploads'))).toBe(false);
  });

  it('goes on with what a server before it left, as soon as the library is opened', async () => {
    const dataDir = join(folder, 'left');
    const store = await openStore({ dataDir });
    const queue = await openQueue(store);
    const { id } = await queue.add('add', { source: join(folder, 'songs.csv') });
    await queue.close();
    await store.close();
    const next = await createApp({ logLevel: 'silent', store: { dataDir } });
    const get = async (path: string) =>
      (await next.inject({ method: 'GET', url: `/api/v1${path}`, headers: { host: 'localhost:8320' } })).json();
    await get('/settings');
    await expect.poll(async () => (await get(`/jobs/${id}`)).state, { timeout: 30_000 }).toBe('done');
    await next.close();
  });
});
