import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeSound, relativeDifference } from '../../test/reference/audio.ts';
import { summarizeClip } from './summary.ts';

describe('a row for a clip', () => {
  const summary = summarizeClip(makeSound(80_000));

  test('known values from NumPy and SciPy', () => {
    expect(relativeDifference([...summary.values()], 'summary')).toBeLessThan(1e-5);
  });

  test('names and their order', () => {
    expect(summary.size).toBe(50);
    expect([...summary.keys()].slice(0, 3)).toEqual(['rms_mean', 'rms_var', 'spectral_centroid_mean']);
    expect([...summary.keys()].at(-1)).toBe('mfcc20_var');
  });
});

test('level moves loudness alone', () => {
  const sound = makeSound(8000);
  const before = summarizeClip(sound);
  fc.assert(
    fc.property(fc.double({ min: 0.05, max: 4, noNaN: true }), (gain) => {
      const after = summarizeClip(sound.map((value) => value * gain));
      expect(after.get('rms_mean')! / before.get('rms_mean')!).toBeCloseTo(gain, 4);
      for (const name of ['spectral_centroid_mean', 'spectral_bandwidth_var', 'zero_crossing_rate_mean'])
        expect(after.get(name)! / before.get(name)!).toBeCloseTo(1, 4);
    }),
    { numRuns: 5 },
  );
});

test('no samples', () => {
  expect(() => summarizeClip(new Float32Array(0))).toThrow(expect.objectContaining({ code: 'audio/empty' }));
});
