/** Songs into the database, batch after batch: each batch is one transaction, and safe once it is counted. */
import { sql } from 'drizzle-orm';
import type { Emotion } from '../../src/base/emotions.ts';
import { rankEmotions } from '../../src/base/emotions.ts';
import { type EmotionEvidence, joinEvidence } from '../../src/music/library-song.ts';
import type { Connection, Queries } from './connection.ts';
import { rowsOf } from './migrate.ts';
import { checkSong, cleanText, type EvidenceRow, foldKey, toArray, toEvidence } from './rows.ts';
import type { ImportCounts, NewSong } from './store.ts';

/** Songs a transaction; measured: smaller ones cost more, larger ones only memory. */
const BATCH = 500;

/** What evidence says, in the columns of `songs`. */
export const joinedColumns = (
  evidence: readonly EmotionEvidence[],
  otherwise: Emotion,
): { emotion: Emotion; scores: number[] | null; confidence: number } => {
  const { scores, confidence } = joinEvidence(evidence);
  if (confidence === 0) return { emotion: otherwise, scores: null, confidence: 0 };
  return { emotion: rankEmotions(scores)[0] ?? otherwise, scores: toArray(scores), confidence };
};

/** The later evidence of a source takes the place of the earlier. */
const mergeEvidence = (...lists: readonly (readonly EmotionEvidence[])[]): EmotionEvidence[] => [
  ...new Map(lists.flat().map((one) => [one.source, one])).values(),
];

/** Two songs of one id in one batch: what the later one knows, on top of what the earlier does. */
const mergeSongs = (earlier: NewSong, later: NewSong): NewSong => ({
  ...earlier,
  ...Object.fromEntries(Object.entries(later).filter(([, value]) => value !== undefined && value !== '')),
  tags: later.tags.length > 0 ? later.tags : earlier.tags,
  typical: earlier.typical || later.typical,
  evidence: mergeEvidence(earlier.evidence, later.evidence),
  emotion: later.emotion,
});

/** Evidence already known of these songs. */
export const readEvidence = async (
  queries: Queries,
  ids: readonly string[],
): Promise<Map<string, EmotionEvidence[]>> => {
  const found = rowsOf<EvidenceRow>(
    await queries.execute(
      sql`select song_id as "songId", source, scores, confidence, version from song_evidence
        where song_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)) order by source`,
    ),
  );
  const bySong = new Map<string, EmotionEvidence[]>();
  for (const row of found) bySong.set(row.songId, [...(bySong.get(row.songId) ?? []), toEvidence(row)]);
  return bySong;
};

const textOrNull = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : cleanText(text);

/** The rows travel as one JSON document: both engines unpack it faster than they take thousands of parameters. */
const writeBatch = async (queries: Queries, batch: readonly NewSong[]): Promise<ImportCounts> => {
  const merged = new Map<string, NewSong>();
  for (const song of batch) {
    checkSong(song);
    const earlier = merged.get(song.id);
    merged.set(song.id, earlier === undefined ? song : mergeSongs(earlier, song));
  }
  const songs = [...merged.values()];
  return queries.transaction(async (transaction) => {
    const on = transaction as unknown as Queries;
    const ids = songs.map(({ id }) => cleanText(id));
    // Locked, in one order, so that two imports of one song wait for each other instead of losing evidence or blocking.
    const known = new Map(
      rowsOf<{ id: string; emotion: Emotion }>(
        await on.execute(
          sql`select id, emotion from songs where id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
            order by id for update`,
        ),
      ).map(({ id, emotion }) => [id, emotion]),
    );
    const knownEvidence = known.size > 0 ? await readEvidence(on, [...known.keys()]) : new Map<string, never>();
    const rows = songs.map((song) => {
      const id = cleanText(song.id);
      const evidence = mergeEvidence(knownEvidence.get(id) ?? [], song.evidence);
      return {
        id,
        title: cleanText(song.title),
        artist: cleanText(song.artist),
        album: textOrNull(song.album),
        year: song.year ?? null,
        language: cleanText(song.language),
        tags: song.tags.map(cleanText),
        typical: song.typical,
        ...joinedColumns(evidence, song.emotion),
        duration_seconds: song.durationSeconds ?? null,
        lyrics: textOrNull(song.lyrics),
        url: textOrNull(song.url),
        popularity: song.popularity ?? null,
        title_key: foldKey(song.title),
        artist_key: foldKey(song.artist),
        search_key: foldKey([song.title, song.artist, song.album ?? ''].join('\n')),
      };
    });
    await on.execute(sql`
      insert into songs (id, title, artist, album, year, language, tags, typical, emotion, scores, confidence, duration_seconds,
        lyrics, url, popularity, title_key, artist_key, search_key)
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (id text, title text, artist text, album text,
        year smallint, language text, tags text[], typical boolean, emotion text, scores double precision[],
        confidence double precision, duration_seconds double precision, lyrics text, url text, popularity double precision,
        title_key text, artist_key text, search_key text)
      on conflict (id) do update set
        title = excluded.title, artist = excluded.artist,
        album = coalesce(excluded.album, songs.album), year = coalesce(excluded.year, songs.year),
        language = case excluded.language when '' then songs.language else excluded.language end,
        tags = case cardinality(excluded.tags) when 0 then songs.tags else excluded.tags end,
        typical = songs.typical or excluded.typical,
        emotion = excluded.emotion, scores = excluded.scores, confidence = excluded.confidence,
        duration_seconds = coalesce(excluded.duration_seconds, songs.duration_seconds),
        lyrics = coalesce(excluded.lyrics, songs.lyrics), url = coalesce(excluded.url, songs.url),
        popularity = coalesce(excluded.popularity, songs.popularity),
        title_key = excluded.title_key, artist_key = excluded.artist_key,
        search_key = case when excluded.album is null and songs.album is not null then songs.search_key else excluded.search_key end,
        updated_at = now()`);
    const evidence = songs.flatMap((song) =>
      mergeEvidence(song.evidence).map(({ source, scores, confidence, version }) => ({
        song_id: cleanText(song.id),
        source,
        scores: toArray(scores),
        confidence,
        version: cleanText(version),
      })),
    );
    if (evidence.length > 0) await writeEvidence(on, evidence);
    const files = [
      ...new Map(
        batch.flatMap(({ id, path, file }) => {
          if (path === undefined || file === undefined) return [];
          const { size, modified, analysisVersion } = file;
          const row = {
            path: cleanText(path),
            song_id: cleanText(id),
            size,
            modified,
            analysis_version: cleanText(analysisVersion),
          };
          return [[row.path, row] as const];
        }),
      ).values(),
    ];
    if (files.length > 0)
      await on.execute(sql`
        insert into song_files (path, song_id, size, modified, analysis_version)
        select * from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) as row (path text, song_id text, size bigint,
          modified double precision, analysis_version text)
        on conflict (path) do update set song_id = excluded.song_id, size = excluded.size, modified = excluded.modified,
          analysis_version = excluded.analysis_version`);
    return { added: songs.length - known.size, updated: known.size };
  });
};

export const writeEvidence = async (
  queries: Queries,
  rows: readonly { song_id: string; source: string; scores: number[]; confidence: number; version: string }[],
): Promise<void> => {
  await queries.execute(sql`
    insert into song_evidence (song_id, source, scores, confidence, version)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (song_id text, source text,
      scores double precision[], confidence double precision, version text)
    on conflict (song_id, source) do update set scores = excluded.scores, confidence = excluded.confidence,
      version = excluded.version, updated_at = now()`);
};

/** Cuts any sequence into lists of at most `size`. */
export async function* inBatches<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  size: number,
): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** About how much of the disk songs will take: their lyrics are all that can be long. */
const roughBytes = (songs: readonly NewSong[]): number =>
  songs.reduce((sum, { lyrics }) => sum + 1000 + 3 * (lyrics?.length ?? 0), 0);

export const importSongs = async (
  { queries, reserve }: Pick<Connection, 'queries' | 'reserve'>,
  songs: Iterable<NewSong> | AsyncIterable<NewSong>,
  onProgress: (counts: ImportCounts) => void = () => {},
): Promise<ImportCounts> => {
  let counts: ImportCounts = { added: 0, updated: 0 };
  for await (const batch of inBatches(songs, BATCH)) {
    reserve(roughBytes(batch));
    const { added, updated } = await writeBatch(queries, batch);
    counts = { added: counts.added + added, updated: counts.updated + updated };
    onProgress(counts);
  }
  return counts;
};
