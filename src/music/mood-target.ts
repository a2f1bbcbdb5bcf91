/** What to play for a mood: whether to meet it, lift it or calm it, and through which emotions to get there. */
import type { Emotion } from '../base/emotions.ts';
import type { Tag } from './tags.ts';

/** `match` meets the mood, `lift` leads to happy, `calm` leads to rest. */
export type Goal = 'match' | 'lift' | 'calm';

export const GOALS: readonly Goal[] = ['match', 'lift', 'calm'];

/**
 * Where each emotion lies on the plane of pleasure (valence) and arousal, both -1 to 1.
 *
 * @see Russell and Mehrabian, Evidence for a three-factor theory of emotions, Journal of Research in Personality 11 (1977)
 *   273-294: mean ratings of the terms angry, disgust, fearful, happy, sad and surprised. Neutral is the middle of the scale.
 *   Russell, A circumplex model of affect, J. Personality and Social Psychology 39 (1980) 1161-1178, puts them in the same order.
 */
export const EMOTION_POSITIONS: Readonly<Record<Emotion, { readonly valence: number; readonly arousal: number }>> = {
  angry: { valence: -0.51, arousal: 0.59 },
  disgust: { valence: -0.6, arousal: 0.35 },
  fear: { valence: -0.64, arousal: 0.6 },
  happy: { valence: 0.81, arousal: 0.51 },
  sad: { valence: -0.63, arousal: -0.27 },
  surprise: { valence: 0.4, arousal: 0.67 },
  neutral: { valence: 0, arousal: 0 },
};

/** Part of a playlist: songs of one emotion's library, drawn towards some tags. */
export interface MoodStage {
  readonly emotion: Emotion;
  /** Tags wanted on top of the profile's, with the weight added to each (a profile counts 1 to 3); none where the mood is met. */
  readonly tags: Readonly<Partial<Record<Tag, number>>>;
  /** Part of the playlist, 0 to 1; the stages of a path add up to 1. */
  readonly share: number;
}

/** The way from the mood read to the mood wanted. */
export interface MoodTarget {
  readonly goal: Goal;
  /** The emotion the playlist ends in. */
  readonly emotion: Emotion;
  /** From the mood read to the mood wanted, in playing order. */
  readonly path: readonly MoodStage[];
}

/**
 * High in valence, none of them quiet: the side of the plane where happy lies. 6 is twice what a tag of all three typical songs
 * counts: these decide between songs the profile likes, and the listener's own typical songs keep their say.
 */
const LIFTING: MoodStage['tags'] = { uplifting: 6, hopeful: 6, cheerful: 6 };

/**
 * Pleasant and quiet: relaxation lies at 315 degrees of Russell's circle, calm and at ease beside it. Typical angry or happy
 * songs are loud and fast, so their profile pulls the other way. 24 is all that eight tags of it can add to a song: these
 * decide first, the profile among equals.
 */
const CALMING: MoodStage['tags'] = { calm: 24, peaceful: 24, relaxed: 24, soothing: 24, slow: 24 };

const NO_TAGS: MoodStage['tags'] = {};

/**
 * The emotion passed through on the way to happy: the one nearest to the middle of the straight line from the mood read to
 * happy in `EMOTION_POSITIONS`, the two ends left out. Anger, fear and disgust are already awake, so the way leads through
 * surprise, which turns unpleasant into pleasant without falling asleep; sadness first rises to neutral.
 */
const LIFT_BRIDGE: Readonly<Partial<Record<Emotion, Emotion>>> = {
  angry: 'surprise',
  disgust: 'surprise',
  fear: 'surprise',
  sad: 'neutral',
};

/**
 * What a mood calls for when nobody says: unpleasant moods are lifted, the others met.
 *
 * @see Yu et al., section 3.2: music is to relieve negative emotions and promote positive ones.
 */
export const defaultGoal = (emotion: Emotion): Goal => (LIFT_BRIDGE[emotion] ? 'lift' : 'match');

/**
 * The way from a mood to a goal.
 *
 * `match`: one stage, the mood's own library, ranked by the profile alone (the paper's recommender).
 * `lift`: a quarter in the mood read, a quarter in the emotion between, half in happy; where nothing lies between, a quarter and
 * three quarters.
 * `calm`: a quarter in the mood read, a quarter of the same library drawn towards calm, half in neutral drawn towards calm.
 * A mood already at its goal has one stage.
 *
 * That a playlist starts with the mood read and goes over to the mood wanted is music therapy's iso-principle.
 * The shares are our choice: no source gives any.
 *
 * @see Altshuler, A psychiatrist's experience with music as a therapeutic agent (1948). Heiderscheit and Madson, Use of the iso
 *   principle as a central method in mood management, Music Therapy Perspectives 33 (2015) 45-52. Starcke, Mayr and von Georgi,
 *   Emotion modulation through music after sadness induction, Int. J. Environ. Res. Public Health 18 (2021) 12486: sad
 *   music first and happy music after it left listeners in a better mood than other orders, not always significantly.
 */
export const moodTarget = (emotion: Emotion, goal: Goal = defaultGoal(emotion)): MoodTarget => {
  if (goal === 'match') return { goal, emotion, path: [{ emotion, tags: NO_TAGS, share: 1 }] };
  const wanted = goal === 'lift' ? 'happy' : 'neutral';
  const tags = goal === 'lift' ? LIFTING : CALMING;
  if (emotion === wanted) return { goal, emotion, path: [{ emotion, tags, share: 1 }] };
  const start: MoodStage = { emotion, tags: NO_TAGS, share: 0.25 };
  const between = goal === 'lift' ? LIFT_BRIDGE[emotion] : emotion;
  if (between === undefined) return { goal, emotion: wanted, path: [start, { emotion: wanted, tags, share: 0.75 }] };
  return {
    goal,
    emotion: wanted,
    path: [start, { emotion: between, tags, share: 0.25 }, { emotion: wanted, tags, share: 0.5 }],
  };
};
