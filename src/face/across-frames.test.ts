import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from '../base/emotions.ts';
import { combineFrames } from './across-frames.ts';
import type { FaceReading, QualityNote } from './read.ts';

const scoresOf = (emotion: Emotion, probability: number): EmotionScores =>
  Object.fromEntries(
    EMOTIONS.map((name) => [name, name === emotion ? probability : (1 - probability) / 6]),
  ) as unknown as EmotionScores;

const reading = (
  x: number,
  size: number,
  emotion: Emotion,
  probability: number,
  quality: readonly QualityNote[] = [],
): FaceReading => {
  const point = { x, y: 50 };
  return {
    face: {
      box: { x, y: 50, width: size, height: size },
      eyes: { right: point, left: point },
      keypoints: [],
      score: 0.9,
    },
    scores: scoresOf(emotion, probability),
    emotion,
    certain: probability >= 0.45,
    quality,
  };
};

test('weights each frame by how sure it is: happy 0.9 against sad 0.3 gives happy 0.7042', () => {
  const faces = combineFrames([[reading(100, 80, 'happy', 0.9)], [reading(110, 80, 'sad', 0.3)]], 0.45);
  expect(faces).toHaveLength(1);
  // (0.9 * 0.9 + 0.3 * 0.7 / 6) / 1.2
  expect(faces[0]!.scores.happy).toBeCloseTo(0.7041667, 6);
  expect(faces[0]).toMatchObject({ emotion: 'happy', certain: true, frames: 2 });
});

test('follows two people who stay apart, the one who fills more of the video first', () => {
  const frames = [0, 1, 2, 3].map((step) => [
    reading(100 + 10 * step, 60, 'sad', 0.8),
    reading(500 - 10 * step, 90, 'happy', 0.8),
  ]);
  const faces = combineFrames(frames, 0.45);
  expect(faces.map(({ emotion, frames: count }) => [emotion, count])).toEqual([
    ['happy', 4],
    ['sad', 4],
  ]);
});

test('keeps a quality note only where most frames carry it', () => {
  const frames = [
    [reading(0, 60, 'sad', 0.8, ['blurred', 'too dark'])],
    [reading(0, 60, 'sad', 0.8, ['blurred'])],
    [reading(0, 60, 'sad', 0.8)],
  ];
  expect(combineFrames(frames, 0.45)[0]!.quality).toEqual(['blurred']);
});

test('no frame with a face gives nobody', () => {
  expect(combineFrames([[], []], 0.45)).toEqual([]);
});

test('every face of every frame is counted once, and mean scores still sum to 1', () => {
  const face = fc
    .record({
      x: fc.integer({ min: 0, max: 1000 }),
      size: fc.integer({ min: 20, max: 200 }),
      p: fc.double({ min: 0.2, max: 1, noNaN: true }),
      e: fc.constantFrom(...EMOTIONS),
    })
    .map(({ x, size, p, e }) => reading(x, size, e, p));
  fc.assert(
    fc.property(fc.array(fc.array(face, { maxLength: 4 }), { maxLength: 8 }), (frames) => {
      const faces = combineFrames(frames, 0.45);
      expect(faces.reduce((sum, one) => sum + one.frames, 0)).toBe(frames.flat().length);
      for (const { scores } of faces)
        expect(Object.values(scores).reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
    }),
  );
});
