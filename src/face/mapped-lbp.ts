/** Binary patterns as points of a metric space: codes that look alike lie near each other, so that they may be averaged. */
import { InvalidInputError } from '../base/errors.ts';
import type { GrayImage } from './image.ts';
import { binaryPatterns, checkCells } from './lbp.ts';

const BITS = 8;
const CODES = 1 << BITS;
/** A set bit that the other code lacks costs as much as one moved across the whole circle. */
const MISSING = BITS / 2;

const bitsOf = (code: number): number[] =>
  Array.from({ length: BITS }, (_, bit) => bit).filter((bit) => (code >> bit) & 1);

const around = (a: number, b: number): number => {
  const apart = Math.abs(a - b);
  return Math.min(apart, BITS - apart);
};

/**
 * The earth mover's distance between two codes: the least total way, counted in steps around the circle, that the set bits of
 * one must go to become those of the other; a bit without partner costs 4, the longest way. 0 for equal codes; a metric.
 *
 * Unlike the count of differing bits it knows that an edge turned by 45 degrees is a small change.
 *
 * @param a, b 0..255
 * @see Levi and Hassner, Emotion Recognition in the Wild via Convolutional Neural Networks and Mapped Binary Patterns (2015),
 *   section 3.2, who take an approximation of it; the cost of missing bits after Pele and Werman (2008).
 */
export const patternDistance = (a: number, b: number): number => {
  const [few, many] = [bitsOf(a), bitsOf(b)].sort((p, q) => p.length - q.length) as [number[], number[]];
  // cost[set]: least cost of giving the first |set| bits of `few` the partners in `set`, a subset of `many`.
  let costs = new Map<number, number>([[0, 0]]);
  for (const bit of few) {
    const next = new Map<number, number>();
    for (const [set, cost] of costs)
      for (const [i, partner] of many.entries()) {
        if ((set >> i) & 1) continue;
        const key = set | (1 << i);
        const total = cost + around(bit, partner);
        if (total < (next.get(key) ?? Number.POSITIVE_INFINITY)) next.set(key, total);
      }
    costs = next;
  }
  return Math.min(...costs.values()) + MISSING * (many.length - few.length);
};

/**
 * Places for the 256 codes whose distances come near to `patternDistance`: classical multidimensional scaling, the
 * eigenvectors of the largest eigenvalues of the doubly centred squared distances, each times the root of its eigenvalue.
 *
 * The second and third eigenvalue are equal (the circle has no beginning), so these two axes are fixed only up to a turn of
 * their plane; distances do not depend on it.
 *
 * @param dimensions 1..5; beyond that come eigenvalues below those of opposite sign. @default 3, as in the paper
 * @returns [256, dimensions]
 * @throws {InvalidInputError} `photo/setting`: another number of dimensions.
 * @see Torgerson, Multidimensional scaling: I. Theory and method (1952).
 */
export const mapPatterns = (dimensions = 3): Float64Array => {
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= 5))
    throw new InvalidInputError(
      'photo/setting',
      `Patterns in ${dimensions} dimensions: give a whole number from 1 to 5.`,
    );
  const squares = new Float64Array(CODES * CODES);
  for (let a = 0; a < CODES; a++)
    for (let b = 0; b < a; b++) squares[a * CODES + b] = squares[b * CODES + a] = patternDistance(a, b) ** 2;
  const means = Float64Array.from({ length: CODES }, (_, a) => {
    let sum = 0;
    for (let b = 0; b < CODES; b++) sum += squares[a * CODES + b]!;
    return sum / CODES;
  });
  const mean = means.reduce((sum, value) => sum + value, 0) / CODES;
  const inner = squares.map((value, at) => -0.5 * (value - means[Math.floor(at / CODES)]! - means[at % CODES]! + mean));
  return leadingAxes(inner, dimensions);
};

/** Eigenvectors of the largest eigenvalues, each times the root of its eigenvalue: power iteration, one after another. */
const leadingAxes = (matrix: Float64Array, count: number): Float64Array => {
  const axes: Float64Array[] = [];
  const places = new Float64Array(CODES * count);
  for (let axis = 0; axis < count; axis++) {
    // Any start that is not orthogonal to the wanted vector will do; this one has no symmetry of the circle.
    let vector = Float64Array.from({ length: CODES }, (_, i) => Math.sin(1 + i * i));
    let value = 0;
    for (let round = 0; round < 1000; round++) {
      for (const other of axes) {
        const part = dot(vector, other);
        vector = vector.map((x, i) => x - part * other[i]!);
      }
      const next = Float64Array.from({ length: CODES }, (_, i) =>
        dot(matrix.subarray(i * CODES, (i + 1) * CODES), vector),
      );
      const length = Math.sqrt(dot(next, next));
      vector = next.map((x) => x / length);
      if (Math.abs(length - value) < 1e-12 * length) break;
      value = length;
    }
    axes.push(vector);
    for (let i = 0; i < CODES; i++) places[i * count + axis] = vector[i]! * Math.sqrt(value);
  }
  return places;
};

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

export interface MappedPatternOptions {
  /** [256, dimensions], from `mapPatterns`. */
  readonly places: Float64Array;
  /** Radii of the circles, px. @default [1] */
  readonly radii?: readonly number[];
  /** The picture is cut into cells x cells parts, each averaged. @default 12 */
  readonly cells?: number;
}

/**
 * The mean place of the patterns in each cell: what averaging codes themselves could not give.
 *
 * @returns [radii, cells, cells, dimensions]
 * @throws {InvalidInputError} `photo/setting`: `cells` is no whole number from 1 to the picture's shorter side.
 */
export const mappedPatternFeatures = (
  image: GrayImage,
  { places, radii = [1], cells = 12 }: MappedPatternOptions,
): Float32Array => {
  checkCells(image, cells);
  const { width, height } = image;
  const dimensions = places.length / CODES;
  const size = cells * cells * dimensions;
  const out = new Float32Array(radii.length * size);
  for (const [part, radius] of radii.entries()) {
    const codes = binaryPatterns(image, radius);
    const counts = new Float32Array(cells * cells);
    const own = out.subarray(part * size, (part + 1) * size);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const cell = Math.floor((y * cells) / height) * cells + Math.floor((x * cells) / width);
        counts[cell]!++;
        const code = codes[y * width + x]!;
        for (let axis = 0; axis < dimensions; axis++)
          own[cell * dimensions + axis]! += places[code * dimensions + axis]!;
      }
    for (let i = 0; i < size; i++) own[i]! /= counts[Math.floor(i / dimensions)]!;
  }
  return out;
};
