import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tensor } from '../graph/session.ts';
import type { Face } from './detect.ts';
import { type FaceQuality, listQualityNotes, measureQuality } from './quality.ts';

const GOOD: FaceQuality = { width: 120, brightness: 140, sharpness: 0.5, turn: 0.1, outside: 0 };

test('a face that can be seen well has no notes; each fault has its own', () => {
  expect(listQualityNotes(GOOD)).toEqual([]);
  expect(listQualityNotes({ ...GOOD, width: 20 })).toEqual(['too small']);
  expect(listQualityNotes({ ...GOOD, brightness: 30 })).toEqual(['too dark']);
  expect(listQualityNotes({ ...GOOD, brightness: 230 })).toEqual(['too bright']);
  expect(listQualityNotes({ ...GOOD, sharpness: 0.3 })).toEqual(['blurred']);
  expect(listQualityNotes({ ...GOOD, turn: 0.8 })).toEqual(['turned away']);
  expect(listQualityNotes({ ...GOOD, outside: 0.3 })).toEqual(['cut off']);
});

const face = (nose: number, x = 100): Face => ({
  box: { x, y: 100, width: 100, height: 100 },
  eyes: { right: { x: 130, y: 140 }, left: { x: 170, y: 140 } },
  keypoints: [
    { x: 130, y: 140 },
    { x: 170, y: 140 },
    { x: nose, y: 160 },
  ],
  score: 1,
});
const image = { width: 300, height: 300, data: new Uint8Array(4 * 300 * 300) };
const framed = (level: (x: number, y: number) => number) =>
  tensor(
    Float32Array.from({ length: 48 * 48 }, (_, at) => level(at % 48, Math.floor(at / 48))),
    [1, 1, 48, 48],
  );

test('known measures', () => {
  const bowl = measureQuality(
    image,
    face(150),
    framed((x, y) => (x * x + y * y) / 20),
  );
  // The Laplacian of a parabola grows with the square of the distance: a quarter.
  expect(bowl.sharpness).toBeCloseTo(0.25, 3);
  expect(
    measureQuality(
      image,
      face(150),
      framed(() => 120),
    ),
  ).toEqual({ width: 100, brightness: 120, sharpness: 0, turn: 0, outside: 0 });
  expect(
    measureQuality(
      image,
      face(170),
      framed(() => 120),
    ).turn,
  ).toBeCloseTo(0.5, 9);
  expect(
    measureQuality(
      image,
      face(150, -25),
      framed(() => 120),
    ).outside,
  ).toBeCloseTo(0.25, 9);
});

test('sharpness depends neither on brightness nor on contrast', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 48 * 48, maxLength: 48 * 48 }),
      fc.double({ min: 0.3, max: 2, noNaN: true }),
      fc.double({ min: 0, max: 50, noNaN: true }),
      (levels, contrast, light) => {
        const at = (x: number, y: number): number => levels[48 * y + x]!;
        const one = measureQuality(image, face(150), framed(at));
        const other = measureQuality(
          image,
          face(150),
          framed((x, y) => light + contrast * at(x, y)),
        );
        expect(other.sharpness).toBeCloseTo(one.sharpness, 3);
      },
    ),
    { numRuns: 10 },
  );
});

test('eyes at one point count as turned away', () => {
  const profile = { ...face(150), eyes: { right: { x: 150, y: 140 }, left: { x: 150, y: 140 } } };
  const quality = measureQuality(
    image,
    profile,
    framed(() => 120),
  );
  expect(listQualityNotes({ ...GOOD, turn: quality.turn })).toEqual(['turned away']);
});
