/** Where songs lie on the plane of pleasure and arousal: by their emotion, their mood tags and their tempo. */
import { EMOTIONS } from '../base/emotions.ts';
import { EMOTION_POSITIONS } from './mood-target.ts';
import type { TAGS } from './tags.ts';

/** A point of the plane; both -1 to 1. */
export interface MoodPoint {
  readonly valence: number;
  readonly arousal: number;
}

type MoodTag = (typeof TAGS)['mood'][number];

/**
 * Mood tags on the plane, [valence, arousal]. Our own placing, by the corners the tags are grouped by in `TAGS` and Russell's
 * circle; rated by nobody.
 */
export const MOOD_TAG_POSITIONS: Readonly<Record<MoodTag, readonly [valence: number, arousal: number]>> = {
  angry: [-0.6, 0.7],
  aggressive: [-0.5, 0.85],
  fierce: [-0.3, 0.8],
  defiant: [-0.1, 0.6],
  bitter: [-0.6, 0.2],
  scornful: [-0.55, 0.35],
  sarcastic: [-0.3, 0.25],
  cynical: [-0.5, 0.1],
  gritty: [-0.2, 0.4],
  provocative: [0, 0.5],
  tense: [-0.45, 0.6],
  anxious: [-0.6, 0.55],
  ominous: [-0.55, 0.35],
  eerie: [-0.45, 0.2],
  haunting: [-0.35, 0],
  dark: [-0.5, 0.1],
  sad: [-0.7, -0.4],
  melancholic: [-0.5, -0.4],
  heartbroken: [-0.75, -0.15],
  lonely: [-0.6, -0.4],
  mournful: [-0.7, -0.45],
  longing: [-0.3, -0.15],
  bittersweet: [-0.1, -0.2],
  nostalgic: [0.1, -0.25],
  calm: [0.45, -0.7],
  peaceful: [0.6, -0.65],
  relaxed: [0.6, -0.55],
  soothing: [0.5, -0.6],
  mellow: [0.4, -0.45],
  dreamy: [0.3, -0.4],
  reflective: [0.1, -0.4],
  tender: [0.5, -0.35],
  romantic: [0.6, -0.1],
  hopeful: [0.55, 0.1],
  happy: [0.85, 0.45],
  cheerful: [0.8, 0.45],
  playful: [0.65, 0.5],
  funny: [0.65, 0.4],
  carefree: [0.7, 0.3],
  uplifting: [0.75, 0.5],
  energetic: [0.5, 0.85],
  triumphant: [0.65, 0.7],
  confident: [0.5, 0.5],
  passionate: [0.35, 0.65],
  sensual: [0.4, 0.25],
  surprising: [0.3, 0.65],
  quirky: [0.3, 0.4],
  dramatic: [-0.05, 0.6],
  epic: [0.2, 0.7],
  mysterious: [-0.1, 0.1],
};

/** What a tempo adds to the arousal. */
export const TEMPO_AROUSAL: Readonly<Record<(typeof TAGS)['tempo'][number], number>> = {
  slow: -0.15,
  'mid-tempo': 0,
  fast: 0.15,
};

/** How much the mood tags of a song say beside its emotion. */
const TAG_SHARE = 0.5;

/**
 * Where a song lies: the mean position of its emotions, weighted by their shares, half and half with the mean of its mood tags
 * where it has any; its tempo moves the arousal.
 *
 * @param shares of the seven emotions in the order of `EMOTIONS`, summing to 1
 */
export const songMood = (tags: readonly string[], shares: ArrayLike<number>): MoodPoint => {
  let [valence, arousal] = [0, 0];
  EMOTIONS.forEach((emotion, e) => {
    valence += shares[e]! * EMOTION_POSITIONS[emotion].valence;
    arousal += shares[e]! * EMOTION_POSITIONS[emotion].arousal;
  });
  let [tagValence, tagArousal, moods, tempo] = [0, 0, 0, 0];
  for (const tag of tags) {
    const place = (MOOD_TAG_POSITIONS as Readonly<Record<string, readonly [number, number]>>)[tag];
    if (place) {
      tagValence += place[0];
      tagArousal += place[1];
      moods += 1;
    }
    tempo += (TEMPO_AROUSAL as Readonly<Record<string, number>>)[tag] ?? 0;
  }
  if (moods > 0) {
    valence += TAG_SHARE * (tagValence / moods - valence);
    arousal += TAG_SHARE * (tagArousal / moods - arousal);
  }
  return { valence: clamp(valence), arousal: clamp(arousal + tempo) };
};

const clamp = (value: number): number => Math.min(1, Math.max(-1, value));
