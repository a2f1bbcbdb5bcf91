/** An index over the vectors of one model (HNSW, half precision): searching a few hundred of them instead of all. */
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { InvalidInputError } from '../../src/base/errors.ts';
import type { Connection, Queries } from './connection.ts';
import { rowsOf } from './migrate.ts';

/** pgvector's limit for half-precision vectors that are indexed. */
const LONGEST_INDEXED = 4000;
/** Links of each vector, and how many candidates are weighed when it is put in: bench/vectors.ts measures what they give. */
const LINKS = 24;
const WEIGHED = 128;
/** While it is made: 200,000 vectors of 256 numbers take 250 MB. */
const MEMORY = '1GB';
/** Below it an exact search takes milliseconds. From here on vectors go into the index one by one, so that making it never takes long. */
export const INDEXED_FROM = 2000;
/** Candidates held while searching, for each song wanted and at least; pgvector takes at most 1000. bench/vectors.ts measures them. */
const HELD_A_SONG = 8;
const HELD = 400;
const MOST_HELD = 1000;

/** A model's name may hold anything; an index's may not. */
const indexName = (model: string): string =>
  `sound_vectors_near_${createHash('sha256').update(model).digest('hex').slice(0, 16)}`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Half precision ends at 65,504 and vectors may not: their direction alone is what is searched for. */
const direction = (vector: string, length: number): string => `l2_normalize(${vector})::halfvec(${length})`;

/**
 * Makes the index of a model's vectors, or leaves the one that is there; vectors that come later go into it by themselves.
 * Takes minutes for 200,000 vectors; new vectors wait for it.
 *
 * @throws {InvalidInputError} `store/vector`: no vector of this model, or too long for an index.
 */
export const indexVectors = async (
  { queries, execute }: Pick<Connection, 'queries' | 'execute'>,
  model: string,
): Promise<void> => {
  const [found] = rowsOf<{ length: number }>(
    await queries.execute(
      sql`select vector_dims(embedding)::int as length from sound_vectors where model = ${model} limit 1`,
    ),
  );
  if (!found || found.length > LONGEST_INDEXED) {
    throw new InvalidInputError(
      'store/vector',
      found
        ? `Vectors of ${found.length} numbers are too long for an index: it takes ${LONGEST_INDEXED}.`
        : `There is no vector of "${model}": analyse the songs' sound first.`,
    );
  }
  // With the memory that servers give by default most of the index would be made on disk, many times slower.
  // Two workers may come at once: the second waits, and finds it there.
  await execute(
    `begin;
    select pg_advisory_xact_lock(4711003);
    set local maintenance_work_mem = '${MEMORY}';
    create index if not exists ${indexName(model)} on sound_vectors
      using hnsw ((${direction('embedding', found.length)}) halfvec_cosine_ops) with (m = ${LINKS}, ef_construction = ${WEIGHED})
      where model = ${quoted(model)};
    commit`,
  );
};

/** Makes the index once a model has enough vectors for it to matter; quick where there is nothing to do. */
export const indexWhereWorthIt = async (
  connection: Pick<Connection, 'queries' | 'execute'>,
  model: string,
  length: number,
): Promise<void> => {
  if (length > LONGEST_INDEXED || (await hasVectorIndex(connection.queries, model))) return;
  const enough = await connection.queries.execute(
    sql`select 1 from sound_vectors where model = ${model} offset ${INDEXED_FROM - 1} limit 1`,
  );
  if (rowsOf(enough).length > 0) await indexVectors(connection, model);
};

/** An index holds vectors of one length: before a model's first vector an old one goes, since a model may come back with another. */
export const dropVectorIndex = async (queries: Queries, model: string): Promise<void> => {
  await queries.execute(sql.raw(`drop index if exists ${indexName(model)}`));
};

/** Whether a model's vectors have an index that is whole. */
export const hasVectorIndex = async (queries: Queries, model: string): Promise<boolean> =>
  rowsOf(
    await queries.execute(
      sql`select 1 from pg_index where indexrelid = to_regclass(${indexName(model)}) and indisvalid`,
    ),
  ).length > 0;

export interface NearVector {
  readonly id: string;
  readonly similarity: number;
}

/**
 * The songs nearest to a vector by the index. Their order and similarity are exact; that none is missing is likely
 * (bench/vectors.ts), not certain.
 *
 * @param limit 1 to 1000. `held`: candidates weighed, 1 to 1000; more find more and take longer.
 */
export const nearestByIndex = async (
  queries: Queries,
  {
    model,
    vector,
    limit,
    held = Math.max(HELD, HELD_A_SONG * limit),
  }: {
    readonly model: string;
    readonly vector: readonly number[];
    readonly limit: number;
    readonly held?: number;
  },
): Promise<NearVector[]> => {
  const { length } = vector;
  const written = `[${vector.join(',')}]`;
  const wanted = direction(`${quoted(written)}::vector`, length);
  return queries.transaction(async (transaction) => {
    await transaction.execute(sql.raw(`set local hnsw.ef_search = ${Math.min(MOST_HELD, Math.max(held, limit))}`));
    // With many candidates the planner thinks reading all vectors and sorting them cheaper: measured it takes five times as long.
    // What it thinks so dear it would compile first, which takes longer than the search.
    await transaction.execute(sql`set local enable_sort = off`);
    await transaction.execute(sql`set local jit = off`);
    // The index is found only where the model and the direction stand in the query as they stand in the index.
    return rowsOf<NearVector>(
      await transaction.execute(sql`
        select song_id as id, 1 - (embedding <=> ${written}::vector) as similarity from (
          select song_id, embedding from sound_vectors where model = ${sql.raw(quoted(model))}
          order by ${sql.raw(`${direction('embedding', length)} <=> ${wanted}`)}
          limit ${Math.min(MOST_HELD, 2 * limit)}) as near
        order by similarity desc, song_id limit ${limit}`),
    );
  });
};
