/** The songs the page plays from: the catalogue that ships and the listener's own; and searching them. */
import { effect, signal } from '@preact/signals';
import { loadCatalogue } from '../browser/catalogue.ts';
import { type Catalogue, mergeCatalogues } from '../src/music/catalogue.ts';
import { createCatalogueBytesReader } from '../src/music/catalogue-bytes.ts';
import type { Song } from '../src/music/song.ts';
import { type OwnCatalogue, ownCatalogue, setOwnCatalogue } from './kept.ts';
import { type Problem, toProblem } from './protocol.ts';

/** What lists are made of; `undefined` while it is on its way. */
export const catalogue = signal<Catalogue | Problem | undefined>(undefined);
/** What became of the listener's own file. */
export const ownState = signal<
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly name: string; readonly share: number }
  | { readonly kind: 'ready'; readonly name: string; readonly count: number }
  | { readonly kind: 'failed'; readonly name: string; readonly problem: Problem }
>({ kind: 'none' });

export const isCatalogue = (value: Catalogue | Problem | undefined): value is Catalogue =>
  value !== undefined && 'size' in value;

let shipped: Catalogue | undefined;
let own: Catalogue | undefined;
/** Counts files: the answer about an earlier one comes too late. */
let run = 0;

const join = (): void => {
  if (own && (ownCatalogue.peek()?.only || !shipped)) catalogue.value = own;
  else if (shipped) catalogue.value = own ? mergeCatalogues(shipped, own) : shipped;
};

export const fetchCatalogue = async (): Promise<void> => {
  catalogue.value = undefined;
  try {
    shipped = await loadCatalogue({ url: new URL('catalogue/songs.csv', document.baseURI) });
    join();
  } catch (error) {
    if (own) join();
    else catalogue.value = toProblem(error);
  }
};

/** A piece takes some 20 ms: the page answers in between. */
const PIECE_BYTES = 512 * 1024;
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Reads a CSV piece by piece, so that a million rows neither fill the memory nor stop the page while they are read. */
const readCsv = async (csv: Blob, onProgress: (share: number) => void): Promise<Catalogue> => {
  const reader = createCatalogueBytesReader();
  for (let at = 0; at < csv.size; at += PIECE_BYTES) {
    reader.push(new Uint8Array(await csv.slice(at, at + PIECE_BYTES).arrayBuffer()));
    onProgress(Math.min(1, (at + PIECE_BYTES) / csv.size));
    await breathe();
  }
  return reader.end();
};

const openOwn = async (kept: OwnCatalogue | undefined): Promise<void> => {
  const mine = ++run;
  if (!kept) {
    own = undefined;
    // A file that was refused stays on view until the next one.
    if (ownState.peek().kind !== 'failed') ownState.value = { kind: 'none' };
    return join();
  }
  const { name, csv } = kept;
  try {
    ownState.value = { kind: 'reading', name, share: 0 };
    const read = await readCsv(csv, (share) => {
      if (mine === run) ownState.value = { kind: 'reading', name, share };
    });
    if (mine !== run) return;
    own = read;
    ownState.value = { kind: 'ready', name, count: read.size };
    join();
  } catch (error) {
    if (mine !== run) return;
    own = undefined;
    ownState.value = { kind: 'failed', name, problem: toProblem(error) };
    join();
    // It would be refused again on every visit.
    await setOwnCatalogue(undefined);
  }
};

/** Takes a file the listener chose; it is kept once it has been read without an error. */
export const addOwnCatalogue = (file: File): Promise<void> =>
  setOwnCatalogue({ name: file.name, csv: file, only: ownCatalogue.value?.only ?? false });

/** Follows what is kept: a file chosen here, in another tab, or on an earlier visit. */
export const followOwnCatalogue = (): void => {
  let before: OwnCatalogue | undefined;
  effect(() => {
    const kept = ownCatalogue.value;
    if (kept?.csv === before?.csv) join();
    else void openOwn(kept);
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
