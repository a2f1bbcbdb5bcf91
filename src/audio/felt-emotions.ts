/** From the nine emotions that music is felt to have to the seven of this house, and to a place between pleasant and unpleasant, calm and excited. */
import { EMOTIONS, type Emotion, type EmotionScores } from '../base/emotions.ts';

/** The nine of the Geneva Emotional Music Scale (Zentner et al. 2008), in the order of the models' outputs. */
export const FELT_EMOTIONS = [
  'amazement',
  'solemnity',
  'tenderness',
  'nostalgia',
  'calmness',
  'power',
  'joyful_activation',
  'tension',
  'sadness',
] as const;

export type FeltEmotion = (typeof FELT_EMOTIONS)[number];

/** Where a mood lies: valence from -1 (unpleasant) to 1 (pleasant), arousal from -1 (asleep) to 1 (excited). */
export interface MoodPlace {
  readonly valence: number;
  readonly arousal: number;
}

/**
 * Our reading of the scale's own words; nobody has measured it. Each row's shares sum to 1. Valence and arousal follow the
 * scale's second order: sublimity is calm and mostly pleasant, vitality excited and pleasant, unease unpleasant.
 */
const MEANING: Readonly<Record<FeltEmotion, { shares: Partial<EmotionScores>; valence: number; arousal: number }>> = {
  amazement: { shares: { surprise: 0.6, happy: 0.4 }, valence: 0.6, arousal: 0.4 },
  solemnity: { shares: { neutral: 0.7, sad: 0.3 }, valence: 0.1, arousal: -0.3 },
  tenderness: { shares: { happy: 0.5, neutral: 0.5 }, valence: 0.6, arousal: -0.4 },
  nostalgia: { shares: { sad: 0.6, neutral: 0.4 }, valence: 0.1, arousal: -0.3 },
  calmness: { shares: { neutral: 1 }, valence: 0.4, arousal: -0.7 },
  power: { shares: { angry: 0.5, happy: 0.5 }, valence: 0.3, arousal: 0.7 },
  joyful_activation: { shares: { happy: 1 }, valence: 0.8, arousal: 0.6 },
  tension: { shares: { fear: 0.5, angry: 0.4, disgust: 0.1 }, valence: -0.6, arousal: 0.6 },
  sadness: { shares: { sad: 1 }, valence: -0.6, arousal: -0.4 },
};

/**
 * How much more than usual each emotion is felt, as shares that sum to 1: calmness is felt in every third song and tension
 * in few, so the bare shares would call almost every song calm.
 *
 * @param felt share of listeners who feel each, 0..1, in the order of `FELT_EMOTIONS`
 * @param usual the same over many songs, above 0
 */
const lifts = (felt: ArrayLike<number>, usual: ArrayLike<number>): number[] => {
  const raw = FELT_EMOTIONS.map((_, i) => Math.max(0, felt[i]!) / Math.max(0.01, usual[i]!));
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => (sum > 0 ? value / sum : 1 / raw.length));
};

/** Seven shares that sum to 1, none quite 0. */
export const feltScores = (felt: ArrayLike<number>, usual: ArrayLike<number>): EmotionScores => {
  const weights = lifts(felt, usual);
  const least = 0.005;
  return Object.fromEntries(
    EMOTIONS.map((emotion) => [
      emotion,
      least +
        (1 - least * EMOTIONS.length) *
          FELT_EMOTIONS.reduce((sum, name, i) => sum + weights[i]! * (MEANING[name].shares[emotion] ?? 0), 0),
    ]),
  ) as Record<Emotion, number>;
};

/** The mean of the nine's places, weighted by how much more than usual each is felt. */
export const feltPlace = (felt: ArrayLike<number>, usual: ArrayLike<number>): MoodPlace => {
  const weights = lifts(felt, usual);
  const mean = (of: 'valence' | 'arousal'): number =>
    FELT_EMOTIONS.reduce((sum, name, i) => sum + weights[i]! * MEANING[name][of], 0);
  return { valence: mean('valence'), arousal: mean('arousal') };
};
