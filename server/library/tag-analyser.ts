/** What a song's tags say of its emotion, learnt from the songs that ship: how often each tag goes with each emotion's library. */
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import type { Catalogue } from '../../src/music/catalogue.ts';
import type { EmotionEvidence } from '../../src/music/library-song.ts';
import type { Analyser } from './analyser.ts';

/** Added to each count, so that a tag met once decides nothing. */
const SMOOTHING = 1;
/**
 * How far tags are trusted, by how many of them are known. Our choice: with each tenth left out more than nine in ten of the shipped
 * songs get back their emotion, but their tags were given by whoever gave the emotion; tags from elsewhere surely tell less.
 */
const CONFIDENCE = [0, 0.2, 0.35, 0.45] as const;

export interface TagEmotions {
  /** @returns shares that sum to 1, and how many of the tags are known; `undefined` where none is */
  read(
    tags: readonly string[],
  ): { readonly scores: Readonly<Record<Emotion, number>>; readonly known: number } | undefined;
}

/** One song's tags and library. */
export interface TaggedSong {
  readonly emotion: Emotion;
  readonly tags: readonly string[];
}

/** Multinomial naive Bayes with equal priors: a listener's library need not hold as many sad songs as ours. */
export const learnTagEmotions = (songs: Iterable<TaggedSong>): TagEmotions => {
  const counts = new Map<string, number[]>();
  const totals = EMOTIONS.map(() => 0);
  for (const { emotion, tags } of songs) {
    const e = EMOTIONS.indexOf(emotion);
    for (const tag of tags) {
      const row = counts.get(tag) ?? EMOTIONS.map(() => 0);
      row[e]! += 1;
      totals[e]! += 1;
      counts.set(tag, row);
    }
  }
  return {
    read: (tags) => {
      const known = [...new Set(tags)].map((tag) => counts.get(tag)).filter((row) => row !== undefined);
      if (known.length === 0) return undefined;
      const logs = EMOTIONS.map((_, e) =>
        known.reduce((sum, row) => sum + Math.log((row[e]! + SMOOTHING) / (totals[e]! + SMOOTHING * counts.size)), 0),
      );
      const most = Math.max(...logs);
      // The tags of one song go together: as many witnesses as the square root of their number.
      const shares = logs.map((log) => Math.exp((log - most) / Math.sqrt(known.length)));
      const sum = shares.reduce((total, share) => total + share, 0);
      const scores = Object.fromEntries(EMOTIONS.map((emotion, e) => [emotion, shares[e]! / sum]));
      return { scores: scores as Record<Emotion, number>, known: known.length };
    },
  };
};

/** @param catalogue whose songs to learn from: the one that ships */
export const createTagAnalyser = (catalogue: Catalogue): Analyser => {
  const songs = Array.from({ length: catalogue.size }, (_, position) => catalogue.song(position));
  const emotions = learnTagEmotions(songs);
  const version = `catalogue-${catalogue.size}-1`;
  return {
    source: 'tags',
    version,
    analyse: async ({ tags }): Promise<EmotionEvidence | undefined> => {
      const found = emotions.read(tags);
      if (!found) return undefined;
      const confidence = CONFIDENCE[Math.min(found.known, CONFIDENCE.length - 1)] ?? 0;
      return { source: 'tags', version, scores: found.scores, confidence };
    },
  };
};
