/** Loads FER2013 in any of the three forms people have: Kaggle's csv, class folders of pictures, packed PNG files. */

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidInputError } from '../../src/base/errors.ts';
import { type Checksum, type FaceSet, hashPictures, type RowSplit } from './face-set.ts';
import { readFer2013Csv } from './fer2013-csv.ts';
import { readFaceFolders } from './fer2013-folders.ts';
import { isPackedFer2013, readPackedFer2013 } from './fer2013-packed.ts';
import { readFerPlusVotes } from './ferplus.ts';

/** SHA-256 over the raw pixels of a split in the original order. */
const KNOWN_PICTURES: Readonly<Record<string, string>> = {
  df3a4816f2773b35a9f3d4a7ef9db4a08a05ba690f816f7fef5873c43960809f: 'FER2013 Training (28,709 pictures)',
  '55b4b9d1b3c61f36ffc4121ab62edc1391693780bf078827a8f8a3aa077145a3': 'FER2013 PublicTest (3,589 pictures)',
};
/** Names under which Kaggle's csv lies in a folder, best first. */
const CSV_NAMES = ['fer2013.csv', 'icml_face_data.csv', 'train.csv'];
const VOTES_NAME = 'fer2013new.csv';

export interface LoadOptions {
  /**
   * FERPlus's fer2013new.csv. A file named here must match the pictures; one found by itself that does not is noted and left.
   * @default the fer2013new.csv beside the data, where there is one
   */
  readonly votesPath?: string;
}

/**
 * Loads FER2013, whole or in part.
 *
 * @param path fer2013.csv (or another csv with the columns emotion and pixels), a folder that holds one, a folder of class
 *   folders (`train/happy/*.png` or `happy/*.png`), or the folder of the packed form (labels.csv and train-00.png, ...).
 * @returns pictures, labels, the split of each row, checksums (known or not), and notes on what was left out.
 * @throws {InvalidInputError} `data/missing`: nothing there. `data/header`, `data/row`, `data/count`, `data/class`,
 *   `data/size`, `data/not-image`, `data/empty`, `data/votes`: see the reader of each form.
 */
export const loadFer2013 = async (path: string, { votesPath }: LoadOptions = {}): Promise<FaceSet> => {
  const { set, folder, files } = await readAnyForm(path);
  const named: FaceSet = { ...set, checksums: [...set.checksums, ...sumSplits(set)] };
  const found = (await readdir(folder)).includes(VOTES_NAME) ? join(folder, VOTES_NAME) : undefined;
  const votesFile = votesPath ?? found;
  if (!votesFile) return named;
  const votes = await readFerPlusVotes(votesFile, named, files);
  if (votes) return { ...named, votes };
  const sentence = `${votesFile} cannot be matched to the pictures of ${path}: a split has another number of rows`;
  if (votesPath) throw new InvalidInputError('data/votes', `${sentence}. Use the votes of the same pictures.`);
  return { ...named, notes: [...named.notes, `${sentence}; the votes were left out.`] };
};

const readAnyForm = async (path: string): Promise<{ set: FaceSet; folder: string; files?: readonly string[] }> => {
  const found = await stat(path).catch((cause: unknown) => {
    throw new InvalidInputError(
      'data/missing',
      `There is no file or folder ${path}: give fer2013.csv, a folder of class folders, or a folder with labels.csv and packed PNG files.`,
      { cause },
    );
  });
  if (!found.isDirectory()) return { set: await readFer2013Csv(path), folder: dirname(path) };
  const listed = await readdir(path, { withFileTypes: true });
  const entries = listed.map((entry) => entry.name);
  if (isPackedFer2013(entries)) return { set: await readPackedFer2013(path, entries), folder: path };
  const csv =
    CSV_NAMES.find((name) => entries.includes(name)) ??
    (listed.some((entry) => entry.isDirectory()) ? undefined : onlyCsv(entries));
  if (csv) return { set: await readFer2013Csv(join(path, csv)), folder: path };
  const { files, ...set } = await readFaceFolders(path);
  return { set, folder: path, files };
};

const onlyCsv = (entries: readonly string[]): string | undefined => {
  const csvs = entries.filter((entry) => entry.toLowerCase().endsWith('.csv') && basename(entry) !== VOTES_NAME);
  return csvs.length === 1 ? csvs[0] : undefined;
};

const sumSplits = (set: FaceSet): Checksum[] =>
  [...new Set(set.splits)].map((split) => {
    const value = hashPictures(set.images, rowsNamed(set, split));
    return { of: `sha256 of the '${split}' pixels`, value, known: KNOWN_PICTURES[value] };
  });

const rowsNamed = (set: FaceSet, split: RowSplit): number[] =>
  set.splits.flatMap((other, row) => (other === split ? [row] : []));
