/** Slices of equal size by measures that mean something, and FERPlus's majority by its rule. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FaceSet, PICTURE_BYTES } from './datasets/face-set.ts';
import { ferPlusMajority, measurePicture, scoreFerPlus, scoreSlices } from './slices.ts';

const setOf = (images: Uint8Array, votes?: Uint8Array): FaceSet => ({
  name: 'made',
  form: 'csv',
  path: 'made',
  images,
  labels: new Uint8Array(images.length / PICTURE_BYTES),
  splits: new Array(images.length / PICTURE_BYTES).fill('public'),
  checksums: [],
  notes: [],
  ...(votes && { votes }),
});

test('known values: a ramp has mean and deviation as NumPy gives them', () => {
  // numpy: a = arange(2304) % 251; a.mean(), a.std() over [48, 48]; brightness over [10:40, 10:40].
  const ramp = Uint8Array.from({ length: PICTURE_BYTES }, (_, i) => i % 251);
  const { brightness, contrast } = measurePicture(ramp);
  expect(contrast).toBeCloseTo(73.1704532393659, 6);
  expect(brightness).toBeCloseTo(121.75777777777778, 4);
});

test('dark pictures that are read wrongly show in the darkest third', () => {
  const images = new Uint8Array(9 * PICTURE_BYTES);
  for (let row = 0; row < 9; row++)
    images.fill(20 + 25 * ((row * 2) % 9), row * PICTURE_BYTES, (row + 1) * PICTURE_BYTES);
  const rows = Int32Array.from({ length: 9 }, (_, row) => row);
  const right = [...rows].map((row) => (row * 2) % 9 >= 3);
  const { brightness } = scoreSlices(setOf(images), rows, right);
  expect(brightness.map(({ count, accuracy, from }) => [count, accuracy, from])).toEqual([
    [3, 0, 20],
    [3, 1, 95],
    [3, 1, 170],
  ]);
});

test('slices hold every picture once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), (count, parts) => {
      const images = Uint8Array.from({ length: count * PICTURE_BYTES }, (_, i) => (i * 7919) % 256);
      const rows = Int32Array.from({ length: count }, (_, row) => row);
      const slices = scoreSlices(setOf(images), rows, new Array(count).fill(true), parts);
      for (const slice of Object.values(slices)) expect(slice.reduce((sum, part) => sum + part.count, 0)).toBe(count);
    }),
    { numRuns: 20 },
  );
});

test('the majority needs the lead alone, and one of the seven', () => {
  // neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown, NF
  const rows = [
    [1, 7, 1, 0, 0, 0, 0, 0, 1, 0], // happy
    [4, 4, 0, 0, 0, 0, 0, 1, 1, 0], // two lead
    [3, 0, 0, 0, 0, 0, 0, 6, 1, 0], // contempt leads
    [0, 0, 0, 0, 3, 2, 0, 2, 2, 1], // angry, without half of the votes
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 10], // no face
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], // no votes
  ];
  const votes = Uint8Array.from(rows.flat());
  expect(rows.map((_, row) => ferPlusMajority(votes, row))).toEqual([3, undefined, undefined, 0, undefined, undefined]);
  const set = setOf(new Uint8Array(6 * PICTURE_BYTES), votes);
  const all = Int32Array.from({ length: 6 }, (_, row) => row);
  expect(scoreFerPlus(set, all, Uint8Array.from([3, 0, 0, 5, 0, 0]))).toMatchObject({ count: 2, accuracy: 0.5 });
  expect(scoreFerPlus(setOf(new Uint8Array(PICTURE_BYTES)), Int32Array.of(0), Uint8Array.of(0))).toBeUndefined();
});
