/** Settings of the lyric readers, one a set, with reasons; chosen on training folds and splits alone: docs/decisions/0008-lyrics.md. */
import { CHINESE_EXPERTS, ENGLISH_EXPERTS, MOOD_EXPERTS } from '../../src/lyrics/song-emotions.ts';
import type { VectorOptions } from '../../src/lyrics/vectors.ts';
import type { LyricSet } from '../datasets/lyrics.ts';

export interface LyricRecipe {
  readonly vectors: VectorOptions;
  /**
   * `logistic`: one regression over all classes. `svm`: one machine a class, many times faster on ten thousands of texts, its
   * decisions sharpened to probabilities on a tenth held out. `both`: the mean of the two, still one weight a term.
   */
  readonly trainer: 'logistic' | 'svm' | 'both';
  /** Price of a training error in the logistic regression. */
  readonly C: number;
  /** The same in support vector machines, those of the trees and of one against one, too. */
  readonly svmC: number;
  /** Exponent of a class's rarity as its weight: 0 = all alike, 1 = every class counts the same in all. */
  readonly balance: number;
  /** Readers of other sets whose scores are further values, by name in the model. @default none */
  readonly experts?: readonly string[];
}

/** Characters of words help rare words: 悲 joins 悲伤, 悲哀, 悲痛. */
const CHINESE_SONG_BLOCKS: VectorOptions['blocks'] = {
  words: { scale: 1 },
  characters: { scale: 0.5 },
  pairs: { scale: 0.4 },
};

const TEXTS: LyricRecipe = {
  // Runs met less often are many and say little; without them the file is a third as large.
  vectors: {
    blocks: { words: { scale: 1, minDocuments: 5 }, characters: { scale: 1, minDocuments: 10 } },
    valueScale: 0.05,
  },
  trainer: 'svm',
  C: 3,
  // Of 0.6, 0.3, 0.1, 0.05 on half of the validation rows: 0.680 (0.3) and 0.690 (0.1) for SMP; CLUE 0.572 (0.3, another half), 0.560 (0.1).
  svmC: 0.1,
  balance: 0.5,
};

const ENGLISH_SONGS: LyricRecipe = {
  vectors: { blocks: { words: { scale: 1 }, modified: { scale: 0.3 } }, valueScale: 0.1 },
  trainer: 'logistic',
  C: 3,
  svmC: 0.2,
  balance: 0.5,
  experts: ENGLISH_EXPERTS,
};

export const LYRIC_RECIPES: Readonly<Record<LyricSet, LyricRecipe>> = {
  'zh-lyrics-7emotion': {
    vectors: { blocks: CHINESE_SONG_BLOCKS, valueScale: 0.1 },
    // Regressions find rare classes, machines are right more often: together they keep most of both.
    trainer: 'both',
    C: 3,
    svmC: 0.2,
    balance: 0.75,
    experts: CHINESE_EXPERTS,
  },
  'en-happy-sad': ENGLISH_SONGS,
  // Ten folds of the train split: 0.505 with the comments' expert, 0.525 with the songs' beside it.
  'en-4q': { ...ENGLISH_SONGS, experts: MOOD_EXPERTS },
  'zh-weibo': TEXTS,
  // On the dev split: C 0.3 0.658, 0.12 0.673, 0.06 0.676, 0.03 0.674; classes weighed by less, 0.585 instead of 0.577 macro-F1.
  'en-goemotions': { ...TEXTS, svmC: 0.06, balance: 0.25 },
  // Three folds of its training rows: as TEXTS 0.478 / 0.383, runs of characters from three poems on 0.500 / 0.387, words at half beside
  // them 0.504 / 0.392; a regression of runs alone 0.497 / 0.409.
  'zh-poems': {
    vectors: {
      blocks: { words: { scale: 0.5, minDocuments: 3 }, characters: { scale: 1, minDocuments: 3 } },
      valueScale: 0.05,
    },
    trainer: 'both',
    C: 1,
    svmC: 0.1,
    balance: 0.5,
  },
  'en-isear': TEXTS,
};

/** Readers that help others: learnt from texts in the form of songs, where labelled songs are few. */
export const LYRIC_EXPERTS: Readonly<Record<string, { readonly set: LyricSet; readonly recipe: LyricRecipe }>> = {
  'zh-expert': {
    set: 'zh-weibo',
    recipe: {
      vectors: {
        blocks: {
          words: { scale: 1, minDocuments: 4 },
          characters: { scale: 0.5, minDocuments: 4 },
          pairs: { scale: 0.4, minDocuments: 4 },
        },
      },
      trainer: 'svm',
      C: 2,
      svmC: 0.2,
      balance: 0.5,
    },
  },
  // Old verse says what is sad and what is glad in the words that songs still use.
  'zh-poem-expert': {
    set: 'zh-poems',
    recipe: {
      vectors: { blocks: { letters: { scale: 1, minDocuments: 3 }, letterPairs: { scale: 0.7, minDocuments: 3 } } },
      trainer: 'svm',
      C: 2,
      svmC: 0.2,
      balance: 0.5,
    },
  },
  'en-song-expert': {
    set: 'en-happy-sad',
    recipe: { vectors: { blocks: { words: { scale: 1 } } }, trainer: 'logistic', C: 3, svmC: 0.2, balance: 0.5 },
  },
  'en-expert': {
    set: 'en-goemotions',
    recipe: {
      vectors: { blocks: { words: { scale: 1, minDocuments: 3 } } },
      trainer: 'svm',
      C: 2,
      svmC: 0.2,
      balance: 0.5,
    },
  },
};
