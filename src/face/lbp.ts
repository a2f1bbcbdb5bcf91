/** Local binary patterns: what of a face's surface stays when the light changes, as histograms or as points of a metric space. */
import { InvalidInputError } from '../base/errors.ts';
import { checkGray, type GrayImage } from './image.ts';

/** Neighbours on the circle: one bit each. */
const POINTS = 8;
const CODES = 1 << POINTS;

/** A neighbour's four pixels relative to the centre, and their shares. */
interface Tap {
  readonly dx: number;
  readonly dy: number;
  readonly right: number;
  readonly down: number;
}

/** Eight neighbours, from the right counter-clockwise, as scikit-image counts; places rounded to 5 decimals as there. */
const tapsOf = (radius: number): Tap[] =>
  Array.from({ length: POINTS }, (_, point) => {
    const angle = (2 * Math.PI * point) / POINTS;
    const x = Math.round(radius * Math.cos(angle) * 1e5) / 1e5;
    const y = Math.round(-radius * Math.sin(angle) * 1e5) / 1e5;
    return { dx: Math.floor(x), dy: Math.floor(y), right: x - Math.floor(x), down: y - Math.floor(y) };
  });

/**
 * The code of each pixel: bit p is set where neighbour p, `radius` pixels away and read bilinearly, is not darker than the
 * pixel. Beyond the edge the outermost pixel continues.
 *
 * @returns [height, width], 0..255
 * @throws {InvalidInputError} `photo/setting`: the radius is not above 0. `photo/shape`: the array does not fit the size.
 * @see Ojala, Pietikainen, Maenpaa, Multiresolution gray-scale and rotation invariant texture classification with local
 *   binary patterns (2002); scikit-image `local_binary_pattern(method='default')`, which takes 0 beyond the edge instead.
 */
export const binaryPatterns = (image: GrayImage, radius = 1): Uint8Array => {
  checkGray(image);
  if (!(radius > 0 && radius < Math.max(image.width, image.height)))
    throw new InvalidInputError(
      'photo/setting',
      `Binary patterns of radius ${radius} px in a picture of ${image.width} x ${image.height}: give a radius above 0 and below its size.`,
    );
  const { width, height, data } = image;
  const codes = new Uint8Array(data.length);
  const column = (x: number): number => Math.min(width - 1, Math.max(0, x));
  const row = (y: number): number => Math.min(height - 1, Math.max(0, y)) * width;
  for (const [point, { dx, dy, right, down }] of tapsOf(radius).entries())
    for (let y = 0; y < height; y++) {
      const [top, bottom] = [row(y + dy), row(y + dy + 1)];
      for (let x = 0; x < width; x++) {
        const [left, next] = [column(x + dx), column(x + dx + 1)];
        const upper = (1 - right) * data[top + left]! + right * data[top + next]!;
        const lower = (1 - right) * data[bottom + left]! + right * data[bottom + next]!;
        // Shares of equal levels add up to a hair less than the level: equal must count as equal.
        if ((1 - down) * upper + down * lower >= data[y * width + x]! - 1e-4) codes[y * width + x]! |= 1 << point;
      }
    }
  return codes;
};

/** How often neighbouring bits differ around the circle. */
const changesOf = (code: number): number => {
  const turned = ((code << 1) | (code >> (POINTS - 1))) & (CODES - 1);
  let changes = code ^ turned;
  let count = 0;
  for (; changes > 0; changes &= changes - 1) count++;
  return count;
};

/** Bin of each code: the 58 uniform patterns (at most two changes around the circle) in ascending order, then all others. */
export const UNIFORM_BINS: Uint8Array = (() => {
  const uniform = Array.from({ length: CODES }, (_, code) => code).filter((code) => changesOf(code) <= 2);
  return Uint8Array.from({ length: CODES }, (_, code) =>
    changesOf(code) <= 2 ? uniform.indexOf(code) : uniform.length,
  );
})();
/** 58 uniform patterns and one bin for the rest. */
export const UNIFORM_BIN_COUNT = 59;

export interface PatternHistogramOptions {
  /** Radii of the circles, px. @default [1] */
  readonly radii?: readonly number[];
  /** The picture is cut into cells x cells parts, each with a histogram of its own. @default 6 */
  readonly cells?: number;
}

/**
 * Histograms of uniform patterns, cell by cell: the square roots of the shares, so that the dot product of two is Hellinger's
 * (Bhattacharyya's) similarity and a linear machine compares histograms as it should.
 *
 * @returns [radii, cells, cells, 59]
 * @throws {InvalidInputError} `photo/setting`: `cells` is no whole number from 1 to the picture's shorter side.
 * @see Shan, Gong, McOwan, Facial expression recognition based on Local Binary Patterns (2009).
 */
export const patternHistograms = (
  image: GrayImage,
  { radii = [1], cells = 6 }: PatternHistogramOptions = {},
): Float32Array => {
  checkCells(image, cells);
  const { width, height } = image;
  const all = new Float32Array(radii.length * cells * cells * UNIFORM_BIN_COUNT);
  for (const [part, radius] of radii.entries()) {
    const codes = binaryPatterns(image, radius);
    const counts = new Float32Array(cells * cells);
    const start = part * cells * cells * UNIFORM_BIN_COUNT;
    for (let y = 0; y < height; y++) {
      const cellRow = Math.floor((y * cells) / height) * cells;
      for (let x = 0; x < width; x++) {
        const cell = cellRow + Math.floor((x * cells) / width);
        all[start + cell * UNIFORM_BIN_COUNT + UNIFORM_BINS[codes[y * width + x]!]!]!++;
        counts[cell]!++;
      }
    }
    for (let cell = 0; cell < counts.length; cell++)
      for (let bin = 0; bin < UNIFORM_BIN_COUNT; bin++) {
        const at = start + cell * UNIFORM_BIN_COUNT + bin;
        all[at] = Math.sqrt(all[at]! / counts[cell]!);
      }
  }
  return all;
};

/** @throws {InvalidInputError} `photo/setting` */
export const checkCells = ({ width, height }: GrayImage, cells: number): void => {
  if (Number.isInteger(cells) && cells >= 1 && cells <= Math.min(width, height)) return;
  throw new InvalidInputError(
    'photo/setting',
    `${cells} cells along a side of a picture of ${width} x ${height} px: give a whole number from 1 to its shorter side.`,
  );
};
