/** The store of a server that is running, asked over HTTP: for a command line beside it. */
import { InvalidInputError } from '../../src/base/errors.ts';
import type { Song } from '../../src/music/song.ts';
import { inBatches } from './import-songs.ts';
import { createServerClient } from './server-client.ts';
import type {
  ExportRecord,
  ImportCounts,
  NewSong,
  RestoreCounts,
  SimilarSongs,
  SongFile,
  SongFilter,
  SoundVector,
  Store,
  StoreDescription,
  StoredSong,
} from './store.ts';

/** Items a request: what one request has answered for is safe. */
const ITEMS_A_REQUEST = 1000;

const filterQuery = ({ lacking, ...filter }: SongFilter): Record<string, string | undefined> => ({
  ...filter,
  lackingSource: lacking?.source,
  lackingVersion: lacking?.version,
});

/** Songs as the server's contract takes them: what was found when they were stored is no part of them. */
const asNewSong = ({ id, title, artist, ...song }: NewSong) => ({ id, title, artist, ...song });

/**
 * @param url where the server answers, for example http://127.0.0.1:8320
 * @throws every method also {UnavailableError} `store/lost`: nobody answers there any more.
 */
export const createHttpStore = (url: string): Store => {
  const store = storeOver(url);
  servers.set(store, url);
  return store;
};

const servers = new WeakMap<Store, string>();
/** Where the server answers whose store this is; `undefined` for a store of this process. */
export const serverOf = (store: Store): string | undefined => servers.get(store);

const storeOver = (url: string): Store => {
  const { ask, tell, lines } = createServerClient(url);
  /** JSON has no undefined: a year that is not known is a key without a value again. */
  const withYear = <Found extends Song>(song: Found): Found => ({ ...song, year: song.year ?? undefined });
  const encode = encodeURIComponent;
  const inRequests = async (items: readonly string[], path: string, name: string): Promise<number> => {
    let removed = 0;
    for await (const batch of inBatches(items, ITEMS_A_REQUEST))
      removed += (await ask<{ count: number }>(path, { method: 'POST', json: { [name]: batch } })).count;
    return removed;
  };
  const putVectors: Store['putVectors'] = async (vectors) => {
    let count = 0;
    for await (const batch of inBatches<SoundVector>(vectors, ITEMS_A_REQUEST / 10))
      count += (await ask<{ count: number }>('/sound-vectors', { method: 'POST', lines: batch })).count;
    return count;
  };
  return {
    importSongs: async (songs, { onProgress = () => {} } = {}) => {
      let counts: ImportCounts = { added: 0, updated: 0 };
      for await (const batch of inBatches(songs, ITEMS_A_REQUEST)) {
        const { added, updated } = await ask<ImportCounts>('/songs', { method: 'POST', lines: batch.map(asNewSong) });
        counts = { added: counts.added + added, updated: counts.updated + updated };
        onProgress(counts);
      }
      return counts;
    },
    listSongs: async ({ order, limit, cursor, offset, brief, ...filter } = {}) => {
      const page = await ask<{ songs: StoredSong[]; next?: string }>('/songs', {
        query: { ...filterQuery(filter), order, limit, cursor, offset, ...(brief && { lyrics: 'no' }) },
      });
      return { ...page, songs: page.songs.map(withYear) };
    },
    countSongs: (filter = {}) => ask('/songs/counts', { query: filterQuery(filter) }),
    songFacets: () => ask('/songs/facets'),
    songFacts: async function* () {
      for await (const song of lines<Song>('/songs/facts')) yield withYear(song);
    },
    songsRevision: async () => (await ask<{ revision: string }>('/songs/revision')).revision,
    getSong: async (id) => {
      try {
        return withYear(await ask<StoredSong>(`/songs/${encode(id)}`));
      } catch (error) {
        if (error instanceof InvalidInputError && error.code === 'store/no-song') return undefined;
        throw error;
      }
    },
    putEvidence: async (id, evidence) =>
      withYear(await ask<StoredSong>(`/songs/${encode(id)}/evidence`, { method: 'PUT', json: evidence })),
    removeEvidence: async (id, source) =>
      withYear(await ask<StoredSong>(`/songs/${encode(id)}/evidence/${source}`, { method: 'DELETE' })),
    removeSongs: (ids) => inRequests(ids, '/songs/removals', 'ids'),
    songFiles: () => lines<SongFile>('/song-files'),
    forgetFiles: (paths) => inRequests(paths, '/song-files/removals', 'paths'),
    typicalSongs: () => ask('/typical-songs'),
    setTypicalSongs: (emotion, songIds) => tell(`/typical-songs/${emotion}`, { method: 'PUT', json: { songIds } }),
    addReading: async (reading) => (await ask<{ kept: boolean }>('/history', { method: 'POST', json: reading })).kept,
    listReadings: async ({ limit, before } = {}) =>
      (await ask<{ readings: [] }>('/history', { query: { limit, before } })).readings,
    removeReadings: async (id) =>
      (await ask<{ count: number }>(id === undefined ? '/history' : `/history/${id}`, { method: 'DELETE' })).count,
    addFeedback: (given) => tell('/feedback', { method: 'POST', json: given }),
    setFeedback: (songId, given) => tell(`/feedback/${encode(songId)}`, { method: 'PUT', json: { feedback: given } }),
    listFeedback: async ({ limit, before } = {}) =>
      (await ask<{ feedback: [] }>('/feedback', { query: { limit, before } })).feedback,
    settings: () => ask('/settings'),
    setSetting: (key, value) => tell(`/settings/${encode(key)}`, { method: 'PUT', json: { value: value ?? null } }),
    putVectors,
    nearestSongs: async (search) => {
      const { songs } = await ask<{ songs: { song: StoredSong; similarity: number }[] }>('/sound-vectors/nearest', {
        method: 'POST',
        json: search,
      });
      return songs.map(({ song, similarity }) => ({ song: withYear(song), similarity }));
    },
    similarSongs: async (songId, query = {}) => {
      const found = await ask<SimilarSongs>(`/songs/${encode(songId)}/similar`, { query: { ...query } });
      return { ...found, songs: found.songs.map(({ song, similarity }) => ({ song: withYear(song), similarity })) };
    },
    describe: () => ask('/data'),
    exportAll: () => lines<ExportRecord>('/data/export'),
    importAll: async (records, { onProgress = () => {} } = {}) => {
      let counts: RestoreCounts = { songs: 0, vectors: 0, typical: 0, readings: 0, feedback: 0, settings: 0 };
      // Each request is a small export of its own: what one has answered for is safe.
      const { schema } = await ask<StoreDescription>('/data');
      const take = async (some: readonly ExportRecord[]): Promise<void> => {
        const header = { kind: 'attune', version: '', schema, at: new Date().toISOString() };
        const end = { kind: 'end', records: some.length + 1 };
        const taken = await ask<RestoreCounts>('/data/import', { method: 'POST', lines: [header, ...some, end] });
        counts = Object.fromEntries(
          Object.entries(counts).map(([name, count]) => [name, count + taken[name as keyof RestoreCounts]]),
        ) as unknown as RestoreCounts;
      };
      // History and opinions are ordered and compared among themselves, so they go together.
      const kept: ExportRecord[] = [];
      async function* others(): AsyncGenerator<ExportRecord> {
        for await (const record of records)
          if (record.kind === 'reading' || record.kind === 'feedback') kept.push(record);
          else if (record.kind !== 'attune' && record.kind !== 'end') yield record;
      }
      for await (const batch of inBatches(others(), ITEMS_A_REQUEST)) {
        await take(batch.filter(({ kind }) => kind !== 'vector'));
        const vectors = batch.flatMap((record) => (record.kind === 'vector' ? [record.vector] : []));
        if (vectors.length > 0) counts = { ...counts, vectors: counts.vectors + (await putVectors(vectors)) };
        onProgress(counts);
      }
      if (kept.length > 0) await take(kept);
      onProgress(counts);
      return counts;
    },
    eraseAll: () => tell('/data', { method: 'DELETE', json: { confirm: 'erase everything' } }),
    close: async () => {},
  };
};
