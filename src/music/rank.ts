/** The paper's ranking: songs in the order of the cosine between their tags and a profile of tag counts, exactly. */
import { EMOTIONS, type Emotion } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import type { Song } from './song.ts';
import type { Catalogue } from './song-columns.ts';

/** Tags and how much each counts: whole numbers from 1; a profile holds how many of its songs have the tag. */
export type TagWeights = ReadonlyMap<string, number>;

export interface RankedSong {
  readonly song: Song;
  /** Cosine between the song's tags and the profile it was ranked by, 0 to 1. */
  readonly score: number;
  /** The song's tags that the profile has too, the one that added most to the score first; equal ones in the song's order. */
  readonly why: readonly string[];
}

export interface RankOptions {
  readonly weights: TagWeights;
  readonly catalogue: Catalogue;
  /** Rank this library alone. @default all songs */
  readonly emotion?: Emotion;
  /** Positions of songs to leave out. @default none */
  readonly without?: ReadonlySet<number>;
  /** How many songs, the best ones. @default all */
  readonly count?: number;
}

/**
 * Sum of all weights allowed. It keeps a song's sum within 16 bits and every product compared below 2^53, so nothing is rounded.
 */
const LARGEST_SUM = 65_535;

/**
 * The positions of the best songs, best first.
 *
 * A song has a tag or not, so its cosine with the weights a is dot / (|a| sqrt(n)): dot the sum of the weights of its tags, n its
 * number of tags. |a| is the same for all, so songs are compared by dot^2 / n in whole numbers, and equal songs stand in the
 * order of their ids: no rounding ever decides. Formula (5) of the paper takes the arc cosine of this, which falls as songs grow
 * more alike, while its text and Table 4 sort by, and print, the cosine itself; so do we.
 *
 * Sums come from the lists of the tags asked for (an inverted index). Then, as there are few different pairs (dot, n), songs are
 * counted by pair, the pairs sorted, and only the songs of the best pairs picked up: no song is compared with another.
 *
 * @throws {InvalidInputError} `music/weights`: a weight is no whole number from 1, or they add up to more than 65,535.
 */
export const rankPositions = ({
  weights,
  catalogue,
  emotion,
  without,
  count = catalogue.size,
}: RankOptions): Uint32Array => {
  checkWeights(weights);
  const { columns, size } = catalogue;
  const libraries = emotion === undefined ? EMOTIONS.map((_, e) => e) : [EMOTIONS.indexOf(emotion)];
  const candidates = emotion === undefined ? undefined : columns.library[libraries[0]!]!;
  const candidateCount = candidates ? candidates.length : size;

  const dots = new Uint16Array(size);
  let largestDot = 0;
  for (const [tag, weight] of weights) {
    largestDot += weight;
    for (const library of libraries) {
      const songs = columns.postings(library, tag);
      for (let i = 0; i < songs.length; i++) dots[songs[i]!]! += weight;
    }
  }

  const { tagStart } = columns;
  let mostTags = 0;
  for (let i = 0; i < candidateCount; i++) {
    const position = candidates ? candidates[i]! : i;
    const tags = tagStart[position + 1]! - tagStart[position]!;
    if (tags > mostTags) mostTags = tags;
  }
  const width = mostTags + 1;
  const counts = new Uint32Array((largestDot + 1) * width);
  for (let i = 0; i < candidateCount; i++) {
    const position = candidates ? candidates[i]! : i;
    counts[dots[position]! * width + tagStart[position + 1]! - tagStart[position]!]!++;
  }

  const levels = sortPairs(counts, width);
  const wanted = Math.max(0, Math.min(count, candidateCount));
  // Those left out may all stand at the top, so as many more are picked up.
  const enough = Math.min(wanted + (without?.size ?? 0), candidateCount);
  const nextOfLevel = new Uint32Array(levels.sizes.length);
  let picked = 0;
  let levelCount = 0;
  while (levelCount < levels.sizes.length && picked < enough) {
    nextOfLevel[levelCount] = picked;
    picked += levels.sizes[levelCount++]!;
  }
  const ranked = new Uint32Array(picked);
  for (let i = 0; i < candidateCount; i++) {
    const position = candidates ? candidates[i]! : i;
    const level = levels.of[dots[position]! * width + tagStart[position + 1]! - tagStart[position]!]!;
    if (level < levelCount) ranked[nextOfLevel[level]!++] = position;
  }
  return (without?.size ? ranked.filter((position) => !without.has(position)) : ranked).slice(0, wanted);
};

/**
 * Sorts the pairs (dot, n) that occur by dot^2 / n, largest first; pairs of equal value share a level.
 *
 * @param counts songs of each pair, at dot * width + n.
 * @returns of: the level of each pair; sizes: how many songs each level has.
 */
const sortPairs = (counts: Uint32Array, width: number): { of: Uint32Array; sizes: number[] } => {
  const pairs: { pair: number; square: number; tags: number }[] = [];
  counts.forEach((songs, pair) => {
    // A song without tags has cosine 0, as if it had one that is not asked for.
    if (songs > 0) pairs.push({ pair, square: Math.floor(pair / width) ** 2, tags: Math.max(1, pair % width) });
  });
  pairs.sort((a, b) => b.square * a.tags - a.square * b.tags);
  const of = new Uint32Array(counts.length);
  const sizes: number[] = [];
  pairs.forEach(({ pair, square, tags }, i) => {
    const better = pairs[i - 1];
    if (better && better.square * tags === square * better.tags) sizes[sizes.length - 1]! += counts[pair]!;
    else sizes.push(counts[pair]!);
    of[pair] = sizes.length - 1;
  });
  return { of, sizes };
};

const checkWeights = (weights: TagWeights): void => {
  let sum = 0;
  for (const [tag, weight] of weights) {
    if (!Number.isInteger(weight) || weight < 1) {
      throw new InvalidInputError(
        'music/weights',
        `The weight of "${tag}" must be a whole number from 1; it is ${weight}.`,
      );
    }
    sum += weight;
  }
  if (sum > LARGEST_SUM) {
    throw new InvalidInputError(
      'music/weights',
      `The weights add up to ${sum}: scale them down to ${LARGEST_SUM} in all.`,
    );
  }
};

/** A song with its score and reasons under the weights it was ranked by. */
export const scoreSong = (song: Song, weights: TagWeights): RankedSong => {
  const weight = (tag: string): number => weights.get(tag) ?? 0;
  const why = song.tags.filter((tag) => weight(tag) > 0).sort((a, b) => weight(b) - weight(a));
  const dot = why.reduce((sum, tag) => sum + weight(tag), 0);
  const normSquared = [...weights.values()].reduce((sum, value) => sum + value * value, 0);
  return { song, score: dot === 0 ? 0 : dot / Math.sqrt(normSquared * song.tags.length), why };
};

/** The best songs with scores and reasons, best first: `rankPositions` with the songs looked up. */
export const rankSongs = (options: RankOptions): RankedSong[] =>
  Array.from(rankPositions(options), (position) => scoreSong(options.catalogue.song(position), options.weights));
