import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from '../src/base/emotions.ts';
import { createMoodTracker, followFace } from './mood-tracker.ts';

const only = (emotion: Emotion, share = 1): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((name) => [name, name === emotion ? share : (1 - share) / 6])) as EmotionScores;

describe('createMoodTracker', () => {
  it('weighs a new reading 1 - 1/e after one time constant', () => {
    const tracker = createMoodTracker({ timeConstantSeconds: 2 });
    tracker.update(only('sad'), 10);
    expect(tracker.update(only('happy'), 12).scores.happy).toBeCloseTo(1 - Math.exp(-1), 12);
  });

  it('settles alike whether frames come often or seldom', () => {
    const run = (stepSeconds: number): number => {
      const tracker = createMoodTracker();
      let happy = tracker.update(only('sad'), 0).scores.happy;
      for (let step = 1; step * stepSeconds <= 4; step++)
        happy = tracker.update(only('happy'), step * stepSeconds).scores.happy;
      return happy;
    };
    expect(run(0.05)).toBeCloseTo(run(1), 10);
  });

  it('holds the leader until another leads by the margin, and counts how long it has led', () => {
    const tracker = createMoodTracker({ timeConstantSeconds: 1e-9, margin: 0.2 });
    tracker.update({ ...only('sad', 0.4), sad: 0.5, happy: 0.3 }, 0);
    expect(tracker.update({ ...only('sad', 0.4), sad: 0.4, happy: 0.5 }, 1)).toMatchObject({
      emotion: 'sad',
      steadySeconds: 1,
    });
    expect(tracker.update({ ...only('sad', 0.4), sad: 0.3, happy: 0.6 }, 3)).toMatchObject({
      emotion: 'happy',
      steadySeconds: 0,
    });
    tracker.reset();
    expect(tracker.update(only('fear'), 9).emotion).toBe('fear');
  });
});

describe('any run of readings', () => {
  it('keeps a sum of 1', () => {
    const reading = fc
      .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 })
      .map((raw) => {
        const total = raw.reduce((sum, value) => sum + value, 0);
        return Object.fromEntries(EMOTIONS.map((name, index) => [name, raw[index]! / total])) as EmotionScores;
      });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 9 }), (readings) => {
        const tracker = createMoodTracker();
        const last = readings.map((scores, index) => tracker.update(scores, index / 3)).at(-1)!;
        expect(EMOTIONS.reduce((sum, name) => sum + last.scores[name], 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('followFace', () => {
  const box = (x: number, size: number) => ({ x, y: 0, width: size, height: size });
  it('keeps the face it had, takes the largest where it lost it, and none where there is none', () => {
    expect(followFace([box(0, 90), box(200, 50)], box(205, 50))).toBe(1);
    expect(followFace([box(0, 90), box(200, 50)], box(900, 50))).toBe(0);
    expect(followFace([box(0, 90)], undefined)).toBe(0);
    expect(followFace([], box(0, 9))).toBe(-1);
  });
});
