/** What the library's jobs do: add a source, ask services, analyse. Each may be cut off anywhere and begun again. */
import { existsSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { z } from 'zod';
import { completeSong, crawlSongs, createSource, type SourceSettings } from '../../node/crawl/crawl-songs.ts';
import type { Fetcher } from '../../node/crawl/fetcher.ts';
import { SOURCE_NAMES } from '../../node/crawl/source-names.ts';
import { importSongs } from '../../node/import/import-songs.ts';
import { pathBytes } from '../../node/import/music-file.ts';
import { type FileState, SONG_FIELDS, type SongRecord } from '../../node/import/song-record.ts';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { AttuneError, InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { EVIDENCE_SOURCES, type EvidenceSource } from '../../src/music/library-song.ts';
import type { JobHandler } from '../jobs/job-queue.ts';
import type { JobKind } from '../jobs/jobs.ts';
import { copySongs } from '../store/copy-songs.ts';
import { connectionOf } from '../store/open-store.ts';
import type { NewSong, SoundVector, Store, StoredSong } from '../store/store.ts';
import type { Finding } from './analyser.ts';
import type { FoundAnalysers } from './analysers.ts';
import { inTimedBatches } from './batches.ts';
import { READER_VERSION, toNewSong } from './new-song.ts';

export interface LibraryWork {
  readonly store: Store;
  /** Opened with the first song that is analysed: adding songs needs no models. */
  readonly analysers: () => Promise<FoundAnalysers>;
  /** @param onWait told before long waits. `contact`: where services can reach whoever asked for this job. */
  readonly fetcher: (
    signal: AbortSignal,
    onWait: (host: string, seconds: number) => void,
    contact: string | undefined,
  ) => Fetcher;
  readonly sources?: SourceSettings;
}

export const ADD_INPUT = z.object({
  /** A path or an http address. */
  source: z.string().min(1).max(4000),
  columns: z.partialRecord(z.enum(SONG_FIELDS), z.string()).optional(),
  contact: z.string().optional(),
  /** Of an uploaded file: how its owner calls it. The file is ours, and goes when it was read. */
  uploadedAs: z.string().optional(),
});
export const COMPLETE_INPUT = z.object({ from: z.array(z.enum(SOURCE_NAMES)).min(1), contact: z.string().optional() });
export const ANALYSE_INPUT = z.object({ again: z.boolean().optional() });
const PART_INPUT = z.object({
  source: z.enum(EVIDENCE_SOURCES),
  version: z.string(),
  /** The songs after this place in the order of ids, up to `last`. */
  cursor: z.string().optional(),
  last: z.string(),
  again: z.boolean(),
});

const BATCH = 500;
const COPY_BATCH = 10_000;
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

/** What was sent is called as its owner calls it, not by the name we keep it under. */
const addSongs = (work: LibraryWork): JobHandler => {
  const add = addSource(work);
  return async (input, context) => {
    const { source, uploadedAs } = ADD_INPUT.parse(input);
    return add(input, context).catch((error: unknown) => {
      if (uploadedAs === undefined || !(error instanceof AttuneError)) throw error;
      const message = error.message.replaceAll(source, uploadedAs);
      throw error instanceof UnavailableError
        ? new UnavailableError(error.code, message, { cause: error })
        : new InvalidInputError(error.code, message, { cause: error });
    });
  };
};

const addSource =
  ({ store, fetcher, sources }: LibraryWork): JobHandler =>
  async (input, context) => {
    const { source, columns, contact, uploadedAs } = ADD_INPUT.parse(input);
    const { signal, progress } = context;
    const problem: typeof context.problem = (one) =>
      context.problem(uploadedAs === undefined ? one : { ...one, source: uploadedAs });
    let looked = 0;
    let unchanged = 0;
    const seen = new Set<string>();
    let known = new Map<string, FileState>();
    let songs: AsyncIterable<SongRecord>;
    if (isAddress(source)) {
      const waiting = (host: string, seconds: number): void =>
        progress({ message: `waiting ${Math.ceil(seconds)} s for ${host}` });
      songs = crawlSongs(source, { fetcher: fetcher(signal, waiting, contact), onProblem: problem }, sources);
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
      if (uploadedAs !== undefined && !existsSync(source))
        throw new UnavailableError(
          'library/elsewhere',
          `${uploadedAs} was sent to another machine or read before: its server goes on with it, or send it again.`,
        );
      songs = (await importSongs(source, options)).songs;
    }
    let added = 0;
    let updated = 0;
    // By COPY larger batches are worth it.
    const size = connectionOf(store)?.copyInto ? COPY_BATCH : BATCH;
    for await (const batch of inTimedBatches(songs, size, BATCH_MILLISECONDS)) {
      const counts = await copySongs(store, connectionOf(store), batch.map(toNewSong));
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
    if (uploadedAs !== undefined) await rm(source, { force: true });
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
    const { from, contact } = COMPLETE_INPUT.parse(input);
    const services = from.map((name) => createSource(name, sources));
    const waiting = (host: string, seconds: number): void =>
      progress({ message: `waiting ${Math.ceil(seconds)} s for ${host}` });
    const crawl = { fetcher: fetcher(signal, waiting, contact), onProblem: problem };
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
  ({ store, analysers: open }: LibraryWork): JobHandler =>
  async (input, { signal, addParts }) => {
    const { again = false } = ANALYSE_INPUT.parse(input);
    const { analysers, missing } = await open();
    for (const { source, version, having } of analysers) {
      const filter = { ...(again ? {} : { lacking: { source, version } }), ...(having && { having }) };
      for (let cursor: string | undefined; ; ) {
        signal.throwIfAborted();
        const page = await store.listSongs({
          ...filter,
          order: 'id',
          limit: PART,
          ...(cursor !== undefined && { cursor }),
        });
        const last = page.songs.at(-1)?.id;
        const from = cursor === undefined ? {} : { cursor };
        if (last !== undefined) await addParts('analyse-part', [{ source, version, last, again, ...from }]);
        cursor = page.next;
        if (cursor === undefined) break;
      }
    }
    return { analysers: analysers.map(({ source, version }) => `${source} ${version}`), missing };
  };

/** What is kept of a song that has nothing to read: it counts for nothing, and says that it was looked at. */
const nothing = (source: EvidenceSource, version: string): Finding => ({
  source,
  version,
  confidence: 0,
  scores: Object.fromEntries(EMOTIONS.map((emotion) => [emotion, 1 / EMOTIONS.length])) as Record<Emotion, number>,
});

const analysePart =
  ({ store, analysers: open }: LibraryWork): JobHandler =>
  async (input, { signal, progress, problem }) => {
    const { source, version, cursor, last, again } = PART_INPUT.parse(input);
    const { analysers } = await open();
    const analyser = analysers.find((one) => one.source === source && one.version === version);
    if (!analyser) {
      throw new UnavailableError(
        'library/version',
        `This worker has no ${source} ${version}: start one of the same version.`,
      );
    }
    const { songs } = await store.listSongs({
      ...(again ? {} : { lacking: { source, version } }),
      ...(analyser.having && { having: analyser.having }),
      order: 'id',
      limit: PART,
      ...(cursor !== undefined && { cursor }),
    });
    const own = songs.filter(({ id }) => id <= last);
    let found = 0;
    let done = 0;
    const vectors: SoundVector[] = [];
    async function* read(): AsyncGenerator<NewSong> {
      for (const song of own) {
        signal.throwIfAborted();
        let finding: Finding | undefined;
        try {
          finding = await analyser?.analyse(song);
        } catch (error) {
          if (error instanceof UnavailableError || signal.aborted) throw error;
          const message = error instanceof Error ? error.message : String(error);
          problem({ source: song.path ?? song.id, code: 'library/analyse', message });
        }
        const { vector, ...evidence } = finding ?? nothing(source, version);
        if (evidence.confidence > 0) found += 1;
        if (vector) vectors.push({ songId: song.id, model: version, vector });
        done += 1;
        progress({ done, total: own.length });
        const { scores: _scores, confidence: _confidence, addedAt: _addedAt, ...facts } = song;
        yield { ...facts, evidence: [evidence] };
      }
    }
    for await (const batch of inTimedBatches(read(), PART, BATCH_MILLISECONDS)) {
      // Vectors first: a song with evidence is done.
      await store.putVectors(vectors.splice(0));
      // Evidence joins what is there: a correction by hand stays.
      await store.importSongs(batch);
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
