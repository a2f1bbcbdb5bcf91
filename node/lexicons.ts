/** Loads word lists from a folder: those that ship, or the user's own (HowNet, DUTIR and others that may not be passed on). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InvalidInputError } from '../src/base/errors.ts';
import { type Lexicon, mergeLexicons, parseLexicon } from '../src/lyrics/lexicon.ts';
import { packagePath } from './package-root.ts';

/** Largest table read, unpacked: far above any list of words, below what would fill the memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Every .tsv and .tsv.gz of a folder, by name, merged into one lexicon. Other files are passed over.
 * To read with both: `mergeLexicons([await loadLexicons(), await loadLexicons(mine)])`.
 *
 * @param folder @default the lists that ship
 * @param options.only names of tables (without ending) to read @default all
 * @throws {InvalidInputError} `lyrics/lexicon`: no such folder, no table in it, or a table that cannot be read; the
 *   message names file and line.
 * @see parseLexicon for the tables known
 */
export const loadLexicons = async (
  folder: string = packagePath('lexicons'),
  { only }: { readonly only?: readonly string[] } = {},
): Promise<Lexicon> => {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new InvalidInputError('lyrics/lexicon', `There is no folder ${folder} that can be read.`, { cause });
  });
  const tables = names
    .filter((name) => /\.tsv(?:\.gz)?$/.test(name) && (!only || only.includes(name.replace(/\.tsv(?:\.gz)?$/, ''))))
    .sort();
  if (tables.length === 0) {
    throw new InvalidInputError(
      'lyrics/lexicon',
      `${folder} holds no word list: expected files that end in .tsv or .tsv.gz.`,
    );
  }
  return mergeLexicons(
    await Promise.all(tables.map(async (name) => parseLexicon(name, await readTable(join(folder, name))))),
  );
};

const readTable = async (path: string): Promise<string> => {
  const bytes = await readFile(path);
  try {
    const unpacked = path.endsWith('.gz') ? await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
    return new TextDecoder('utf-8', { fatal: true }).decode(unpacked);
  } catch (cause) {
    throw new InvalidInputError(
      'lyrics/lexicon',
      `${path} is no UTF-8 table${path.endsWith('.gz') ? ' packed by gzip' : ''}, or unpacks to more than ${MAX_BYTES >> 20} MB.`,
      { cause },
    );
  }
};
