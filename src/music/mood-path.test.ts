import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from '../base/emotions.ts';
import { CALM_POSITION, goalOf, moodPath, moodPosition, pathPoints, pathQuality, placeOnPath } from './mood-path.ts';
import { EMOTION_POSITIONS } from './mood-target.ts';
import { MOOD_TAG_POSITIONS, songMood } from './tag-moods.ts';
import { TAGS } from './tags.ts';

const scoresOf = (shares: Partial<Record<Emotion, number>>): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((emotion) => [emotion, shares[emotion] ?? 0])) as Record<Emotion, number>;
const point = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))
  .map(([valence, arousal]) => ({ valence, arousal }));

describe('the way', () => {
  it('starts at the mean of what was read and ends where the goal is', () => {
    const from = moodPosition(scoresOf({ sad: 0.5, happy: 0.5 }));
    expect(from.valence).toBeCloseTo(0.09, 12);
    expect(from.arousal).toBeCloseTo(0.12, 12);
    expect(moodPosition(scoresOf({}))).toEqual({ valence: 0, arousal: 0 });
    expect(moodPath(from, 'match').to).toBe(from);
    expect(moodPath(from, 'lift').to).toBe(EMOTION_POSITIONS.happy);
    expect(moodPath(from, 'calm').to).toBe(CALM_POSITION);
    expect([goalOf(scoresOf({ sad: 0.6, happy: 0.4 })), goalOf(scoresOf({ happy: 1 }))]).toEqual(['lift', 'match']);
  });

  it('is judged as worked out by hand', () => {
    const path = { from: { valence: 0, arousal: 0 }, to: { valence: 1, arousal: 0 } };
    const songs = [0, 0.5, 0.4, 0.8].map((valence) => ({ valence, arousal: 0.1 }));
    const { largestStep, monotoneShare, endError } = pathQuality(path, songs);
    expect(largestStep).toBeCloseTo(0.5, 12);
    expect(monotoneShare).toBeCloseTo(2 / 3, 12);
    expect(endError).toBeCloseTo(Math.hypot(0.2, 0.1), 12);
    expect(placeOnPath(path, { valence: 0.25, arousal: -0.5 })).toEqual({ along: 0.25, beside: 0.5 });
    expect(pathQuality(path, [])).toEqual({ largestStep: 0, monotoneShare: 1, endError: 1 });
  });

  it('has equal steps, and its own points lie on it in order', () => {
    fc.assert(
      fc.property(point, point, fc.integer({ min: 2, max: 40 }), (from, to, count) => {
        fc.pre(Math.hypot(from.valence - to.valence, from.arousal - to.arousal) > 1e-3);
        const points = pathPoints({ from, to }, count);
        const quality = pathQuality({ from, to }, points);
        const length = Math.hypot(to.valence - from.valence, to.arousal - from.arousal);
        expect(quality.largestStep).toBeCloseTo(length / (count - 1), 9);
        expect(quality.monotoneShare).toBe(1);
        expect(quality.endError).toBeCloseTo(0, 9);
        points.forEach((each, at) => {
          const { along, beside } = placeOnPath({ from, to }, each);
          expect(along).toBeCloseTo(at / (count - 1), 6);
          expect(beside).toBeCloseTo(0, 6);
        });
      }),
    );
  });
});

describe('songMood', () => {
  it('is half the emotion, half the mood tags, moved by the tempo', () => {
    const sad = EMOTIONS.map((emotion) => (emotion === 'sad' ? 1 : 0));
    expect(songMood([], sad)).toEqual(EMOTION_POSITIONS.sad);
    const { valence, arousal } = songMood(['calm', 'peaceful', 'slow', 'folk'], sad);
    expect(valence).toBeCloseTo((-0.63 + 0.525) / 2, 12);
    expect(arousal).toBeCloseTo((-0.27 - 0.675) / 2 - 0.15, 12);
  });

  it('places every mood tag of the vocabulary, on the plane', () => {
    expect(Object.keys(MOOD_TAG_POSITIONS).sort()).toEqual([...TAGS.mood].sort());
    fc.assert(
      fc.property(fc.subarray(Object.values(TAGS).flat()), fc.constantFrom(...EMOTIONS), (tags, own) => {
        const mood = songMood(
          tags,
          EMOTIONS.map((emotion) => (emotion === own ? 1 : 0)),
        );
        expect(Math.max(Math.abs(mood.valence), Math.abs(mood.arousal))).toBeLessThanOrEqual(1);
      }),
    );
  });
});
