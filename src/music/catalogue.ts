/** A catalogue of songs, read from CSV text and indexed by tag. */
import type { Song } from './song.ts';

/** Songs in the order of their ids, kept in columns; `song(n)` makes the n-th one up when asked. */
export interface Catalogue {
  readonly size: number;
  /** @param position 0 to size - 1. */
  song(position: number): Song;
  find(id: string): Song | undefined;
  [Symbol.iterator](): IterableIterator<Song>;
}

/**
 * Reads a catalogue: header `title,artist,year,language,emotion,tags,typical`, tags separated by `;`, typical `1` or empty.
 *
 * @throws {InvalidInputError} `catalogue/invalid`: names every bad row (the first 20, then a count).
 */
export declare const parseCatalogue: (csvText: string) => Catalogue;
