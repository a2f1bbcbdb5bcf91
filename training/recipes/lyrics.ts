/** Settings of the lyric classifiers, one a set. Only the Chinese songs' were chosen so far: docs/decisions/0008-lyrics.md. */
import type { VectorOptions } from '../../src/lyrics/vectors.ts';
import type { LyricSet } from '../datasets/lyrics.ts';

export interface LyricRecipe {
  readonly vectors: VectorOptions;
  /** Price of a training error in the linear classifiers. */
  readonly C: number;
  /** Exponent of a class's rarity as its weight: 0 = all alike, 1 = every class counts the same in all. */
  readonly balance: number;
  /** Longest run of words that is a term, in short texts. @default 1 */
  readonly longestWords?: number;
}

const SONGS_ZH: LyricRecipe = {
  // Characters of words help rare words: 悲 joins 悲伤, 悲哀, 悲痛.
  vectors: { blocks: { words: { scale: 1 }, characters: { scale: 0.5 }, pairs: { scale: 0.4 } }, valueScale: 0.1 },
  C: 0.2,
  balance: 0.75,
};

const SONGS_EN: LyricRecipe = {
  vectors: { blocks: { words: { scale: 1 }, modified: { scale: 0.3 } }, valueScale: 0.1 },
  C: 0.2,
  balance: 0.5,
};

const TEXTS: LyricRecipe = {
  vectors: { blocks: { words: { scale: 1 }, characters: { scale: 1, minDocuments: 3 } }, valueScale: 0.05 },
  C: 0.3,
  balance: 0.5,
  longestWords: 2,
};

export const LYRIC_RECIPES: Readonly<Record<LyricSet, LyricRecipe>> = {
  'zh-lyrics-7emotion': SONGS_ZH,
  'en-happy-sad': SONGS_EN,
  'en-4q': SONGS_EN,
  'zh-weibo': TEXTS,
  'en-goemotions': TEXTS,
  'en-isear': TEXTS,
};
