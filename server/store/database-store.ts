/** The store over a database: every question and every change, with what can go wrong said in one sentence. */
import { sql } from 'drizzle-orm';
import { type Emotion, isEmotion } from '../../src/base/emotions.ts';
import { AttuneError, InvalidInputError } from '../../src/base/errors.ts';
import type { EmotionEvidence, EvidenceSource } from '../../src/music/library-song.ts';
import type { Connection, Queries } from './connection.ts';
import { songFacets } from './facets.ts';
import { explainDatabaseError } from './failures.ts';
import { importSongs, inBatches, joinedColumns, readEvidence, writeEvidence } from './import-songs.ts';
import { countSongs, listSongs, songFacts, songFiles, songsRevision, withEvidence } from './list-songs.ts';
import {
  addFeedback,
  addReading,
  listFeedback,
  listReadings,
  readSettings,
  readTypicalSongs,
  setFeedback,
  writeSetting,
  writeTypicalSongs,
} from './listener.ts';
import { rowsOf } from './migrate.ts';
import { restoreRecords } from './restore.ts';
import { type SongRow, toArray } from './rows.ts';
import { readings, songEvidence, songFiles as songFilesTable, songs } from './schema.ts';
import { allVectors, nearestSongs, putVectors, similarSongs } from './sound-vectors.ts';
import type { ExportRecord, SongFile, Store, StoreDescription, StoredSong } from './store.ts';

export interface DatabaseStoreOptions {
  /** The database to ask; another one after everything was erased. */
  readonly connection: () => Connection;
  /** The version of the tables. */
  readonly schema: number;
  /** Attune's version, for exports. */
  readonly version: string;
  readonly bytes: () => Promise<number>;
  readonly erase: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const readSong = async (queries: Queries, id: string): Promise<StoredSong | undefined> => {
  const rows: SongRow[] = await queries.select().from(songs).where(sql`id = ${id}`);
  return (await withEvidence(queries, rows))[0];
};

/** Changes a song's evidence and joins it anew, in one transaction. */
const changeEvidence = (
  queries: Queries,
  songId: string,
  change: (on: Queries) => Promise<void>,
): Promise<StoredSong> =>
  queries.transaction(async (transaction) => {
    const on = transaction as unknown as Queries;
    const [row] = rowsOf<{ emotion: Emotion }>(
      await on.execute(sql`select emotion from songs where id = ${songId} for update`),
    );
    if (!row) throw new InvalidInputError('store/no-song', `There is no song "${songId}" in the library.`);
    await change(on);
    const evidence = (await readEvidence(on, [songId])).get(songId) ?? [];
    const joined = joinedColumns(evidence, row.emotion);
    await on
      .update(songs)
      .set({ ...joined, updatedAt: new Date() })
      .where(sql`id = ${songId}`);
    const song = await readSong(on, songId);
    if (!song) throw new InvalidInputError('store/no-song', `There is no song "${songId}" in the library.`);
    return song;
  });

const putEvidence = (queries: Queries, songId: string, evidence: EmotionEvidence): Promise<StoredSong> =>
  changeEvidence(queries, songId, async (on) => {
    joinedColumns([evidence], 'neutral'); // throws where it is out of range
    const { source, scores, confidence, version } = evidence;
    await writeEvidence(on, [{ song_id: songId, source, scores: toArray(scores), confidence, version }]);
  });

const removeEvidence = (queries: Queries, songId: string, source: EvidenceSource): Promise<StoredSong> =>
  changeEvidence(queries, songId, async (on) => {
    await on.delete(songEvidence).where(sql`song_id = ${songId} and source = ${source}`);
  });

/** Rows of a table deleted by a list of keys, however long. */
const removeListed = async (
  queries: Queries,
  keys: readonly string[],
  statement: (list: string) => ReturnType<typeof sql>,
): Promise<number> => {
  let count = 0;
  for await (const batch of inBatches(keys, 1000))
    count += rowsOf(await queries.execute(statement(JSON.stringify(batch)))).length;
  return count;
};

const describeStore = async (
  { engine, where, queries }: Connection,
  schema: number,
  bytes: number,
): Promise<StoreDescription> => {
  const [counts] = rowsOf<{ songs: number; readings: number; feedback: number; vectors: number }>(
    await queries.execute(sql`select (select count(*) from songs)::int as songs, (select count(*) from readings)::int as readings,
      (select count(*) from feedback)::int as feedback, (select count(*) from sound_vectors)::int as vectors`),
  );
  return { engine, where, schema, bytes, songs: 0, readings: 0, feedback: 0, vectors: 0, ...counts };
};

/** Songs a page of an export: their lyrics may be long. */
const EXPORT_PAGE = 200;

/** The last line tells a whole export from one that was cut short. */
async function* exportAll(queries: Queries, version: string, schema: number): AsyncGenerator<ExportRecord> {
  let records = 0;
  for await (const record of exportRecords(queries, version, schema)) {
    yield record;
    records += 1;
  }
  yield { kind: 'end', records };
}

async function* exportRecords(queries: Queries, version: string, schema: number): AsyncGenerator<ExportRecord> {
  yield { kind: 'attune', version, schema, at: new Date().toISOString() };
  for (let cursor: string | undefined; ; ) {
    const page = await listSongs(queries, {
      order: 'id',
      limit: EXPORT_PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const ids = JSON.stringify(page.songs.map(({ id }) => id));
    const files = await queries
      .select()
      .from(songFilesTable)
      .where(sql`song_id in (select jsonb_array_elements_text(${ids}::jsonb))`)
      .orderBy(songFilesTable.path);
    const bySong = new Map<string, SongFile[]>();
    for (const file of files) bySong.set(file.songId, [...(bySong.get(file.songId) ?? []), file]);
    for (const song of page.songs) yield { kind: 'song', song, files: bySong.get(song.id) ?? [] };
    cursor = page.next;
    if (cursor === undefined) break;
  }
  for await (const vector of allVectors(queries)) yield { kind: 'vector', vector };
  for (const [emotion, songIds] of Object.entries(await readTypicalSongs(queries)))
    if (isEmotion(emotion)) yield { kind: 'typical', emotion, songIds };
  for await (const reading of backwards((before) => listReadings(queries, { limit: 1000, ...before })))
    yield { kind: 'reading', reading };
  for await (const given of backwards((before) => listFeedback(queries, { limit: 1000, ...before })))
    yield { kind: 'feedback', feedback: given };
  for (const [key, value] of Object.entries(await readSettings(queries))) yield { kind: 'setting', key, value };
}

/** All entries of a list that is paged from the latest. */
async function* backwards<Entry extends { readonly id: number }>(
  read: (from: { readonly before?: number }) => Promise<readonly Entry[]>,
): AsyncGenerator<Entry> {
  for (let page = await read({}); page.length > 0; page = await read({ before: page.at(-1)?.id ?? 0 })) yield* page;
}

export const createDatabaseStore = (options: DatabaseStoreOptions): Store => {
  const { connection, schema, version } = options;
  const explain = (error: unknown): unknown =>
    error instanceof AttuneError ? error : explainDatabaseError(error, connection().where, 'working');
  const ask = async <Result>(question: (queries: Queries) => Promise<Result>): Promise<Result> => {
    try {
      return await question(connection().queries);
    } catch (error) {
      throw explain(error);
    }
  };
  const change: typeof ask = (question) =>
    ask(async (queries) => {
      connection().reserve(0);
      return question(queries);
    });
  async function* askForMany<Item>(question: (queries: Queries) => AsyncIterable<Item>): AsyncGenerator<Item> {
    try {
      yield* question(connection().queries);
    } catch (error) {
      throw explain(error);
    }
  }
  return {
    importSongs: (list, { onProgress } = {}) => ask(() => importSongs(connection(), list, onProgress)),
    listSongs: (query = {}) => ask((queries) => listSongs(queries, query)),
    countSongs: (filter = {}) => ask((queries) => countSongs(queries, filter)),
    songFacts: () => askForMany(songFacts),
    songsRevision: () => ask(songsRevision),
    songFacets: () => ask(songFacets),
    getSong: (id) => ask((queries) => readSong(queries, id)),
    putEvidence: (songId, evidence) => change((queries) => putEvidence(queries, songId, evidence)),
    removeEvidence: (songId, source) => change((queries) => removeEvidence(queries, songId, source)),
    removeSongs: (ids) =>
      ask((queries) =>
        removeListed(
          queries,
          ids,
          (list) => sql`delete from songs where id in (select jsonb_array_elements_text(${list}::jsonb)) returning id`,
        ),
      ),
    songFiles: () => askForMany(songFiles),
    forgetFiles: (paths) =>
      ask((queries) =>
        removeListed(
          queries,
          paths,
          (list) =>
            sql`delete from song_files where path in (select jsonb_array_elements_text(${list}::jsonb)) returning path`,
        ),
      ),
    typicalSongs: () => ask(readTypicalSongs),
    setTypicalSongs: (emotion, songIds) => change((queries) => writeTypicalSongs(queries, emotion, songIds)),
    addReading: (reading) => change((queries) => addReading(queries, reading)),
    listReadings: (page = {}) => ask((queries) => listReadings(queries, page)),
    removeReadings: (id) =>
      ask(async (queries) => {
        const which = id === undefined ? undefined : sql`id = ${id}`;
        return (await queries.delete(readings).where(which).returning({ id: readings.id })).length;
      }),
    addFeedback: (given) => change((queries) => addFeedback(queries, given)),
    setFeedback: (songId, given) => change((queries) => setFeedback(queries, songId, given)),
    listFeedback: (page = {}) => ask((queries) => listFeedback(queries, page)),
    settings: () => ask(readSettings),
    setSetting: (key, value) => change((queries) => writeSetting(queries, key, value)),
    putVectors: (vectors) => ask(() => putVectors(connection(), vectors)),
    nearestSongs: (search) => ask((queries) => nearestSongs(queries, search)),
    similarSongs: (songId, query = {}) => ask((queries) => similarSongs(queries, songId, query)),
    describe: () => ask(async () => describeStore(connection(), schema, await options.bytes())),
    exportAll: () => askForMany((queries) => exportAll(queries, version, schema)),
    importAll: (records, { onProgress } = {}) => ask(() => restoreRecords(connection(), records, onProgress)),
    eraseAll: () => ask(options.erase),
    close: options.close,
  };
};
