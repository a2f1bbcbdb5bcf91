/** Vectors of how songs sound, and which songs lie near one: pgvector on both engines. */
import { sql } from 'drizzle-orm';
import type { Emotion } from '../../src/base/emotions.ts';
import { InvalidInputError, NoAnswerError } from '../../src/base/errors.ts';
import type { Connection, Queries } from './connection.ts';
import { inBatches } from './import-songs.ts';
import { withEvidence } from './list-songs.ts';
import { rowsOf } from './migrate.ts';
import { cleanText, type SongRow } from './rows.ts';
import { songs } from './schema.ts';
import type { NearSong, SimilarQuery, SimilarSongs, SoundVector } from './store.ts';
import { dropVectorIndex, hasVectorIndex, indexWhereWorthIt, type NearVector, nearestByIndex } from './vector-index.ts';

/** pgvector's own limit. */
const LONGEST_VECTOR = 16_000;
const BATCH = 500;

const checkVector = (vector: readonly number[], whose: string): void => {
  const problem =
    vector.length < 1 || vector.length > LONGEST_VECTOR
      ? `has ${vector.length} numbers: give 1 to ${LONGEST_VECTOR}.`
      : !vector.every(Number.isFinite)
        ? 'holds something that is no finite number.'
        : vector.every((value) => value === 0)
          ? 'is all 0 and points nowhere: give one that does.'
          : undefined;
  if (problem) throw new InvalidInputError('store/vector', `The sound vector of ${whose} ${problem}`);
};

/** The length of a model's vectors; `undefined` before the first. */
const lengthOf = async (queries: Queries, model: string): Promise<number | undefined> =>
  rowsOf<{ length: number }>(
    await queries.execute(
      sql`select vector_dims(embedding)::int as length from sound_vectors where model = ${model} limit 1`,
    ),
  )[0]?.length;

const checkLength = (vector: readonly number[], length: number, model: string): void => {
  if (vector.length !== length)
    throw new InvalidInputError(
      'store/vector',
      `A sound vector of "${model}" has ${vector.length} numbers, and those before it ${length}: give another model another name.`,
    );
};

export const putVectors = async (
  { queries, execute, reserve }: Pick<Connection, 'queries' | 'execute' | 'reserve'>,
  vectors: Iterable<SoundVector> | AsyncIterable<SoundVector>,
): Promise<number> => {
  let count = 0;
  const lengths = new Map<string, number>();
  for await (const batch of inBatches(vectors, BATCH)) {
    const rows = new Map<string, { song_id: string; model: string; embedding: string }>();
    for (const { songId, model, vector } of batch) {
      checkVector(vector, songId);
      let length = lengths.get(model) ?? (await lengthOf(queries, model));
      if (length === undefined) {
        await dropVectorIndex(queries, model);
        length = vector.length;
      }
      lengths.set(model, length);
      checkLength(vector, length, model);
      const row = { song_id: cleanText(songId), model, embedding: `[${vector.join(',')}]` };
      rows.set(JSON.stringify([songId, model]), row);
    }
    reserve(batch.reduce((sum, { vector }) => sum + 4 * vector.length, 0));
    const written = JSON.stringify([...rows.values()]);
    await queries.transaction(async (transaction) => {
      const [unknown] = rowsOf<{ id: string }>(
        await transaction.execute(
          sql`select song_id as id from jsonb_to_recordset(${written}::jsonb) as row (song_id text)
            where song_id not in (select id from songs) limit 1`,
        ),
      );
      if (unknown)
        throw new InvalidInputError('store/no-song', `There is no song "${unknown.id}": import it before its vector.`);
      await transaction.execute(sql`
        insert into sound_vectors (song_id, model, embedding)
        select song_id, model, embedding::vector from jsonb_to_recordset(${written}::jsonb)
          as row (song_id text, model text, embedding text)
        on conflict (song_id, model) do update set embedding = excluded.embedding`);
    });
    count += rows.size;
    for (const model of new Set(batch.map((one) => one.model)))
      await indexWhereWorthIt({ queries, execute }, model, lengths.get(model) ?? 0);
  }
  return count;
};

interface Search {
  readonly model: string;
  readonly vector: readonly number[];
  readonly limit: number;
  readonly emotion?: Emotion;
}

const nearestExactly = async (queries: Queries, { model, vector, limit, emotion }: Search): Promise<NearVector[]> =>
  rowsOf<NearVector>(
    await queries.execute(sql`
      select song_id as id, 1 - (embedding <=> ${`[${vector.join(',')}]`}::vector) as similarity
      from sound_vectors join songs on songs.id = song_id
      where model = ${model} ${emotion === undefined ? sql`` : sql`and songs.emotion = ${emotion}`}
      order by similarity desc, song_id limit ${limit}`),
  );

/** Neighbours looked at for each song of one emotion, and at most: the index gives no more at once. */
const NEAR_A_SONG = 10;
const MOST_NEAR = 1000;

/** By the index where there is one. Songs of one emotion are picked out of the nearest of all; where those are too few, exactly. */
const nearestIds = async (queries: Queries, search: Search): Promise<NearVector[]> => {
  const { emotion, limit } = search;
  if (!(await hasVectorIndex(queries, search.model))) return nearestExactly(queries, search);
  if (emotion === undefined) return nearestByIndex(queries, search);
  const near = await nearestByIndex(queries, { ...search, limit: Math.min(MOST_NEAR, NEAR_A_SONG * limit) });
  const written = JSON.stringify(near.map(({ id }) => id));
  const fitting = new Set(
    rowsOf<{ id: string }>(
      await queries.execute(
        sql`select id from songs where emotion = ${emotion} and id in (select jsonb_array_elements_text(${written}::jsonb))`,
      ),
    ).map(({ id }) => id),
  );
  if (fitting.size < limit) return nearestExactly(queries, search);
  return near.filter(({ id }) => fitting.has(id)).slice(0, limit);
};

const checkLimit = (limit: number): void => {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new InvalidInputError('store/limit', `Ask for 1 to 1000 songs, not ${limit}.`);
};

export const nearestSongs = async (
  queries: Queries,
  { limit = 20, ...search }: Omit<Search, 'limit'> & { readonly limit?: number },
): Promise<NearSong[]> => {
  const { model, vector } = search;
  checkVector(vector, 'the search');
  checkLimit(limit);
  const length = await lengthOf(queries, model);
  if (length === undefined) return [];
  checkLength(vector, length, model);
  const found = await nearestIds(queries, { ...search, limit });
  if (found.length === 0) return [];
  const rows: SongRow[] = await queries
    .select()
    .from(songs)
    .where(sql`id in (select jsonb_array_elements_text(${JSON.stringify(found.map(({ id }) => id))}::jsonb))`);
  const byId = new Map((await withEvidence(queries, rows)).map((song) => [song.id, song]));
  return found.flatMap(({ id, similarity }) => {
    const song = byId.get(id);
    return song ? [{ song, similarity }] : [];
  });
};

/** Of the models a song has vectors of, the one that most songs have; after all were read again the later of two. */
const commonestModel = async (queries: Queries, songId: string): Promise<string | undefined> =>
  rowsOf<{ model: string }>(
    await queries.execute(sql`
      select model from sound_vectors where model in (select model from sound_vectors where song_id = ${songId})
      group by model order by count(*) desc, model desc limit 1`),
  )[0]?.model;

export const similarSongs = async (
  queries: Queries,
  songId: string,
  { limit = 20, emotion, model }: SimilarQuery,
): Promise<SimilarSongs> => {
  checkLimit(limit);
  const all = rowsOf<{ model: string; written: string }>(
    await queries.execute(sql`
      select model, embedding::text as written from sound_vectors where song_id = ${songId}
        ${model === undefined ? sql`` : sql`and model = ${model}`} order by model desc`),
  );
  const commonest = all.length > 1 ? await commonestModel(queries, songId) : all[0]?.model;
  const own = all.find((one) => one.model === commonest);
  if (!own) {
    if (rowsOf(await queries.execute(sql`select 1 from songs where id = ${songId}`)).length === 0)
      throw new InvalidInputError('store/no-song', `There is no song "${songId}" in the library.`);
    throw new NoAnswerError(
      'store/no-vector',
      `How "${songId}" sounds is not known: add its file ("attune library add FOLDER"), then run "attune library analyse".`,
    );
  }
  const vector = JSON.parse(own.written) as number[];
  const near = await nearestSongs(queries, {
    model: own.model,
    vector,
    limit: Math.min(1000, limit + 1),
    ...(emotion === undefined ? {} : { emotion }),
  });
  return { model: own.model, songs: near.filter(({ song }) => song.id !== songId).slice(0, limit) };
};

/** All vectors, in the order of song and model. */
export async function* allVectors(queries: Queries): AsyncGenerator<SoundVector> {
  for (let after = { songId: '', model: '' }; ; ) {
    const page = rowsOf<{ songId: string; model: string; written: string }>(
      await queries.execute(sql`
        select song_id as "songId", model, embedding::text as written from sound_vectors
        where (song_id, model) > (${after.songId}, ${after.model}) order by song_id, model limit ${BATCH}`),
    );
    for (const { songId, model, written } of page) yield { songId, model, vector: JSON.parse(written) as number[] };
    const last = page.at(-1);
    if (last === undefined || page.length < BATCH) return;
    after = last;
  }
}
