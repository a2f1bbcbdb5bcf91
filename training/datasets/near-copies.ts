/** Finds pictures that are nearly the same (another crop's edge, other compression, mirrored), so that splits can keep them on one side. */
import { InvalidInputError } from '../../src/base/errors.ts';
import { PICTURE_BYTES, PICTURE_SIDE, pictureAt } from './face-set.ts';

/** Two pictures are near copies from this correlation of their 16x16 versions on. */
export const NEAR_COPY_CORRELATION = 0.95;

/** Blocks of 3x3 pixels are averaged: 16x16 numbers a picture. */
const BLOCK = 3;
const SIDE = PICTURE_SIDE / BLOCK;
const LENGTH = SIDE * SIDE;
/** The first numbers of a signature are its coarsest Haar coefficients: they tell most pairs apart. */
const COARSE = 16;

/**
 * What two pictures are compared by: block means, brightness and contrast taken out (mean 0, length 1; all zeros for a
 * picture of one gray), as Haar coefficients from coarse to fine. The dot product of two is the correlation of the 16x16 pictures.
 *
 * @param picture [48, 48]
 * @param out gets [256]
 */
export const signature = (picture: ArrayLike<number>, mirrored: boolean, out: Float64Array): void => {
  out.fill(0);
  for (let at = 0; at < PICTURE_BYTES; at++) {
    const column = at % PICTURE_SIDE;
    const x = Math.floor((mirrored ? PICTURE_SIDE - 1 - column : column) / BLOCK);
    out[Math.floor(at / PICTURE_SIDE / BLOCK) * SIDE + x]! += picture[at]!;
  }
  const mean = out.reduce((sum, value) => sum + value, 0) / LENGTH;
  let squares = 0;
  for (let at = 0; at < LENGTH; at++) {
    out[at]! -= mean;
    squares += out[at]! ** 2;
  }
  // Block sums are whole numbers: below half of one there is nothing but rounding.
  const length = squares < 0.25 ? Number.POSITIVE_INFINITY : Math.sqrt(squares);
  for (let at = 0; at < LENGTH; at++) out[at]! /= length;
  haar(out);
};

/** The orthonormal two-dimensional Haar transform of [16, 16], in place, ordered from coarse to fine: lengths and angles stay. */
const haar = (values: Float64Array): void => {
  const half = Math.SQRT1_2;
  const row = new Float64Array(SIDE);
  for (let size = SIDE; size > 1; size /= 2) {
    for (const [step, lineStep] of [
      [1, SIDE],
      [SIDE, 1],
    ] as const)
      for (let line = 0; line < size; line++) {
        for (let i = 0; i < size / 2; i++) {
          const a = values[line * lineStep + 2 * i * step]!;
          const b = values[line * lineStep + (2 * i + 1) * step]!;
          row[i] = (a + b) * half;
          row[size / 2 + i] = (a - b) * half;
        }
        for (let i = 0; i < size; i++) values[line * lineStep + i * step] = row[i]!;
      }
  }
  const sorted = Float64Array.from(HAAR_ORDER, (at) => values[at]!);
  values.set(sorted);
};

/** Places of [16, 16] by the larger of row and column: each level of the transform before the next finer one. */
const HAAR_ORDER = Array.from({ length: LENGTH }, (_, at) => at).sort(
  (a, b) => Math.max(Math.floor(a / SIDE), a % SIDE) - Math.max(Math.floor(b / SIDE), b % SIDE) || a - b,
);

/** Signatures of many pictures; the coarse numbers lie together, so that looking at all of them stays within the cache. */
interface Signatures {
  readonly count: number;
  /** [count, 16] */
  readonly coarse: Float32Array;
  /** [count, 240] */
  readonly fine: Float32Array;
}
const FINE = LENGTH - COARSE;

const signaturesOf = (images: Uint8Array, rows: ArrayLike<number>, mirrored: boolean): Signatures => {
  const coarse = new Float32Array(rows.length * COARSE);
  const fine = new Float32Array(rows.length * FINE);
  const one = new Float64Array(LENGTH);
  for (let i = 0; i < rows.length; i++) {
    signature(pictureAt(images, rows[i]!), mirrored, one);
    coarse.set(one.subarray(0, COARSE), i * COARSE);
    fine.set(one.subarray(COARSE), i * FINE);
  }
  return { count: rows.length, coarse, fine };
};

/** |a[i] - b[j]|^2 over `width` numbers, given up where it passes `limit`. */
const squaredDistance = (
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  { width, from, limit }: { width: number; from: number; limit: number },
): number => {
  let distance = from;
  for (let at = 0; at < width; at += 4) {
    const [startA, startB] = [i * width + at, j * width + at];
    const d0 = a[startA]! - b[startB]!;
    const d1 = a[startA + 1]! - b[startB + 1]!;
    const d2 = a[startA + 2]! - b[startB + 2]!;
    const d3 = a[startA + 3]! - b[startB + 3]!;
    distance += d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
    if (distance > limit) break;
  }
  return distance;
};

/** Calls `found(i, j)` for each pair of signatures that correlate by `correlation` or more; with `triangle` only for i < j. */
const forEachNear = (
  a: Signatures,
  b: Signatures,
  { correlation, triangle }: { correlation: number; triangle: boolean },
  found: (i: number, j: number) => void,
): void => {
  // |s - t|^2 = 2 - 2 s.t, and the coarse coefficients alone already add up to no more than that.
  const limit = 2 - 2 * correlation + 1e-6;
  const coarse = { width: COARSE, from: 0, limit };
  for (let i = 0; i < a.count; i++)
    for (let j = triangle ? i + 1 : 0; j < b.count; j++) {
      const from = squaredDistance(a.coarse, i, b.coarse, j, coarse);
      if (from > limit) continue;
      if (squaredDistance(a.fine, i, b.fine, j, { width: FINE, from, limit }) <= limit) found(i, j);
    }
};

const checkCorrelation = (correlation: number): void => {
  if (correlation > 0 && correlation <= 1) return;
  throw new InvalidInputError(
    'data/correlation',
    `Near copies from a correlation of ${correlation}: expected one above 0 and up to 1, such as ${NEAR_COPY_CORRELATION}.`,
  );
};

/**
 * The rows sorted into groups that chains of near copies hold together (plain or mirrored), in order of each group's first row.
 * About 10 s of one core for 28,709 pictures.
 *
 * @throws {InvalidInputError} `data/correlation`: outside (0, 1].
 */
export const groupNearCopies = (
  images: Uint8Array,
  rows: ArrayLike<number>,
  correlation = NEAR_COPY_CORRELATION,
): number[][] => {
  checkCorrelation(correlation);
  const parent = Int32Array.from({ length: rows.length }, (_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!;
      root = parent[root]!;
    }
    return root;
  };
  const join = (i: number, j: number): void => {
    const [a, b] = [rootOf(i), rootOf(j)];
    parent[Math.max(a, b)] = Math.min(a, b);
  };
  const plain = signaturesOf(images, rows, false);
  for (const other of [plain, signaturesOf(images, rows, true)])
    forEachNear(plain, other, { correlation, triangle: true }, join);
  const groups = new Map<number, number[]>();
  for (let i = 0; i < rows.length; i++) {
    const root = rootOf(i);
    const group = groups.get(root);
    if (group) group.push(rows[i]!);
    else groups.set(root, [rows[i]!]);
  }
  return [...groups.values()];
};

/**
 * Which of `rows` have a near copy (plain or mirrored) among `referenceRows` of `reference`.
 *
 * @returns [rows], 1 where there is one.
 * @throws {InvalidInputError} `data/correlation`: outside (0, 1].
 */
export const markNearCopies = (
  images: Uint8Array,
  rows: ArrayLike<number>,
  { images: reference, rows: referenceRows }: { readonly images: Uint8Array; readonly rows: ArrayLike<number> },
  correlation = NEAR_COPY_CORRELATION,
): Uint8Array => {
  checkCorrelation(correlation);
  const marks = new Uint8Array(rows.length);
  const own = signaturesOf(images, rows, false);
  for (const mirrored of [false, true])
    forEachNear(own, signaturesOf(reference, referenceRows, mirrored), { correlation, triangle: false }, (i) => {
      marks[i] = 1;
    });
  return marks;
};
