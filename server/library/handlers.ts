/** What the library's jobs do: add a source, ask services, analyse. Each may be cut off anywhere and begun again. */
import { lstat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { z } from 'zod';
import {
  completeSong,
  crawlSongs,
  createSource,
  SOURCE_NAMES,
  type SourceSettings,
} from '../../node/crawl/crawl-songs.ts';
import type { Fetcher } from '../../node/crawl/fetcher.ts';
import { importSongs } from '../../node/import/import-songs.ts';
import { pathBytes } from '../../node/import/music-file.ts';
import { type FileState, SONG_FIELDS, type SongRecord } from '../../node/import/song-record.ts';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { UnavailableError } from '../../src/base/errors.ts';
import type { EmotionEvidence } from '../../src/music/library-song.ts';
import type { JobContext, JobHandler } from '../jobs/job-queue.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { Store, StoredSong } from '../store/store.ts';
import type { Analyser } from './analyser.ts';
import { inTimedBatches } from './batches.ts';
import { READER_VERSION, toNewSong } from './new-song.ts';

export interface LibraryWork {
  readonly store: Store;
  readonly analysers: readonly Analyser[];
  /** @param onWait told before long waits */
  readonly fetcher: (signal: AbortSignal, onWait: (host: string, seconds: number) => void) => Fetcher;
  readonly sources?: SourceSettings;
}

export const ADD_INPUT = z.object({
  /** A path or an http address. */
  source: z.string().min(1).max(4000),
  columns: z.partialRecord(z.enum(SONG_FIELDS), z.string()).optional(),
});
export const COMPLETE_INPUT = z.object({ from: z.array(z.enum(SOURCE_NAMES)).min(1) });
export const ANALYSE_INPUT = z.object({ again: z.boolean().optional() });
const PART_INPUT = z.object({
  source: z.string(),
  version: z.string(),
  ids: z.array(z.string()),
  again: z.boolean(),
});

const BATCH = 500;
const BATCH_MILLISECONDS = 2000;
/** Songs a part of an analysis: small enough to be done again, large enough to be worth a job. */
const PART = 200;

export const isAddress = (source: string): boolean => /^https?:\/\//i.test(source);

/** Files the store knows, as the importer asks for them. */
const knownFiles = async (store: Store): Promise<Map<string, FileState>> => {
  const known = new Map<string, FileState>();
  for await (const { path, size, modified, analysisVersion } of store.songFiles()) {
    if (analysisVersion === READER_VERSION) known.set(path, { path, size, modified });
  }
  return known;
};

/** Files under a folder that the store knows and that are gone. Only what surely is not there counts. */
const goneFiles = async (known: Iterable<string>, seen: ReadonlySet<string>, folder: string): Promise<string[]> => {
  const gone: string[] = [];
  for (const path of known) {
    if (seen.has(path) || !path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) continue;
    const missing = await lstat(pathBytes(path)).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
    if (missing) gone.push(path);
  }
  return gone;
};

const addSongs =
  ({ store, fetcher, sources }: LibraryWork): JobHandler =>
  async (input, context) => {
    const { source, columns } = ADD_INPUT.parse(input);
    const { signal, problem, progress } = context;
    let looked = 0;
    let unchanged = 0;
    const seen = new Set<string>();
    let known = new Map<string, FileState>();
    let songs: AsyncIterable<SongRecord>;
    if (isAddress(source)) {
      const waiting = (host: string, seconds: number): void =>
        progress({ message: `waiting ${Math.ceil(seconds)} s for ${host}` });
      songs = crawlSongs(source, { fetcher: fetcher(signal, waiting), onProblem: problem }, sources);
    } else {
      known = await knownFiles(store);
      const isKnown = (file: FileState): boolean => {
        seen.add(file.path);
        const before = known.get(file.path);
        const same = before?.size === file.size && before.modified === file.modified;
        if (same) unchanged += 1;
        return same;
      };
      const onProgress = (count: number): void => {
        looked = count;
        progress({ done: count });
      };
      const options = {
        signal,
        onProblem: problem,
        isKnown,
        onProgress,
        ...(columns && { columns: definedOnly(columns) }),
      };
      songs = (await importSongs(source, options)).songs;
    }
    let added = 0;
    let updated = 0;
    for await (const batch of inTimedBatches(songs, BATCH, BATCH_MILLISECONDS)) {
      const counts = await store.importSongs(batch.map(toNewSong));
      added += counts.added;
      updated += counts.updated;
      looked = Math.max(looked, added + updated);
      progress({ done: looked, message: `${added} new, ${updated} known` });
      signal.throwIfAborted();
    }
    // A folder that holds nothing may be a disk that is not there: nothing of it is forgotten then.
    const gone = seen.size > 0 ? await goneFiles(known.keys(), seen, resolve(source)) : [];
    const forgotten = gone.length > 0 ? await store.forgetFiles(gone) : 0;
    progress({ done: looked, total: looked });
    return { added, updated, unchanged, forgotten };
  };

const definedOnly = <K extends string>(columns: Partial<Record<K, string | undefined>>): Partial<Record<K, string>> =>
  Object.fromEntries(Object.entries(columns).filter(([, name]) => name !== undefined)) as Partial<Record<K, string>>;

/** Every song, in the order of ids, a page at a time. */
async function* eachSong(store: Store, query: Parameters<Store['listSongs']>[0] = {}): AsyncGenerator<StoredSong> {
  for (let cursor: string | undefined; ; ) {
    const page = await store.listSongs({
      ...query,
      order: 'id',
      limit: BATCH,
      ...(cursor !== undefined && { cursor }),
    });
    yield* page.songs;
    cursor = page.next;
    if (cursor === undefined) return;
  }
}

const completeSongs =
  ({ store, fetcher, sources = {} }: LibraryWork): JobHandler =>
  async (input, { signal, problem, progress }) => {
    const { from } = COMPLETE_INPUT.parse(input);
    const services = from.map((name) => createSource(name, sources));
    const waiting = (host: string, seconds: number): void =>
      progress({ message: `waiting ${Math.ceil(seconds)} s for ${host}` });
    const crawl = { fetcher: fetcher(signal, waiting), onProblem: problem };
    const { total } = await store.countSongs();
    let done = 0;
    let completed = 0;
    async function* changed(): AsyncGenerator<SongRecord> {
      for await (const song of eachSong(store)) {
        signal.throwIfAborted();
        const record = toRecord(song);
        const complete = await completeSong(record, services, crawl);
        done += 1;
        progress({ done, total, message: `${completed} completed` });
        if (complete !== record) yield complete;
      }
    }
    for await (const batch of inTimedBatches(changed(), BATCH, BATCH_MILLISECONDS)) {
      await store.importSongs(batch.map(toNewSong));
      completed += batch.length;
    }
    return { completed };
  };

const toRecord = ({
  title,
  artist,
  album,
  year,
  language,
  tags,
  durationSeconds,
  lyrics,
  url,
  popularity,
  emotion,
}: StoredSong): SongRecord => ({
  title,
  artist,
  tags,
  emotion,
  ...(album !== undefined && { album }),
  ...(year !== undefined && { year }),
  ...(language !== '' && { language }),
  ...(durationSeconds !== undefined && { durationSeconds }),
  ...(lyrics !== undefined && { lyrics }),
  ...(url !== undefined && { url }),
  ...(popularity !== undefined && { popularity }),
  // It keeps the evidence it has.
  evidence: [],
});

const analyseSongs =
  ({ store, analysers }: LibraryWork): JobHandler =>
  async (input, context) => {
    const { again = false } = ANALYSE_INPUT.parse(input);
    for (const { source, version, having } of analysers) {
      context.signal.throwIfAborted();
      const lacking = again ? {} : { lacking: { source, version } };
      let ids: string[] = [];
      const send = async (): Promise<void> => {
        if (ids.length > 0) await context.addParts('analyse-part', [{ source, version, ids, again }]);
        ids = [];
      };
      for await (const { id } of eachSong(store, { ...lacking, ...(having && { having }) })) {
        ids.push(id);
        if (ids.length >= PART) await send();
      }
      await send();
    }
    return { analysers: analysers.map(({ source, version }) => `${source} ${version}`) };
  };

/** What is kept of a song that has nothing to read: it counts for nothing, and says that it was looked at. */
const nothing = ({ source, version }: Analyser): EmotionEvidence => ({
  source,
  version,
  confidence: 0,
  scores: Object.fromEntries(EMOTIONS.map((emotion) => [emotion, 1 / EMOTIONS.length])) as Record<Emotion, number>,
});

const analysePart =
  ({ store, analysers }: LibraryWork): JobHandler =>
  async (input, { signal, progress, problem }: JobContext) => {
    const { source, version, ids, again } = PART_INPUT.parse(input);
    const analyser = analysers.find((one) => one.source === source && one.version === version);
    if (!analyser) {
      throw new UnavailableError(
        'library/version',
        `This worker has no ${source} ${version}: start one of the same version.`,
      );
    }
    let found = 0;
    let done = 0;
    for (const id of ids) {
      signal.throwIfAborted();
      const song = await store.getSong(id);
      const isDone = song?.evidence.some((one) => one.source === source && one.version === version);
      if (song && (again || !isDone)) {
        try {
          const evidence = await analyser.analyse(song);
          if (evidence && evidence.confidence > 0) found += 1;
          await store.putEvidence(id, evidence ?? nothing(analyser));
        } catch (error) {
          if (error instanceof UnavailableError || signal.aborted) throw error;
          problem({
            source: id,
            code: 'library/analyse',
            message: error instanceof Error ? error.message : String(error),
          });
          await store.putEvidence(id, nothing(analyser));
        }
      }
      done += 1;
      progress({ done, total: ids.length });
    }
    return { analysed: done, found };
  };

/** The handlers of the library's jobs. */
export const libraryHandlers = (work: LibraryWork): Readonly<Record<JobKind, JobHandler>> => ({
  add: addSongs(work),
  complete: completeSongs(work),
  analyse: analyseSongs(work),
  'analyse-part': analysePart(work),
});
