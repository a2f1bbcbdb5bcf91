/** The library's jobs on a real store: added, completed, analysed, written out and read back. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalServer, sendJson, startLocalServer } from '../../test/library/local-server.ts';
import { makeMp3 } from '../../test/library/make-music.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Job, JobKind } from '../jobs/jobs.ts';
import { connectionOf } from '../store/open-store.ts';
import type { ExportRecord, Store } from '../store/store.ts';
import { exportLibrary } from './export-library.ts';
import { type LibrarySettings, openLibraryStore, openQueue, workLibrary } from './open-library.ts';

let folder: string;
let server: LocalServer | undefined;
const open: { store: Store; queue: JobQueue }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-library-'));
});
afterEach(async () => {
  for (const { store, queue } of open.splice(0)) {
    await queue.close();
    await store.close();
  }
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const openLibrary = async (
  name = 'data',
  settings: LibrarySettings = {},
): Promise<{ store: Store; queue: JobQueue }> => {
  const all = { dataDir: join(folder, name), isAllowed: () => true, ...settings };
  const store = await openLibraryStore(all);
  const queue = await openQueue(store);
  await workLibrary(store, queue, all);
  open.push({ store, queue });
  return { store, queue };
};
const run = async (queue: JobQueue, kind: JobKind, input: unknown): Promise<Job> =>
  queue.wait((await queue.add(kind, input)).id);
const music = (name: string, title: string, lyrics?: string): string => {
  const path = join(folder, 'music', name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, makeMp3({ frames: { TIT2: title, TPE1: 'Artist', TCON: 'sad' }, ...(lyrics && { lyrics }) }));
  return path;
};
const facts = async (store: Store): Promise<unknown[]> => {
  const all: unknown[] = [];
  for await (const record of store.exportAll() as AsyncIterable<ExportRecord>) {
    if (record.kind !== 'song') continue;
    const { addedAt: _addedAt, ...song } = record.song;
    all.push({ song, files: record.files });
  }
  return all;
};

describe('adding', () => {
  it('reads a folder, then only what changed, and forgets files that are gone while their songs stay', async () => {
    const { store, queue } = await openLibrary();
    const one = music('1.mp3', 'One', 'words');
    const two = music('2.mp3', 'Two');
    music('sub/3.mp3', 'Three');
    const source = join(folder, 'music');
    expect(await run(queue, 'add', { source })).toMatchObject({
      state: 'done',
      result: { added: 3, updated: 0, unchanged: 0 },
    });
    expect(await run(queue, 'add', { source })).toMatchObject({
      result: { added: 0, updated: 0, unchanged: 3, forgotten: 0 },
    });
    music('1.mp3', 'One again');
    utimesSync(one, 5, 5);
    rmSync(two);
    expect(await run(queue, 'add', { source })).toMatchObject({ result: { added: 1, unchanged: 1, forgotten: 1 } });
    expect((await store.countSongs()).total).toBe(4);
    // A disk that is not there is no empty library.
    rmSync(source, { recursive: true });
    mkdirSync(source);
    expect(await run(queue, 'add', { source })).toMatchObject({ result: { forgotten: 0 } });
  });

  it('keeps bad rows beside and fails at once where nothing can be read', async () => {
    const { queue } = await openLibrary();
    const table = join(folder, 'a.csv');
    writeFileSync(table, 'title,artist\nA,B\n,C\n');
    const job = await run(queue, 'add', { source: table });
    expect(job).toMatchObject({ state: 'done', problemCount: 1, problems: [{ place: 'row 3' }], result: { added: 1 } });
    expect(await run(queue, 'add', { source: join(folder, 'none') })).toMatchObject({
      state: 'failed',
      error: { code: 'import/not-found' },
      tries: 1,
    });
  });

  it('goes on after kill -9: the job that was cut off ends, and everything is there once', async () => {
    for (let i = 0; i < 1200; i++) music(`${i % 30}/${i}.mp3`, `Song ${i}`);
    const data = join(folder, 'data');
    const program = `
      const { openLibraryStore, openQueue, workLibrary } = await import(${JSON.stringify(new URL('./open-library.ts', import.meta.url).href)});
      const settings = { dataDir: ${JSON.stringify(data)} };
      const store = await openLibraryStore(settings);
      const queue = await openQueue(store);
      const { id } = await queue.add('add', { source: ${JSON.stringify(join(folder, 'music'))} });
      await workLibrary(store, queue, settings);
      await queue.wait(id, ({ state, done = 0 }) => {
        if (state === 'done') process.stdout.write('too early');
        else if (done > 200) process.stdout.write('begun');
      });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(String(await new Promise((resolve) => child.stdout.once('data', resolve)))).toBe('begun');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const { store, queue } = await openLibrary();
    const [job] = await queue.list();
    // It stands as running until its worker was silent for a minute: a minute that is over.
    expect(job).toMatchObject({ kind: 'add', state: 'running' });
    await connectionOf(store)?.execute(`update attune_jobs.jobs set heard_at = now() - interval '2 minutes'`);
    const ended = await queue.wait(job!.id);
    expect(ended).toMatchObject({ state: 'done', tries: 2 });
    const { added, updated, unchanged } = ended.result as Record<'added' | 'updated' | 'unchanged', number>;
    expect(added + updated + unchanged).toBe(1200);
    expect((await store.countSongs()).total).toBe(1200);
  }, 120_000);
});

describe('completing', () => {
  it('asks a service once for what songs lack, and keeps what they have', async () => {
    server = await startLocalServer((request, response) => {
      const track = new URL(request.url, 'http://x').searchParams.get('track_name');
      sendJson(
        response,
        track === 'One' ? [{ trackName: 'One', artistName: 'Artist', plainLyrics: 'found words' }] : [],
      );
    });
    const { store, queue } = await openLibrary('data', { sources: { bases: { lrclib: server.base } } });
    music('1.mp3', 'One');
    music('2.mp3', 'Two', 'own words');
    await run(queue, 'add', { source: join(folder, 'music') });
    expect(await run(queue, 'complete', { from: ['lrclib'] })).toMatchObject({
      state: 'done',
      result: { completed: 1 },
    });
    const { songs } = await store.listSongs();
    expect(songs.map(({ title, lyrics, tags }) => [title, lyrics, tags])).toEqual([
      ['One', 'found words', ['sad']],
      ['Two', 'own words', ['sad']],
    ]);
    const asked = server.asked.length;
    await run(queue, 'complete', { from: ['lrclib'] });
    expect(server.asked).toHaveLength(asked);
    expect(await run(queue, 'complete', { from: ['lastfm'] })).toMatchObject({
      state: 'failed',
      error: { code: 'crawl/key' },
    });
  });
});

describe('analysing', () => {
  it('finds emotions once for each version, and never against a correction by hand', async () => {
    const { store, queue } = await openLibrary();
    music('1.mp3', 'One');
    await run(queue, 'add', { source: join(folder, 'music') });
    const first = await run(queue, 'analyse', {});
    // How many look at it depends on which models this installation has; its sound is silence.
    expect(first).toMatchObject({ state: 'done', result: { found: 1 } });
    const [song] = (await store.listSongs()).songs;
    expect(song?.emotion).toBe('sad');
    expect(song?.evidence.find(({ source }) => source === 'tags')?.confidence).toBeGreaterThan(0);
    expect(await run(queue, 'analyse', {})).toMatchObject({ state: 'done', result: { analysers: expect.any(Array) } });
    expect((await queue.get(first.id))?.total).toBeGreaterThanOrEqual(1);
    const scores = { angry: 0, disgust: 0, fear: 0, happy: 1, sad: 0, surprise: 0, neutral: 0 };
    await store.putEvidence(song!.id, { source: 'hand', version: 'today', confidence: 1, scores });
    expect(await run(queue, 'analyse', { again: true })).toMatchObject({ result: { found: 1 } });
    expect((await store.listSongs()).songs[0]).toMatchObject({ emotion: 'happy', confidence: 1 });
  });
});

describe('writing out', () => {
  it('brings the whole library back out of a workbook: songs, tags, lyrics, evidence, files', async () => {
    const { store, queue } = await openLibrary();
    music('1.mp3', '=1+1', 'line one\nline two');
    music('2.mp3', '稻香');
    await run(queue, 'add', { source: join(folder, 'music') });
    await run(queue, 'add', { source: 'catalogue/songs.csv' });
    await run(queue, 'analyse', {});
    const file = join(folder, 'library.xlsx');
    expect(await exportLibrary(store, file)).toBe(1368);
    const other = await openLibrary('other');
    expect(await run(other.queue, 'add', { source: file })).toMatchObject({ problemCount: 0, result: { added: 1368 } });
    expect(await facts(other.store)).toEqual(await facts(store));
  }, 120_000);

  it('writes tables and playlists that read back, and leaves no half file', async () => {
    const { store, queue } = await openLibrary();
    const path = music('a & b.mp3', '<&> "x"', 'words, "quoted"\nand more');
    await run(queue, 'add', { source: join(folder, 'music') });
    for (const name of ['l.csv', 'l.m3u8', 'l.xspf', 'l.jspf']) {
      const file = join(folder, name);
      expect(await exportLibrary(store, file, { tag: 'sad' })).toBe(1);
      expect(readFileSync(file, 'utf8')).toContain(
        name === 'l.xspf' ? 'a%20&amp;%20b.mp3' : name === 'l.jspf' ? 'a%20&%20b.mp3' : path,
      );
      const other = await openLibrary(`of-${name}`);
      expect(await run(other.queue, 'add', { source: file })).toMatchObject({ problemCount: 0, result: { added: 1 } });
      const [song] = (await other.store.listSongs()).songs;
      expect(song).toMatchObject({ title: '<&> "x"', artist: 'Artist', lyrics: 'words, "quoted"\nand more' });
    }
    await expect(exportLibrary(store, join(folder, 'l.doc'))).rejects.toMatchObject({ code: 'export/format' });
    await expect(exportLibrary(store, join(folder, 'none/l.csv'))).rejects.toMatchObject({
      code: 'export/cannot-write',
    });
    await expect(exportLibrary(store, join(folder, 'l.xlsx'), { tag: 'sad' })).rejects.toMatchObject({
      code: 'export/filter',
    });
  }, 120_000);
});
