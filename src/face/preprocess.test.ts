import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GrayImage } from './image.ts';
import {
  equalizeHistogram,
  homomorphicFilter,
  medianFilter,
  resizeBilinear,
  resizeNearest,
  stretchGray,
} from './preprocess.ts';

interface Stored {
  readonly width: number;
  readonly height: number;
  readonly data: readonly number[];
}

/** Made by test/reference/preprocess.py with NumPy and SciPy. */
const REFERENCE = JSON.parse(
  readFileSync(new URL('../../test/reference/preprocess.json', import.meta.url), 'utf8'),
) as Record<string, Stored>;

const image = (): GrayImage => ({ ...REFERENCE.image!, data: Float32Array.from(REFERENCE.image!.data) });

/** Largest difference from the reference, in levels. */
const differenceFrom = (name: string, { width, height, data }: GrayImage): number => {
  const expected = REFERENCE[name]!;
  expect([width, height]).toEqual([expected.width, expected.height]);
  return data.reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected.data[index]!)), 0);
};

describe('known values from NumPy and SciPy', () => {
  test.each<[string, (picture: GrayImage) => GrayImage]>([
    ['equalizeHistogram', equalizeHistogram],
    ['medianFilter3', medianFilter],
    ['medianFilter5', (picture) => medianFilter(picture, 5)],
    ['stretchGray', stretchGray],
    ['stretchGray5to90', (picture) => stretchGray(picture, { lowPercent: 5, highPercent: 90 })],
    ['homomorphicFilter', homomorphicFilter],
    ['homomorphicFilterCutoff2', (picture) => homomorphicFilter(picture, { lowGain: 0.3, highGain: 1.2, cutoff: 2 })],
    ['resizeNearest13x4', (picture) => resizeNearest(picture, 13, 4)],
    ['resizeBilinear13x4', (picture) => resizeBilinear(picture, 13, 4)],
    ['resizeBilinear20x21', (picture) => resizeBilinear(picture, 20, 21)],
  ])('%s', (name, filter) => {
    expect(differenceFrom(name, filter(image()))).toBeLessThan(1e-4);
  });
});

const pictures = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([width, height]) =>
    fc
      .array(fc.integer({ min: 0, max: 255 }), { minLength: width * height, maxLength: width * height })
      .map((levels): GrayImage => ({ width, height, data: Float32Array.from(levels) })),
  );

const FILTERS: readonly [string, (picture: GrayImage) => GrayImage][] = [
  ['equalizeHistogram', equalizeHistogram],
  ['medianFilter', medianFilter],
  ['stretchGray', stretchGray],
  ['homomorphicFilter', homomorphicFilter],
  ['resizeNearest', (picture) => resizeNearest(picture, 5, 4)],
  ['resizeBilinear', (picture) => resizeBilinear(picture, 5, 4)],
];

describe('properties', () => {
  test.each(FILTERS)('%s stays within 0..255 and leaves its input alone', (_, filter) => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const before = picture.data.slice();
        const { width, height, data } = filter(picture);
        expect(data.length).toBe(width * height);
        expect(data.every((value) => value >= 0 && value <= 255)).toBe(true);
        expect(picture.data).toEqual(before);
      }),
    );
  });

  test.each(FILTERS)('%s keeps a picture of one level at one level', (_, filter) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (level) => {
        const { data } = filter({ width: 6, height: 3, data: new Float32Array(18).fill(level) });
        expect(Math.max(...data) - Math.min(...data)).toBeLessThan(1e-3);
      }),
    );
  });

  test('equalisation and stretching keep the order of levels', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        for (const filter of [equalizeHistogram, stretchGray]) {
          const { data } = filter(picture);
          const order = [...picture.data.keys()].sort((a, b) => picture.data[a]! - picture.data[b]!);
          for (const [place, index] of order.slice(1).entries())
            expect(data[index]! - data[order[place]!]!).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('scaling to the same size changes nothing', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        for (const resize of [resizeNearest, resizeBilinear])
          expect(resize(picture, picture.width, picture.height).data).toEqual(picture.data);
      }),
    );
  });

  test('with equal gains of 1 the homomorphic filter changes nothing', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const { data } = homomorphicFilter(picture, { lowGain: 1, highGain: 1 });
        for (const [index, value] of data.entries()) expect(value).toBeCloseTo(picture.data[index]!, 3);
      }),
    );
  });

  test('the homomorphic filter evens out light that falls off slowly', () => {
    const width = 48;
    const stripes = (x: number): number => (x % 6 < 3 ? 1 : 0.7);
    const lit = Float32Array.from({ length: width * width }, (_, at) => {
      const x = at % width;
      return 200 * stripes(x) * (0.6 + 0.4 * Math.cos((2 * Math.PI * x) / width));
    });
    const { data } = homomorphicFilter({ width, height: width, data: lit }, { cutoff: 3 });
    const contrast = (values: Float32Array): number => values[0]! / values[24]!;
    expect(contrast(data)).toBeLessThan(contrast(lit) / 1.5);
  });
});

describe('errors', () => {
  const setting = expect.objectContaining({ name: 'InvalidInputError', code: 'photo/setting' });

  test.each(FILTERS)('%s refuses an array of another length', (_, filter) => {
    expect(() => filter({ width: 3, height: 3, data: new Float32Array(8) })).toThrow(
      expect.objectContaining({ code: 'photo/shape' }),
    );
  });

  test('settings that make no sense', () => {
    for (const size of [0, 2, 2.5, -3, Number.NaN]) expect(() => medianFilter(image(), size)).toThrow(setting);
    expect(() => stretchGray(image(), { lowPercent: 50, highPercent: 50 })).toThrow(setting);
    expect(() => stretchGray(image(), { highPercent: 101 })).toThrow(setting);
    expect(() => homomorphicFilter(image(), { cutoff: 0 })).toThrow(setting);
    expect(() => homomorphicFilter(image(), { lowGain: -1 })).toThrow(setting);
    for (const resize of [resizeNearest, resizeBilinear]) {
      expect(() => resize(image(), 0, 5)).toThrow(setting);
      expect(() => resize(image(), 5, 1.5)).toThrow(setting);
    }
  });
});
