import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignFace, FRAMING, faceRegion } from './align.ts';
import type { Face } from './detect.ts';
import { fromRegion } from './sample.ts';

/** A face of that width, its eyes around a point, its head tilted clockwise by `tilt` radians. */
const faceAt = (x: number, y: number, width: number, tilt: number): Face => {
  const reach = 0.2 * width;
  const right = { x: x - reach * Math.cos(tilt), y: y - reach * Math.sin(tilt) };
  const left = { x: x + reach * Math.cos(tilt), y: y + reach * Math.sin(tilt) };
  return {
    box: { x: x - width / 2, y: y - width / 3, width, height: width },
    eyes: { right, left },
    keypoints: [right, left],
    score: 1,
  };
};

test('known framing: a face 95 px wide gets a square of 100 px, its eyes at (49.6, 39.3)', () => {
  const region = faceRegion(faceAt(200, 100, 95, 0));
  expect(region.side).toBeCloseTo(100, 9);
  expect(region.x - 50 + 49.6).toBeCloseTo(200, 9);
  expect(region.y - 50 + 39.3).toBeCloseTo(100, 9);
  expect(region.angle).toBe(0);
});

test('whatever place, size and tilt, the eyes come to stand level and where FER2013 has them', () => {
  const places = fc.double({ min: -500, max: 2000, noNaN: true });
  fc.assert(
    fc.property(
      places,
      places,
      fc.double({ min: 5, max: 900, noNaN: true }),
      fc.double({ min: -3.1, max: 3.1, noNaN: true }),
      (x, y, width, tilt) => {
        const face = faceAt(x, y, width, tilt);
        const region = faceRegion(face);
        const middle = fromRegion(region, FRAMING.eyesX, FRAMING.eyesY);
        // Eyes and box are snapped to at most 1/256 of the width.
        expect(Math.hypot(middle.x - x, middle.y - y)).toBeLessThan(width / 200);
        const reach = (0.2 * width) / region.side;
        const left = fromRegion(region, FRAMING.eyesX + reach, FRAMING.eyesY);
        expect(Math.hypot(left.x - face.eyes.left.x, left.y - face.eyes.left.y)).toBeLessThan(width / 200);
      },
    ),
  );
});

test('the framed picture is [1, 1, 48, 48] luma, with a bright eye where it belongs', () => {
  const width = 300;
  const data = new Uint8Array(4 * width * width).fill(50);
  const face = faceAt(150, 120, 180, 0.5);
  const { x, y } = face.eyes.left;
  for (let row = -6; row <= 6; row++)
    for (let column = -6; column <= 6; column++) {
      const at = 4 * ((Math.round(y) + row) * width + Math.round(x) + column);
      data.fill(250, at, at + 3);
    }
  const framed = alignFace({ width, height: width, data }, face);
  expect(framed.dims).toEqual([1, 1, 48, 48]);
  const brightest = framed.data.indexOf(Math.max(...framed.data));
  // Eyes 0.2 of the face's width, so 0.19 of the side, beside their middle.
  expect(Math.abs((brightest % 48) + 0.5 - 48 * (FRAMING.eyesX + 0.19))).toBeLessThan(2);
  expect(Math.abs(Math.floor(brightest / 48) + 0.5 - 48 * FRAMING.eyesY)).toBeLessThan(2);
  expect(framed.data[0]).toBeCloseTo(50, 3);
});
