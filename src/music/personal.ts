/** The default recommender: songs for one listener, in an order that leads from the mood read to the mood wanted. */
import { EMOTIONS, type Emotion, type EmotionScores, rankEmotions } from '../base/emotions.ts';
import { NoAnswerError } from '../base/errors.ts';
import { type Listener, NEW_LISTENER } from './listener.ts';
import {
  type MoodPath,
  moodPath,
  moodPosition,
  type PathQuality,
  pathPoints,
  pathQuality,
  pointAt,
} from './mood-path.ts';
import { EMOTION_POSITIONS } from './mood-target.ts';
import { collectCandidates, LEVELS, moodOf, walkPath } from './personal-walk.ts';
import { type Profile, typicalSongs } from './profile.ts';
import type { RankedSong } from './rank.ts';
import { checkRecommendOptions, type Recommendation, type RecommendOptions } from './recommend.ts';
import type { Catalogue } from './song-columns.ts';
import { type SongColumnsKnown, type SongIndex, songIndexOf } from './song-index.ts';
import type { MoodPoint } from './tag-moods.ts';
import type { LikedItem } from './taste.ts';

export interface PersonalOptions extends RecommendOptions {
  /** What is learnt about the listener. @default nothing */
  readonly listener?: Listener;
  /** Now, in milliseconds since 1970: songs heard lately are left out or wait. @default nothing was heard lately */
  readonly now?: number;
  /** Emotions and popularity of the songs, where more is known than the catalogue tells. */
  readonly known?: SongColumnsKnown;
}

export interface PersonalRecommendation extends Recommendation {
  /** The way wanted and the way the songs take, both in playing order and of equal length, to be drawn. */
  readonly path: MoodPath & {
    readonly wanted: readonly MoodPoint[];
    readonly songs: readonly MoodPoint[];
    readonly quality: PathQuality;
  };
}

const DAY = 86_400_000;
/** Heard within the last day: not played. After that a song's score comes back, half of it every so many days. */
const HEARD_HALF_LIFE = 14 * DAY;
/** Likes and skips that speak for the taste: the latest. Each costs a walk through its tags' songs. */
const TASTE_MEMORIES = 12;
/** How much a skipped song, beside a typical or liked one, speaks against songs like it. */
const SKIP_WEIGHT = -0.25;
const LIKED_FACTOR = 1.25;

/** What a song that shares nothing with the taste still counts, so that mood alone can choose. */
const TASTE_FLOOR = 0.05;
/**
 * The playlist for a mood, a goal and a listener.
 *
 * 1. Taste: likeness (tags, artists) to the songs that stand for the mood read and the mood wanted, to what was liked lately,
 *    less what was skipped; times popularity where it is known (`createTaste`).
 * 2. Mood: the way from the mood read to the mood wanted is a straight line on the plane of valence and arousal, cut into as many
 *    points as songs. A song counts by its distance from its point and by how its emotions fit those of the point.
 * 3. Memory: typical songs, `heard` and songs heard within a day are left out; heard longer ago, they wait. Songs found wrong for
 *    this mood are left out; each skip halves.
 * 4. Order: point by point the best song, less where it resembles one of the ten before (maximal marginal relevance) or leads
 *    back, and no artist twice in ten songs while others are left; then at least not twice in a row.
 *
 * The same in, the same out: nothing is drawn by chance.
 *
 * @throws {NoAnswerError} `music/none-left`: no song is left.
 * @throws {InvalidInputError} as `recommend`; `music/columns`: `known` is not of this catalogue.
 * @see Carbonell and Goldstein, The use of MMR (1998). Sources of the iso-principle: `moodTarget`.
 */
export const recommendPersonally = (options: PersonalOptions): PersonalRecommendation => {
  const { catalogue, profile = {}, listener = NEW_LISTENER, known } = options;
  const { mood, goal, count } = checkRecommendOptions(options);
  const scores = typeof options.mood === 'string' ? onlyOne(options.mood) : normalize(options.mood);
  const path = moodPath(moodPosition(scores), goal);
  const wanted: Emotion = goal === 'match' ? mood : goal === 'lift' ? 'happy' : 'neutral';
  const index = songIndexOf(catalogue, known);

  const typical = [...new Set([mood, wanted])].flatMap((emotion) => typicalOf(emotion, catalogue, profile));
  const liked = likedSongs(catalogue, listener, typical);
  const relevance = scoreTaste(index, liked);
  for (const song of typical) relevance[song] = -1;
  for (const id of options.heard ?? []) leaveOut(relevance, catalogue.position(id));
  applyMemories(relevance, catalogue, listener, mood, options.now);

  const steps = { index, relevance, path, count, fits: emotionFits(path, scores, wanted) };
  const chosen = walkPath(collectCandidates(steps, catalogue), steps, catalogue);
  if (chosen.length === 0) {
    throw new NoAnswerError(
      'music/none-left',
      'No song is left that was not played or refused: forget those heard, or add songs.',
    );
  }
  const weights = tagWeights(index, catalogue, liked);
  const places = chosen.map(({ song }) => moodOf(index, song));
  return {
    mood,
    goal,
    songs: chosen.map(({ song, score }): RankedSong => {
      const found = catalogue.song(song);
      const weight = (tag: string): number => weights.get(tag) ?? 0;
      const why = found.tags.filter((tag) => weight(tag) > 0).sort((a, b) => weight(b) - weight(a));
      return { song: found, score, why };
    }),
    path: {
      ...path,
      wanted: pathPoints(path, chosen.length),
      songs: places,
      quality: pathQuality(path, places),
    },
  };
};

const onlyOne = (mood: Emotion): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((emotion) => [emotion, emotion === mood ? 1 : 0])) as Record<Emotion, number>;

const normalize = (scores: EmotionScores): EmotionScores => {
  const sum = EMOTIONS.reduce((total, emotion) => total + scores[emotion], 0);
  // Seven zeros say nothing: the first emotion decides, as in `recommend`.
  if (sum === 0) return onlyOne(rankEmotions(scores)[0]!);
  return Object.fromEntries(EMOTIONS.map((emotion) => [emotion, scores[emotion] / sum])) as Record<Emotion, number>;
};

/** A library of one's own need not mark typical songs: then likes and moods decide. */
const typicalOf = (emotion: Emotion, catalogue: Catalogue, profile: Profile): number[] =>
  profile[emotion] === undefined &&
  !catalogue.columns.typical.some((song) => catalogue.columns.emotion[song] === EMOTIONS.indexOf(emotion))
    ? []
    : typicalSongs(emotion, catalogue, profile);

const likedSongs = (catalogue: Catalogue, { songs }: Listener, typical: readonly number[]): LikedItem[] => {
  const latest = (keep: (id: string) => boolean, weight: number): LikedItem[] =>
    Object.keys(songs)
      .filter(keep)
      .sort((a, b) => songs[b]!.at - songs[a]!.at)
      .slice(0, TASTE_MEMORIES)
      .map((id) => ({ item: catalogue.position(id), weight }))
      .filter(({ item }) => item >= 0);
  return [
    ...typical.map((item) => ({ item, weight: 1 })),
    ...latest((id) => songs[id]!.liked === true, 1),
    ...latest((id) => !songs[id]!.liked && (songs[id]!.skips ?? 0) > 0, SKIP_WEIGHT),
  ];
};

/** Taste of every song from `TASTE_FLOOR` to 1; where nothing is liked, popularity alone. Shape [size]. */
const scoreTaste = ({ taste }: SongIndex, liked: readonly LikedItem[]): Float32Array => {
  const scores = liked.some(({ weight }) => weight > 0) ? taste.score(liked) : taste.prior.slice();
  let largest = 0;
  for (let song = 0; song < scores.length; song++) if (scores[song]! > largest) largest = scores[song]!;
  const factor = largest > 0 ? (1 - TASTE_FLOOR) / largest : 0;
  for (let song = 0; song < scores.length; song++) {
    scores[song] = TASTE_FLOOR + (scores[song]! > 0 ? scores[song]! * factor : 0);
  }
  return scores;
};

const leaveOut = (relevance: Float32Array, song: number): void => {
  if (song >= 0) relevance[song] = -1;
};

const applyMemories = (
  relevance: Float32Array,
  catalogue: Catalogue,
  { songs }: Listener,
  mood: Emotion,
  now: number | undefined,
): void => {
  for (const [id, { liked, skips = 0, heardAt, wrongFor }] of Object.entries(songs)) {
    const song = catalogue.position(id);
    if (song < 0 || relevance[song]! < 0) continue;
    const since = now === undefined || heardAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, now - heardAt);
    if (wrongFor?.includes(mood) || since < DAY) relevance[song] = -1;
    else relevance[song]! *= (liked ? LIKED_FACTOR : 1) * 0.5 ** skips * (1 - 0.5 ** (since / HEARD_HALF_LIFE));
  }
};

/**
 * How well each emotion fits each part of the way, 0..1, shape [LEVELS + 1, 7]: at the start the emotions read, at the end the one
 * wanted, in between those that lie near.
 */
const emotionFits = (path: MoodPath, scores: EmotionScores, wanted: Emotion): Float32Array => {
  const fits = new Float32Array((LEVELS + 1) * EMOTIONS.length);
  for (let level = 0; level <= LEVELS; level++) {
    const share = level / LEVELS;
    const { valence, arousal } = pointAt(path, share);
    const near = EMOTIONS.map((emotion) => {
      const place = EMOTION_POSITIONS[emotion];
      return Math.exp(-((place.valence - valence) ** 2 + (place.arousal - arousal) ** 2) / (2 * 0.35 ** 2));
    });
    const sum = near.reduce((total, value) => total + value, 0);
    const stays = path.from === path.to;
    EMOTIONS.forEach((emotion, e) => {
      fits[level * EMOTIONS.length + e] = stays
        ? scores[emotion]
        : (1 - share) ** 2 * scores[emotion] +
          share ** 2 * (emotion === wanted ? 1 : 0) +
          (2 * share * (1 - share) * near[e]!) / sum;
    });
  }
  return fits;
};

/** What each tag adds to the taste; below 0 for tags of what was skipped. */
const tagWeights = (
  { vectors }: SongIndex,
  { columns }: Catalogue,
  liked: readonly LikedItem[],
): Map<string, number> => {
  const weights = new Map<string, number>();
  for (const { item, weight } of liked) {
    for (let at = vectors.starts[item]!; at < vectors.starts[item + 1]!; at++) {
      // Tags are the first block of terms, so their numbers are the catalogue's.
      const tag = columns.tags[vectors.terms[at]!];
      if (tag !== undefined) weights.set(tag, (weights.get(tag) ?? 0) + weight * vectors.values[at]!);
    }
  }
  return weights;
};
