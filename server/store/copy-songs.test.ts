/** The fast way into PostgreSQL leaves exactly what the ordinary way leaves. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { songId } from '../../src/music/song.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../test/postgres.ts';
import { copySongs } from './copy-songs.ts';
import { connectionOf, openStore } from './open-store.ts';
import type { NewSong, Store } from './store.ts';

const missing = postgresMissing();
if (missing !== undefined) console.warn(missing);

describe.skipIf(missing !== undefined)('copySongs', () => {
  let postgres: TestPostgres;
  let ordinary: Store;
  let fast: Store;
  beforeAll(async () => {
    postgres = await startPostgres();
    ordinary = await openStore({ databaseUrl: await postgres.newDatabase() });
    fast = await openStore({ databaseUrl: await postgres.newDatabase() });
  }, 60_000);
  afterAll(async () => {
    await ordinary?.close();
    await fast?.close();
    postgres?.stop();
  });

  const all = async (store: Store): Promise<unknown[]> => {
    const rows: unknown[] = [];
    for await (const record of store.exportAll()) {
      if (record.kind !== 'song') continue;
      const { addedAt: _addedAt, ...song } = record.song;
      rows.push({ song, files: record.files });
    }
    return rows;
  };
  const word = fc.string({
    unit: fc.constantFrom('a', 'B', '\\', '"', '{', '}', ',', '\t', '\n', '\r', '歌', '😀', 'é', ' ', '\0', '\\N'),
    maxLength: 6,
  });
  const scores = fc
    .array(fc.integer({ min: 1, max: 9 }), { minLength: 7, maxLength: 7 })
    .map((values) => Object.fromEntries(EMOTIONS.map((emotion, e) => [emotion, values[e]])) as Record<Emotion, number>);
  const evidence = fc.record({
    source: fc.constantFrom('tags' as const, 'lyrics' as const, 'hand' as const),
    version: word,
    confidence: fc.constantFrom(0, 0.3, 1),
    scores,
  });
  const song: fc.Arbitrary<NewSong> = fc
    .record({
      title: fc.constantFrom('A', 'b', 'ＡＢ', '"x" \\t'),
      artist: fc.constantFrom('X', 'Y\\', '{z}'),
      album: fc.option(word, { nil: undefined }),
      lyrics: fc.option(word, { nil: undefined }),
      year: fc.option(fc.integer({ min: 1000, max: 2100 }), { nil: undefined }),
      tags: fc.uniqueArray(word, { maxLength: 3 }),
      typical: fc.boolean(),
      emotion: fc.constantFrom(...EMOTIONS),
      durationSeconds: fc.option(fc.constantFrom(0, 1.5, 1e5), { nil: undefined }),
      evidence: fc.array(evidence, { maxLength: 2 }),
      path: fc.option(fc.constantFrom('/a', '/b\t', '/c\\'), { nil: undefined }),
    })
    .map(({ album, lyrics, durationSeconds, path, ...rest }) => ({
      ...rest,
      id: songId(rest.artist, rest.title),
      language: '',
      ...(album !== undefined && { album }),
      ...(lyrics !== undefined && { lyrics }),
      ...(durationSeconds !== undefined && { durationSeconds }),
      ...(path !== undefined && { path, file: { size: 5e9, modified: 1.5, analysisVersion: 'v' } }),
    }));

  it('is the ordinary import, whatever the songs hold and however often they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(song, { maxLength: 4 }), { minLength: 1, maxLength: 3 }), async (imports) => {
        await ordinary.eraseAll();
        await fast.eraseAll();
        for (const songs of imports) {
          const counted = await copySongs(fast, connectionOf(fast), songs, { batch: 2 });
          const { added } = await ordinary.importSongs(songs);
          expect(counted.added).toBe(added);
        }
        expect(await all(fast)).toEqual(await all(ordinary));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('refuses what the ordinary import refuses', async () => {
    const bad = {
      id: 'x',
      title: '',
      artist: 'X',
      language: '',
      year: undefined,
      emotion: 'sad' as const,
      tags: [],
      typical: false,
      evidence: [],
    };
    await expect(copySongs(fast, connectionOf(fast), [bad])).rejects.toMatchObject({ code: 'store/song' });
  });
});
