import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RgbaImage } from './image.ts';
import { fromRegion, type Region, sampleGray, sampleRegion } from './sample.ts';

const picture = (width: number, height: number, level: (x: number, y: number) => number): RgbaImage => {
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.fill(level(x, y), 4 * (y * width + x), 4 * (y * width + x) + 3);
  return { width, height, data };
};

const whole = (side: number, angle = 0): Region => ({ x: side / 2, y: side / 2, side, angle });
const EDGE = { outside: 'edge', maxTaps: 16 } as const;

describe('known values', () => {
  test('at its own size a picture comes back unchanged', () => {
    const image = picture(8, 8, (x, y) => 13 * x + 7 * y);
    const gray = sampleGray(image, whole(8), 8, EDGE);
    for (const [index, value] of gray.entries()) expect(value).toBeCloseTo(image.data[4 * index]!, 4);
  });

  test('half the size is the mean of 2 x 2 pixels, as numpy.reshape(4, 2, 4, 2).mean(axis=(1, 3)) gives it', () => {
    const image = picture(8, 8, (x, y) => (x * 37 + y * 101) % 256);
    const gray = sampleGray(image, whole(8), 4, EDGE);
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++) {
        const of = (dx: number, dy: number) => image.data[4 * ((2 * y + dy) * 8 + 2 * x + dx)]!;
        expect(gray[y * 4 + x]).toBeCloseTo((of(0, 0) + of(1, 0) + of(0, 1) + of(1, 1)) / 4, 4);
      }
  });

  test('a quarter of the size is the mean of 4 x 4 pixels', () => {
    const image = picture(16, 16, (x, y) => (x * 37 + y * 101) % 256);
    const gray = sampleGray(image, whole(16), 4, EDGE);
    for (const [index, value] of gray.entries()) {
      let sum = 0;
      for (let y = 0; y < 4; y++)
        for (let x = 0; x < 4; x++)
          sum += image.data[4 * ((4 * Math.floor(index / 4) + y) * 16 + 4 * (index % 4) + x)]!;
      expect(value).toBeCloseTo(sum / 16, 3);
    }
  });

  test('twice the size interpolates between pixel centres', () => {
    const gray = sampleGray(
      picture(2, 2, (x) => 100 * x),
      whole(2),
      4,
      EDGE,
    );
    expect([...gray.subarray(0, 4)]).toEqual([0, 25, 75, 100]);
  });

  test('luma is ITU-R BT.601', () => {
    const image = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0, 255) };
    expect(sampleGray(image, whole(1), 1, EDGE)[0]).toBeCloseTo(76.245, 3);
  });

  test('a region turned by a quarter turn clockwise shows the picture turned the other way', () => {
    const image = picture(4, 4, (x, y) => 10 * (4 * y + x));
    const gray = sampleGray(image, whole(4, Math.PI / 2), 4, EDGE);
    // Right in the region is down in the picture: its first row is the picture's last column.
    expect([...gray.subarray(0, 4)].map(Math.round)).toEqual([30, 70, 110, 150]);
  });

  test('outside the picture lies black, or its edge', () => {
    const image = picture(2, 2, () => 80);
    const region = { x: 1, y: 1, side: 6, angle: 0 };
    const black = sampleGray(image, region, 6, { outside: 'black', maxTaps: 3 });
    expect(black[0]).toBe(0);
    expect(black[2 * 6 + 2]).toBeCloseTo(80, 4);
    const edge = sampleGray(image, region, 6, EDGE);
    expect(edge.every((value) => Math.abs(value - 80) < 1e-3)).toBe(true);
  });
});

describe('properties', () => {
  const regions = fc.record({
    x: fc.double({ min: -30, max: 50, noNaN: true }),
    y: fc.double({ min: -30, max: 50, noNaN: true }),
    side: fc.double({ min: 0.5, max: 200, noNaN: true }),
    angle: fc.double({ min: -4, max: 4, noNaN: true }),
  });

  test('a plain picture stays plain wherever one looks', () => {
    fc.assert(
      fc.property(regions, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 255 }), (region, size, level) => {
        const planes = sampleRegion(
          picture(20, 10, () => level),
          region,
          size,
          EDGE,
        );
        expect(planes.length).toBe(3 * size * size);
        for (const value of planes) expect(Math.abs(value - level)).toBeLessThan(1e-3);
      }),
    );
  });

  test('a slope is followed at any turn: each output pixel shows the level at its own place', () => {
    fc.assert(
      fc.property(fc.double({ min: -4, max: 4, noNaN: true }), fc.integer({ min: 4, max: 40 }), (angle, side) => {
        const image = picture(100, 100, (x) => 2 * x);
        const region = { x: 50, y: 50, side, angle };
        const gray = sampleGray(image, region, 5, EDGE);
        for (const [index, value] of gray.entries()) {
          const place = fromRegion(region, ((index % 5) + 0.5) / 5, (Math.floor(index / 5) + 0.5) / 5);
          // Nearest samples of a large region may stand half a pixel off.
          expect(Math.abs(value - 2 * (place.x - 0.5))).toBeLessThan(1.01);
        }
      }),
    );
  });
});
