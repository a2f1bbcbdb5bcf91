/** The way from the mood read to the mood wanted on the plane of pleasure and arousal, and how well songs keep to it. */
import { EMOTIONS, type EmotionScores } from '../base/emotions.ts';
import { defaultGoal, EMOTION_POSITIONS, type Goal } from './mood-target.ts';
import type { MoodPoint } from './tag-moods.ts';

/** Pleasant and quiet: relaxation lies at 315 degrees of Russell's circle. */
export const CALM_POSITION: MoodPoint = { valence: 0.45, arousal: -0.45 };

/** A straight way; where `from` equals `to` there is nowhere to go. */
export interface MoodPath {
  readonly from: MoodPoint;
  readonly to: MoodPoint;
}

/** The mean position of seven scores: a half sad, half angry face starts between the two; seven zeros say nothing, the middle. */
export const moodPosition = (scores: EmotionScores): MoodPoint => {
  const sum = EMOTIONS.reduce((total, emotion) => total + scores[emotion], 0);
  const mean = (axis: keyof MoodPoint): number =>
    EMOTIONS.reduce((total, emotion) => total + scores[emotion] * EMOTION_POSITIONS[emotion][axis], 0) / (sum || 1);
  return { valence: mean('valence'), arousal: mean('arousal') };
};

/**
 * From the mood read to: itself (`match`), happy (`lift`), calm (`calm`).
 *
 * @see moodTarget for the sources of the iso-principle: music meets the mood first and goes over to the mood wanted.
 */
export const moodPath = (from: MoodPoint, goal: Goal): MoodPath => ({
  from,
  to: goal === 'match' ? from : goal === 'lift' ? EMOTION_POSITIONS.happy : CALM_POSITION,
});

/** `count` points at equal steps, both ends among them; a single one is the end. */
export const pathPoints = ({ from, to }: MoodPath, count: number): MoodPoint[] =>
  Array.from({ length: count }, (_, at) => pointAt({ from, to }, count === 1 ? 1 : at / (count - 1)));

/** The point a share of the way along, 0 the start, 1 the end. */
export const pointAt = ({ from, to }: MoodPath, share: number): MoodPoint => ({
  valence: from.valence + share * (to.valence - from.valence),
  arousal: from.arousal + share * (to.arousal - from.arousal),
});

/** How far along the way a point lies (0..1) and how far beside it (0 or more, in units of the plane). */
export const placeOnPath = (
  { from, to }: MoodPath,
  { valence, arousal }: MoodPoint,
): { along: number; beside: number } => {
  const [right, up] = [to.valence - from.valence, to.arousal - from.arousal];
  const square = right * right + up * up;
  const along =
    square < 1e-9
      ? 0
      : Math.min(1, Math.max(0, ((valence - from.valence) * right + (arousal - from.arousal) * up) / square));
  return { along, beside: Math.hypot(valence - from.valence - along * right, arousal - from.arousal - along * up) };
};

/** How well an order of songs follows the iso-principle. */
export interface PathQuality {
  /** Longest distance from one song to the next, 0 to 2.83 (the plane's diagonal). */
  readonly largestStep: number;
  /** Share of steps that do not lead back along the way, 0..1; 1 where there is no step or no way. */
  readonly monotoneShare: number;
  /** Distance from the last song to the end of the way. */
  readonly endError: number;
}

/** @param songs positions in playing order; none at all are as far from the end as can be measured: the way's length. */
export const pathQuality = (path: MoodPath, songs: readonly MoodPoint[]): PathQuality => {
  const steps = songs.slice(1).map((song, at) => [songs[at]!, song] as const);
  const [right, up] = [path.to.valence - path.from.valence, path.to.arousal - path.from.arousal];
  const forward = steps.filter(
    ([before, after]) => (after.valence - before.valence) * right + (after.arousal - before.arousal) * up >= -1e-9,
  );
  const last = songs.at(-1) ?? path.from;
  return {
    largestStep: steps.reduce(
      (largest, [a, b]) => Math.max(largest, Math.hypot(b.valence - a.valence, b.arousal - a.arousal)),
      0,
    ),
    monotoneShare: steps.length === 0 ? 1 : forward.length / steps.length,
    endError: Math.hypot(last.valence - path.to.valence, last.arousal - path.to.arousal),
  };
};

/** What a mood calls for where several emotions are likely: that of the likeliest (`defaultGoal`). */
export const goalOf = (scores: EmotionScores): Goal =>
  defaultGoal(EMOTIONS.reduce((best, emotion) => (scores[emotion] > scores[best] ? emotion : best)));
