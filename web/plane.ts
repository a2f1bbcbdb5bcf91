/** Places on the plane of pleasure (valence) and arousal: of a reading, of a goal, and of songs by their tags. */
import { EMOTIONS, type EmotionScores } from '../src/base/emotions.ts';
import { EMOTION_POSITIONS, type MoodTarget } from '../src/music/mood-target.ts';
import type { Song } from '../src/music/song.ts';

/** Both -1 to 1: unpleasant to pleasant, at rest to wide awake. */
export interface Place {
  readonly valence: number;
  readonly arousal: number;
}

/**
 * Where mood tags stand, [valence, arousal]. The quarter of the plane is the one src/music/tags.ts groups a tag under; the
 * place within the quarter is our own judgement, after the order of Russell's circle (1980) where it has the word.
 */
const TAG_PLACES: Readonly<Partial<Record<string, readonly [number, number]>>> = {
  ...{ angry: [-0.5, 0.7], aggressive: [-0.45, 0.9], fierce: [-0.3, 0.85], defiant: [-0.15, 0.7] },
  ...{ bitter: [-0.7, 0.25], scornful: [-0.65, 0.35], sarcastic: [-0.35, 0.3], cynical: [-0.55, 0.2] },
  ...{ gritty: [-0.3, 0.5], provocative: [-0.1, 0.6], tense: [-0.45, 0.75], anxious: [-0.65, 0.65] },
  ...{ ominous: [-0.7, 0.4], eerie: [-0.6, 0.2], haunting: [-0.5, 0.05], dark: [-0.7, 0.1] },
  ...{ sad: [-0.75, -0.35], melancholic: [-0.55, -0.5], heartbroken: [-0.8, -0.15], lonely: [-0.65, -0.55] },
  ...{ mournful: [-0.8, -0.5], longing: [-0.35, -0.3], bittersweet: [-0.15, -0.35], nostalgic: [-0.05, -0.45] },
  ...{ calm: [0.5, -0.75], peaceful: [0.6, -0.7], relaxed: [0.65, -0.6], soothing: [0.55, -0.6] },
  ...{ mellow: [0.4, -0.5], dreamy: [0.35, -0.6], reflective: [0.1, -0.5], tender: [0.5, -0.4] },
  ...{ romantic: [0.6, -0.15], hopeful: [0.55, 0.05] },
  ...{ happy: [0.85, 0.4], cheerful: [0.85, 0.5], playful: [0.7, 0.55], funny: [0.65, 0.45], carefree: [0.75, 0.25] },
  ...{ uplifting: [0.8, 0.6], energetic: [0.55, 0.9], triumphant: [0.65, 0.75], confident: [0.5, 0.55] },
  ...{ passionate: [0.35, 0.75], sensual: [0.5, 0.3] },
  ...{
    surprising: [0.3, 0.8],
    quirky: [0.4, 0.55],
    dramatic: [0.05, 0.75],
    epic: [0.25, 0.85],
    mysterious: [-0.1, 0.35],
  },
};

/** What the tempo adds to the arousal. */
const TEMPO: Readonly<Record<string, number>> = { slow: -0.12, fast: 0.12 };

const mean = (places: readonly Place[]): Place => ({
  valence: places.reduce((sum, { valence }) => sum + valence, 0) / places.length,
  arousal: places.reduce((sum, { arousal }) => sum + arousal, 0) / places.length,
});

const within = (value: number): number => Math.max(-1, Math.min(1, value));

/** A third where its emotion lies, two thirds where its mood tags lie; slow songs lower, fast ones higher. */
export const placeOfSong = ({ emotion, tags }: Pick<Song, 'emotion' | 'tags'>): Place => {
  const home = EMOTION_POSITIONS[emotion];
  const tagged = tags.flatMap((tag) => {
    const place = TAG_PLACES[tag];
    return place ? [{ valence: place[0], arousal: place[1] }] : [];
  });
  const { valence, arousal } = tagged.length > 0 ? mean([home, mean(tagged), mean(tagged)]) : home;
  const tempo = tags.reduce((sum, tag) => sum + (TEMPO[tag] ?? 0), 0);
  return { valence: within(valence), arousal: within(arousal + tempo) };
};

/** The mean of the seven positions, each weighted by its likelihood. */
export const placeOfReading = (scores: EmotionScores): Place => ({
  valence: EMOTIONS.reduce((sum, emotion) => sum + scores[emotion] * EMOTION_POSITIONS[emotion].valence, 0),
  arousal: EMOTIONS.reduce((sum, emotion) => sum + scores[emotion] * EMOTION_POSITIONS[emotion].arousal, 0),
});

/** Where the last stage of the way lies, by the same rule as songs: its emotion, and the tags wanted on top. */
export const placeOfGoal = ({ path, goal, emotion }: MoodTarget): Place => {
  const last = path.at(-1);
  return placeOfSong({ emotion, tags: goal === 'match' ? [] : Object.keys(last?.tags ?? {}) });
};

export interface Dot {
  readonly x: number;
  readonly y: number;
}

/** The angle between neighbours in a sunflower, radians: points along it never line up. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * Moves dots that would cover each other apart, each along a spiral around its own place. Earlier ones keep their place.
 *
 * @param apart the least distance between two dots, in the unit of the dots.
 */
export const spreadDots = (dots: readonly Dot[], apart: number): Dot[] => {
  const placed: Dot[] = [];
  for (const { x, y } of dots) {
    for (let step = 0; ; step++) {
      const radius = 0.55 * apart * Math.sqrt(step);
      const spot = { x: x + radius * Math.cos(step * GOLDEN_ANGLE), y: y + radius * Math.sin(step * GOLDEN_ANGLE) };
      if (placed.every((other) => Math.hypot(other.x - spot.x, other.y - spot.y) >= apart)) {
        placed.push(spot);
        break;
      }
    }
  }
  return placed;
};

/** The middle of several places; `undefined` of none. */
export const middleOf = (places: readonly Place[]): Place | undefined => (places.length > 0 ? mean(places) : undefined);

/** A smooth line through points (Catmull and Rom's spline as cubic curves), as an SVG path. */
export const smoothPath = (points: readonly Dot[]): string => {
  const [first] = points;
  if (!first) return '';
  const round = (value: number): number => Math.round(value * 10) / 10;
  const at = (index: number): Dot => points[Math.max(0, Math.min(points.length - 1, index))]!;
  const curves = points.slice(1).map((end, index) => {
    const [before, start, after] = [at(index - 1), at(index), at(index + 2)];
    const one = { x: start.x + (end.x - before.x) / 6, y: start.y + (end.y - before.y) / 6 };
    const two = { x: end.x - (after.x - start.x) / 6, y: end.y - (after.y - start.y) / 6 };
    return `C${[one, two, end].map(({ x, y }) => `${round(x)} ${round(y)}`).join(' ')}`;
  });
  return `M${round(first.x)} ${round(first.y)}${curves.join('')}`;
};
