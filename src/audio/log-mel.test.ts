import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestDifference, makeSound, relativeDifference, sine } from '../../test/reference/audio.ts';
import type { Frames } from './frames.ts';
import {
  checkMelSettings,
  describeMelSettings,
  logMelSpectrogram,
  melSpectrogram,
  PAPER_MEL,
  powerToDb,
} from './log-mel.ts';

const rows = ({ width, data }: Frames, indices: readonly number[]): number[] =>
  indices.flatMap((row) => [...data.subarray(row * width, (row + 1) * width)]);

describe('known values from NumPy and SciPy', () => {
  test('mel power', () => {
    expect(relativeDifference(rows(melSpectrogram(makeSound(6000), PAPER_MEL), [0, 5, 23]), 'mel')).toBeLessThan(1e-6);
  });

  test("log-mel in the paper's setting: 5 s give [313, 128]", () => {
    const picture = logMelSpectrogram(makeSound(80_000), PAPER_MEL);
    expect([picture.frameCount, picture.width]).toEqual([313, 128]);
    expect(relativeDifference(rows(picture, [0, 1, 156, 311, 312]), 'logMelPaper')).toBeLessThan(1e-4);
  });

  test('nothing lies further below the loudest value than asked', () => {
    const picture = logMelSpectrogram(makeSound(6000), { ...PAPER_MEL, topDb: 20 });
    expect(relativeDifference(rows(picture, [0, 7]), 'logMelTop20')).toBeLessThan(1e-5);
  });
});

describe('properties', () => {
  test('twice as loud is 6.02 dB more in every band', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 10, noNaN: true }), (gain) => {
        const sound = makeSound(2000);
        const options = { ...PAPER_MEL, topDb: Number.POSITIVE_INFINITY };
        const [a, b] = [sound, sound.map((value) => value * gain)].map((each) => logMelSpectrogram(each, options));
        const louder = a!.data.map((value) => value + 20 * Math.log10(gain));
        expect(largestDifference(b!.data, louder)).toBeLessThan(1e-3);
      }),
      { numRuns: 10 },
    );
  });

  test('a higher tone peaks in a higher band', () => {
    const peak = (hz: number): number => {
      const { data } = melSpectrogram(sine(hz, 16_000, 4000), PAPER_MEL);
      const row = [...data.subarray(8 * 128, 9 * 128)];
      return row.indexOf(Math.max(...row));
    };
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 6000 }), (hz) => {
        expect(peak(hz * 1.2)).toBeGreaterThan(peak(hz));
      }),
      { numRuns: 20 },
    );
  });

  test('silence is -100 dB', () => {
    expect(logMelSpectrogram(new Float32Array(1000), PAPER_MEL).data.every((value) => value === -100)).toBe(true);
  });
});

test('decibels need a floor and a reference above 0', () => {
  const power: Frames = { frameCount: 1, width: 1, data: new Float32Array(1) };
  for (const options of [{ floor: 0 }, { reference: -1 }, { topDb: -1 }])
    expect(() => powerToDb(power, options)).toThrow(expect.objectContaining({ code: 'audio/setting' }));
});

test('a model trained with other settings is refused, both settings named', () => {
  const trained = describeMelSettings({ ...PAPER_MEL, bandCount: 64 });
  expect(() => checkMelSettings(trained, PAPER_MEL)).toThrow(/window 512, hop 256, 64 mel bands.*128 mel bands/);
  expect(() => checkMelSettings(describeMelSettings(PAPER_MEL), { ...PAPER_MEL, minHz: 0, topDb: 80 })).not.toThrow();
});
