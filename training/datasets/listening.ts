/** What people listened to: Last.fm's artists with tags, NetEase's playlists, neighbours in Art of the Mix; as ../shared/data/songs keeps them. */
import { InvalidInputError } from '../../src/base/errors.ts';
import { findDataFile, readDataText, readTable, requireDataFile } from './tables.ts';

/** Name (as `evaluate recommend --set` takes it) -> the files it needs. */
export const LISTENING_SETS = {
  lastfm: ['lastfm2k-artist-tags.tsv', 'lastfm2k-user-artists.tsv'],
  netease: ['netease-songs.tsv', 'netease-playlists.jsonl'],
  aotm: ['aotm-mood-pairs.tsv', 'mood-songs-deezer-msd.tsv'],
} as const;

export type ListeningSet = keyof typeof LISTENING_SETS;

const FOLDER = 'songs';

/** The sets whose files are all in a folder. */
export const setsIn = (folder: string): ListeningSet[] =>
  (Object.keys(LISTENING_SETS) as ListeningSet[]).filter((set) =>
    LISTENING_SETS[set].every((file) => findDataFile(folder, FOLDER, file) !== undefined),
  );

/** The files of a set in a folder, for their checksums. */
export const filesOf = (folder: string, set: ListeningSet): string[] =>
  LISTENING_SETS[set].map((file) => requireDataFile(folder, FOLDER, file));

export interface ArtistTags {
  /** Artists that have tags: the candidates. Their number is their place. */
  readonly artistIds: readonly number[];
  /** (artist, tag, how many people gave it), both as numbers from 0. */
  readonly tags: readonly (readonly [artist: number, tag: number, count: number])[];
  readonly users: readonly { readonly id: number; readonly plays: ReadonlyMap<number, number> }[];
}

/** Users with their artists' places (-1 is never among them: artists without tags are left out) and plays. */
export const readLastfm = async (folder: string): Promise<ArtistTags> => {
  const tagRows = await readTable(folder, FOLDER, LISTENING_SETS.lastfm[0], ['artist_id', 'tag_id', 'count']);
  const artistIds = [...new Set(tagRows.map((row) => number(row('artist_id'))))].sort((a, b) => a - b);
  const placeOf = new Map(artistIds.map((id, place) => [id, place]));
  const tagIds = [...new Set(tagRows.map((row) => number(row('tag_id'))))].sort((a, b) => a - b);
  const tagPlaces = new Map(tagIds.map((id, place) => [id, place]));
  const tags = tagRows.map(
    (row) =>
      [placeOf.get(number(row('artist_id')))!, tagPlaces.get(number(row('tag_id')))!, number(row('count'))] as const,
  );
  const users = new Map<number, Map<number, number>>();
  for (const row of await readTable(folder, FOLDER, LISTENING_SETS.lastfm[1], ['user_id', 'artist_id', 'plays'])) {
    const id = number(row('user_id'));
    const place = placeOf.get(number(row('artist_id')));
    const plays = users.get(id) ?? new Map<number, number>();
    users.set(id, plays);
    if (place !== undefined) plays.set(place, number(row('plays')));
  }
  return {
    artistIds,
    tags,
    users: [...users].map(([id, plays]) => ({ id, plays })).sort((a, b) => a.id - b.id),
  };
};

export interface PlaylistSong {
  readonly id: number;
  readonly title: string;
  readonly artists: readonly string[];
  /** 0 to 100, as the site gives it. */
  readonly popularity: number;
}

export interface TaggedPlaylist {
  readonly id: number;
  readonly tags: readonly string[];
  /** Places in `songs`, each once. */
  readonly songs: readonly number[];
}

export interface PlaylistData {
  readonly songs: readonly PlaylistSong[];
  readonly playlists: readonly TaggedPlaylist[];
}

export const readNetease = async (folder: string): Promise<PlaylistData> => {
  const rows = await readTable(folder, FOLDER, LISTENING_SETS.netease[0], [
    'song_id',
    'title',
    'artists',
    'popularity',
  ]);
  const songs = rows.map((row) => ({
    id: number(row('song_id')),
    title: row('title'),
    artists: row('artists')
      .split('/')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    popularity: Number(row('popularity')) || 0,
  }));
  const placeOf = new Map(songs.map(({ id }, place) => [id, place]));
  const file = requireDataFile(folder, FOLDER, LISTENING_SETS.netease[1]);
  const lines = (await readDataText(file)).split('\n');
  const playlists = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const fail = (): never => {
      throw new InvalidInputError('data/columns', `${file}, line ${index + 1}: expected {id, tags, songs}.`);
    };
    let playlist: { id?: unknown; tags?: unknown; songs?: unknown };
    try {
      playlist = JSON.parse(line) as typeof playlist;
    } catch {
      return fail();
    }
    const { id, tags, songs: ids } = playlist;
    if (typeof id !== 'number' || !Array.isArray(ids)) return fail();
    const places = ids.map((song) => placeOf.get(song as number)).filter((place) => place !== undefined);
    return [{ id, tags: Array.isArray(tags) ? tags.map(String) : [], songs: [...new Set(places)] }];
  });
  return { songs, playlists: playlists.sort((a, b) => a.id - b.id) };
};

export interface MoodSong {
  readonly id: string;
  readonly artist: string;
  readonly title: string;
  readonly valence: number;
  readonly arousal: number;
  /** Emotion word -> how many listeners gave it. */
  readonly emotions: ReadonlyMap<string, number>;
}

export interface MoodPairs {
  readonly songs: readonly MoodSong[];
  /** Songs, by place, that stood beside each other in a list. */
  readonly pairs: readonly (readonly [first: number, second: number])[];
}

export const readAotm = async (folder: string): Promise<MoodPairs> => {
  const rows = await readTable(folder, FOLDER, LISTENING_SETS.aotm[1], [
    'msd_track_id',
    'artist',
    'title',
    'valence_z',
    'arousal_z',
    'emotion_tags',
  ]);
  const songs = rows.map((row) => ({
    id: row('msd_track_id'),
    artist: row('artist'),
    title: row('title'),
    valence: Number(row('valence_z')) || 0,
    arousal: Number(row('arousal_z')) || 0,
    emotions: new Map(
      row('emotion_tags')
        .split(',')
        .map((entry) => entry.split(':'))
        .flatMap(([word, count]) => (word && Number(count) > 0 ? [[word, Number(count)] as const] : [])),
    ),
  }));
  const placeOf = new Map(songs.map(({ id }, place) => [id, place]));
  const pairs = (await readTable(folder, FOLDER, LISTENING_SETS.aotm[0], ['msd_a', 'msd_b'])).flatMap((row) => {
    const [first, second] = [placeOf.get(row('msd_a')), placeOf.get(row('msd_b'))];
    return first === undefined || second === undefined ? [] : [[first, second] as const];
  });
  return { songs, pairs };
};

const number = (cell: string): number => {
  const value = Number(cell);
  if (cell.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidInputError('data/columns', `"${cell.slice(0, 40)}" stands where a number was expected.`);
  }
  return value;
};
