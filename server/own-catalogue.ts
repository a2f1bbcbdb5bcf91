/** The listener's own songs beside the starter catalogue, as the recommender takes them. */
import { type Catalogue, createCatalogue, mergeCatalogues } from '../src/music/catalogue.ts';
import { LANGUAGES } from '../src/music/languages.ts';
import type { Profile } from '../src/music/recommend.ts';
import { type Song, songId } from '../src/music/song.ts';
import type { StoreOptions } from './store/open-store.ts';
import type { Store } from './store/store.ts';

/** Most tags the catalogue takes of a song. */
const MOST_TAGS = 64;
const languages = new Set(LANGUAGES);

/** Songs as a catalogue takes them: two spellings of one song are one, a language it does not know is left out. */
const fitted = (songs: readonly Song[]): Song[] => {
  const known = new Set<string>();
  return songs.flatMap((song) => {
    const id = songId(song.artist, song.title);
    if (known.has(id)) return [];
    known.add(id);
    return [
      {
        ...song,
        title: song.title.slice(0, 500),
        artist: song.artist.slice(0, 500),
        language: languages.has(song.language) ? song.language : '',
        tags: song.tags.slice(0, MOST_TAGS),
      },
    ];
  });
};

/** The songs of a store; `undefined` where there are none. */
export const loadOwnSongs = async (store: Pick<Store, 'songFacts'>): Promise<Catalogue | undefined> => {
  const songs: Song[] = [];
  for await (const song of store.songFacts()) songs.push(song);
  return songs.length === 0 ? undefined : createCatalogue(fitted(songs));
};

/**
 * Which songs to choose from.
 *
 * @param starter the catalogue that ships
 */
export const chooseCatalogue = (
  which: 'all' | 'own' | 'catalogue',
  starter: Catalogue,
  own: Catalogue | undefined,
): Catalogue => {
  if (own === undefined || which === 'catalogue') return starter;
  return which === 'own' ? own : mergeCatalogues(starter, own);
};

/** Typical songs that can be used: all three are in the catalogue chosen from. */
export const usableProfile = (profile: Profile, catalogue: Catalogue): Profile =>
  Object.fromEntries(Object.entries(profile).filter(([, ids]) => ids.every((id) => catalogue.position(id) >= 0)));

/** What a recommendation takes from a store. */
export interface KeptSongs {
  readonly songs: Catalogue | undefined;
  readonly typical: Profile;
}

/** Opens a store, or asks the server that has it open, for what a recommendation takes from it. @throws as `findStore` */
export const readKeptSongs = async (options: StoreOptions): Promise<KeptSongs> => {
  const { findStore } = await import('./store/find-store.ts');
  const store = await findStore(options);
  try {
    return { songs: await loadOwnSongs(store), typical: await store.typicalSongs() };
  } finally {
    await store.close();
  }
};
