/** Pictures of speech: where they begin, what they hold, silence around a word left out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutPicture,
  describePicture,
  pictureStarts,
  speechPower,
  toDecibels,
  VOICE_PICTURE,
} from './speech-picture.ts';

describe('pictures of speech', () => {
  it('cover a long recording from end to end and stand in the middle of a short one', () => {
    const { frameCount, step } = VOICE_PICTURE;
    expect(pictureStarts(frameCount, VOICE_PICTURE)).toEqual([0]);
    expect(pictureStarts(frameCount - 20, VOICE_PICTURE)).toEqual([-10]);
    fc.assert(
      fc.property(fc.integer({ min: frameCount + 1, max: 5000 }), (frames) => {
        const starts = pictureStarts(frames, VOICE_PICTURE);
        expect(starts[0]).toBe(0);
        expect(starts.at(-1)! + frameCount).toBe(frames);
        for (const [i, start] of starts.entries()) if (i > 0) expect(start - starts[i - 1]!).toBeLessThanOrEqual(step);
      }),
    );
  });

  it('hold no power beyond the ends', () => {
    const frames = { frameCount: 3, width: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(Array.from(cutPicture(frames, -1, 5))).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 0, 0]);
    expect(Array.from(cutPicture(frames, 2, 2))).toEqual([5, 6, 0, 0]);
  });

  it('turn power into decibels, bands first', () => {
    const out = new Float32Array(4);
    toDecibels(Float32Array.of(1, 10, 100, 0), 2, 1e-7, out);
    expect(Array.from(out)).toEqual([0, 20, 10, -70].map((value) => expect.closeTo(value, 4)));
  });

  it('leave out the silence around a word', () => {
    const samples = new Float32Array(3 * 16_000);
    for (let i = 16_000; i < 24_000; i++) samples[i] = 0.3 * Math.sin((2 * Math.PI * 200 * i) / 16_000);
    const power = speechPower(samples, VOICE_PICTURE);
    const seconds = (power.frameCount * VOICE_PICTURE.hopSize) / 16_000;
    expect(seconds).toBeGreaterThan(0.5);
    expect(seconds).toBeLessThan(0.85);
    expect((power.firstFrame * VOICE_PICTURE.hopSize) / 16_000).toBeCloseTo(0.9, 1);
  });

  it('say all that a model must agree with, and refuse an empty sound', () => {
    expect(describePicture(VOICE_PICTURE)).toMatch(
      /window 1024, hop 512, 64 mel bands 50-8000 Hz.*pictures of 80 frames/,
    );
    expect(() => speechPower(new Float32Array(0), VOICE_PICTURE)).toThrow(
      expect.objectContaining({ code: 'audio/empty' }),
    );
  });
});
