/** What the library's jobs do where something changes: between two runs, or while one of them works. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../node/catalogue.ts';
import { createFetcher } from '../../node/crawl/fetcher.ts';
import { createResponseCache } from '../../node/crawl/response-cache.ts';
import type { EmotionScores } from '../../src/base/emotions.ts';
import { type LocalServer, sendJson, startLocalServer } from '../../test/library/local-server.ts';
import { makeMp3 } from '../../test/library/make-music.ts';
import { plainSong } from '../../test/library/plain-song.ts';
import { createJobQueue, type JobContext, type JobQueue } from '../jobs/job-queue.ts';
import type { Job, JobKind } from '../jobs/jobs.ts';
import { connectionOf, openStore } from '../store/open-store.ts';
import type { NewSong, Store, StoredSong } from '../store/store.ts';
import type { Analyser } from './analyser.ts';
import { libraryHandlers } from './handlers.ts';
import type { LibraryWork } from './library-work.ts';
import { createTagAnalyser } from './tag-analyser.ts';

let folder: string;
let store: Store;
let server: LocalServer | undefined;
let queue: JobQueue | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attune-changes-'));
  store = await openStore({ dataDir: join(folder, 'data') });
}, 60_000);
afterEach(async () => {
  await queue?.close();
  queue = undefined;
  await store.close();
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const HAPPY: EmotionScores = { angry: 0, disgust: 0, fear: 0, happy: 1, sad: 0, surprise: 0, neutral: 0 };
const workWith = (
  analysers: readonly Analyser[],
  bases: NonNullable<LibraryWork['sources']>['bases'] = {},
): LibraryWork => ({
  store,
  analysers: async () => ({ analysers, missing: [] }),
  fetcher: (signal) =>
    createFetcher({
      cache: createResponseCache(join(folder, 'crawled')),
      version: '0',
      signal,
      isAllowed: () => true,
      pauseMilliseconds: 1,
      firstWaitMilliseconds: 1,
    }),
  sources: { bases },
});
const working = async (work: LibraryWork): Promise<(kind: JobKind, input: unknown) => Promise<Job>> => {
  const connection = connectionOf(store);
  if (!connection) throw new Error('no connection');
  const own = await createJobQueue({ execute: connection.execute, pollMilliseconds: 500, retryMilliseconds: 200 });
  queue = own;
  await own.work(libraryHandlers(work));
  return async (kind, input) => own.wait((await own.add(kind, input)).id);
};
/** For handlers called by themselves. */
const CONTEXT: JobContext = {
  job: {} as Job,
  signal: new AbortController().signal,
  progress: () => {},
  problem: () => {},
  addParts: async () => {},
};
const songs = async (): Promise<readonly StoredSong[]> => (await store.listSongs({ order: 'id' })).songs;
const song = (title: string, more: Partial<NewSong> = {}): NewSong => plainSong('A', title, more);

describe('between two analyses', () => {
  it('reads tags, lyrics and sound again where they changed, and only there; until then the old reading counts', async () => {
    let read: string[] = [];
    const reader = (source: 'lyrics' | 'sound', having: 'lyrics' | 'file'): Analyser => ({
      source,
      having,
      version: '1',
      analyse: async ({ title }) => {
        read.push(`${source} ${title}`);
        return { source, version: '1', confidence: 0.1, scores: HAPPY };
      },
    });
    const tags = createTagAnalyser(await loadCatalogue());
    const run = await working(workWith([tags, reader('lyrics', 'lyrics'), reader('sound', 'file')]));
    const music = (name: string, genre: string, lyrics: string, time: number): void => {
      const path = join(folder, 'music', name);
      mkdirSync(join(folder, 'music'), { recursive: true });
      writeFileSync(path, makeMp3({ frames: { TIT2: name, TPE1: 'A', TCON: genre }, lyrics }));
      utimesSync(path, time, time);
    };
    music('one.mp3', 'sad', 'words', 1);
    music('two.mp3', 'sad', 'words', 1);
    const source = join(folder, 'music');
    await run('add', { source });
    await run('analyse', {});
    expect(read.sort()).toEqual(['lyrics one.mp3', 'lyrics two.mp3', 'sound one.mp3', 'sound two.mp3']);
    const [before] = await songs();
    music('one.mp3', 'happy', 'other words', 2);
    expect(await run('add', { source })).toMatchObject({ result: { updated: 1, unchanged: 1 } });
    const [changed] = await songs();
    expect(changed).toMatchObject({ emotion: before?.emotion, tags: ['happy'], lyrics: 'other words' });
    expect(changed?.evidence.every(({ version }) => version.endsWith('(before a change)'))).toBe(true);
    read = [];
    await run('analyse', {});
    expect(read.sort()).toEqual(['lyrics one.mp3', 'sound one.mp3']);
    const [after] = await songs();
    expect(after?.evidence.map(({ source: from, version }) => [from, version])).toEqual([
      ['lyrics', '1'],
      ['sound', '1'],
      ['tags', tags.version],
    ]);
    expect(after?.evidence.find(({ source: from }) => from === 'tags')?.scores.happy).toBeGreaterThan(0.3);
    read = [];
    await run('analyse', {});
    expect(read).toEqual([]);
  }, 60_000);
});

describe('while a job works', () => {
  it('an analysis brings back nothing that was removed or changed meanwhile', async () => {
    await store.importSongs([song('One', { lyrics: 'old', tags: ['old'] }), song('Two', { lyrics: 'old' })]);
    const slow: Analyser = {
      source: 'lyrics',
      having: 'lyrics',
      version: '1',
      analyse: async ({ id }) => {
        if (id === 'a/one') {
          await store.importSongs([song('One', { lyrics: 'new', tags: ['new'] })]);
          await store.removeSongs(['a/two']);
        }
        return { source: 'lyrics', version: '1', confidence: 0.5, scores: HAPPY, vector: [1, 0] };
      },
    };
    const part = libraryHandlers(workWith([slow]))['analyse-part'];
    const input = { source: 'lyrics', version: '1', last: 'a/two', again: false };
    expect(await part(input, CONTEXT)).toEqual({ analysed: 2, found: 2 });
    expect(await songs()).toMatchObject([{ id: 'a/one', lyrics: 'new', tags: ['new'], emotion: 'happy' }]);
  });

  it('a completion adds what was found to what is there now', async () => {
    await store.importSongs([song('One', { tags: ['old'] }), song('Two')]);
    server = await startLocalServer(async (_request, response) => {
      await store.importSongs([song('One', { tags: ['new'], album: 'Mine' })]);
      await store.removeSongs(['a/two']);
      sendJson(response, {
        artist_credit_name: 'A',
        recording_name: 'One',
        release_name: 'Theirs',
        metadata: { tag: { recording: [{ tag: 'found', count: 1 }] } },
      });
    });
    const { complete } = libraryHandlers(workWith([], { listenbrainz: server.base }));
    expect(await complete({ from: ['listenbrainz'] }, CONTEXT)).toEqual({ completed: 1 });
    expect(await songs()).toMatchObject([{ id: 'a/one', tags: ['new', 'found'] }]);
    // The second time there is nothing to add.
    expect(await complete({ from: ['listenbrainz'] }, CONTEXT)).toEqual({ completed: 0 });
  });

  it('a page that asks to come back in an hour is waited for, and its songs come in then', async () => {
    let asked = 0;
    server = await startLocalServer((_request, response) => {
      asked += 1;
      if (asked < 3) response.writeHead(asked === 1 ? 429 : 503, { 'retry-after': '3600' }).end();
      else
        response.end(
          `<script type="application/ld+json">{"@type":"MusicRecording","name":"T","byArtist":{"name":"A"}}</script>`,
        );
    });
    const run = await working(workWith([]));
    expect(await run('add', { source: `${server.base}/list` })).toMatchObject({
      state: 'done',
      tries: 3,
      result: { added: 1 },
    });
    expect(asked).toBe(3);
  });

  it('a name that is no text for the database ends no job', async () => {
    const run = await working(workWith([]));
    const table = join(folder, 'a.csv');
    writeFileSync(table, 'title,artist,tags\nT\0,A,a\0b;c\n');
    expect(await run('add', { source: table })).toMatchObject({ state: 'done', result: { added: 1 } });
    const path = join(folder, 'binary.jspf');
    writeFileSync(path, Buffer.from('\0\u0001\ud83d{"'));
    expect(await run('add', { source: path })).toMatchObject({ state: 'failed', error: { code: 'import/format' } });
  });
});
