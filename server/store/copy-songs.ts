/** Many new songs into PostgreSQL by COPY; songs it already has go the ordinary way, so the outcome is the same. */
import type { EmotionEvidence } from '../../src/music/library-song.ts';
import type { Connection, CopyTable } from './connection.ts';
import { inBatches, joinedColumns } from './import-songs.ts';
import { checkSong, cleanText, foldKey, toArray } from './rows.ts';
import type { ImportCounts, ImportOptions, NewSong, Store } from './store.ts';

/** Songs a transaction. */
const BATCH = 10_000;
/** Batches written at once, each by a connection of its own: one keeps a core of the database busy, and few have only one. */
const WRITING = 2;
/** Characters of lyrics written ahead. */
const MOST_JOINED = 64 * 1024 * 1024;

const SONG_COLUMNS = [
  ...['id', 'title', 'artist', 'album', 'year', 'language', 'tags', 'typical', 'emotion', 'scores', 'confidence'],
  ...['duration_seconds', 'lyrics', 'url', 'popularity', 'title_key', 'artist_key', 'search_key'],
];

const SPECIAL = /[\\\t\n\r]/;
/** A field of COPY's text format. @see PostgreSQL, COPY, File Formats, Text Format */
const field = (value: string | number | boolean | undefined | null): string => {
  if (value === undefined || value === null || value === '') return '\\N';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'number') return String(value);
  const text = cleanText(value);
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
};
/** Empty, not unknown. */
const text = (value: string): string => (value === '' ? '' : field(value));
/** An array's literal, as a field. */
const list = (values: readonly string[]): string =>
  field(`{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`);
const numbers = (values: readonly number[] | null): string => (values === null ? '\\N' : `{${values.join(',')}}`);

/** The later evidence of a source takes the place of the earlier. */
const lastOfEach = (evidence: readonly EmotionEvidence[]): EmotionEvidence[] => [
  ...new Map(evidence.map((one) => [one.source, one])).values(),
];

const songLine = (song: NewSong): string => {
  const { id, title, artist, album, year, language, tags, typical, durationSeconds, lyrics, url, popularity } = song;
  const { emotion, scores, confidence } = joinedColumns(lastOfEach(song.evidence), song.emotion);
  return `${[
    field(id),
    field(title),
    field(artist),
    field(album),
    field(year),
    text(language),
    list(tags.map(cleanText)),
    field(typical),
    emotion,
    numbers(scores),
    field(confidence),
    field(durationSeconds),
    field(lyrics),
    field(url),
    field(popularity),
    text(foldKey(title)),
    text(foldKey(artist)),
    text(foldKey([title, artist, album ?? ''].join('\n'))),
  ].join('\t')}\n`;
};

function* evidenceLines(songs: readonly NewSong[]): Generator<string> {
  for (const { id, evidence } of songs) {
    for (const one of lastOfEach(evidence)) {
      yield `${[field(id), one.source, numbers(toArray(one.scores)), field(one.confidence), text(one.version)].join('\t')}\n`;
    }
  }
}

function* fileLines(songs: readonly NewSong[]): Generator<string> {
  for (const { id, path, file } of songs) {
    if (path === undefined || file === undefined) continue;
    yield `${[field(path), field(id), file.size, file.modified, text(file.analysisVersion)].join('\t')}\n`;
  }
}

/**
 * As `store.importSongs`, faster where most songs are new: each batch of them is one COPY.
 *
 * @param options `batch`: songs a transaction. `writing`: batches written at once.
 * @throws what `store.importSongs` throws
 */
export const copySongs = async (
  store: Store,
  connection: Connection | undefined,
  songs: Iterable<NewSong> | AsyncIterable<NewSong>,
  options: ImportOptions & { readonly batch?: number; readonly writing?: number } = {},
): Promise<ImportCounts> => {
  const { batch: batchSize = BATCH, writing: most = WRITING } = options;
  const copyInto = connection?.copyInto;
  if (!connection || !copyInto) return store.importSongs(songs, options);
  let counts: ImportCounts = { added: 0, updated: 0 };
  const count = ({ added, updated }: ImportCounts): void => {
    counts = { added: counts.added + added, updated: counts.updated + updated };
    options.onProgress?.(counts);
  };
  /** Asks what is known and writes the lines, while the database is still busy with the batch before. */
  const prepare = async (batch: readonly NewSong[]): Promise<PreparedBatch> => {
    for (const song of batch) checkSong(song);
    const ids = batch.map(({ id }) => cleanText(id));
    const paths = batch.flatMap(({ path }) => (path === undefined ? [] : [cleanText(path)]));
    const known = new Set(
      (
        await connection.execute(
          `select id from songs where id = any($1) union all select path from song_files where path = any($2)`,
          [ids, paths],
        )
      ).rows.map((row) => (row as { id: string }).id),
    );
    const seen = new Set<string>();
    const fresh: NewSong[] = [];
    const others: NewSong[] = [];
    batch.forEach((song, i) => {
      const path = song.path === undefined ? undefined : cleanText(song.path);
      const isNew = ![ids[i]!, ...(path === undefined ? [] : [path])].some((key) => known.has(key) || seen.has(key));
      (isNew ? fresh : others).push(song);
      seen.add(ids[i]!);
      if (path !== undefined) seen.add(path);
    });
    // Lyrics of many songs may be more than one text can hold: they are written as they are sent.
    const isLong = fresh.reduce((sum, { lyrics = '' }) => sum + lyrics.length, 0) > MOST_JOINED;
    return {
      keys: seen,
      fresh,
      others,
      tables: [
        { table: 'songs', columns: SONG_COLUMNS, lines: isLong ? linesOf(fresh) : [joined(linesOf(fresh))] },
        {
          table: 'song_evidence',
          columns: ['song_id', 'source', 'scores', 'confidence', 'version'],
          lines: [joined(evidenceLines(fresh))],
        },
        {
          table: 'song_files',
          columns: ['path', 'song_id', 'size', 'modified', 'analysis_version'],
          lines: [joined(fileLines(fresh))],
        },
      ],
    };
  };
  const write = async ({ fresh, others, tables }: PreparedBatch): Promise<void> => {
    let rest = others;
    try {
      await copyInto(tables);
      count({ added: fresh.length, updated: 0 });
    } catch (error) {
      // 23505: one of them was added meanwhile, by the batch before or by somebody else: what is known goes the ordinary way.
      if ((error as { code?: string }).code !== '23505') throw error;
      rest = [...fresh, ...others];
    }
    if (rest.length > 0) count(await store.importSongs(rest));
  };
  const writing = new Map<Promise<void>, ReadonlySet<string>>();
  const oneIsDone = (): Promise<void> => Promise.race(writing.keys());
  try {
    for await (const batch of inBatches(songs, batchSize)) {
      const prepared = await prepare(batch);
      // What comes twice is written in the order in which it came, and by one at a time.
      while (writing.size >= most || [...writing.values()].some((keys) => shareOne(keys, prepared.keys)))
        await oneIsDone();
      const one: Promise<void> = write(prepared).then(() => {
        writing.delete(one);
      });
      // It is awaited later; meanwhile its failure is nobody's to handle.
      one.catch(() => {});
      writing.set(one, prepared.keys);
    }
    await Promise.all(writing.keys());
  } finally {
    await Promise.allSettled(writing.keys());
  }
  return counts;
};

const shareOne = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean => {
  for (const key of one) if (other.has(key)) return true;
  return false;
};

interface PreparedBatch {
  /** Ids and paths. */
  readonly keys: ReadonlySet<string>;
  readonly fresh: readonly NewSong[];
  readonly others: readonly NewSong[];
  readonly tables: readonly CopyTable[];
}

const joined = (lines: Iterable<string>): string => [...lines].join('');

function* linesOf(songs: readonly NewSong[]): Generator<string> {
  for (const song of songs) yield songLine(song);
}
