/** Binary patterns, their map and Gabor answers: NumPy's values, what must not change them, and bad input. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGaborBank } from './gabor.ts';
import type { GrayImage } from './image.ts';
import { binaryPatterns, patternHistograms, UNIFORM_BIN_COUNT, UNIFORM_BINS } from './lbp.ts';
import { mapPatterns, mappedPatternFeatures, patternDistance } from './mapped-lbp.ts';

/** Made by test/reference/face-features.py with NumPy and SciPy. */
const REFERENCE = JSON.parse(
  readFileSync(new URL('../../test/reference/face-features.json', import.meta.url), 'utf8'),
) as { image: { width: number; height: number; data: number[] }; distanceSum: number } & Record<
  'lbp1' | 'lbp2' | 'uniform' | 'gabor4of3' | 'gabor7of4' | 'distancesFrom29' | 'mappedFrom29',
  number[]
>;
const image: GrayImage = { ...REFERENCE.image, data: Float32Array.from(REFERENCE.image.data) };
const largestDifference = (found: ArrayLike<number>, expected: readonly number[]): number => {
  expect(found.length).toBe(expected.length);
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - found[i]!)), 0);
};

const pictures = fc
  .uint8Array({ minLength: 12 * 10, maxLength: 12 * 10 })
  .map((levels): GrayImage => ({ width: 12, height: 10, data: Float32Array.from(levels) }));

describe('known values from NumPy and SciPy', () => {
  test('binary patterns of two radii', () => {
    expect([...binaryPatterns(image, 1)]).toEqual(REFERENCE.lbp1);
    expect([...binaryPatterns(image, 2)]).toEqual(REFERENCE.lbp2);
  });

  test('the uniform patterns', () => {
    expect(REFERENCE.uniform.map((code) => UNIFORM_BINS[code])).toEqual([...REFERENCE.uniform.keys()]);
    expect(UNIFORM_BINS.filter((bin) => bin === UNIFORM_BIN_COUNT - 1).length).toBe(256 - 58);
  });

  test('Gabor answers', () => {
    const four = createGaborBank({ wavelengths: [4], orientations: 3, points: 3 })(image);
    expect(largestDifference(four.subarray(9, 18), REFERENCE.gabor4of3)).toBeLessThan(1e-4);
    const seven = createGaborBank({ wavelengths: [4, 7], orientations: 4, points: 3 })(image);
    expect(largestDifference(seven.subarray(4 * 9 + 27), REFERENCE.gabor7of4)).toBeLessThan(1e-4);
  });

  test('distances of codes, and of their places', () => {
    const codes = Array.from({ length: 256 }, (_, code) => code);
    expect(codes.map((code) => patternDistance(29, code))).toEqual(REFERENCE.distancesFrom29);
    const sum = codes.reduce((total, a) => total + codes.reduce((part, b) => part + patternDistance(a, b), 0), 0);
    expect(sum).toBe(REFERENCE.distanceSum);
    const places = mapPatterns();
    const apart = codes.map((code) =>
      Math.hypot(...[0, 1, 2].map((axis) => places[29 * 3 + axis]! - places[code * 3 + axis]!)),
    );
    expect(largestDifference(apart, REFERENCE.mappedFrom29)).toBeLessThan(1e-4);
  });
});

describe('properties', () => {
  test('light and contrast change no pattern; plain light gives no Gabor answer', () => {
    const bank = createGaborBank({ points: 2 });
    fc.assert(
      fc.property(
        pictures,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 200 }),
        (picture, gain, light) => {
          const other = { ...picture, data: picture.data.map((value) => gain * value + light) };
          expect(binaryPatterns(other, 2)).toEqual(binaryPatterns(picture, 2));
          const [before, after] = [bank(picture), bank(other)];
          before.forEach((value, i) => {
            expect(Math.abs(after[i]! - gain * value)).toBeLessThan(1e-3);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test("each cell's histogram has length 1", () => {
    fc.assert(
      fc.property(pictures, fc.integer({ min: 1, max: 10 }), (picture, cells) => {
        const histograms = patternHistograms(picture, { cells, radii: [1, 2] });
        expect(histograms.length).toBe(2 * cells * cells * UNIFORM_BIN_COUNT);
        for (let start = 0; start < histograms.length; start += UNIFORM_BIN_COUNT) {
          const length = histograms.subarray(start, start + UNIFORM_BIN_COUNT).reduce((sum, x) => sum + x * x, 0);
          expect(length).toBeCloseTo(1, 5);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('the distance of codes is a metric that a turn of both does not change', () => {
    const code = fc.integer({ min: 0, max: 255 });
    const turn = (value: number) => ((value << 1) | (value >> 7)) & 255;
    fc.assert(
      fc.property(code, code, code, (a, b, c) => {
        expect(patternDistance(a, b) === 0).toBe(a === b);
        expect(patternDistance(a, b)).toBe(patternDistance(b, a));
        expect(patternDistance(turn(a), turn(b))).toBe(patternDistance(a, b));
        expect(patternDistance(a, c)).toBeLessThanOrEqual(patternDistance(a, b) + patternDistance(b, c));
      }),
    );
  });

  test('one cell holds the mean place of all patterns', () => {
    const places = mapPatterns();
    const codes = binaryPatterns(image, 1);
    const mean = [0, 1, 2].map((axis) => codes.reduce((sum, code) => sum + places[code * 3 + axis]!, 0) / codes.length);
    const found = mappedPatternFeatures(image, { places, cells: 1 });
    expect(largestDifference(found, mean)).toBeLessThan(1e-4);
  });
});

test('settings that cannot be are named', () => {
  const setting = expect.objectContaining({ code: 'photo/setting' });
  for (const radius of [0, -1, Number.NaN, 30]) expect(() => binaryPatterns(image, radius)).toThrow(setting);
  for (const cells of [0, 1.5, 21]) expect(() => patternHistograms(image, { cells })).toThrow(setting);
  for (const dimensions of [0, 2.5, 6]) expect(() => mapPatterns(dimensions)).toThrow(setting);
  for (const options of [{ wavelengths: [2] }, { orientations: 0 }, { points: 1.5 }])
    expect(() => createGaborBank(options)).toThrow(setting);
  const wrong = { ...image, width: 25 };
  for (const read of [() => binaryPatterns(wrong), () => createGaborBank()(wrong)])
    expect(read).toThrow(expect.objectContaining({ code: 'photo/shape' }));
});
