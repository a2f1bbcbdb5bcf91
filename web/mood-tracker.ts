/** Turns readings of many frames of the camera into one calm mood. */
import { EMOTIONS, type Emotion, type EmotionScores, rankEmotions } from '../src/base/emotions.ts';
import type { Box } from '../src/face/image.ts';

export interface TrackedMood {
  readonly scores: EmotionScores;
  /** The leading emotion, held until another leads by the margin. */
  readonly emotion: Emotion;
  /** How long this emotion has led. */
  readonly steadySeconds: number;
}

export interface MoodTrackerOptions {
  /** A new reading weighs 63 % after this time. @default 0.8 */
  readonly timeConstantSeconds?: number;
  /** Another emotion takes the lead only when it is likelier by this much, so that the answer does not flicker. @default 0.06 */
  readonly margin?: number;
}

/** Exponential smoothing by time, not by frame, so that a slow machine settles as fast as a quick one. */
export const createMoodTracker = ({ timeConstantSeconds = 0.8, margin = 0.06 }: MoodTrackerOptions = {}) => {
  let scores: EmotionScores | undefined;
  let emotion: Emotion = 'neutral';
  let lastSeconds = 0;
  let sinceSeconds = 0;
  return {
    /** @param timeSeconds on any clock that only goes forward. */
    update: (reading: EmotionScores, timeSeconds: number): TrackedMood => {
      if (!scores) {
        scores = reading;
        emotion = rankEmotions(reading)[0]!;
        sinceSeconds = timeSeconds;
      } else {
        const weight = 1 - Math.exp(-(timeSeconds - lastSeconds) / timeConstantSeconds);
        scores = mix(scores, reading, weight);
        const leader = rankEmotions(scores)[0]!;
        if (leader !== emotion && scores[leader] >= scores[emotion] + margin) {
          emotion = leader;
          sinceSeconds = timeSeconds;
        }
      }
      lastSeconds = timeSeconds;
      return { scores, emotion, steadySeconds: timeSeconds - sinceSeconds };
    },
    /** Forgets everything: another face, or the camera started again. */
    reset: (): void => {
      scores = undefined;
    },
  };
};

const mix = (a: EmotionScores, b: EmotionScores, weight: number): EmotionScores =>
  fromEntries((emotion) => a[emotion] + weight * (b[emotion] - a[emotion]));

const fromEntries = (value: (emotion: Emotion) => number): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((emotion) => [emotion, value(emotion)])) as Record<Emotion, number>;

/**
 * Which of the boxes shows the face followed so far: the one that overlaps it most, else (lost, or none yet) the first,
 * which is the largest.
 *
 * @returns an index into `boxes`; -1 where there are none.
 */
export const followFace = (boxes: readonly Box[], previous: Box | undefined): number => {
  if (boxes.length === 0) return -1;
  if (!previous) return 0;
  let best = 0;
  let bestOverlap = 0;
  for (const [index, box] of boxes.entries()) {
    const overlap = intersectionOverUnion(box, previous);
    if (overlap > bestOverlap) [best, bestOverlap] = [index, overlap];
  }
  return best;
};

const intersectionOverUnion = (a: Box, b: Box): number => {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a.width * a.height + b.width * b.height - shared || 1);
};
