/** The songs the page plays from: the catalogue that ships, the listener's own file, the server's library; and searching them. */
import { effect, signal } from '@preact/signals';
import { loadCatalogue } from '../browser/catalogue.ts';
import type { Catalogue } from '../src/music/catalogue.ts';
import type { Song } from '../src/music/song.ts';
import { createCatalogueReader } from './catalogue-reader.ts';
import { composeList, type List, type Wish } from './compose-list.ts';
import { type OwnCatalogue, ownCatalogue, setOwnCatalogue } from './kept.ts';
import { type Problem, toProblem } from './protocol.ts';
import { server, serverState } from './server.ts';
import type { SongCounts } from './server-client.ts';
import { songsFrom } from './settings.ts';

/** What lists are made of; `undefined` while it is on its way. */
export const catalogue = signal<Catalogue | Problem | undefined>(undefined);
/** What became of the listener's own file. */
export const ownState = signal<
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly name: string; readonly share: number }
  | { readonly kind: 'ready'; readonly name: string; readonly count: number }
>({ kind: 'none' });
/** Why the file that was chosen last cannot be used; the one before it stays. */
export const ownRefused = signal<Problem | undefined>(undefined);

export const isCatalogue = (value: Catalogue | Problem | undefined): value is Catalogue =>
  value !== undefined && 'size' in value;

/** What became of the server's library where lists are made of it. */
export const libraryState = signal<
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly share: number }
  | { readonly kind: 'ready'; readonly count: number }
  | { readonly kind: 'failed'; readonly problem: Problem }
>({ kind: 'none' });

const SHIPPED_URL = new URL('catalogue/songs.csv', document.baseURI);
const reader = createCatalogueReader();
let shipped: Catalogue | undefined;
/** What the worker has read, and whether lists are made of it. */
let hasOwn = false;
let hasLibrary = false;
/** What the worker joined last; lists out of many songs are made there. */
let joined: Catalogue | undefined;
/** Up to so many songs a list takes no noticeable time on the page's own thread. */
const NEAR_UP_TO = 20_000;

/** Counts what was asked for: answers about what came before come too late. */
let joinRun = 0;
let ownRun = 0;
let libraryRun = 0;

/** Puts together what lists are made of. */
const join = async (): Promise<void> => {
  const mine = ++joinRun;
  const library = hasLibrary && songsFrom.peek() !== 'shipped';
  if (!hasOwn && !library) {
    joined = undefined;
    if (shipped) catalogue.value = shipped;
    return;
  }
  const isAlone = (hasOwn && ownCatalogue.peek()?.only === true) || (library && songsFrom.peek() === 'library');
  const shippedUrl = isAlone ? undefined : SHIPPED_URL.href;
  const made = await reader.join({ shippedUrl, own: hasOwn, library });
  if (mine !== joinRun) return;
  joined = made;
  if (made ?? shipped) catalogue.value = made ?? shipped;
};

/** After a choice of the listener's: no list is made of what they just chose otherwise. */
const joinAnew = (): void => {
  if (hasOwn || hasLibrary) catalogue.value = undefined;
  void join();
};

/** A list out of these songs: at once, or from the worker where it would hold the page up. */
export const compose = (songs: Catalogue, wish: Wish): List | Promise<List> =>
  songs === joined && songs.size > NEAR_UP_TO ? reader.compose(wish) : composeList(songs, wish);

export const fetchCatalogue = async (): Promise<void> => {
  catalogue.value = undefined;
  try {
    shipped = await loadCatalogue({ url: SHIPPED_URL });
    // The worker joins its own copy.
    if (!joined) catalogue.value = shipped;
  } catch (error) {
    if (!joined) catalogue.value = toProblem(error);
  }
};

/** The file that was last read without an error. */
let lastGood: OwnCatalogue | undefined;

const openOwn = async (kept: OwnCatalogue | undefined): Promise<void> => {
  const mine = ++ownRun;
  if (!kept) {
    hasOwn = false;
    lastGood = undefined;
    ownState.value = { kind: 'none' };
    return join();
  }
  const { name, csv } = kept;
  try {
    ownState.value = { kind: 'reading', name, share: 0 };
    const count = await reader.readOwn(csv, (share) => {
      if (mine === ownRun) ownState.value = { kind: 'reading', name, share };
    });
    if (mine !== ownRun) return;
    hasOwn = true;
    lastGood = kept;
    await join();
    if (mine === ownRun) ownState.value = { kind: 'ready', name, count };
  } catch (error) {
    if (mine !== ownRun) return;
    ownRefused.value = toProblem(error);
    // It would be refused again on every visit; nothing is lost by a file that was chosen by mistake.
    const before = lastGood;
    lastGood = undefined;
    await setOwnCatalogue(before?.csv === csv ? undefined : before);
  }
};

/** Which state of the server's library was read. */
let libraryRevision: string | undefined;

/** Reads the server's library where lists are made of it, if it changed since. */
export const refreshLibrary = async (): Promise<void> => {
  const { store, isEmpty } = serverState.peek();
  if (songsFrom.peek() === 'shipped' || store !== 'there' || isEmpty) {
    libraryState.value = { kind: 'none' };
    return;
  }
  const mine = ++libraryRun;
  try {
    const { revision } = await server.ask<{ revision: string }>('/songs/revision');
    if (mine !== libraryRun || (revision === libraryRevision && hasLibrary)) return;
    libraryState.value = { kind: 'reading', share: 0 };
    const { total } = await server.ask<SongCounts>('/songs/counts');
    const count = await reader.readLibrary(document.baseURI, total, (share) => {
      if (mine === libraryRun) libraryState.value = { kind: 'reading', share };
    });
    if (mine !== libraryRun) return;
    libraryRevision = revision;
    hasLibrary = count > 0;
    await join();
    libraryState.value = { kind: 'ready', count };
  } catch (error) {
    if (mine !== libraryRun) return;
    libraryState.value = { kind: 'failed', problem: toProblem(error) };
  }
};

/** Follows which songs lists are made of: chosen here, in another tab, or on an earlier visit. */
export const followLibrary = (): void => {
  let before = songsFrom.peek();
  effect(() => {
    const from = songsFrom.value;
    void serverState.value;
    if (from !== before && hasLibrary) joinAnew();
    before = from;
    void refreshLibrary();
  });
};

/** Takes a file the listener chose; one that cannot be read gives way to the one before. */
export const addOwnCatalogue = (file: File): Promise<void> => {
  ownRefused.value = undefined;
  return setOwnCatalogue({ name: file.name, csv: file, only: ownCatalogue.value?.only ?? false });
};

/** Follows what is kept: a file chosen here, in another tab, or on an earlier visit. */
export const followOwnCatalogue = (): void => {
  let before: OwnCatalogue | undefined;
  effect(() => {
    const kept = ownCatalogue.value;
    if (kept?.csv !== before?.csv) void openOwn(kept);
    else if (kept?.only !== before?.only) joinAnew();
    before = kept;
  });
};

/** Letters without accents, case or width, so that a search forgives them. */
export const plainWords = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

const PIECE = 20_000;
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * The first songs whose title and artist hold every word asked for; gives way to the page between pieces of a large catalogue.
 *
 * @returns fewer than `count` once all songs were seen, or `signal` was aborted.
 */
export const searchSongs = async (
  songs: Catalogue,
  query: string,
  count: number,
  signal: AbortSignal,
): Promise<Song[]> => {
  const words = plainWords(query).split(/\s+/).filter(Boolean);
  const found: Song[] = [];
  if (words.length === 0) return found;
  for (let position = 0; position < songs.size && found.length < count; position++) {
    if (position % PIECE === PIECE - 1) await breathe();
    if (signal.aborted) return found;
    const song = songs.song(position);
    const line = plainWords(`${song.title} ${song.artist}`);
    if (words.every((word) => line.includes(word))) found.push(song);
  }
  return found;
};
