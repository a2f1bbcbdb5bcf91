/** The mood through a video: calmed, and cut into spans of one mood each. */
import type { Emotion, EmotionScores } from '../src/base/emotions.ts';
import { createMoodTracker } from './mood-tracker.ts';

export interface Moment {
  readonly timeSeconds: number;
  readonly scores: EmotionScores;
  /** The leading emotion; in a calmed timeline it gives way only to one that leads by a margin. */
  readonly emotion: Emotion;
}

export interface Span {
  readonly emotion: Emotion;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** The same moments smoothed over time, with an emotion that does not flicker. Moments come in the order of time. */
export const smoothTimeline = (moments: readonly Moment[]): Moment[] => {
  // Frames of a long video lie far apart: then each stands for itself, and only the margin calms.
  const tracker = createMoodTracker();
  return moments.map(({ timeSeconds, scores }) => {
    const tracked = tracker.update(scores, timeSeconds);
    return { timeSeconds, scores: tracked.scores, emotion: tracked.emotion };
  });
};

/** Runs of one emotion. Each moment reaches half way to its neighbours; the first and last end at themselves. */
export const spansOf = (moments: readonly Moment[]): Span[] => {
  const spans: Span[] = [];
  moments.forEach(({ timeSeconds, emotion }, index) => {
    const before = moments[index - 1]?.timeSeconds ?? timeSeconds;
    const after = moments[index + 1]?.timeSeconds ?? timeSeconds;
    const [from, to] = [(before + timeSeconds) / 2, (timeSeconds + after) / 2];
    const last = spans.at(-1);
    if (last?.emotion === emotion) spans[spans.length - 1] = { ...last, toSeconds: to };
    else spans.push({ emotion, fromSeconds: from, toSeconds: to });
  });
  return spans;
};

/** 75 s as 1:15, two hours as 2:00:00. */
export const clockTime = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  const two = (count: number): string => String(count).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
};
