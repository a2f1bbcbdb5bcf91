/** Cuts a validation part out of Training, cleans Training, and finds pictures that two sets share. */

import { createHash } from 'node:crypto';
import { InvalidInputError } from '../../src/base/errors.ts';
import { createRandom } from '../../src/base/random.ts';
import { countLabels, pictureAt } from './face-set.ts';
import { groupNearCopies } from './near-copies.ts';

/** Pictures and labels that the rows below index. */
export interface LabelledPictures {
  /** [count, 48, 48] */
  readonly images: Uint8Array;
  /** [count] */
  readonly labels: Uint8Array;
}

/** The rows of each distinct picture, in order of its first row. */
export const groupIdentical = (images: Uint8Array, rows: ArrayLike<number>): number[][] => {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < rows.length; i++) {
    const key = pictureKey(images, rows[i]!);
    const group = groups.get(key);
    if (group) group.push(rows[i]!);
    else groups.set(key, [rows[i]!]);
  }
  return [...groups.values()];
};

/** A digest stands for the pixels: two different pictures with one SHA-256 are not to be had. */
const pictureKey = (images: Uint8Array, row: number): string =>
  createHash('sha256').update(pictureAt(images, row)).digest('base64');

export interface SplitOptions {
  /** Share of each class that goes to validation, above 0 and below 1. @default 0.1 */
  readonly share?: number;
  readonly seed: number | string;
  /** Keep near copies (see near-copies.ts) on one side too, not only pixel-identical pictures. @default false */
  readonly nearCopies?: boolean;
}

/**
 * Cuts a validation part out of `rows`, class by class, pixel-identical pictures on one side.
 *
 * Each class gives `share` of its rows, off by less than the size of a group of identical pictures. The result depends on the
 * pictures, `share` and `seed` alone. Both parts are in ascending order.
 *
 * @throws {InvalidInputError} `data/share`: outside (0, 1), or so small or large that a part would be empty.
 */
export const splitValidation = (
  { images, labels }: LabelledPictures,
  rows: ArrayLike<number>,
  { share = 0.1, seed, nearCopies = false }: SplitOptions,
): { train: Int32Array; validation: Int32Array } => {
  if (!(share > 0 && share < 1)) {
    throw new InvalidInputError(
      'data/share',
      `A validation share of ${share}: expected one between 0 and 1, such as 0.1.`,
    );
  }
  const groups = createRandom(seed).shuffle(nearCopies ? groupNearCopies(images, rows) : groupIdentical(images, rows));
  const wanted = countLabels(labels, rows).map((count) => Math.round(count * share));
  const validation: number[] = [];
  const train: number[] = [];
  for (const group of groups) {
    const counts = countLabels(labels, group);
    const fits = counts.every((count, label) => count <= wanted[label]!);
    for (const row of group) (fits ? validation : train).push(row);
    if (fits) for (const [label, count] of counts.entries()) wanted[label] = wanted[label]! - count;
  }
  if (validation.length === 0 || train.length === 0) {
    throw new InvalidInputError(
      'data/share',
      `A validation share of ${share} of ${rows.length} pictures leaves ${train.length} for training and ${validation.length} for validation: give more pictures or another share.`,
    );
  }
  return { train: Int32Array.from(train).sort(), validation: Int32Array.from(validation).sort() };
};

export interface CleanOptions {
  /** Leave out pictures of one single gray. @default true */
  readonly blank?: boolean;
  /** Leave out every copy of a picture whose copies carry different labels. @default true */
  readonly contradictory?: boolean;
}

/**
 * Leaves out training rows that teach nothing. For Training only: a test split is scored on every row it has.
 *
 * @returns `rows` less the others; each left-out row stands in one list, blank before contradictory.
 */
export const cleanTraining = (
  { images, labels }: LabelledPictures,
  rows: ArrayLike<number>,
  { blank = true, contradictory = true }: CleanOptions = {},
): { rows: Int32Array; blank: Int32Array; contradictory: Int32Array } => {
  const isBlank = (row: number) => {
    const picture = pictureAt(images, row);
    return picture.every((value) => value === picture[0]);
  };
  const all = Array.from(rows);
  const blanks = blank ? all.filter(isBlank) : [];
  const left = new Set(blanks);
  const contradictions: number[] = [];
  if (contradictory) {
    for (const group of groupIdentical(images, all)) {
      if (group.some((row) => left.has(row)) || group.every((row) => labels[row] === labels[group[0]!])) continue;
      contradictions.push(...group);
    }
  }
  for (const row of contradictions) left.add(row);
  return {
    rows: Int32Array.from(all.filter((row) => !left.has(row))),
    blank: Int32Array.from(blanks),
    contradictory: Int32Array.from(contradictions).sort(),
  };
};

/**
 * Parts `rows` of `images` by whether their pixels also stand among `referenceRows` of `reference`.
 *
 * @returns `kept`: rows seen nowhere in the reference; `copies`: the others. Both in the order of `rows`.
 */
export const deduplicateAgainst = (
  images: Uint8Array,
  rows: ArrayLike<number>,
  reference: Uint8Array,
  referenceRows: ArrayLike<number>,
): { kept: Int32Array; copies: Int32Array } => {
  const known = new Set(Array.from(referenceRows, (row) => pictureKey(reference, row)));
  const all = Array.from(rows);
  const copied = all.map((row) => known.has(pictureKey(images, row)));
  return {
    kept: Int32Array.from(all.filter((_, i) => !copied[i])),
    copies: Int32Array.from(all.filter((_, i) => copied[i])),
  };
};
