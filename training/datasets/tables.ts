/** Tables of text as data sets come: tab-separated or one JSON object a line, packed with gzip or not. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InvalidInputError } from '../../src/base/errors.ts';

/** Where a file lies: in the folder itself or in a folder of the given name below it, packed or not; `undefined` if nowhere. */
export const findDataFile = (folder: string, below: string, file: string): string | undefined =>
  [folder, join(folder, below)]
    .flatMap((place) => [join(place, file), join(place, `${file}.gz`)])
    .find((path) => existsSync(path));

/** A file's text, unpacked where its name ends in .gz. */
export const readDataText = async (path: string): Promise<string> => {
  const bytes = await readFile(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** A row of a table: the cell of a column by name. */
export type Row = (column: string) => string;

/**
 * Rows of a tab-separated file with a header line.
 *
 * @throws {InvalidInputError} `data/missing`: no such file. `data/columns`: a column is not there.
 */
export const readTable = async (
  folder: string,
  below: string,
  file: string,
  columns: readonly string[],
): Promise<Row[]> => {
  const path = requireDataFile(folder, below, file);
  const [header = '', ...lines] = (await readDataText(path)).split('\n');
  const names = header.replace(/\r$/, '').split('\t');
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw new InvalidInputError(
      'data/columns',
      `${path} has the columns ${names.join(', ').slice(0, 200)}: expected ${missing.join(', ')}, too.`,
    );
  }
  const at = new Map(names.map((name, place) => [name, place]));
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.replace(/\r$/, '').split('\t');
      return (column) => cells[at.get(column) ?? -1] ?? '';
    });
};

/** @throws {InvalidInputError} `data/missing` */
export const requireDataFile = (folder: string, below: string, file: string): string => {
  const path = findDataFile(folder, below, file);
  if (path === undefined) {
    throw new InvalidInputError('data/missing', `There is no ${file} (or ${file}.gz) in ${folder}: name its folder.`);
  }
  return path;
};
