/** Loads a catalogue of songs from a CSV file: the one that ships, or the user's own. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import type { Catalogue } from '../src/music/catalogue.ts';
import { createCatalogueBytesReader } from '../src/music/catalogue-bytes.ts';
import { packagePath } from './package-root.ts';

/**
 * Reads a catalogue, piece by piece: memory grows with the catalogue (about 135 bytes a song), not with the file.
 * To add one's own songs to those that ship, merge the two: `mergeCatalogues(await loadCatalogue(), await loadCatalogue(path))`.
 *
 * @param path a CSV file, UTF-8 or UTF-16. @default the catalogue that ships
 * @throws {InvalidInputError} `catalogue/not-found`: no such file. `catalogue/encoding`, `catalogue/columns`, `catalogue/invalid`,
 *   `catalogue/empty`, `csv/quote`: the file is no catalogue; the message says where.
 * @throws {UnavailableError} `catalogue/missing`: the catalogue that ships is not there.
 */
export const loadCatalogue = async (path?: string): Promise<Catalogue> => {
  const file = path ?? packagePath('catalogue', 'songs.csv');
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    if (path === undefined) {
      throw new UnavailableError(
        'catalogue/missing',
        `The song catalogue ${file} is missing: install the package anew.`,
      );
    }
    throw new InvalidInputError(
      'catalogue/not-found',
      found
        ? `${file} is not a file: name a CSV file of songs.`
        : `There is no file ${file}: name a CSV file of songs.`,
    );
  }
  const reader = createCatalogueBytesReader();
  for await (const bytes of createReadStream(file)) reader.push(bytes as Uint8Array);
  return reader.end();
};
