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
/** Candidates held while searching; pgvector takes at most 1000. */
const HELD = 800;

/** A model's name may hold anything; an index's may not. */
const indexName = (model: string): string =>
  `sound_vectors_near_${createHash('sha256').update(model).digest('hex').slice(0, 16)}`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

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
  await execute(
    `begin;
    set local maintenance_work_mem = '${MEMORY}';
    create index if not exists ${indexName(model)} on sound_vectors
      using hnsw ((embedding::halfvec(${found.length})) halfvec_cosine_ops) with (m = ${LINKS}, ef_construction = ${WEIGHED})
      where model = ${quoted(model)};
    commit`,
  );
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

/** The songs nearest to a vector by the index; their order and similarity are exact, that none is missing is not. */
export const nearestByIndex = async (
  queries: Queries,
  { model, vector, limit }: { readonly model: string; readonly vector: readonly number[]; readonly limit: number },
): Promise<NearVector[]> => {
  const written = `[${vector.join(',')}]`;
  return queries.transaction(async (transaction) => {
    await transaction.execute(sql.raw(`set local hnsw.ef_search = ${Math.min(1000, Math.max(HELD, limit))}`));
    // The index is found only where the model stands in the query as it stands in the index.
    return rowsOf<NearVector>(
      await transaction.execute(sql`
        select song_id as id, 1 - (embedding <=> ${written}::vector) as similarity from (
          select song_id, embedding from sound_vectors where model = ${sql.raw(quoted(model))}
          order by embedding::halfvec(${sql.raw(String(vector.length))}) <=> ${written}::halfvec(${sql.raw(String(vector.length))})
          limit ${Math.min(1000, 2 * limit)}) as near
        order by similarity desc, song_id limit ${limit}`),
    );
  });
};
