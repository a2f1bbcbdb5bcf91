import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestDifference, makeSound } from '../../test/reference/audio.ts';
import { logMelSlices, sliceSamples } from './slices.ts';

test("the paper's slices: 30 s give 11 of [313, 128]", () => {
  const slices = sliceSamples(new Float32Array(480_000));
  expect(slices.map(({ startSeconds }) => startSeconds)).toEqual([0, 2.5, 5, 7.5, 10, 12.5, 15, 17.5, 20, 22.5, 25]);
  const [first] = logMelSlices(makeSound(80_000));
  expect([first!.frameCount, first!.width]).toEqual([313, 128]);
});

test('every slice is whole and lies where it says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), fc.double({ min: 0, max: 0.9, noNaN: true }), (count, overlap) => {
      const sound = makeSound(count);
      const slices = sliceSamples(sound, { sampleRate: 100, sliceSeconds: 1, overlap });
      expect(slices.length).toBeGreaterThan(0);
      for (const { startSeconds, samples } of slices) {
        expect(samples.length).toBe(100);
        const start = Math.round(startSeconds * 100);
        const expected = Array.from(samples, (_, n) => sound[start + n] ?? 0);
        expect(largestDifference(samples, expected)).toBe(0);
      }
    }),
    { numRuns: 30 },
  );
});

test('no samples, no length, too much overlap', () => {
  const code = (value: string) => expect.objectContaining({ code: value });
  expect(() => sliceSamples(new Float32Array(0))).toThrow(code('audio/empty'));
  expect(() => sliceSamples(makeSound(9), { sliceSeconds: 0 })).toThrow(code('audio/setting'));
  for (const overlap of [1, -0.1]) expect(() => sliceSamples(makeSound(9), { overlap })).toThrow(code('audio/setting'));
});
