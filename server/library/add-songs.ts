/** The job that adds a source: a folder, a file, an address. Begun again it goes on, since files and answers it has are known. */
import { existsSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { z } from 'zod';
import { crawlSongs } from '../../node/crawl/crawl-songs.ts';
import { importSongs } from '../../node/import/import-songs.ts';
import { pathBytes } from '../../node/import/music-file.ts';
import { type FileState, SONG_FIELDS, type SongRecord } from '../../node/import/song-record.ts';
import { AttuneError, InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import type { JobHandler } from '../jobs/job-queue.ts';
import { copySongs } from '../store/copy-songs.ts';
import { connectionOf } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { inTimedBatches } from './batches.ts';
import type { LibraryWork } from './library-work.ts';
import { READER_VERSION, toNewSong } from './new-song.ts';
import { outdateEvidence } from './outdate-evidence.ts';

const ADD_INPUT = z.object({
  /** A path or an http address. */
  source: z.string().min(1).max(4000),
  columns: z.partialRecord(z.enum(SONG_FIELDS), z.string()).optional(),
  contact: z.string().optional(),
  /** Of an uploaded file: how its owner calls it. The file is ours, and goes when it was read. */
  uploadedAs: z.string().optional(),
});

/** Songs written at once, or as many as came in so long. */
const BATCH = 500;
const COPY_BATCH = 10_000;
const BATCH_MILLISECONDS = 2000;

const isAddress = (source: string): boolean => /^https?:\/\//i.test(source);

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
  const beginning = Buffer.from(folder.endsWith(sep) ? folder : folder + sep);
  for (const path of known) {
    if (seen.has(path) || !pathBytes(path).subarray(0, beginning.length).equals(beginning)) continue;
    const missing = await lstat(pathBytes(path)).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
    if (missing) gone.push(path);
  }
  return gone;
};

/** What was sent is called as its owner calls it, not by the name we keep it under. */
export const addSongs = (work: LibraryWork): JobHandler => {
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
      const written = batch.map(toNewSong);
      await outdateEvidence(store, written);
      const counts = await copySongs(store, connectionOf(store), written);
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
