import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestDifference, makeSound, relativeDifference } from '../../test/reference/audio.ts';
import type { Frames } from './frames.ts';
import { fftFrequencies, hannWindow, powerSpectrogram, stft } from './stft.ts';

const rows = ({ width, data }: Frames, indices: readonly number[]): number[] =>
  indices.flatMap((row) => [...data.subarray(row * width, (row + 1) * width)]);

describe('known values from NumPy and SciPy', () => {
  test('the Hann window', () => expect(relativeDifference(hannWindow(16), 'hann')).toBeLessThan(1e-8));

  test('stft, mirrored at the ends', () => {
    const { real, imaginary } = stft(makeSound(6000), { fftSize: 512, hopSize: 256 });
    expect([real.frameCount, real.width]).toEqual([24, 257]);
    expect(relativeDifference(rows(real, [0, 1, 11, 22, 23]), 'stftReal')).toBeLessThan(1e-6);
    expect(relativeDifference(rows(imaginary, [0, 1, 11, 22, 23]), 'stftImaginary')).toBeLessThan(1e-6);
  });

  test('power, zeros at the ends', () => {
    const power = powerSpectrogram(makeSound(6000), { fftSize: 512, hopSize: 256, padMode: 'constant' });
    expect(relativeDifference(rows(power, [0, 1, 23]), 'powerConstant')).toBeLessThan(1e-6);
  });

  test('frequencies of the bins', () => expect([...fftFrequencies(16_000, 4)]).toEqual([0, 4000, 8000]));
});

describe('properties', () => {
  test('a sound that starts whole hops later has the same frames whole frames later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 600, max: 1500 }), (hops, count) => {
        const sound = makeSound(count);
        const later = new Float32Array(count + hops * 64);
        later.set(sound, hops * 64);
        const options = { fftSize: 256, hopSize: 64, padMode: 'constant' } as const;
        const [a, b] = [powerSpectrogram(sound, options), powerSpectrogram(later, options)];
        expect(b.frameCount).toBe(a.frameCount + hops);
        expect(largestDifference(b.data.subarray(hops * b.width), a.data)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  test('a sound of any length, even one sample, has 1 + floor(length / hop) frames of numbers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.constantFrom('reflect', 'constant', 'edge'),
        (count, padMode) => {
          const power = powerSpectrogram(makeSound(count), { fftSize: 512, hopSize: 128, padMode });
          expect(power.frameCount).toBe(1 + Math.floor(count / 128));
          expect(power.data.every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});

test('no samples, sizes and rates that cannot be', () => {
  const code = (value: string) => expect.objectContaining({ code: value });
  expect(() => stft(new Float32Array(0))).toThrow(code('audio/empty'));
  for (const value of [Number.NaN, Number.NEGATIVE_INFINITY])
    expect(() => stft(Float32Array.of(0, value))).toThrow(/^Sample 1 of this sound is (NaN|-Infinity): give finite/);
  expect(() => stft(makeSound(10), { hopSize: 0 })).toThrow(code('audio/setting'));
  expect(() => stft(makeSound(10), { fftSize: 400 })).toThrow(code('fft/size'));
  expect(() => fftFrequencies(0, 512)).toThrow(code('audio/setting'));
});
