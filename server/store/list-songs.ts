/** Songs out of the database: filtered, sorted, page by page. */
import { and, getTableColumns, type SQL, sql } from 'drizzle-orm';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import type { Song } from '../../src/music/song.ts';
import type { Queries } from './connection.ts';
import { readEvidence } from './import-songs.ts';
import { rowsOf } from './migrate.ts';
import { foldKey, type SongRow, toSong } from './rows.ts';
import { songs } from './schema.ts';
import type { SongCounts, SongFile, SongFilter, SongOrder, SongPage, SongQuery, StoredSong } from './store.ts';

/** What to sort by (with the id to part equals), how to read it back from a cursor, and which way. */
const ORDERS: Readonly<Record<SongOrder, { key: SQL; type: SQL; down: boolean }>> = {
  id: { key: sql`songs.id`, type: sql`text`, down: false },
  title: { key: sql`songs.title_key`, type: sql`text`, down: false },
  artist: { key: sql`songs.artist_key`, type: sql`text`, down: false },
  added: { key: sql`songs.added_at`, type: sql`timestamptz`, down: true },
  year: { key: sql`coalesce(songs.year, 0)`, type: sql`int`, down: true },
  popularity: { key: sql`coalesce(songs.popularity, -1)`, type: sql`double precision`, down: true },
  confidence: { key: sql`songs.confidence`, type: sql`double precision`, down: false },
};

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

export const whereSongs = ({ emotion, tag, language, text, lacking, having }: SongFilter): SQL => {
  const conditions: SQL[] = [sql`true`];
  if (emotion !== undefined) conditions.push(sql`emotion = ${emotion}`);
  if (tag !== undefined) conditions.push(sql`${tag} = any(tags)`);
  if (language !== undefined) conditions.push(sql`language = ${language}`);
  if (text !== undefined && text.trim() !== '')
    conditions.push(sql`search_key like ${`%${escapeLike(foldKey(text))}%`}`);
  if (lacking !== undefined)
    // A scalar subquery, not "not exists": that becomes a join, which without fresh statistics (PGlite never gathers them by
    // itself) compares every song with every piece of evidence: 10 s a page of 350,000 songs. This one asks the key's index.
    conditions.push(
      sql`(select 1 from song_evidence e where e.song_id = songs.id and e.source = ${lacking.source}
        and e.version = ${lacking.version} limit 1) is null`,
    );
  if (having === 'lyrics') conditions.push(sql`lyrics is not null`);
  if (having === 'file') conditions.push(sql`exists (select from song_files f where f.song_id = songs.id)`);
  return and(...conditions) ?? sql`true`;
};

const readCursor = (cursor: string, order: SongOrder): { key: string; id: string } => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === 3 && parts[0] === order) {
      const [, key, id] = parts;
      if (typeof key === 'string' && typeof id === 'string') return { key, id };
    }
  } catch {
    // No JSON: refused below.
  }
  throw new InvalidInputError(
    'store/cursor',
    `"${cursor.slice(0, 40)}" is no cursor of a list sorted by ${order}: leave it out to start at the first page.`,
  );
};

/** The first file of each of these songs. */
const readPaths = async (queries: Queries, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = rowsOf<{ songId: string; path: string }>(
    await queries.execute(
      sql`select song_id as "songId", min(path) as path from song_files
        where song_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)) group by song_id`,
    ),
  );
  return new Map(rows.map(({ songId, path }) => [songId, path]));
};

/** Rows with their evidence and files. */
export const withEvidence = async (queries: Queries, rows: readonly SongRow[]): Promise<StoredSong[]> => {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const evidence = await readEvidence(queries, ids);
  const paths = await readPaths(queries, ids);
  return rows.map((row) => toSong(row, evidence.get(row.id) ?? [], paths.get(row.id)));
};

/** A song's columns with its lyrics left in the database. */
const BRIEF = { ...getTableColumns(songs), lyrics: sql<string | null>`null::text`.as('lyrics') };

export const listSongs = async (queries: Queries, query: SongQuery): Promise<SongPage> => {
  const { order = 'title', limit = 50, cursor, offset = 0, brief = false, ...filter } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new InvalidInputError('store/limit', `A page holds 1 to 1000 songs, not ${limit}.`);
  const { key, type, down } = ORDERS[order];
  const conditions = [whereSongs(filter)];
  if (cursor !== undefined) {
    const from = readCursor(cursor, order);
    conditions.push(sql`(${key}, id) ${down ? sql`<` : sql`>`} (${from.key}::${type}, ${from.id})`);
  }
  const direction = down ? sql`desc` : sql`asc`;
  const found = await queries
    .select({ row: brief ? BRIEF : getTableColumns(songs), key: sql<string>`(${key})::text` })
    .from(songs)
    .where(and(...conditions))
    .orderBy(sql`${key} ${direction}`, sql`id ${direction}`)
    .limit(limit + 1)
    .offset(offset);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    songs: await withEvidence(
      queries,
      page.map(({ row }) => row),
    ),
    ...(last === undefined
      ? {}
      : { next: Buffer.from(JSON.stringify([order, last.key, last.row.id])).toString('base64url') }),
  };
};

export const countSongs = async (queries: Queries, filter: SongFilter): Promise<SongCounts> => {
  const rows = rowsOf<{ emotion: Emotion; count: number }>(
    await queries.execute(
      sql`select emotion, count(*)::int as count from songs where ${whereSongs(filter)} group by emotion`,
    ),
  );
  const counts = new Map(rows.map(({ emotion, count }) => [emotion, count]));
  return {
    total: rows.reduce((sum, { count }) => sum + count, 0),
    byEmotion: Object.fromEntries(EMOTIONS.map((emotion) => [emotion, counts.get(emotion) ?? 0])) as Record<
      Emotion,
      number
    >,
  };
};

/** Rows a page where all are read. */
const PAGE = 1000;

export async function* songFacts(queries: Queries): AsyncGenerator<Song> {
  for (let after = ''; ; ) {
    const page = rowsOf<Omit<Song, 'year'> & { year: number | null }>(
      await queries.execute(
        sql`select id, title, artist, year, language, emotion, tags, typical from songs where id > ${after}
          order by id limit ${5 * PAGE}`,
      ),
    );
    for (const row of page) yield { ...row, year: row.year ?? undefined };
    const last = page.at(-1);
    if (last === undefined || page.length < 5 * PAGE) return;
    after = last.id;
  }
}

export const songsRevision = async (queries: Queries): Promise<string> =>
  rowsOf<{ revision: string }>(
    await queries.execute(
      sql`select count(*)::text || ' ' || coalesce(max(updated_at)::text, '') as revision from songs`,
    ),
  )[0]?.revision ?? '';

export async function* songFiles(queries: Queries): AsyncGenerator<SongFile> {
  for (let after = ''; ; ) {
    const page = rowsOf<SongFile>(
      await queries.execute(
        sql`select path, song_id as "songId", size::double precision as size, modified, analysis_version as "analysisVersion"
          from song_files where path > ${after} order by path limit ${PAGE}`,
      ),
    );
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.path;
  }
}
