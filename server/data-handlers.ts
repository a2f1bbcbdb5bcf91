/** Songs, choices and everything else that is kept, over HTTP. */
import type { Readable } from 'node:stream';
import { loadCatalogue } from '../node/catalogue.ts';
import { EMOTIONS, type Emotion, type EmotionScores } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import type { Catalogue } from '../src/music/catalogue.ts';
import type { EmotionEvidence } from '../src/music/library-song.ts';
import { type Listener, NEW_LISTENER, react } from '../src/music/listener.ts';
import { recommendPersonally } from '../src/music/personal.ts';
import { formatPlaylist, youtubeLink } from '../src/music/playlist.ts';
import { recommend } from '../src/music/recommend.ts';
import type { JobRoute } from './job-handlers.ts';
import { chooseCatalogue, loadOwnSongs, usableProfile } from './own-catalogue.ts';
import { ApiError } from './problem.ts';
import type { Handlers } from './routes.ts';
import { readExport } from './store/read-export.ts';
import type { NewFeedback, NewReading, NewSong, SimilarQuery, SongFilter, Store, StoredSong } from './store/store.ts';
import { EXPORT_LIMITS, readPieces, withTemporaryFile } from './uploads.ts';

/** The store, opened when something first asks for it. */
export type AskStore = () => Promise<Store>;

/** What zod gives for a part that may be missing, as types that say "missing" and not "undefined": JSON holds no undefined. */
const asGiven = <Wanted>(value: unknown): Wanted => value as Wanted;

const oneHot = (emotion: Emotion): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((one) => [one, one === emotion ? 1 : 0])) as Record<Emotion, number>;

const filterOf = ({
  lackingSource,
  lackingVersion,
  ...rest
}: {
  lackingSource?: EmotionEvidence['source'] | undefined;
  lackingVersion?: string | undefined;
}): SongFilter => ({
  ...asGiven<SongFilter>(rest),
  ...(lackingSource === undefined ? {} : { lacking: { source: lackingSource, version: lackingVersion ?? '' } }),
});

const found = (song: StoredSong | undefined, id: string): StoredSong => {
  if (song) return song;
  throw new InvalidInputError('store/no-song', `There is no song "${id}" in the library.`);
};

async function* later<Item>(store: AskStore, list: (store: Store) => AsyncIterable<Item>): AsyncGenerator<Item> {
  yield* list(await store());
}

/** The listener's songs as a catalogue, made anew only when they changed. */
const createOwnSongs = (): ((store: Store) => Promise<Catalogue | undefined>) => {
  let made: { readonly revision: string; readonly catalogue: Promise<Catalogue | undefined> } | undefined;
  return async (store) => {
    const revision = await store.songsRevision();
    if (made?.revision !== revision) made = { revision, catalogue: loadOwnSongs(store) };
    const { catalogue } = made;
    return catalogue.catch((error: unknown) => {
      made = undefined;
      throw error;
    });
  };
};

const PLAYLIST_TYPES = {
  m3u8: 'application/vnd.apple.mpegurl; charset=utf-8',
  xspf: 'application/xspf+xml; charset=utf-8',
  jspf: 'application/jspf+json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
} as const;

/** What the latest opinions say about the listener. */
const readListener = async (store: Store): Promise<Listener> =>
  (await store.listFeedback({ limit: 1000 }))
    .toReversed()
    // What was taken back of an export comes later in the list than it was said.
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .filter(({ kind, mood }) => kind !== 'not-my-mood' || mood !== undefined)
    .reduce(
      (listener, { songId, kind, mood, at }) =>
        react(listener, { songId, reaction: kind, at: Date.parse(at), ...(mood === undefined ? {} : { mood }) }),
      NEW_LISTENER,
    );

/** @param hasStore false: only the starter catalogue is there, and nothing is kept */
export const createDataHandlers = (
  ask: AskStore,
  hasStore: boolean,
): Omit<Handlers, 'health' | 'readPhoto' | 'readVideo' | 'readVoice' | JobRoute> => {
  const ownSongs = createOwnSongs();
  let starter: Promise<Catalogue> | undefined;
  const openStarter = (): Promise<Catalogue> => {
    starter ??= loadCatalogue().catch((error: unknown) => {
      starter = undefined;
      throw error;
    });
    return starter;
  };
  return {
    recommend: async ({ body, query, reply }) => {
      const store = hasStore ? await ask() : undefined;
      const own = store && body.songs !== 'catalogue' ? await ownSongs(store) : undefined;
      const catalogue = chooseCatalogue(body.songs, await openStarter(), own);
      const wanted = {
        mood: body.mood,
        catalogue,
        count: body.count,
        heard: new Set(body.heard),
        profile: store ? usableProfile(await store.typicalSongs(), catalogue) : {},
        ...(body.goal === undefined ? {} : { goal: body.goal }),
      };
      const personal =
        body.method === 'default'
          ? recommendPersonally({
              ...wanted,
              listener: store ? await readListener(store) : NEW_LISTENER,
              now: Date.now(),
            })
          : undefined;
      const { mood, goal, songs } = personal ?? recommend(wanted);
      if (query.format === 'json')
        return {
          mood,
          goal,
          method: body.method,
          ...(personal ? { path: personal.path } : {}),
          songs: songs.map((one) => ({ ...one, link: youtubeLink(one.song) })),
        };
      reply.type(PLAYLIST_TYPES[query.format]);
      reply.header('content-disposition', `attachment; filename="attune.${query.format}"`);
      return formatPlaylist(
        songs.map(({ song }) => song),
        query.format,
      );
    },
    listSongs: async ({ query: { order, limit, cursor, offset, lyrics, ...filter } }) =>
      (await ask()).listSongs({
        ...filterOf(filter),
        order,
        limit,
        offset,
        brief: lyrics === 'no',
        ...(cursor === undefined ? {} : { cursor }),
      }),
    countSongs: async ({ query }) => (await ask()).countSongs(filterOf(query)),
    songFacets: async () => (await ask()).songFacets(),
    songFacts: () => later(ask, (store) => store.songFacts()),
    songsRevision: async () => ({ revision: await (await ask()).songsRevision() }),
    importSongs: async ({ body }) => (await ask()).importSongs(asGiven<AsyncIterable<NewSong>>(body)),
    removeSongs: async ({ body }) => ({ count: await (await ask()).removeSongs(body.ids) }),
    getSong: async ({ params: { id } }) => found(await (await ask()).getSong(id), id),
    correctSong: async ({ params: { id }, body }) =>
      (await ask()).putEvidence(id, {
        source: 'hand',
        scores: 'emotion' in body ? oneHot(body.emotion) : body.scores,
        confidence: 1,
        version: new Date().toISOString(),
      }),
    uncorrectSong: async ({ params: { id } }) => (await ask()).removeEvidence(id, 'hand'),
    putEvidence: async ({ params: { id }, body }) => (await ask()).putEvidence(id, body),
    removeEvidence: async ({ params: { id, source } }) => (await ask()).removeEvidence(id, source),
    songFiles: () => later(ask, (store) => store.songFiles()),
    forgetFiles: async ({ body }) => ({ count: await (await ask()).forgetFiles(body.paths) }),
    putVectors: async ({ body }) => ({ count: await (await ask()).putVectors(body) }),
    nearestSongs: async ({ body }) => ({
      songs: await (await ask()).nearestSongs(asGiven<Parameters<Store['nearestSongs']>[0]>(body)),
    }),
    similarSongs: async ({ params, query }) => (await ask()).similarSongs(params.id, asGiven<SimilarQuery>(query)),
    typicalSongs: async () => (await ask()).typicalSongs(),
    setTypicalSongs: async ({ params: { emotion }, body }) => (await ask()).setTypicalSongs(emotion, body.songIds),
    addFeedback: async ({ body }) => (await ask()).addFeedback(asGiven<NewFeedback>(body)),
    setFeedback: async ({ params: { id }, body }) =>
      (await ask()).setFeedback(id, asGiven<Omit<NewFeedback, 'songId'>[]>(body.feedback)),
    listFeedback: async ({ query }) => ({ feedback: await (await ask()).listFeedback(asGiven(query)) }),
    addReading: async ({ body }) => ({ kept: await (await ask()).addReading(asGiven<NewReading>(body)) }),
    listReadings: async ({ query }) => ({ readings: await (await ask()).listReadings(asGiven(query)) }),
    removeReading: async ({ params: { number } }) => ({ count: await (await ask()).removeReadings(number) }),
    removeReadings: async () => ({ count: await (await ask()).removeReadings() }),
    settings: async () => (await ask()).settings(),
    setSetting: async ({ params: { key }, body }) => (await ask()).setSetting(key, body.value),
    describeData: async () => (await ask()).describe(),
    exportData: () => later(ask, (store) => store.exportAll()),
    importData: async ({ request }) => {
      const store = await ask();
      return withTemporaryFile(readPieces(request.body as Readable, EXPORT_LIMITS), async (path) => {
        const { records, passedOver } = await readExport(path, 'this file');
        return { ...(await store.importAll(records())), passedOver };
      });
    },
    eraseData: async () => (await ask()).eraseAll(),
  };
};

/** The store of a server that was started without one. */
export const noStore: AskStore = async () => {
  throw new ApiError(
    503,
    'server/no-store',
    'This server keeps nothing: start it with "attune serve" to keep songs and choices.',
  );
};
