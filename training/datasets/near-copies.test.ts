/** Near copies: the correlation is NumPy's, crops' edges and mirrors are found, and a split keeps them on one side. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { dataPath, lacksData, needsData } from '../../test/data.ts';
import { PICTURE_BYTES, PICTURE_SIDE, rowsOf } from './face-set.ts';
import { loadFer2013 } from './fer2013.ts';
import { groupNearCopies, markNearCopies, signature } from './near-copies.ts';
import { splitValidation } from './split.ts';

/** Blobs of light, as smooth as faces are at this size. */
const picture = (seed: number | string): Uint8Array => {
  const random = createRandom(seed);
  const blobs = Array.from({ length: 6 }, () => [
    random.next() * 48,
    random.next() * 48,
    5 + 5 * random.next(),
    random.normal(),
  ]);
  return Uint8Array.from({ length: PICTURE_BYTES }, (_, at) => {
    const [x, y] = [at % PICTURE_SIDE, Math.floor(at / PICTURE_SIDE)];
    const light = blobs.reduce(
      (sum, [bx, by, size, height]) =>
        sum + height! * Math.exp(-((x - bx!) ** 2 + (y - by!) ** 2) / (2 * size! * size!)),
      0,
    );
    return Math.min(255, Math.max(0, 128 + 40 * light));
  });
};
const mirror = (image: Uint8Array): Uint8Array =>
  image.map((_, at) => image[at - (at % PICTURE_SIDE) + PICTURE_SIDE - 1 - (at % PICTURE_SIDE)]!);
const shifted = (image: Uint8Array): Uint8Array =>
  image.map((_, at) => Math.min(255, (at % PICTURE_SIDE === 0 ? image[at]! : image[at - 1]!) * 0.9 + 12));
const stack = (images: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(images.length * PICTURE_BYTES);
  images.forEach((image, i) => {
    all.set(image, i * PICTURE_BYTES);
  });
  return all;
};
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const signatureOf = (image: Uint8Array, mirrored = false): Float64Array => {
  const out = new Float64Array(256);
  signature(image, mirrored, out);
  return out;
};

describe('signatures', () => {
  test("their dot product is numpy.corrcoef's of the 16x16 block means", () => {
    // a = (arange(2304) * 7 % 251).reshape(48, 48), b = (arange(2304) ** 2 % 253).reshape(48, 48);
    // numpy.corrcoef(a.reshape(16, 3, 16, 3).mean((1, 3)).ravel(), the same of a + b / 2)[0, 1] = 0.8234285201
    const a = Uint8Array.from({ length: PICTURE_BYTES }, (_, i) => (i * 7) % 251);
    const b = Uint8Array.from({ length: PICTURE_BYTES }, (_, i) =>
      Math.floor(((i * 7) % 251) / 2 + ((i * i) % 253) / 4),
    );
    expect(dot(signatureOf(a), signatureOf(b))).toBeCloseTo(0.8234285201035733, 9);
  });

  test('light and contrast do not count, one gray is nothing', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.4, max: 0.7, noNaN: true }), (seed, factor) => {
        const image = picture(seed);
        const other = image.map((value) => Math.round(value * factor + 20));
        expect(dot(signatureOf(image), signatureOf(other))).toBeGreaterThan(0.99);
        expect(dot(signatureOf(mirror(image)), signatureOf(image, true))).toBeCloseTo(1, 9);
      }),
      { numRuns: 20 },
    );
    expect(signatureOf(new Uint8Array(PICTURE_BYTES).fill(200)).every((value) => value === 0)).toBe(true);
  });
});

describe('groups', () => {
  const originals = ['a', 'b', 'c', 'd'].map(picture);
  const images = stack([...originals, shifted(originals[0]!), mirror(originals[1]!), shifted(mirror(originals[1]!))]);

  test('a copy moved by a pixel and a mirrored one stand with the original', () => {
    expect(groupNearCopies(images, [...Array(7).keys()])).toEqual([[0, 4], [1, 5, 6], [2], [3]]);
    expect([...markNearCopies(images, [0, 2, 5], { images, rows: [1, 3, 4] })]).toEqual([1, 0, 1]);
    expect(groupNearCopies(images, [])).toEqual([]);
  });

  test('a split that minds near copies keeps each group on one side', () => {
    const many = stack(Array.from({ length: 60 }, (_, i) => (i % 3 === 2 ? shifted(picture(i - 1)) : picture(i))));
    const labels = Uint8Array.from({ length: 60 }, (_, i) => (i < 30 ? 0 : 1));
    const rows = Int32Array.from(labels.keys());
    for (const seed of [1, 2, 3]) {
      const { train, validation } = splitValidation({ images: many, labels }, rows, {
        share: 0.3,
        seed,
        nearCopies: true,
      });
      expect(train.length + validation.length).toBe(60);
      expect(markNearCopies(many, validation, { images: many, rows: train }).includes(1)).toBe(false);
    }
  });

  test('a correlation that cannot be is named', () => {
    for (const correlation of [0, -1, 1.5, Number.NaN])
      expect(() => groupNearCopies(images, [0], correlation)).toThrow(
        expect.objectContaining({ code: 'data/correlation' }),
      );
  });
});

test.skipIf(lacksData('fer2013'))(
  `FER2013: NumPy counts the same near copies among the first 2,000 pictures ${needsData('fer2013')}`,
  async () => {
    const set = await loadFer2013(dataPath('fer2013'));
    const rows = rowsOf(set, 'train').slice(0, 2000);
    const groups = groupNearCopies(set.images, rows).filter(({ length }) => length > 1);
    expect([groups.length, groups.flat().length]).toEqual([19, 39]);
  },
);
