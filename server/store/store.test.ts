/** One contract for the store, whatever it lies in. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from '../../src/base/emotions.ts';
import { createRandom } from '../../src/base/random.ts';
import type { EmotionEvidence, EvidenceSource } from '../../src/music/library-song.ts';
import { plainSong } from '../../test/library/plain-song.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../test/postgres.ts';
import { createApp } from '../app.ts';
import { createHttpStore } from './http-store.ts';
import { connectionOf, openStore } from './open-store.ts';
import type { ExportRecord, NewSong, Store } from './store.ts';
import { hasVectorIndex, INDEXED_FROM } from './vector-index.ts';

const missing = postgresMissing();
if (missing !== undefined) console.warn(missing);

const scoresOf = (emotion: Emotion, share = 1): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((each) => [each, each === emotion ? share : (1 - share) / 6])) as Record<
    Emotion,
    number
  >;
const evidence = (source: EvidenceSource, emotion: Emotion, confidence = 0.5, version = '1'): EmotionEvidence => ({
  source,
  scores: scoresOf(emotion),
  confidence,
  version,
});
const song = (artist: string, title: string, more: Partial<NewSong> = {}): NewSong => plainSong(artist, title, more);
const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
};

interface Engine {
  open(): Promise<Store>;
  close(): Promise<void>;
}

const folderEngine = (): Engine => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-store-'));
  return {
    open: () => openStore({ dataDir: folder }),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
};
const postgresEngine = (): Engine => {
  let server: TestPostgres | undefined;
  return {
    open: async () => {
      server ??= await startPostgres();
      return openStore({ databaseUrl: await server.newDatabase() });
    },
    close: async () => server?.stop(),
  };
};

/** The same folder behind a server, as a command beside it sees it. */
const httpEngine = (): Engine => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-store-'));
  let app: FastifyInstance | undefined;
  return {
    open: async () => {
      app = await createApp({ logLevel: 'silent', store: { dataDir: folder } });
      await app.listen({ host: '127.0.0.1', port: 0 });
      const address = app.server.address() as AddressInfo;
      return createHttpStore(`http://127.0.0.1:${address.port}`);
    },
    close: async () => {
      await app?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const ENGINES = [
  { name: 'PGlite', engine: folderEngine, absent: false },
  { name: 'a server', engine: httpEngine, absent: false },
  { name: 'PostgreSQL', engine: postgresEngine, absent: missing !== undefined && process.env.CI !== 'true' },
];

describe.each(ENGINES.filter(({ absent }) => !absent))('the store in $name', ({ name, engine: createEngine }) => {
  let engine: Engine;
  let store: Store;
  beforeAll(async () => {
    engine = createEngine();
    store = await engine.open();
  }, 120_000);
  afterAll(async () => {
    await store.close();
    await engine.close();
  });
  /** A server refuses what is plainly wrong at its edge, with a code of its own. */
  const refusal = (code: string) =>
    name === 'a server' ? expect.stringMatching(`^(${code}|api/invalid|api/line)$`) : code;
  /** Quicker than erasing: a new folder takes a second. */
  const clear = async (): Promise<void> => {
    await store.removeSongs(
      (await collect(store.exportAll())).flatMap((one) => (one.kind === 'song' ? one.song.id : [])),
    );
    await store.removeReadings();
    for (const emotion of EMOTIONS) await store.setTypicalSongs(emotion, []);
    for (const key of Object.keys(await store.settings())) await store.setSetting(key, null);
  };
  beforeEach(clear, 60_000);

  describe('songs', () => {
    test('come back as they went in', async () => {
      const whole = song('周杰伦', '稻香', {
        album: '魔杰座',
        year: 2008,
        language: 'zh',
        tags: ['mandopop', 'a "quoted", {odd} tag', '\\'],
        typical: true,
        emotion: 'happy',
        durationSeconds: 223.4,
        lyrics: '对这个世界\n如果你有太多的抱怨',
        url: 'https://example.org/a?b=c',
        popularity: 12.5,
        path: '/music/稻香.flac',
        file: { size: 5_000_000_000, modified: 1_764_000_000_123.25, analysisVersion: '3' },
        evidence: [evidence('lyrics', 'happy', 0.7, 'words-2')],
      });
      expect(await store.importSongs([whole])).toEqual({ added: 1, updated: 0 });
      const { file, ...facts } = whole;
      expect(await store.getSong(whole.id)).toEqual({
        ...facts,
        scores: scoresOf('happy'),
        confidence: 0.7,
        addedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      expect(await collect(store.songFiles())).toEqual([{ path: whole.path, songId: whole.id, ...file }]);
    });

    test('any text comes back, but for NUL and half characters', async () => {
      const text = fc
        .string({ unit: 'binary', minLength: 1, maxLength: 30 })
        .filter((one) => one.replaceAll('\0', '').trim() !== '');
      const tagsOf = fc.uniqueArray(text, { maxLength: 3, selector: (tag) => tag.replaceAll('\0', '') });
      let count = 0;
      await fc.assert(
        fc.asyncProperty(text, tagsOf, async (title, tags) => {
          // A song of its own each time: the same title may be drawn twice, and tags would join.
          const id = `property/${count++}`;
          await store.importSongs([{ ...song('A', 'B', { tags }), id, title }]);
          const found = await store.getSong(id);
          expect(found?.title).toBe(title.replaceAll('\0', ''));
          expect(found?.tags).toEqual(tags.map((tag) => tag.replaceAll('\0', '')));
        }),
        { numRuns: 40 },
      );
      await store.importSongs([song('Half', 'a\ud800b\0c', { id: 'half' })]);
      expect((await store.getSong('half'))?.title).toBe('a\ufffdbc');
    });

    test('brought in again add what is new and keep what was known', async () => {
      await store.importSongs([
        song('A', 'B', { album: 'First', year: 1999, tags: ['pop'], evidence: [evidence('tags', 'sad')] }),
      ]);
      expect(
        await store.importSongs([
          song('A', 'B', { lyrics: 'la', language: 'en', evidence: [evidence('lyrics', 'sad')] }),
        ]),
      ).toEqual({ added: 0, updated: 1 });
      expect(await store.getSong('a/b')).toMatchObject({
        album: 'First',
        year: 1999,
        tags: ['pop'],
        lyrics: 'la',
        language: 'en',
        emotion: 'sad',
        evidence: [{ source: 'lyrics' }, { source: 'tags' }],
      });
      expect((await store.listSongs({ text: 'first' })).songs).toHaveLength(1);
    });

    test('twice in one import count once', async () => {
      const counts = await store.importSongs([
        song('A', 'B', { year: 1980, evidence: [evidence('tags', 'sad')] }),
        song('A', 'B', { lyrics: 'la', evidence: [evidence('lyrics', 'sad')] }),
      ]);
      expect(counts).toEqual({ added: 1, updated: 0 });
      expect(await store.getSong('a/b')).toMatchObject({ year: 1980, lyrics: 'la', evidence: [{}, {}] });
    });

    test('a correction by hand wins for ever, and can be taken back', async () => {
      await store.importSongs([song('A', 'B', { evidence: [evidence('sound', 'sad', 0.9)] })]);
      const corrected = await store.putEvidence('a/b', evidence('hand', 'happy', 1, '2026-11-22'));
      expect(corrected).toMatchObject({ emotion: 'happy', confidence: 1 });
      await store.importSongs([song('A', 'B', { evidence: [evidence('lyrics', 'angry', 1, '9')] })]);
      expect(await store.getSong('a/b')).toMatchObject({ emotion: 'happy', confidence: 1 });
      expect((await store.countSongs()).byEmotion).toMatchObject({ happy: 1, sad: 0 });
      await store.removeEvidence('a/b', 'lyrics');
      expect(await store.removeEvidence('a/b', 'hand')).toMatchObject({ emotion: 'sad', confidence: 0.9 });
    });

    test('what is out of range or unknown is refused, and nothing of its batch is kept', async () => {
      const refuse = (bad: NewSong, code: string) =>
        expect(store.importSongs([song('Good', 'One'), bad])).rejects.toMatchObject({ code: refusal(code) });
      await refuse(song('A', ' '), 'store/song');
      await refuse(song('A', 'B', { year: 20 }), 'store/song');
      await refuse(song('A', 'B', { popularity: Number.NaN }), 'store/song');
      await refuse(song('A', 'B', { evidence: [evidence('tags', 'sad', 2)] }), 'music/evidence');
      expect(await store.getSong('good/one')).toBeUndefined();
      await expect(store.putEvidence('no/song', evidence('hand', 'sad'))).rejects.toMatchObject({
        code: 'store/no-song',
      });
      await expect(store.removeEvidence('no/song', 'hand')).rejects.toMatchObject({ code: 'store/no-song' });
      await store.importSongs([song('A', 'B')]);
      await expect(store.putEvidence('a/b', evidence('hand', 'sad', -1))).rejects.toMatchObject({
        code: refusal('music/evidence'),
      });
      expect(await store.getSong('a/b')).toMatchObject({ evidence: [] });
    });

    test('an import that fails keeps what it said is safe', async () => {
      const safe: number[] = [];
      async function* failing(): AsyncGenerator<NewSong> {
        for (let n = 0; n < 1300; n++) yield song('A', `Song ${n}`);
        throw new Error('the disk with the music went away');
      }
      await expect(store.importSongs(failing(), { onProgress: ({ added }) => safe.push(added) })).rejects.toThrow(
        'went away',
      );
      expect(safe.length).toBeGreaterThan(0);
      expect((await store.countSongs()).total).toBe(safe.at(-1));
    });

    test('files are forgotten one by one, songs with all that belongs to them', async () => {
      const file = { size: 1, modified: 2, analysisVersion: '1' };
      await store.importSongs([
        song('A', 'B', { path: '/2.mp3', file }),
        song('A', 'B', { path: '/1.mp3', file }),
        song('C', 'D', { path: '/3.mp3', file, evidence: [evidence('tags', 'sad')] }),
      ]);
      expect((await store.getSong('a/b'))?.path).toBe('/1.mp3');
      expect(await store.forgetFiles(['/1.mp3', '/nowhere'])).toBe(1);
      expect((await store.getSong('a/b'))?.path).toBe('/2.mp3');
      expect(await store.removeSongs(['c/d', 'no/song'])).toBe(1);
      expect((await collect(store.songFiles())).map(({ path }) => path)).toEqual(['/2.mp3']);
    });
  });

  describe('lists', () => {
    const many = Array.from({ length: 57 }, (_, n) =>
      song(`Artist ${n % 7}`, `Title ${String(n).padStart(2, '0')}`, {
        ...(n % 5 === 0 ? {} : { year: 1990 + (n % 6) }),
        ...(n % 4 === 0 ? {} : { popularity: n % 9 }),
        language: n % 2 === 0 ? 'en' : 'zh',
        tags: n % 3 === 0 ? ['rock', 'slow'] : ['pop'],
        emotion: EMOTIONS[n % 7]!,
        evidence: [evidence('tags', EMOTIONS[n % 7]!, 0.5, n % 2 === 0 ? 'new' : 'old')],
        ...(n % 10 === 0 ? { lyrics: 'la' } : {}),
      }),
    );

    test.each(['title', 'artist', 'added', 'year', 'popularity', 'id'] as const)(
      'by %s, page by page, each song once and in order',
      async (order) => {
        await store.importSongs(many.slice(0, 30));
        await store.importSongs(many.slice(30));
        const whole = (await store.listSongs({ order, limit: 1000 })).songs;
        expect(new Set(whole.map(({ id }) => id))).toEqual(new Set(many.map(({ id }) => id)));
        const paged = [];
        for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
          const page = await store.listSongs({ order, limit: 10, ...(cursor === undefined ? {} : { cursor }) });
          paged.push(...page.songs);
          cursor = page.next;
        }
        expect(paged).toEqual(whole);
        const keys = whole.map((one) =>
          order === 'year'
            ? -(one.year ?? 0)
            : order === 'popularity'
              ? -(one.popularity ?? -1)
              : order === 'added'
                ? -Date.parse(one.addedAt)
                : one[order],
        );
        expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      },
    );

    test('by emotion, tag, language, words in any case, and what a model has still to read', async () => {
      await store.importSongs([...many, song('Björk', '100 % Jóga_ＡＢ', { album: 'Homogenic' })]);
      const count = async (filter: Parameters<Store['listSongs']>[0]): Promise<number> => {
        const { songs } = await store.listSongs({ ...filter, limit: 1000 });
        expect((await store.countSongs(filter)).total).toBe(songs.length);
        return songs.length;
      };
      expect(await count({ emotion: 'fear' })).toBe(many.filter((one) => one.emotion === 'fear').length);
      expect(await count({ tag: 'slow' })).toBe(19);
      expect(await count({ language: 'zh', tag: 'slow' })).toBe(9);
      expect(await count({ text: 'ARTIST 3' })).toBe(8);
      expect(await count({ text: '100 %' })).toBe(1);
      expect(await count({ text: 'jóga_ab' })).toBe(1);
      expect(await count({ text: 'homogenic' })).toBe(1);
      expect(await count({ text: '_' })).toBe(1);
      expect(await count({ text: "'; drop table songs; --" })).toBe(0);
      expect(await count({ lacking: { source: 'tags', version: 'new' } })).toBe(29);
      expect(await count({ having: 'lyrics' })).toBe(6);
      expect(await count({ having: 'file' })).toBe(0);
    });

    test('a list is jumped about in, without lyrics where nobody reads them, and told what it can be filtered by', async () => {
      const all = (await store.listSongs({ limit: 1000 })).songs;
      const jumped = await store.listSongs({ limit: 2, offset: 3, brief: true });
      expect(jumped.songs.map(({ id }) => id)).toEqual(all.slice(3, 5).map(({ id }) => id));
      expect((await store.listSongs({ limit: 1000, brief: true })).songs.some(({ lyrics }) => lyrics)).toBe(false);
      const sure = (await store.listSongs({ limit: 1000, order: 'confidence' })).songs.map((one) => one.confidence);
      expect(sure).toEqual([...sure].sort((a, b) => a - b));
      const { tags, languages } = await store.songFacets();
      for (const { name: tag, count } of tags) expect(count).toBe(all.filter((one) => one.tags.includes(tag)).length);
      for (const { name: language, count } of languages)
        expect(count).toBe(all.filter((one) => one.language === language).length);
      expect([...tags].sort((a, b) => b.count - a.count)).toEqual(tags);
    });

    test('a page too long and a cursor of another list are refused', async () => {
      await store.importSongs(many);
      await expect(store.listSongs({ limit: 0 })).rejects.toMatchObject({ code: refusal('store/limit') });
      const { next } = await store.listSongs({ order: 'title', limit: 5 });
      for (const cursor of [next!, 'nonsense', ''])
        await expect(store.listSongs({ order: 'year', cursor })).rejects.toMatchObject({ code: 'store/cursor' });
    });
  });

  describe('the listener', () => {
    test('three typical songs an emotion, or the catalogue’s own', async () => {
      await store.setTypicalSongs('sad', ['c/3', 'a/1', 'b/2']);
      await store.setTypicalSongs('happy', ['a/1', 'd/4', 'e/5']);
      await store.setTypicalSongs('sad', ['c/3', 'b/2', 'a/1']);
      expect(await store.typicalSongs()).toEqual({ sad: ['c/3', 'b/2', 'a/1'], happy: ['a/1', 'd/4', 'e/5'] });
      for (const ids of [['a/1'], ['a/1', 'a/1', 'b/2'], ['a', 'b', 'c', 'd']])
        await expect(store.setTypicalSongs('sad', ids)).rejects.toMatchObject({ code: refusal('store/typical') });
      await store.setTypicalSongs('sad', []);
      expect(await store.typicalSongs()).toEqual({ happy: ['a/1', 'd/4', 'e/5'] });
    });

    test('readings are kept only when asked for', async () => {
      const reading = { source: 'camera', emotion: 'sad', scores: scoresOf('sad', 0.7), certain: true } as const;
      expect(await store.addReading(reading)).toBe(false);
      await store.setSetting('history.keep', true);
      expect(await store.addReading(reading)).toBe(true);
      expect(await store.addReading({ ...reading, goal: 'lift', at: '2026-01-02T03:04:05.678Z' })).toBe(true);
      const [latest, first] = await store.listReadings();
      expect(latest).toEqual({ ...reading, goal: 'lift', at: '2026-01-02T03:04:05.678Z', id: expect.any(Number) });
      expect(await store.listReadings({ before: latest!.id })).toEqual([first]);
      await expect(store.addReading({ ...reading, at: 'yesterday' })).rejects.toMatchObject({
        code: refusal('store/time'),
      });
      expect(await store.removeReadings(first!.id)).toBe(1);
      expect(await store.removeReadings(first!.id)).toBe(0);
      expect((await store.listReadings()).map(({ id }) => id)).toEqual([latest!.id]);
      expect(await store.removeReadings()).toBe(1);
      expect(await store.listReadings()).toEqual([]);
    });

    test('feedback, latest first', async () => {
      await store.addFeedback({ songId: 'a/b', kind: 'like', mood: 'sad', goal: 'lift' });
      await store.addFeedback({ songId: 'a/b', kind: 'not-my-mood' });
      const [latest, first] = await store.listFeedback({ limit: 2 });
      expect(latest).toEqual({ id: expect.any(Number), at: expect.any(String), songId: 'a/b', kind: 'not-my-mood' });
      expect(first).toMatchObject({ kind: 'like', mood: 'sad', goal: 'lift' });
      await expect(store.listFeedback({ limit: 5000 })).rejects.toMatchObject({ code: refusal('store/limit') });
    });

    test('what is said about one song can be said anew, and forgotten', async () => {
      await store.addFeedback({ songId: 'c/d e', kind: 'like' });
      await store.addFeedback({ songId: 'other/song', kind: 'like' });
      await store.setFeedback('c/d e', [
        { kind: 'skip', at: '2026-01-02T03:04:05.678Z' },
        { kind: 'not-my-mood', mood: 'sad' },
      ]);
      const said = async () => (await store.listFeedback()).filter(({ songId }) => songId === 'c/d e');
      expect(await said()).toMatchObject([
        { kind: 'not-my-mood', mood: 'sad' },
        { kind: 'skip', at: '2026-01-02T03:04:05.678Z' },
      ]);
      await store.setFeedback('c/d e', []);
      expect(await said()).toEqual([]);
      expect((await store.listFeedback()).some(({ songId }) => songId === 'other/song')).toBe(true);
      await store.setFeedback('other/song', []);
    });

    test('settings of any shape', async () => {
      await store.setSetting('page.language', 'zh');
      await store.setSetting('page.view', { zoom: 1.5, open: ['a', null], 'odd key': '引' });
      await store.setSetting('page.language', 'en');
      expect(await store.settings()).toEqual({
        'page.language': 'en',
        'page.view': { zoom: 1.5, open: ['a', null], 'odd key': '引' },
      });
      await store.setSetting('page.view', null);
      expect(await store.settings()).toEqual({ 'page.language': 'en' });
      await expect(store.setSetting('A Key', 1)).rejects.toMatchObject({ code: refusal('store/setting') });
      await expect(store.setSetting('long', 'x'.repeat(70_000))).rejects.toMatchObject({
        code: refusal('store/setting'),
      });
    });
  });

  describe('sound vectors', () => {
    beforeEach(async () => {
      await store.importSongs(
        ['1', '2', '3'].map((title) => song('A', title, { emotion: title === '2' ? 'sad' : 'happy' })),
      );
    });
    const vectors = [
      { songId: 'a/1', model: 'm1', vector: [1, 0, 0] },
      { songId: 'a/2', model: 'm1', vector: [2, 2, 0] },
      { songId: 'a/3', model: 'm1', vector: [0, -1, 0] },
      { songId: 'a/1', model: 'm2', vector: Array.from({ length: 512 }, (_, n) => n) },
    ];

    test('give the songs nearest by angle, of one model', async () => {
      expect(await store.putVectors(vectors)).toBe(4);
      const near = await store.nearestSongs({ model: 'm1', vector: [1, 0.1, 0] });
      expect(near.map(({ song: one }) => one.id)).toEqual(['a/1', 'a/2', 'a/3']);
      expect(near[1]!.similarity).toBeCloseTo(1.1 / Math.sqrt(2 * 1.01), 6);
      const sad = await store.nearestSongs({ model: 'm1', vector: [1, 0, 0], emotion: 'sad', limit: 5 });
      expect(sad.map(({ song: one }) => one.id)).toEqual(['a/2']);
      expect(await store.nearestSongs({ model: 'none', vector: [1] })).toEqual([]);
      await store.putVectors([{ songId: 'a/3', model: 'm1', vector: [1, 0.1, 0] }]);
      expect((await store.nearestSongs({ model: 'm1', vector: [1, 0.1, 0], limit: 1 }))[0]!.song.id).toBe('a/3');
    });

    test('give the songs most like one of them, without itself, of the model that most have', async () => {
      await store.putVectors(vectors);
      const { model, songs } = await store.similarSongs('a/1');
      expect(model).toBe('m1');
      expect(songs.map(({ song: one }) => one.id)).toEqual(['a/2', 'a/3']);
      expect(songs[0]!.similarity).toBeCloseTo(Math.SQRT1_2, 6);
      expect((await store.similarSongs('a/1', { limit: 1 })).songs.map(({ song: one }) => one.id)).toEqual(['a/2']);
      expect((await store.similarSongs('a/1', { emotion: 'happy' })).songs.map(({ song: one }) => one.id)).toEqual([
        'a/3',
      ]);
      expect(await store.similarSongs('a/1', { model: 'm2' })).toEqual({ model: 'm2', songs: [] });
      await expect(store.similarSongs('no/song')).rejects.toMatchObject({ code: 'store/no-song' });
      await expect(store.similarSongs('a/2', { model: 'm2' })).rejects.toMatchObject({ code: 'store/no-vector' });
      await expect(store.similarSongs('a/1', { limit: 0 })).rejects.toMatchObject({ code: refusal('store/limit') });
    });

    test('past some thousand an index answers, with what an exact search finds', async () => {
      const random = createRandom(5);
      const draw = (): number[] => Array.from({ length: 8 }, () => (random.next() - 0.5) * 1e6);
      const many = Array.from({ length: INDEXED_FROM + 50 }, (_, n) => ({ songId: `x/${n}`, vector: draw() }));
      await store.importSongs(
        many.map(({ songId: id }, n) => ({ ...song('X', id), id, emotion: n % 40 === 0 ? 'sad' : 'happy' })),
      );
      await store.putVectors(many.map((one) => ({ ...one, model: 'many' })));
      const cosine = (a: readonly number[], b: readonly number[]): number =>
        a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
      for (const [emotion, keep] of [
        [undefined, () => true],
        ['sad', (n: number) => n % 40 === 0],
      ] as const) {
        const wanted = many
          .map(({ songId, vector }, n) => ({ songId, n, similarity: cosine(vector, many[7]!.vector) }))
          .filter(({ n }) => n !== 7 && keep(n))
          .sort((a, b) => b.similarity - a.similarity)
          .slice(0, 30);
        const { songs } = await store.similarSongs('x/7', { limit: 30, ...(emotion && { emotion }) });
        expect(songs.map(({ song: one }) => one.id)).toEqual(wanted.map(({ songId }) => songId));
        songs.forEach(({ similarity }, k) => {
          expect(similarity).toBeCloseTo(wanted[k]!.similarity, 5);
        });
      }
      const connection = connectionOf(store);
      if (connection) expect(await hasVectorIndex(connection.queries, 'many')).toBe(true);
      // A model that comes back with vectors of another length begins anew.
      await store.removeSongs(many.map(({ songId }) => songId));
      expect(await store.putVectors([{ songId: 'a/1', model: 'many', vector: [1, 2] }])).toBe(1);
    }, 120_000);

    test('of another length, without direction, or of no song are refused', async () => {
      await store.putVectors(vectors);
      const put = (vector: number[], songIdGiven = 'a/1') =>
        store.putVectors([{ songId: songIdGiven, model: 'm1', vector }]);
      for (const bad of [[1, 2], [0, 0, 0], [Number.NaN, 1, 1], []])
        await expect(put(bad)).rejects.toMatchObject({ code: refusal('store/vector') });
      await expect(put([1, 2, 3], 'no/song')).rejects.toMatchObject({ code: 'store/no-song' });
      await expect(store.nearestSongs({ model: 'm1', vector: [1] })).rejects.toMatchObject({
        code: refusal('store/vector'),
      });
    });
  });

  test('everything comes out, and after erasing nothing is left', async () => {
    await store.importSongs([
      song('A', 'B', {
        lyrics: 'la',
        path: '/1.mp3',
        file: { size: 1, modified: 2, analysisVersion: '3' },
        evidence: [evidence('tags', 'sad')],
      }),
    ]);
    await store.putVectors([{ songId: 'a/b', model: 'm', vector: [1, 2.5] }]);
    await store.setTypicalSongs('sad', ['a/1', 'b/2', 'c/3']);
    await store.setSetting('history.keep', true);
    await store.addReading({ source: 'photo', emotion: 'sad', scores: scoresOf('sad'), certain: true });
    await store.addFeedback({ songId: 'a/b', kind: 'skip' });
    const all = await collect(store.exportAll());
    expect(all[0]).toMatchObject({ kind: 'attune', schema: 1 });
    expect(all).toContainEqual(
      expect.objectContaining({
        kind: 'song',
        song: expect.objectContaining({ lyrics: 'la', emotion: 'sad' }),
        files: [{ path: '/1.mp3', songId: 'a/b', size: 1, modified: 2, analysisVersion: '3' }],
      }),
    );
    expect(all).toContainEqual({ kind: 'vector', vector: { songId: 'a/b', model: 'm', vector: [1, 2.5] } });
    expect(all).toContainEqual({ kind: 'typical', emotion: 'sad', songIds: ['a/1', 'b/2', 'c/3'] });
    expect(all.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['reading', 'feedback', 'setting']));
    expect(await store.describe()).toMatchObject({ songs: 1, readings: 1, vectors: 1, schema: 1 });
    await store.eraseAll();
    expect((await collect(store.exportAll())).map(({ kind }) => kind)).toEqual(['attune', 'end']);
    await store.importSongs([song('A', 'B')]);
    expect((await store.countSongs()).total).toBe(1);
  });

  describe('an export taken back', () => {
    const anything = fc.record({
      songs: fc.uniqueArray(
        fc.record({
          n: fc.integer({ min: 0, max: 50 }),
          title: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((one) => one.trim() !== ''),
          lyrics: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
          year: fc.option(fc.integer({ min: 1900, max: 2026 }), { nil: undefined }),
          files: fc.integer({ min: 0, max: 3 }),
          sources: fc.uniqueArray(fc.constantFrom('hand', 'lyrics', 'tags', 'sound'), { maxLength: 3 }),
          emotion: fc.constantFrom(...EMOTIONS),
          vector: fc.boolean(),
        }),
        { selector: ({ n }) => n, maxLength: 8 },
      ),
      feedback: fc.array(fc.constantFrom('like', 'skip', 'heard'), { maxLength: 5 }),
      readings: fc.array(fc.record({ emotion: fc.constantFrom(...EMOTIONS), certain: fc.boolean() }), { maxLength: 5 }),
      typical: fc.subarray([...EMOTIONS], { maxLength: 3 }),
      setting: fc.jsonValue({ maxDepth: 2 }),
    });
    const exported = async (): Promise<ExportRecord[]> => collect(store.exportAll());
    /** Entries have numbers of their own in every store. */
    const facts = (records: readonly ExportRecord[]): unknown[] =>
      records.flatMap((record): unknown[] => {
        if (record.kind === 'attune') return [];
        if (record.kind === 'reading') return [{ ...record.reading, id: 0 }];
        return [record.kind === 'feedback' ? { ...record.feedback, id: 0 } : record];
      });
    const forgetAll = async (): Promise<void> => {
      await clear();
      for (const { songId: id } of await store.listFeedback({ limit: 1000 })) await store.setFeedback(id, []);
    };

    test('is what it was, and taken back again changes nothing', async () => {
      await fc.assert(
        fc.asyncProperty(anything, async ({ songs, feedback, readings, typical, setting }) => {
          await forgetAll();
          await store.setSetting('history.keep', true);
          await store.setSetting('page.view', setting);
          await store.importSongs(
            songs.flatMap(({ n, title, lyrics, year, files, sources, emotion }) => {
              const one = song('X', title, {
                id: `x/${n}`,
                year,
                emotion,
                evidence: sources.map((source) => evidence(source, emotion, 0.4)),
                ...(lyrics === undefined ? {} : { lyrics }),
              });
              const file = { size: n, modified: n + 0.5, analysisVersion: '1' };
              return files === 0
                ? [one]
                : Array.from({ length: files }, (_, f) => ({ ...one, path: `/${n}-${f}.mp3`, file }));
            }),
          );
          const heard = songs.filter(({ vector }) => vector).map(({ n }) => ({ songId: `x/${n}`, model: 'm' }));
          await store.putVectors(heard.map((one, k) => ({ ...one, vector: [k + 0.1, -1 / 3] })));
          for (const kind of feedback) await store.addFeedback({ songId: 'x/1', kind });
          for (const reading of readings)
            await store.addReading({ ...reading, source: 'photo', scores: scoresOf(reading.emotion, 0.7) });
          for (const emotion of typical) await store.setTypicalSongs(emotion, ['c', 'a', 'b']);
          const before = await exported();
          expect(before.at(-1)).toEqual({ kind: 'end', records: before.length - 1 });
          await forgetAll();
          const counts = await store.importAll(before);
          expect(counts).toEqual({
            songs: songs.length,
            vectors: heard.length,
            typical: typical.length,
            readings: readings.length,
            feedback: feedback.length,
            settings: before.filter(({ kind }) => kind === 'setting').length,
          });
          expect(facts(await exported())).toEqual(facts(before));
          expect(await store.importAll(before)).toEqual({ ...counts, readings: 0, feedback: 0 });
          expect(facts(await exported())).toEqual(facts(before));
        }),
        { numRuns: 15 },
      );
      await forgetAll();
    }, 180_000);

    test('joins what is there: the later correction stands, nothing is lost', async () => {
      await forgetAll();
      await store.importSongs([song('A', 'B', { evidence: [evidence('hand', 'sad', 1, '2026-01-01T00:00:00Z')] })]);
      await store.addFeedback({ songId: 'a/b', kind: 'like', at: '2026-01-01T00:00:00Z' });
      const before = await exported();
      await store.putEvidence('a/b', evidence('hand', 'happy', 1, '2026-02-01T00:00:00Z'));
      await store.importSongs([song('C', 'D')]);
      await store.addFeedback({ songId: 'a/b', kind: 'skip', at: '2026-02-01T00:00:00Z' });
      expect(await store.importAll(before)).toMatchObject({ songs: 1, feedback: 0 });
      expect(await store.getSong('a/b')).toMatchObject({ emotion: 'happy' });
      expect((await store.countSongs()).total).toBe(2);
      await forgetAll();
      await store.importSongs([song('A', 'B', { evidence: [evidence('hand', 'fear', 1, '2025-01-01T00:00:00Z')] })]);
      await store.importAll(before);
      expect(await store.getSong('a/b')).toMatchObject({ emotion: 'sad' });
      expect((await store.listFeedback()).map(({ kind }) => kind)).toEqual(['like']);
      await forgetAll();
    });
  });

  test('many at once do not get in each other’s way', async () => {
    await store.importSongs([song('A', 'B')]);
    const sources = ['lyrics', 'tags', 'sound', 'annotation'] as const;
    await Promise.all([
      ...sources.map((source) => store.putEvidence('a/b', evidence(source, 'sad'))),
      ...Array.from({ length: 10 }, (_, n) => store.importSongs([song('A', `${n}`), song('A', 'B')])),
      ...Array.from({ length: 10 }, () => store.listSongs({})),
    ]);
    expect((await store.getSong('a/b'))?.evidence).toHaveLength(4);
    expect((await store.countSongs()).total).toBe(11);
  });
});
