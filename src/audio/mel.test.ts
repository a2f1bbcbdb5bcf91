import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestDifference, relativeDifference } from '../../test/reference/audio.ts';
import { createMelFilterbank, createMelFolder, hzToMel, melToHz } from './mel.ts';

const rows = (bank: Float32Array, indices: readonly number[], bins = 257): number[] =>
  indices.flatMap((row) => [...bank.subarray(row * bins, (row + 1) * bins)]);

describe('known values from NumPy', () => {
  test('Slaney', () => {
    const bank = createMelFilterbank({ fftSize: 512 });
    expect(relativeDifference(rows(bank, [0, 1, 40, 80, 127]), 'melBank')).toBeLessThan(1e-6);
  });

  test('HTK', () => {
    const bank = createMelFilterbank({ fftSize: 512, bandCount: 40, scale: 'htk' });
    expect(relativeDifference(rows(bank, [0, 20, 39]), 'melBankHtk')).toBeLessThan(1e-6);
  });

  test('from one frequency to another, as the models of voices and digits have it', () => {
    const voice = createMelFilterbank({ fftSize: 1024, bandCount: 64, minHz: 50 });
    expect(relativeDifference(rows(voice, [0, 20, 63], 513), 'melBankVoice')).toBeLessThan(1e-6);
    const digits = createMelFilterbank({ fftSize: 512, bandCount: 40, minHz: 60, maxHz: 4000 });
    expect(relativeDifference(rows(digits, [0, 20, 39]), 'melBankDigits')).toBeLessThan(1e-6);
  });

  test('places on the scale', () => {
    expect(hzToMel(1000)).toBe(15);
    expect(hzToMel(6400)).toBeCloseTo(42, 10);
    expect(hzToMel(1000, 'htk')).toBeCloseTo(999.99, 2);
  });
});

describe('properties', () => {
  test('Hz to mel and back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 24_000, noNaN: true }), fc.constantFrom('slaney', 'htk'), (hz, scale) => {
        expect(melToHz(hzToMel(hz, scale), scale)).toBeCloseTo(hz, 6);
      }),
    );
  });

  test('every band has an area of 1 over Hz, where it is wide enough for the bins to show it', () => {
    const [sampleRate, fftSize] = [16_000, 8192];
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 64 }), (bandCount) => {
        const bank = createMelFilterbank({ sampleRate, fftSize, bandCount });
        const binCount = fftSize / 2 + 1;
        for (let band = 0; band < bandCount; band++) {
          const sum = bank.subarray(band * binCount, (band + 1) * binCount).reduce((a, b) => a + b, 0);
          expect((sum * sampleRate) / fftSize).toBeCloseTo(1, 1);
        }
      }),
      { numRuns: 5 },
    );
  });

  test('unscaled neighbours add up to 1 between the middles of the outermost bands', () => {
    const bank = createMelFilterbank({ fftSize: 512, bandCount: 30, norm: 'none' });
    for (let bin = 5; bin < 220; bin++) {
      let sum = 0;
      for (let band = 0; band < 30; band++) sum += bank[band * 257 + bin]!;
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  test('folding gives what the whole matrix gives', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 9, noNaN: true }), { minLength: 257, maxLength: 257 }), (power) => {
        const bank = createMelFilterbank({ fftSize: 512 });
        const bands = new Float32Array(130);
        createMelFolder({ fftSize: 512 })(Float64Array.from(power), bands, 2);
        const expected = Array.from({ length: 128 }, (_, band) =>
          power.reduce((sum, value, bin) => sum + value * bank[band * 257 + bin]!, 0),
        );
        expect(largestDifference(bands, [0, 0, ...expected])).toBeLessThan(1e-5);
      }),
      { numRuns: 5 },
    );
  });
});

describe('errors', () => {
  test('bands narrower than a bin', () => {
    expect(() => createMelFilterbank({ sampleRate: 22_050, fftSize: 256, bandCount: 128 })).toThrow(
      'Mel band 0 (0-52 Hz) lies between two FFT bins 86.1 Hz apart: lower bandCount (128) or raise fftSize (256).',
    );
  });

  test.each([{ minHz: -1 }, { maxHz: 9000 }, { minHz: 500, maxHz: 500 }])('%o is no range', (options) => {
    expect(() => createMelFilterbank(options)).toThrow(expect.objectContaining({ code: 'mel/range' }));
  });

  test('a part of a band', () => {
    expect(() => createMelFilterbank({ bandCount: 2.5 })).toThrow(expect.objectContaining({ code: 'audio/setting' }));
  });
});
