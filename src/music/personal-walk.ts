/** The default recommender's order: the best songs for each part of the way, then one after the other along it. */
import { EMOTIONS } from '../base/emotions.ts';
import { type MoodPath, pathPoints, placeOnPath } from './mood-path.ts';
import type { Catalogue } from './song-columns.ts';
import { MOOD_STEPS, type SongIndex } from './song-index.ts';
import type { MoodPoint } from './tag-moods.ts';

/** No artist comes twice within this many songs. */
export const ARTIST_GAP = 10;

/** Levels along the way for which emotions are worked out beforehand. */
export const LEVELS = 32;

/** How far beside the wanted point a song may lie before it counts 61 % (one standard deviation). */
const MOOD_WIDTH = 0.22;
/** A step from song to song longer than this is too long; `STEP_WIDTH` beyond it counts 61 %. */
const LONGEST_STEP = 0.3;
const STEP_WIDTH = 0.15;
/** How much of a song's score is taken off when it is the same as one of the ten before. */
const SAMENESS = 0.6;
/** What is left of a song's score that leads back. */
const BACKWARD = 0.5;

/** What the walk is decided by. */
export interface Steps {
  readonly index: SongIndex;
  /** 0..1 and a little above; below 0: not to be played. Shape [size]. */
  readonly relevance: Float32Array;
  readonly path: MoodPath;
  readonly count: number;
  /** How well each emotion fits each level of the way, 0..1. Shape [LEVELS + 1, 7]. */
  readonly fits: Float32Array;
}

export interface Candidate {
  readonly song: number;
  /** Taste times emotion; distance comes on top. */
  readonly score: number;
}

/** A song of another emotion still counts this much, as labels and readings err. */
const OTHER_EMOTION = 0.1;

export const moodOf = ({ valence, arousal }: SongIndex, song: number): MoodPoint => ({
  valence: valence[song]! / MOOD_STEPS,
  arousal: arousal[song]! / MOOD_STEPS,
});

const distanceOf = (a: MoodPoint, b: MoodPoint): number => Math.hypot(a.valence - b.valence, a.arousal - b.arousal);

/** The best songs for each part of the way: one pass over all songs. */
export const collectCandidates = (
  { index, relevance, path, count, fits }: Steps,
  { columns, size }: Catalogue,
): Candidate[][] => {
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
export const walkPath = (
  parts: readonly Candidate[][],
  { index, path, count }: Steps,
  { columns }: Catalogue,
): Candidate[] => {
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
