import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../test/postgres.ts';
import { connectionOf, openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { hasVectorIndex, indexVectors, nearestByIndex } from './vector-index.ts';

const missing = postgresMissing();
if (missing !== undefined) console.warn(missing);

const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / (Math.hypot(...a) * Math.hypot(...b));

describe.skipIf(missing !== undefined)(`an index of vectors${missing === undefined ? '' : ` (${missing})`}`, () => {
  let postgres: TestPostgres;
  let store: Store;
  const model = "it's a model";
  beforeAll(async () => {
    postgres = await startPostgres();
    store = await openStore({ databaseUrl: await postgres.newDatabase() });
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    postgres?.stop();
  });

  it('finds what an exact search finds, with the same similarities', async () => {
    const connection = connectionOf(store);
    if (!connection) throw new Error('no connection');
    await expect(indexVectors(connection, model)).rejects.toMatchObject({ code: 'store/vector' });
    const random = createRandom(3);
    const vector = (): number[] => Array.from({ length: 8 }, () => random.next() - 0.5);
    const ids = Array.from({ length: 300 }, (_, i) => `x/${i}`);
    await store.importSongs(
      ids.map((id) => ({
        id,
        title: id,
        artist: 'x',
        year: undefined,
        language: '',
        emotion: 'sad' as const,
        tags: [],
        typical: false,
        evidence: [],
      })),
    );
    const all = ids.map((songId) => ({ songId, model, vector: vector() }));
    await store.putVectors(all);
    expect(await hasVectorIndex(connection.queries, model)).toBe(false);
    await indexVectors(connection, model);
    await indexVectors(connection, model);
    expect(await hasVectorIndex(connection.queries, model)).toBe(true);
    await connection.execute('analyze sound_vectors');
    const uses = async (): Promise<number> => {
      await connection.execute('select pg_stat_force_next_flush()');
      const { rows } = await connection.execute(
        "select idx_scan::int as scans from pg_stat_user_indexes where indexrelname like 'sound_vectors_near_%'",
      );
      return (rows[0] as { scans: number }).scans;
    };
    const before = await uses();
    for (let i = 0; i < 5; i++) {
      const query = vector();
      const exact = all
        .map((one) => ({ ...one, similarity: cosine(one.vector, query) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, 10);
      const near = await store.nearestSongs({ model, vector: query, limit: 10 });
      expect(near.map(({ song }) => song.id)).toEqual(exact.map(({ songId }) => songId));
      const found = await nearestByIndex(connection.queries, { model, vector: query, limit: 10 });
      expect(found.map(({ id }) => id)).toEqual(exact.map(({ songId }) => songId));
      found.forEach(({ similarity }, k) => {
        expect(similarity).toBeCloseTo(exact[k]?.similarity ?? 0, 6);
      });
    }
    // The store's own search goes by it too. What a session counts arrives when it is idle.
    await expect.poll(uses, { timeout: 20_000 }).toBe(before + 10);
  }, 60_000);
});
