import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeSound, relativeDifference, sine } from '../../test/reference/audio.ts';
import { rms, spectralShape, zeroCrossingRate } from './features.ts';

describe('known values from NumPy', () => {
  test.each([
    ['rms', rms],
    ['zeroCrossingRate', zeroCrossingRate],
    ['shape', spectralShape],
  ] as const)('%s', (name, measure) => {
    expect(relativeDifference(measure(makeSound(6000)).data, name)).toBeLessThan(1e-6);
  });
});

test('a tone: its own frequency, its crossings, its level', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 7000 }), fc.double({ min: 0.1, max: 1, noNaN: true }), (hz, amplitude) => {
      const tone = sine(hz, 16_000, 8192, amplitude);
      const middle = 8;
      const [centroid, bandwidth, rolloff] = spectralShape(tone).data.subarray(middle * 3, middle * 3 + 3);
      expect(Math.abs(centroid! - hz)).toBeLessThan(12);
      expect(bandwidth).toBeLessThan(60);
      expect(Math.abs(rolloff! - hz)).toBeLessThan(16);
      expect(zeroCrossingRate(tone).data[middle]).toBeCloseTo((2 * hz) / 16_000, 2);
      expect(rms(tone).data[middle]).toBeCloseTo(amplitude / Math.SQRT2, 2);
    }),
    { numRuns: 20 },
  );
});

test('silence is 0 in everything', () => {
  for (const measure of [rms, zeroCrossingRate, spectralShape])
    expect(measure(new Float32Array(3000)).data.every((value) => value === 0)).toBe(true);
});

test('no samples', () => {
  for (const measure of [rms, zeroCrossingRate, spectralShape])
    expect(() => measure(new Float32Array(0))).toThrow(expect.objectContaining({ code: 'audio/empty' }));
});

test('frames of an odd size are centred as well', () => {
  const sound = Float32Array.of(1, 2, 3);
  // By hand, zeros at the ends: [0 1 2], [1 2 3], [2 3 0].
  const expected = [5, 14, 13].map((squares) => Math.sqrt(squares / 3));
  const { data } = rms(sound, { frameSize: 3, hopSize: 1 });
  expect(Array.from(data)).toEqual(expected.map((value) => expect.closeTo(value, 6)));
});

test('shares and sizes that cannot be', () => {
  const setting = expect.objectContaining({ code: 'audio/setting' });
  for (const rolloffShare of [0, 1, Number.NaN])
    expect(() => spectralShape(makeSound(3000), { rolloffShare })).toThrow(setting);
  expect(() => rms(makeSound(3000), { frameSize: 2.5, hopSize: 1 })).toThrow(setting);
});
