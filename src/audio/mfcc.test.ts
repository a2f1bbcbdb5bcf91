import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestDifference, makeSound, relativeDifference } from '../../test/reference/audio.ts';
import type { Frames } from './frames.ts';
import { dctFrames, delta, mfcc } from './mfcc.ts';

describe('known values from SciPy', () => {
  const coefficients = mfcc(makeSound(6000));

  test('MFCC', () => {
    expect([coefficients.frameCount, coefficients.width]).toEqual([12, 20]);
    expect(relativeDifference(coefficients.data, 'mfcc')).toBeLessThan(1e-5);
  });

  test('first and second derivative', () => {
    expect(relativeDifference(delta(coefficients).data, 'delta')).toBeLessThan(1e-5);
    expect(relativeDifference(delta(coefficients, { order: 2 }).data, 'delta2')).toBeLessThan(1e-5);
  });
});

const pictures = fc
  .tuple(fc.integer({ min: 9, max: 20 }), fc.integer({ min: 1, max: 6 }))
  .chain(([frameCount, width]) =>
    fc
      .array(fc.float({ min: -100, max: 100, noNaN: true }), {
        minLength: frameCount * width,
        maxLength: frameCount * width,
      })
      .map((values): Frames => ({ frameCount, width, data: Float32Array.from(values) })),
  );

describe('properties', () => {
  test('the whole DCT keeps the sum of squares', () => {
    fc.assert(
      fc.property(pictures, (frames) => {
        const energy = ({ data }: Frames): number => data.reduce((sum, value) => sum + value * value, 0);
        const ratio = (energy(dctFrames(frames, frames.width)) + 1) / (energy(frames) + 1);
        expect(ratio).toBeCloseTo(1, 5);
      }),
    );
  });

  test('a line has its slope everywhere, a parabola its curvature, and a constant nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), (slope, bend) => {
        const data = Float32Array.from({ length: 15 }, (_, t) => 3 + slope * t + bend * t * t);
        const frames: Frames = { frameCount: 15, width: 1, data };
        const line: Frames = { ...frames, data: data.map((value, t) => value - bend * t * t) };
        expect(
          largestDifference(
            delta(line).data,
            data.map(() => slope),
          ),
        ).toBeLessThan(1e-4);
        expect(
          largestDifference(
            delta(frames, { order: 2 }).data,
            data.map(() => 2 * bend),
          ),
        ).toBeLessThan(1e-3);
      }),
    );
  });
});

test('too few frames, an even width, more coefficients than bands', () => {
  const code = (value: string) => expect.objectContaining({ code: value });
  const frames: Frames = { frameCount: 8, width: 2, data: new Float32Array(16) };
  expect(() => delta(frames)).toThrow(code('audio/too-short'));
  expect(() => delta(frames, { width: 4 })).toThrow(code('audio/setting'));
  expect(() => dctFrames(frames, 3)).toThrow(code('audio/setting'));
});
