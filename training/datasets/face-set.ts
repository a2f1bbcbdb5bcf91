/** A set of labelled 48x48 face pictures in memory, whatever files it came from. */

import { createHash } from 'node:crypto';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';

/** Pictures are 48x48, one byte a pixel. */
export const PICTURE_SIDE = 48;
export const PICTURE_BYTES = PICTURE_SIDE * PICTURE_SIDE;

/** The splits of the ICML 2013 challenge; the only ones that can be asked for. */
export const SPLITS = ['train', 'public', 'private'] as const;
export type Split = (typeof SPLITS)[number];

/**
 * Which split a row says it belongs to. `test`: a test folder that does not say whether it is the public or the private one.
 * `none`: the row names no split.
 */
export type RowSplit = Split | 'test' | 'none';

export const isSplit = (value: string): value is Split => (SPLITS as readonly string[]).includes(value);

export interface Checksum {
  /** What was summed, for example `md5 of fer2013.csv`. */
  readonly of: string;
  /** Lower-case hexadecimal. */
  readonly value: string;
  /** What the sum is known to belong to; `undefined`: unknown, which is reported and never refused. */
  readonly known: string | undefined;
}

export interface FaceSet {
  readonly name: string;
  readonly form: 'csv' | 'folders' | 'packed';
  /** The file or folder it was read from. */
  readonly path: string;
  /** [count, 48, 48], 0..255, row-major. */
  readonly images: Uint8Array;
  /** [count], an index into `EMOTIONS`. */
  readonly labels: Uint8Array;
  /** [count] */
  readonly splits: readonly RowSplit[];
  /** FERPlus: [count, 10] votes in the order of `FERPLUS_COLUMNS`; ten zeros where a row has none. */
  readonly votes?: Uint8Array;
  readonly checksums: readonly Checksum[];
  /** What was left out or taken as something else, one sentence each, for the report. */
  readonly notes: readonly string[];
}

const SPLIT_NAMES: ReadonlyMap<string, RowSplit> = new Map([
  ...['train', 'training'].map((name) => [name, 'train'] as const),
  ...['public', 'publictest', 'val', 'valid', 'validation'].map((name) => [name, 'public'] as const),
  ...['private', 'privatetest'].map((name) => [name, 'private'] as const),
  ...['test', 'testing'].map((name) => [name, 'test'] as const),
]);

/** The names a split goes by in files and folders, for messages. */
export const ACCEPTED_SPLIT_NAMES = [...SPLIT_NAMES.keys()].join(', ');

/** Reads a split's name as files and folders spell it (any case, spaces, `_` and `-` ignored); `undefined`: not one. */
export const parseSplitName = (name: string): RowSplit | undefined =>
  SPLIT_NAMES.get(name.toLowerCase().replace(/[\s_-]/g, ''));

/**
 * Which rows answer for `split`: rows that say so; else, for a test split, those of an unnamed `test` folder; else rows that
 * name no split at all.
 *
 * @throws {InvalidInputError} `data/split-empty`: no row does.
 */
export const splitSource = (set: FaceSet, split: Split): RowSplit => {
  const present = new Set(set.splits);
  const candidates: RowSplit[] = split === 'train' ? ['train', 'none'] : [split, 'test', 'none'];
  const source = candidates.find((candidate) => present.has(candidate));
  if (source) return source;
  const held = [...present].map((name) => `${set.splits.filter((other) => other === name).length} of '${name}'`);
  throw new InvalidInputError(
    'data/split-empty',
    `${set.path} holds no picture of the '${split}' split (it holds ${held.join(', ') || 'none at all'}): ask for one it holds, or point to the data that has it.`,
  );
};

/**
 * The rows of one split, in order; see `splitSource` for which rows answer.
 *
 * @throws {InvalidInputError} `data/split-empty`
 */
export const rowsOf = (set: FaceSet, split: Split): Int32Array => {
  const source = splitSource(set, split);
  const rows: number[] = [];
  for (let row = 0; row < set.splits.length; row++) if (set.splits[row] === source) rows.push(row);
  return Int32Array.from(rows);
};

/** How many of `rows` carry each label, in the order of `EMOTIONS`. */
export const countLabels = (labels: Uint8Array, rows: ArrayLike<number>): number[] => {
  const counts = new Array<number>(EMOTIONS.length).fill(0);
  for (let i = 0; i < rows.length; i++) counts[labels[rows[i]!]!]!++;
  return counts;
};

/** The bytes of one picture, [48, 48]; a view, not a copy. */
export const pictureAt = (images: Uint8Array, row: number): Uint8Array =>
  images.subarray(row * PICTURE_BYTES, (row + 1) * PICTURE_BYTES);

/** SHA-256 over the raw pixels of `rows` in order: the same whichever of the three forms the pictures came in. */
export const hashPictures = (images: Uint8Array, rows: ArrayLike<number>): string => {
  const hash = createHash('sha256');
  for (let i = 0; i < rows.length; i++) hash.update(pictureAt(images, rows[i]!));
  return hash.digest('hex');
};
