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
  placeOnPath,
  pointAt,
} from './mood-path.ts';
import { EMOTION_POSITIONS } from './mood-target.ts';
import { type Profile, typicalSongs } from './profile.ts';
import type { RankedSong } from './rank.ts';
import { checkRecommendOptions, type Recommendation, type RecommendOptions } from './recommend.ts';
import type { Catalogue } from './song-columns.ts';
import { MOOD_STEPS, type SongColumnsKnown, type SongIndex, songIndexOf } from './song-index.ts';
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

/** No artist comes twice within this many songs. */
export const ARTIST_GAP = 10;

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
/** How far beside the wanted point a song may lie before it counts 61 % (one standard deviation). */
const MOOD_WIDTH = 0.22;
/** A step from song to song longer than this is too long; `STEP_WIDTH` beyond it counts 61 %. */
const LONGEST_STEP = 0.3;
const STEP_WIDTH = 0.15;
/** How much of a song's score is taken off when it is the same as one of the ten before. */
const SAMENESS = 0.6;
/** What is left of a song's score that leads back. */
const BACKWARD = 0.5;

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
  const chosen = walk(collect(steps, catalogue), steps, catalogue);
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

/** Levels along the way for which emotions are worked out beforehand. */
const LEVELS = 32;

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

interface Steps {
  readonly index: SongIndex;
  /** 0..1 and a little above; below 0: not to be played. Shape [size]. */
  readonly relevance: Float32Array;
  readonly path: MoodPath;
  readonly count: number;
  readonly fits: Float32Array;
}

interface Candidate {
  readonly song: number;
  /** Taste times emotion; distance comes on top. */
  readonly score: number;
}

/** A song of another emotion still counts this much, as labels and readings err. */
const OTHER_EMOTION = 0.1;

const moodOf = ({ valence, arousal }: SongIndex, song: number): MoodPoint => ({
  valence: valence[song]! / MOOD_STEPS,
  arousal: arousal[song]! / MOOD_STEPS,
});

const distanceOf = (a: MoodPoint, b: MoodPoint): number => Math.hypot(a.valence - b.valence, a.arousal - b.arousal);

/** The best songs for each part of the way: one pass over all songs. */
const collect = ({ index, relevance, path, count, fits }: Steps, { columns, size }: Catalogue): Candidate[][] => {
  const parts = path.from === path.to ? 1 : Math.min(count, 24);
  const depth = 8 * Math.ceil(count / parts) + 40;
  const best = Array.from({ length: parts }, (): { song: number; score: number; rank: number }[] => []);
  const { emotionShares } = index.known;
  const { from, to } = path;
  const [right, up] = [to.valence - from.valence, to.arousal - from.arousal];
  const square = right * right + up * up || 1;
  for (let song = 0; song < size; song++) {
    const taste = relevance[song]!;
    if (taste < 0) continue;
    const x = index.valence[song]! / MOOD_STEPS - from.valence;
    const y = index.arousal[song]! / MOOD_STEPS - from.arousal;
    const along = Math.min(1, Math.max(0, (x * right + y * up) / square));
    const part = best[Math.min(parts - 1, Math.floor(along * parts))]!;
    const row = Math.round(along * LEVELS) * EMOTIONS.length;
    let fit = 0;
    if (emotionShares) {
      for (let e = 0; e < EMOTIONS.length; e++) fit += fits[row + e]! * emotionShares[song * EMOTIONS.length + e]!;
    } else fit = fits[row + columns.emotion[song]!]!;
    const score = taste * (OTHER_EMOTION + fit);
    const worst = part.length < depth ? 0 : part[depth - 1]!.rank;
    // Distance only lowers the score, so most songs are done with before it is worked out.
    if (score <= worst) continue;
    const [aside, above] = [x - along * right, y - along * up];
    const rank = score * Math.exp(-(aside * aside + above * above) / (2 * MOOD_WIDTH ** 2));
    if (rank <= worst) continue;
    let at = part.length;
    while (at > 0 && part[at - 1]!.rank < rank) at -= 1;
    part.splice(at, 0, { song, score, rank });
    if (part.length > depth) part.pop();
  }
  return best;
};

/** Point by point the best candidate near it. */
const walk = (parts: readonly Candidate[][], { index, path, count }: Steps, { columns }: Catalogue): Candidate[] => {
  const points = pathPoints(path, count);
  const chosen: Candidate[] = [];
  const taken = new Set<number>();
  let furthest = 0;
  /** The terms of each song chosen. */
  const rows: ReadonlyMap<number, number>[] = [];
  const { starts, terms, values } = index.vectors;
  const rowOf = (song: number): Map<number, number> => {
    const row = new Map<number, number>();
    for (let at = starts[song]!; at < starts[song + 1]!; at++) row.set(terms[at]!, values[at]!);
    return row;
  };
  const likenessTo = (row: ReadonlyMap<number, number>, song: number): number => {
    let sum = 0;
    for (let at = starts[song]!; at < starts[song + 1]!; at++) sum += values[at]! * (row.get(terms[at]!) ?? 0);
    return sum;
  };
  /** What a candidate is worth at a point; exact where it is more than `most`. */
  const utility = ({ song, score }: Candidate, point: MoodPoint, most: number): number => {
    const place = moodOf(index, song);
    const distance = distanceOf(place, point) ** 2;
    const before = chosen.at(-1);
    const step = before ? distanceOf(place, moodOf(index, before.song)) : 0;
    const leap = Math.max(0, step - LONGEST_STEP) ** 2;
    const back = placeOnPath(path, place).along < furthest - 0.02 ? BACKWARD : 1;
    const value = score * back * Math.exp(-distance / (2 * MOOD_WIDTH ** 2) - leap / (2 * STEP_WIDTH ** 2));
    // Likeness only lowers it: most candidates are out before it is worked out.
    if (value <= most) return value;
    const alike = rows.slice(1 - ARTIST_GAP).reduce((largest, row) => Math.max(largest, likenessTo(row, song)), 0);
    return value * (1 - SAMENESS * alike);
  };
  const bestOf = (at: number, gap: number): Candidate | undefined => {
    const artists = new Set(chosen.slice(chosen.length - gap + 1).map(({ song }) => columns.artist[song]!));
    const home = Math.min(parts.length - 1, Math.floor((count === 1 ? 1 : at / (count - 1)) * parts.length));
    for (let reach = Math.min(1, parts.length - 1); ; reach = Math.min(parts.length, reach * 2 + 1)) {
      let [best, most] = [undefined as Candidate | undefined, -1];
      for (let part = Math.max(0, home - reach); part <= Math.min(parts.length - 1, home + reach); part++) {
        for (const candidate of parts[part]!) {
          if (taken.has(candidate.song) || artists.has(columns.artist[candidate.song]!)) continue;
          const value = utility(candidate, points[at]!, most);
          if (value > most) [best, most] = [candidate, value];
        }
      }
      if (best !== undefined || reach >= parts.length) return best;
    }
  };
  for (let at = 0; at < count; at++) {
    const next = bestOf(at, ARTIST_GAP) ?? bestOf(at, 2);
    if (next === undefined) break;
    chosen.push(next);
    taken.add(next.song);
    rows.push(rowOf(next.song));
    furthest = Math.max(furthest, placeOnPath(path, moodOf(index, next.song)).along);
  }
  return chosen;
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
