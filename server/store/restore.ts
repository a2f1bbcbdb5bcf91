/** Takes an export back, on top of what is there: doing it twice changes nothing. */
import { sql } from 'drizzle-orm';
import type { Connection, Queries } from './connection.ts';
import { importSongs, inBatches, readEvidence } from './import-songs.ts';
import { writeSetting, writeTypicalSongs } from './listener.ts';
import { rowsOf } from './migrate.ts';
import { cleanText, toArray } from './rows.ts';
import { feedback, readings } from './schema.ts';
import { putVectors } from './sound-vectors.ts';
import type { ExportRecord, Feedback, NewSong, Reading, RestoreCounts, SoundVector, StoredSong } from './store.ts';

/** Songs or vectors written at once. */
const BATCH = 500;

type SongRecord = Extract<ExportRecord, { kind: 'song' }>;

/** A song once for each of its files. */
const asNewSongs = ({ song, files }: SongRecord): NewSong[] => {
  const { scores: _scores, confidence: _confidence, addedAt: _addedAt, path: _path, ...facts } = song;
  if (files.length === 0) return [facts];
  return files.map(({ path, size, modified, analysisVersion }) => ({
    ...facts,
    path,
    file: { size, modified, analysisVersion },
  }));
};

const handOf = ({ evidence }: Pick<StoredSong, 'evidence'>) => evidence.find(({ source }) => source === 'hand');

const restoreSongs = async (
  connection: Pick<Connection, 'queries' | 'reserve'>,
  batch: readonly SongRecord[],
): Promise<void> => {
  const { queries } = connection;
  const known = await readEvidence(
    queries,
    batch.map(({ song }) => cleanText(song.id)),
  );
  const songs = batch.map((record) => {
    // Of two corrections the later one stands; its version is when it was made.
    const there = handOf({ evidence: known.get(record.song.id) ?? [] });
    const coming = handOf(record.song);
    if (!there || !coming || there.version <= coming.version) return record;
    const evidence = record.song.evidence.filter(({ source }) => source !== 'hand');
    return { ...record, song: { ...record.song, evidence } };
  });
  await importSongs(connection, songs.flatMap(asNewSongs));
  const days = JSON.stringify(batch.map(({ song }) => ({ id: cleanText(song.id), at: song.addedAt })));
  await queries.execute(sql`
    update songs set added_at = row.at from jsonb_to_recordset(${days}::jsonb) as row (id text, at timestamptz)
    where songs.id = row.id and songs.added_at > row.at`);
};

/** Entries that are not there yet, as often as they come, oldest first. */
const lacking = <Entry extends { readonly at: string }>(
  coming: readonly Entry[],
  there: ReadonlyMap<string, number>,
  keyOf: (entry: Entry) => string,
): Entry[] => {
  const left = new Map(there);
  return coming
    .filter((entry) => {
      const key = keyOf(entry);
      const count = left.get(key) ?? 0;
      if (count > 0) left.set(key, count - 1);
      return count === 0;
    })
    .toReversed()
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
};

const countKeys = (keys: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

const readingKey = ({ at, source, emotion, certain, goal }: Omit<Reading, 'id' | 'scores'>): string =>
  JSON.stringify([Date.parse(at), source, emotion, certain, goal ?? null]);
const feedbackKey = ({ at, songId, kind, mood, goal }: Omit<Feedback, 'id'>): string =>
  JSON.stringify([Date.parse(at), cleanText(songId), kind, mood ?? null, goal ?? null]);

interface ReadingKeyRow {
  readonly at: Date | string;
  readonly source: Reading['source'];
  readonly emotion: Reading['emotion'];
  readonly certain: boolean;
  readonly goal: NonNullable<Reading['goal']> | null;
}
interface FeedbackKeyRow {
  readonly at: Date | string;
  readonly songId: string;
  readonly kind: Feedback['kind'];
  readonly mood: NonNullable<Feedback['mood']> | null;
  readonly goal: NonNullable<Feedback['goal']> | null;
}
const present = <Value>(name: string, value: Value | null): object => (value === null ? {} : { [name]: value });

const restoreReadings = async (queries: Queries, coming: readonly Reading[]): Promise<number> =>
  queries.transaction(async (transaction) => {
    await transaction.execute(sql`lock table readings in share row exclusive mode`);
    const rows = rowsOf<ReadingKeyRow>(
      await transaction.execute(sql`select at, source, emotion, certain, goal from readings`),
    );
    const there = rows.map(({ at, goal, ...row }) =>
      readingKey({ ...row, at: new Date(at).toISOString(), ...present('goal', goal) }),
    );
    const fresh = lacking(coming, countKeys(there), readingKey);
    for await (const batch of inBatches(fresh, BATCH))
      await transaction.insert(readings).values(
        batch.map(({ at, source, emotion, scores, certain, goal }) => ({
          at: new Date(at),
          source,
          emotion,
          scores: toArray(scores),
          certain,
          goal: goal ?? null,
        })),
      );
    return fresh.length;
  });

const restoreFeedback = async (queries: Queries, coming: readonly Feedback[]): Promise<number> =>
  queries.transaction(async (transaction) => {
    await transaction.execute(sql`lock table feedback in share row exclusive mode`);
    const rows = rowsOf<FeedbackKeyRow>(
      await transaction.execute(sql`select at, song_id as "songId", kind, mood, goal from feedback`),
    );
    const there = rows.map(({ at, mood, goal, ...row }) =>
      feedbackKey({ ...row, at: new Date(at).toISOString(), ...present('mood', mood), ...present('goal', goal) }),
    );
    const fresh = lacking(coming, countKeys(there), feedbackKey);
    for await (const batch of inBatches(fresh, BATCH))
      await transaction.insert(feedback).values(
        batch.map(({ at, songId, kind, mood, goal }) => ({
          at: new Date(at),
          songId: cleanText(songId),
          kind,
          mood: mood ?? null,
          goal: goal ?? null,
        })),
      );
    return fresh.length;
  });

/**
 * Songs and vectors are written as they come; history and opinions, a person's few thousand, when all are there, so that they
 * stand in their order. Choices and settings take the place of those there.
 */
export const restoreRecords = async (
  connection: Pick<Connection, 'queries' | 'execute' | 'reserve'>,
  records: Iterable<ExportRecord> | AsyncIterable<ExportRecord>,
  onProgress: (counts: RestoreCounts) => void = () => {},
): Promise<RestoreCounts> => {
  const { queries } = connection;
  const counts = { songs: 0, vectors: 0, typical: 0, readings: 0, feedback: 0, settings: 0 };
  const songs: SongRecord[] = [];
  const vectors: SoundVector[] = [];
  const history: Reading[] = [];
  const opinions: Feedback[] = [];
  const write = async (): Promise<void> => {
    if (songs.length > 0) await restoreSongs(connection, songs);
    counts.songs += songs.splice(0).length;
    if (vectors.length > 0) counts.vectors += await putVectors(connection, vectors.splice(0));
    onProgress({ ...counts });
  };
  for await (const record of records) {
    if (record.kind === 'song') songs.push(record);
    else if (record.kind === 'vector') vectors.push(record.vector);
    else if (record.kind === 'reading') history.push(record.reading);
    else if (record.kind === 'feedback') opinions.push(record.feedback);
    else if (record.kind === 'typical') {
      await writeTypicalSongs(queries, record.emotion, record.songIds);
      counts.typical += 1;
    } else if (record.kind === 'setting') {
      await writeSetting(queries, record.key, record.value);
      counts.settings += 1;
    }
    if (songs.length >= BATCH || vectors.length >= BATCH) await write();
  }
  await write();
  connection.reserve(500 * (history.length + opinions.length));
  counts.readings = await restoreReadings(queries, history);
  counts.feedback = await restoreFeedback(queries, opinions);
  onProgress({ ...counts });
  return counts;
};
