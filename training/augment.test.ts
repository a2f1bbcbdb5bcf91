import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../src/base/random.ts';
import { type AugmentOptions, augmentBatch, mixBatch, NO_AUGMENTATION } from './augment.ts';
import { PICTURE_BYTES } from './datasets/face-set.ts';

/** The picture of test/reference/augment.py. */
const picture = Uint8Array.from({ length: PICTURE_BYTES }, (_, i) => {
  const x = i % 48;
  const y = (i - x) / 48;
  return (x * 5 + y * 3 + ((x * y) % 17) * 4) % 256;
});

/** Gives these draws in turn, so that a transformation is known. */
const drawing = (...draws: number[]): Random => {
  const next = () => draws.shift() ?? 0.5;
  return { ...createRandom(1), next, integer: (bound) => Math.floor(next() * bound) };
};

const augmentOne = (random: Random, size: number, options: AugmentOptions): Float32Array =>
  augmentBatch({ images: picture, indices: [0], size, random, options }, new Float32Array(size * size));

describe('augmentBatch', () => {
  test('flip, turn, scale and shift in one sampling equal SciPy (test/reference/augment.py)', () => {
    const options = { ...NO_AUGMENTATION, flip: 1, rotation: 20, scale: 0.2, shift: 0.1 };
    const out = augmentOne(drawing(0.3, 0.75, 0.25, 0.9, 0.4), 32, options);
    const at = (y: number, x: number) => out[y * 32 + x]!;
    const corners = [at(0, 0), at(0, 31), at(31, 0), at(31, 31)];
    const inside = [at(5, 7), at(16, 16), at(20, 3), at(27, 30)];
    for (const [i, value] of [26.3944, 31.9252, 184, 130.4849].entries()) expect(corners[i]).toBeCloseTo(value, 3);
    for (const [i, value] of [60.7819, 225.1087, 85.517, 115.4506].entries()) expect(inside[i]).toBeCloseTo(value, 3);
    expect(out.reduce((sum, value) => sum + value, 0) / out.length).toBeCloseTo(122.2003, 3);
  });

  test('with all off, 48 px copies exactly, flip mirrors exactly, and 24 px averages 2x2 pixels', () => {
    expect([...augmentOne(createRandom(1), 48, NO_AUGMENTATION)]).toEqual([...picture]);
    const mirrored = augmentOne(createRandom(1), 48, { ...NO_AUGMENTATION, flip: 1 });
    for (let x = 0; x < 48; x++) expect(mirrored[48 * 5 + x]).toBe(picture[48 * 5 + 47 - x]);
    const half = augmentOne(createRandom(1), 24, NO_AUGMENTATION);
    expect(half[25]).toBe((picture[98]! + picture[99]! + picture[146]! + picture[147]!) / 4);
  });

  test('contrast turns about middle gray, brightness adds, both stay within 0..255', () => {
    const darker = augmentOne(drawing(0, 0.25), 48, { ...NO_AUGMENTATION, contrast: 0.5, brightness: 0.2 });
    for (const i of [0, 100, 2000]) {
      // Draws 0 and 0.25 of the ranges: contrast 0.5, brightness -0.1 * 255.
      expect(darker[i]).toBeCloseTo(Math.max(0, (picture[i]! - 127.5) * 0.5 + 127.5 - 25.5), 3);
    }
  });

  test('erasing fills one rectangle of the asked size with one gray', () => {
    // Draws: whether, width, height, left, top, gray.
    const out = augmentOne(drawing(0, 0, 1, 0.5, 0, 0.2), 40, {
      ...NO_AUGMENTATION,
      erasing: 1,
      erasingSides: [0.1, 0.5],
    });
    const plain = augmentOne(createRandom(1), 40, NO_AUGMENTATION);
    const changed = [...out].flatMap((value, i) => (value === plain[i] ? [] : [i]));
    expect(changed.map((i) => Math.fround(51) === out[i])).not.toContain(false);
    const columns = changed.map((i) => i % 40);
    const rows = changed.map((i) => Math.floor(i / 40));
    expect([Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)]).toEqual([18, 21, 0, 19]);
  });

  test('the rectangle reaches the far corner', () => {
    const out = augmentOne(drawing(0, 0, 0, 0.999, 0.999, 0.2), 40, {
      ...NO_AUGMENTATION,
      erasing: 1,
      erasingSides: [0.1, 0.1],
    });
    expect(out.at(-1)).toBe(51);
  });

  test('any options and size stay within the range of the pixels; the seed alone decides', () => {
    const share = fc.double({ min: 0, max: 0.9, noNaN: true });
    const options = fc.record({
      flip: share,
      shift: share,
      scale: share,
      erasing: share,
      brightness: share,
      contrast: share,
    });
    fc.assert(
      fc.property(options, fc.integer({ min: 2, max: 64 }), fc.integer(), (drawn, size, seed) => {
        const rotation = 180 * drawn.flip;
        const out = augmentOne(createRandom(seed), size, { ...drawn, rotation });
        expect(out.every((value) => value >= 0 && value <= 255)).toBe(true);
        expect(augmentOne(createRandom(seed), size, { ...drawn, rotation })).toEqual(out);
      }),
      { numRuns: 40 },
    );
  });

  test('wrong options and batches are named', () => {
    expect(() => augmentOne(createRandom(1), 48, { rotation: 200 })).toThrow(/rotation is 200: expected 0 to 180/);
    expect(() => augmentOne(createRandom(1), 48, { scale: 1 })).toThrow(/scale is 1/);
    expect(() => augmentOne(createRandom(1), 1.5, {})).toThrow(/size is 1.5/);
    expect(() => augmentOne(createRandom(1), 48, { erasingSides: [0.5, 0.2] })).toThrow(/erasingSides/);
    const request = { images: picture, indices: [0, 0], random: createRandom(1) };
    expect(() => augmentBatch(request, new Float32Array(PICTURE_BYTES))).toThrow(/needs 4608 numbers, out holds 2304/);
    expect(() => augmentBatch({ ...request, indices: [1] }, new Float32Array(9999))).toThrow(
      /Picture 1 is not among the 1/,
    );
  });
});

describe('mixBatch', () => {
  test('blends mirrored partners and their targets by one share', () => {
    const batch = Float32Array.of(0, 10, 100, 100, 200, 30);
    const targets = Float32Array.of(1, 0, 0, 1, 0, 1);
    const share = mixBatch(batch, [targets], { count: 3, alpha: 1, random: createRandom(4) });
    const other = 1 - share;
    const expected = [200 * other, 10 * share + 30 * other, 100, 100, 200 * share, 30 * share + 10 * other];
    for (const [i, value] of expected.entries()) expect(batch[i]).toBeCloseTo(value, 4);
    for (const [i, value] of [share, other, 0, 1, other, share].entries()) expect(targets[i]).toBeCloseTo(value, 6);
  });

  test.each([
    [0.2, 0.8988],
    [1, 0.75],
    [3, 0.6562],
  ])('with alpha %f the larger share is %f on average (SciPy, test/reference/augment.py)', (alpha, mean) => {
    const random = createRandom('beta');
    let sum = 0;
    for (let i = 0; i < 20_000; i++)
      sum += mixBatch(new Float32Array(1), [new Float32Array(1)], { count: 1, alpha, random });
    expect(Math.abs(sum / 20_000 - mean)).toBeLessThan(0.005);
  });

  test('alpha 0 is off; wrong arrays are refused', () => {
    const random = createRandom(1);
    expect(mixBatch(Float32Array.of(1, 2), [Float32Array.of(1, 2)], { count: 2, alpha: 0, random })).toBe(1);
    expect(() => mixBatch(new Float32Array(5), [new Float32Array(2)], { count: 2, alpha: 1, random })).toThrow(
      /2 rows/,
    );
    expect(() => mixBatch(new Float32Array(2), [new Float32Array(2)], { count: 2, alpha: -1, random })).toThrow(
      /alpha/,
    );
  });
});
