/** Reads large catalogues, joins them and makes lists of them: what the catalogue worker does, free of the worker. */
import { loadCatalogue } from '../browser/catalogue.ts';
import { type Catalogue, mergeCatalogues } from '../src/music/catalogue.ts';
import { createCatalogueBuilder } from '../src/music/catalogue-builder.ts';
import { createCatalogueBytesReader } from '../src/music/catalogue-bytes.ts';
import { LANGUAGES } from '../src/music/languages.ts';
import type { Song } from '../src/music/song.ts';
import type { PackedCatalogue } from '../src/music/song-columns.ts';
import { songIndexOf } from '../src/music/song-index.ts';
import { composeList, type List, type Wish } from './compose-list.ts';
import { type Problem, toProblem } from './protocol.ts';
import { createServerClient } from './server-client.ts';

export type CatalogueRequest = { readonly id: number } & (
  | { readonly kind: 'own'; readonly csv: Blob }
  /** `base`: the page's address; the server's songs lie below it. */
  | { readonly kind: 'library'; readonly base: string; readonly total: number }
  | { readonly kind: 'join'; readonly shippedUrl: string | undefined; readonly own: boolean; readonly library: boolean }
  | { readonly kind: 'compose'; readonly wish: Wish }
);

export type CatalogueAnswer = { readonly id: number } & (
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'read'; readonly count: number }
  /** `undefined`: there is nothing to join. */
  | { readonly kind: 'joined'; readonly packed: PackedCatalogue | undefined }
  | { readonly kind: 'composed'; readonly list: List }
  | { readonly kind: 'failed'; readonly problem: Problem }
);

const PIECE_BYTES = 512 * 1024;
/** A catalogue takes no song with more. */
const MOST_TAGS = 64;
const LONGEST_NAME = 500;

/** A CSV piece by piece, so that a million rows never lie in the memory as text. */
const readCsv = async (csv: Blob, onProgress: (share: number) => void): Promise<Catalogue> => {
  const reader = createCatalogueBytesReader();
  for (let at = 0; at < csv.size; at += PIECE_BYTES) {
    reader.push(new Uint8Array(await csv.slice(at, at + PIECE_BYTES).arrayBuffer()));
    onProgress(Math.min(1, (at + PIECE_BYTES) / csv.size));
  }
  return reader.end();
};

const languages = new Set(LANGUAGES);

/** The server's songs as a catalogue takes them: two spellings of one song are one, a language it does not know is left out. */
const readLibrary = async (
  base: string,
  total: number,
  onProgress: (share: number) => void,
): Promise<Catalogue | undefined> => {
  const builder = createCatalogueBuilder();
  let count = 0;
  for await (const song of createServerClient(base).lines<Song>('/songs/facts')) {
    const language = languages.has(song.language) ? song.language : '';
    const [title, artist] = [song.title.slice(0, LONGEST_NAME), song.artist.slice(0, LONGEST_NAME)];
    builder.add({ ...song, title, artist, language, tags: song.tags.slice(0, MOST_TAGS) }, count);
    count += 1;
    if (count % 5000 === 0) onProgress(Math.min(1, count / Math.max(1, total)));
  }
  return count === 0 ? undefined : builder.finish(() => undefined);
};

/**
 * What was read lies here until it is read anew: of two that were asked for, the later counts, whichever is read first.
 *
 * @param post tells how far it is, and the answer
 */
export const createCatalogueDesk = (
  post: (answer: CatalogueAnswer) => void,
): ((request: CatalogueRequest) => Promise<void>) => {
  let own: Catalogue | undefined;
  let library: Catalogue | undefined;
  let shipped: Promise<Catalogue> | undefined;
  let joined: Catalogue | undefined;
  let lastOwn = 0;
  let lastLibrary = 0;

  const join = async (request: Extract<CatalogueRequest, { kind: 'join' }>): Promise<Catalogue | undefined> => {
    const { shippedUrl } = request;
    shipped ??= shippedUrl === undefined ? undefined : loadCatalogue({ url: shippedUrl });
    const base = await (shippedUrl === undefined ? undefined : shipped)?.catch(() => {
      shipped = undefined;
      return undefined;
    });
    // Where several have a song the listener's own file has the last word.
    const parts = [base, request.library ? library : undefined, request.own ? own : undefined];
    return parts.reduce((all, part) => (all && part ? mergeCatalogues(all, part) : (part ?? all)), undefined);
  };

  return async (request) => {
    const { id } = request;
    const onProgress = (share: number): void => post({ id, kind: 'progress', share });
    try {
      switch (request.kind) {
        case 'own': {
          lastOwn = id;
          own = undefined; // two of a million songs may be too much for a phone
          const read = await readCsv(request.csv, onProgress);
          if (lastOwn === id) own = read;
          return post({ id, kind: 'read', count: read.size });
        }
        case 'library': {
          lastLibrary = id;
          const read = await readLibrary(request.base, request.total, onProgress);
          if (lastLibrary === id) library = read;
          return post({ id, kind: 'read', count: read?.size ?? 0 });
        }
        case 'join':
          joined = await join(request);
          post({ id, kind: 'joined', packed: joined?.pack() });
          // The first list would else wait for it.
          if (joined) songIndexOf(joined);
          return;
        case 'compose':
          if (!joined) throw new Error('A list was asked for before there was a catalogue.');
          return post({ id, kind: 'composed', list: composeList(joined, request.wish) });
      }
    } catch (error) {
      post({ id, kind: 'failed', problem: toProblem(error) });
    }
  };
};
