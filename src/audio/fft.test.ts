import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestDifference, makeSound, relativeDifference } from '../../test/reference/audio.ts';
import { createRealFft } from './fft.ts';

const spectrumOf = (input: ArrayLike<number>): { real: Float64Array; imaginary: Float64Array } => {
  const real = new Float64Array(input.length / 2 + 1);
  const imaginary = new Float64Array(input.length / 2 + 1);
  createRealFft(input.length).forward(input, real, imaginary);
  return { real, imaginary };
};

test('64 points as NumPy', () => {
  const { real, imaginary } = spectrumOf(makeSound(64));
  expect(relativeDifference([...real, ...imaginary], 'rfft')).toBeLessThan(1e-6);
});

const signals = fc
  .integer({ min: 2, max: 8 })
  .chain((exponent) =>
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2 ** exponent, maxLength: 2 ** exponent }),
  );

describe('properties', () => {
  test('Parseval: the power of the spectrum is that of the sound', () => {
    fc.assert(
      fc.property(signals, (input) => {
        const { real, imaginary } = spectrumOf(input);
        const power = [...real.keys()].map((k) => real[k]! ** 2 + imaginary[k]! ** 2);
        const whole = power.reduce((sum, value) => sum + 2 * value, 0) - power[0]! - power.at(-1)!;
        expect(whole / input.length).toBeCloseTo(
          input.reduce((sum, value) => sum + value ** 2, 0),
          8,
        );
      }),
    );
  });

  test('linear: the spectrum of a sum is the sum of the spectra', () => {
    fc.assert(
      fc.property(signals, fc.double({ min: -3, max: 3, noNaN: true }), (input, gain) => {
        const other = input.toReversed();
        const [a, b] = [spectrumOf(input), spectrumOf(other)];
        const sum = spectrumOf(input.map((value, n) => value + gain * other[n]!));
        for (const part of ['real', 'imaginary'] as const) {
          const expected = a[part].map((value, k) => value + gain * b[part][k]!);
          expect(largestDifference(sum[part], expected)).toBeLessThan(1e-10);
        }
      }),
    );
  });

  test('a circular shift turns phases and leaves magnitudes', () => {
    fc.assert(
      fc.property(signals, fc.nat(), (input, places) => {
        const by = places % input.length;
        const [a, b] = [spectrumOf(input), spectrumOf([...input.slice(by), ...input.slice(0, by)])];
        const magnitudes = ({ real, imaginary }: typeof a) => real.map((x, k) => Math.hypot(x, imaginary[k]!));
        expect(largestDifference(magnitudes(b), magnitudes(a))).toBeLessThan(1e-10);
      }),
    );
  });
});

test.each([0, 2, 3, 500, 2 ** 21, Number.NaN])('%s points are refused', (size) => {
  expect(() => createRealFft(size)).toThrow(expect.objectContaining({ code: 'fft/size' }));
});
