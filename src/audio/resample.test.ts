import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestDifference, sine } from '../../test/reference/audio.ts';
import { cleanSamples, createResampler, joinSamples, mixToMono, removeConstant, resample } from './resample.ts';

const RATES = [8000, 11_025, 22_050, 32_000, 44_100, 44_101, 48_000, 96_000] as const;
/** The filter reaches this far into zeros at both ends, output samples. */
const EDGE = 400;

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const decibels = (amplitude: number): number => 20 * Math.log10(amplitude);

describe('a sine to 16 kHz', () => {
  test.each(RATES)('from %i Hz stays that sine (to -95 dB) below 0.9 of half the lower rate', (rate) => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.9, noNaN: true }), (share) => {
        const hz = (share * Math.min(rate, 16_000)) / 2;
        const result = resample(sine(hz, rate, rate / 8), rate, 16_000);
        const expected = sine(hz, 16_000, result.length);
        const error = result.map((value, n) => value - expected[n]!).subarray(EDGE, -EDGE);
        expect(decibels(largest(error))).toBeLessThan(-95);
      }),
      { numRuns: 4 },
    );
  });

  test.each(RATES.filter((rate) => rate > 17_000))('from %i Hz vanishes (below -95 dB) from 8 kHz on', (rate) => {
    fc.assert(
      fc.property(fc.double({ min: 8000, max: rate / 2 - 100, noNaN: true }), (hz) => {
        const result = resample(sine(hz, rate, rate / 8), rate, 16_000);
        expect(decibels(largest(result.subarray(EDGE, -EDGE)))).toBeLessThan(-95);
      }),
      { numRuns: 4 },
    );
  });
});

describe('properties', () => {
  test('piece by piece gives what the whole gives', () => {
    const sound = sine(440, 44_100, 5000);
    const whole = resample(sound, 44_100, 16_000);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 12 }), (lengths) => {
        const resampler = createResampler(44_100, 16_000);
        const pieces: Float32Array[] = [];
        let at = 0;
        for (const length of [...lengths, sound.length]) {
          pieces.push(resampler.push(sound.subarray(at, at + length)));
          at = Math.min(sound.length, at + length);
        }
        expect(largestDifference(joinSamples([...pieces, resampler.flush()]), whole)).toBe(0);
      }),
      { numRuns: 10 },
    );
  });

  test('the length is ceil(samples * to / from), and a constant stays one', () => {
    fc.assert(
      fc.property(fc.constantFrom(8000, 22_050, 44_100, 48_000), fc.integer({ min: 0, max: 3000 }), (rate, count) => {
        const result = resample(new Float32Array(count).fill(0.5), rate, 16_000);
        expect(result.length).toBe(Math.ceil((count * 16_000) / rate));
        const inner = result.subarray(EDGE, -EDGE);
        expect(largestDifference(inner, new Float32Array(inner.length).fill(0.5))).toBeLessThan(1e-4);
      }),
      { numRuns: 10 },
    );
  });

  test('the same rate changes nothing', () => {
    const sound = sine(440, 16_000, 100);
    expect(resample(sound, 16_000, 16_000)).toEqual(sound);
  });
});

test('mono is the mean of the channels', () => {
  const channels = [
    [1, 0, -1],
    [0, 0.5, -1],
  ].map((values) => Float32Array.from(values));
  expect([...mixToMono(channels)]).toEqual([0.5, 0.25, -1]);
  expect(mixToMono([])).toHaveLength(0);
});

test.each([0, -1, 44_100.5, Number.NaN, 4_000_000_000])('a rate of %s is refused', (rate) => {
  expect(() => createResampler(rate, 16_000)).toThrow(expect.objectContaining({ code: 'audio/setting' }));
});

test('what is no number becomes 0, what no sound has is held back, and a sound stays itself', () => {
  const broken = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -1e30, 0.25);
  expect([...cleanSamples(broken)]).toEqual([0, 8, -8, 0.25]);
  const sound = sine(440, 16_000, 100, 1.5);
  expect(cleanSamples(sound)).toBe(sound);
});

test('a constant is taken off, and nothing else', () => {
  const sound = sine(400, 16_000, 4000, 0.3);
  expect(removeConstant(sound)).toBe(sound);
  const offset = removeConstant(sound.map((value) => value + 0.25));
  expect(largestDifference(offset, sound)).toBeLessThan(1e-6);
  expect(removeConstant(new Float32Array(0))).toHaveLength(0);
});
