/** Measures searching 200,000 vectors of 256 numbers by pgvector's HNSW beside an exact search: `npx tsx bench/vectors.ts [VECTORS]`. */
import { copySongs } from '../server/store/copy-songs.ts';
import { connectionOf, openStore } from '../server/store/open-store.ts';
import type { NewSong } from '../server/store/store.ts';
import { dropVectorIndex, indexVectors, nearestByIndex } from '../server/store/vector-index.ts';
import { createRandom } from '../src/base/random.ts';
import { postgresMissing, startPostgres } from '../test/postgres.ts';

const size = Number(process.argv[2] ?? 200_000);
const LENGTH = 256;
const QUERIES = 100;
const NEAREST = 50;
const HELD = [100, 200, 400, 800];

const random = createRandom(11);
/** Two of Box and Muller's normal numbers would do; one is enough here. */
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
const normals = (): Float32Array => Float32Array.from({ length: LENGTH }, normal);
const unit = (vector: Float32Array): Float32Array => {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
};

/** What songs are like: some kinds, each with songs around it; and what nothing is like, points without any order. */
const KINDS: Readonly<Record<string, () => () => Float32Array>> = {
  'in 2,000 clusters': () => {
    const centres = Array.from({ length: 2000 }, normals);
    return () => {
      const centre = centres[random.integer(centres.length)]!;
      return unit(Float32Array.from(centre, (value) => value + 0.7 * normal()));
    };
  },
  'without any order': () => () => unit(normals()),
};

function* songs(count: number): Generator<NewSong> {
  for (let i = 0; i < count; i++) {
    const name = String(i).padStart(7, '0');
    yield {
      id: `x/${name}`,
      title: name,
      artist: 'x',
      year: undefined,
      language: '',
      emotion: 'sad',
      tags: [],
      typical: false,
      evidence: [],
    };
  }
}

const exact = (vectors: readonly Float32Array[], query: Float32Array): Set<string> => {
  const scored = vectors.map((vector, i) => {
    let dot = 0;
    for (let k = 0; k < LENGTH; k++) dot += vector[k]! * query[k]!;
    return { i, dot };
  });
  scored.sort((a, b) => b.dot - a.dot);
  return new Set(scored.slice(0, NEAREST).map(({ i }) => `x/${String(i).padStart(7, '0')}`));
};

const missing = postgresMissing();
if (missing !== undefined) {
  console.log(missing);
  process.exit(0);
}
const postgres = await startPostgres();
try {
  const store = await openStore({ databaseUrl: await postgres.newDatabase() });
  const connection = connectionOf(store);
  if (!connection?.copyInto) throw new Error('no PostgreSQL');
  await copySongs(store, connection, songs(size));
  for (const [what, kind] of Object.entries(KINDS)) {
    const draw = kind();
    const vectors = Array.from({ length: size }, draw);
    function* lines(): Generator<string> {
      for (const [i, vector] of vectors.entries())
        yield `x/${String(i).padStart(7, '0')}\t${what}\t[${vector.join(',')}]\n`;
    }
    await connection.copyInto([{ table: 'sound_vectors', columns: ['song_id', 'model', 'embedding'], lines: lines() }]);
    const begun = performance.now();
    await indexVectors(connection, what);
    const built = (performance.now() - begun) / 1000;
    await connection.execute('analyze sound_vectors');
    console.log(`${size} x ${LENGTH} ${what}: index in ${built.toFixed(0)} s`);
    const queries = Array.from({ length: QUERIES }, draw);
    const wanted = queries.map((query) => exact(vectors, query));
    const measure = async (name: string, search: (vector: number[]) => Promise<readonly string[]>): Promise<void> => {
      const times: number[] = [];
      let kept = 0;
      for (const [q, query] of queries.entries()) {
        const start = performance.now();
        const found = await search(Array.from(query));
        times.push(performance.now() - start);
        kept += found.filter((id) => wanted[q]!.has(id)).length;
      }
      times.sort((a, b) => a - b);
      console.log(
        `  ${name}: recall@${NEAREST} ${(kept / (QUERIES * NEAREST)).toFixed(4)}, ` +
          `p50 ${times[QUERIES / 2]!.toFixed(1)} ms, p95 ${times[Math.floor(QUERIES * 0.95)]!.toFixed(1)} ms`,
      );
    };
    for (const held of HELD)
      await measure(`the index, ${held} candidates`, async (vector) =>
        (await nearestByIndex(connection.queries, { model: what, vector, limit: NEAREST, held })).map(({ id }) => id),
      );
    await measure('songs by the store', async (vector) =>
      (await store.nearestSongs({ model: what, vector, limit: NEAREST })).map(({ song }) => song.id),
    );
    await dropVectorIndex(connection.queries, what);
    await measure('songs by the store, exactly', async (vector) =>
      (await store.nearestSongs({ model: what, vector, limit: NEAREST })).map(({ song }) => song.id),
    );
  }
  await store.close();
} finally {
  postgres.stop();
}
