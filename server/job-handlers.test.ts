import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';

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
    expect(job).toMatchObject({ kind: 'add', state: 'waiting' });
    expect(job).not.toHaveProperty('input');
    const lines = (await ask('GET', `/jobs/${id}/progress`)).body.trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ state: 'done', result: { added: 2 }, problemCount: 1 });
    expect((await ask('GET', '/jobs')).json().jobs).toMatchObject([{ id, state: 'done' }]);
    expect((await ask('GET', '/songs/counts')).json().total).toBe(2);
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
    expect((await ask('DELETE', '/data', { confirm: 'erase everything' })).statusCode).toBe(204);
    expect((await ask('GET', '/jobs')).json()).toEqual({ jobs: [] });
  });
});
