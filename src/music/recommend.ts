/** From a mood to an ordered list of songs, each with its reasons. */
import { EMOTIONS, type Emotion, type EmotionScores, isEmotion, rankEmotions } from '../base/emotions.ts';
import { InvalidInputError, NoAnswerError } from '../base/errors.ts';
import { defaultGoal, GOALS, type Goal, type MoodStage, moodTarget } from './mood-target.ts';
import { addWeights, countTags, type Profile, typicalSongs } from './profile.ts';
import { type RankedSong, rankPositions, scoreSong, type TagWeights } from './rank.ts';
import type { Catalogue } from './song-columns.ts';

export type { Profile, RankedSong };

export interface RecommendOptions {
  /** An emotion, or the scores of all seven: then the likeliest decides (docs/decisions/0004-mood-targets.md says why). */
  readonly mood: EmotionScores | Emotion;
  readonly catalogue: Catalogue;
  /** @default 'lift' for angry, disgust, fear and sad, 'match' otherwise */
  readonly goal?: Goal;
  /** Songs wanted, 1 to 10,000. @default 20 */
  readonly count?: number;
  /** Songs the listener chose for emotions. @default the songs the catalogue marks typical */
  readonly profile?: Profile;
  /** Ids of songs not to play again; ids the catalogue does not have are passed over. @default none */
  readonly heard?: ReadonlySet<string>;
}

export interface Recommendation {
  /** The emotion that decided. */
  readonly mood: Emotion;
  readonly goal: Goal;
  /** In playing order. */
  readonly songs: readonly RankedSong[];
}

/**
 * The playlist for a mood.
 *
 * Each stage of the mood's path (`moodTarget`) takes its share of the songs from its library, the best first by `rankPositions`,
 * under the tag counts of that emotion's typical songs with the stage's own tags added. In order, always:
 * 1. Typical songs of any emotion on the path and songs heard are never played, no song twice.
 * 2. No artist twice in a row: the next best song of another artist goes first, and the one passed over stays next in line.
 * 3. A stage that runs out leaves its places to the next one; the last one leaves them empty, so the list may be short.
 *
 * @throws {NoAnswerError} `music/none-left`: no song is left that was not heard.
 * @throws {InvalidInputError} `music/mood`, `music/goal`, `music/count`, `music/profile`, `music/no-typical`.
 */
export const recommend = (options: RecommendOptions): Recommendation => {
  const { catalogue, profile = {} } = options;
  const { mood, goal, count } = checkRecommendOptions(options);
  const { path } = moodTarget(mood, goal);
  const typical = new Map(path.map(({ emotion }) => [emotion, typicalSongs(emotion, catalogue, profile)]));
  const without = new Set([...typical.values()].flat());
  // A song the catalogue does not have is at -1, where no song is.
  for (const id of options.heard ?? []) without.add(catalogue.position(id));

  const songs: RankedSong[] = [];
  let lastArtist = -1;
  stageEnds(path, count).forEach((end, stage) => {
    const { emotion, tags } = path[stage]!;
    const weights = countTags(catalogue, typical.get(emotion)!);
    addWeights(weights, new Map(Object.entries(tags)));
    const chosen = separateArtists({ weights, catalogue, emotion, without, count: end - songs.length, lastArtist });
    for (const position of chosen) {
      songs.push(scoreSong(catalogue.song(position), weights));
      without.add(position);
      lastArtist = catalogue.columns.artist[position]!;
    }
  });
  if (songs.length === 0) {
    throw new NoAnswerError(
      'music/none-left',
      `No ${path.map(({ emotion }) => emotion).join(' or ')} song is left that was not played: forget those heard, or add songs.`,
    );
  }
  return { mood, goal, songs };
};

/**
 * What every recommender reads out of its options: the emotion that decides, the goal and the number of songs.
 *
 * @throws {InvalidInputError} `music/mood`, `music/goal`, `music/count`.
 */
export const checkRecommendOptions = (
  options: Pick<RecommendOptions, 'mood' | 'goal' | 'count'>,
): { readonly mood: Emotion; readonly goal: Goal; readonly count: number } => {
  const { count = 20 } = options;
  const mood = readMood(options.mood);
  const goal = options.goal ?? defaultGoal(mood);
  if (!GOALS.includes(goal)) {
    throw new InvalidInputError('music/goal', `"${goal}" is no goal: choose ${GOALS.join(', ')}.`);
  }
  if (!Number.isInteger(count) || count < 1 || count > 10_000) {
    throw new InvalidInputError('music/count', `Ask for 1 to 10000 songs, not ${count}.`);
  }
  return { mood, goal, count };
};

/** The emotion that decides: the likeliest, on equal scores the earlier in `EMOTIONS`. */
const readMood = (mood: EmotionScores | Emotion): Emotion => {
  if (typeof mood === 'string') {
    if (isEmotion(mood)) return mood;
    throw new InvalidInputError('music/mood', `"${mood}" is no mood: choose ${EMOTIONS.join(', ')}.`);
  }
  const wrong = EMOTIONS.find((emotion) => !(Number.isFinite(mood[emotion]) && mood[emotion] >= 0));
  if (wrong !== undefined) {
    throw new InvalidInputError('music/mood', `The score of ${wrong} must be a number from 0; it is ${mood[wrong]}.`);
  }
  return rankEmotions(mood)[0]!;
};

/** After how many songs each stage ends. The last stage always has at least one. */
const stageEnds = (path: readonly MoodStage[], count: number): number[] => {
  let share = 0;
  return path.map((stage, i) => {
    share += stage.share;
    return i === path.length - 1 ? count : Math.min(count - 1, Math.round(share * count));
  });
};

interface StageOptions {
  readonly weights: TagWeights;
  readonly catalogue: Catalogue;
  readonly emotion: Emotion;
  readonly without: ReadonlySet<number>;
  readonly count: number;
  readonly lastArtist: number;
}

/** The best `count` songs with no artist twice in a row, `lastArtist` (-1: none) played just before; fewer where it cannot be. */
const separateArtists = ({ count, lastArtist, ...ranking }: StageOptions): number[] => {
  const { artist } = ranking.catalogue.columns;
  // Most lists need few songs beyond those they take; where one artist fills the top, look further down.
  for (let depth = count * 2 + 10; ; depth *= 4) {
    const waiting = [...rankPositions({ ...ranking, count: depth })];
    const allSeen = waiting.length < depth;
    const taken: number[] = [];
    let last = lastArtist;
    while (taken.length < count) {
      const next = waiting.findIndex((position) => artist[position] !== last);
      if (next < 0) break;
      const [position] = waiting.splice(next, 1) as [number];
      taken.push(position);
      last = artist[position]!;
    }
    if (taken.length === count || allSeen) return taken;
  }
};
