/**
 * The feature values of a song's words, all of them, each with its meaning and range: the one place that says so.
 *
 * Every value is a share or a mean, so that a song sung twice has the values of the song sung once (the counts of lines
 * and words apart, which are there for classifiers and named so).
 */
import { EMOTIONS, type Emotion } from '../base/emotions.ts';
import { DEGREE_FACTORS, type Lexicon } from './lexicon.ts';
import { lexiconForm, type WordCounts } from './word-counts.ts';

/** Name -> what it is. The order is that of the columns in a feature vector. */
export const LYRIC_FEATURES = {
  logWords: 'natural logarithm of 1 + words, repetitions included',
  uniqueWordShare: 'different words / words, 0..1',
  repeatedLineShare: 'lines that repeat an earlier one / lines, 0..1',
  emotionWordShare: 'emotion words / words, 0..1',
  positive: 'sum of values above 0 / words, 0 or more: each emotion word counts its polarity times its modifiers',
  negative: 'minus the sum of values below 0 / words, 0 or more',
  balance: '(positive - negative) / (positive + negative), -1..1; 0 where both are 0',
  strength: 'mean size of the emotion words values, 0 or more; 0 where there are none',
  negatedShare: 'emotion words under an odd number of negations / emotion words, 0..1',
  intensifiedShare: 'emotion words with a degree factor above 1 / emotion words, 0..1',
  weakenedShare: 'emotion words with a degree factor below 1 / emotion words, 0..1',
  angry: 'strength of words that stand for anger, not negated, times their degree / words, 0 or more; so the next six',
  disgust: 'as angry',
  fear: 'as angry',
  happy: 'as angry',
  sad: 'as angry',
  surprise: 'as angry',
  neutral: 'as angry',
  notAngry: 'the same of negated words ("not angry"); so the next six',
  notDisgust: 'as notAngry',
  notFear: 'as notAngry',
  notHappy: 'as notAngry',
  notSad: 'as notAngry',
  notSurprise: 'as notAngry',
  notNeutral: 'as notAngry',
} as const;

export type LyricFeature = keyof typeof LYRIC_FEATURES;
export type LyricFeatures = Readonly<Record<LyricFeature, number>>;

/** What the modifiers of a word make of its value. */
export interface Modification {
  /** The degree words' factors multiplied; halved for each degree word that stands under a negation before it. */
  readonly factor: number;
  /** Under an odd number of negations. */
  readonly negated: boolean;
}

/**
 * "very unhappy" and "not very happy" differ: a negation before a degree word takes the degree back (the factor is
 * halved), after it the whole is strengthened. 非常 不: 1.5, negated. 不 非常: 1.5 / 2 = 0.75, negated. 不 不: 1, not negated.
 *
 * @param modifiers in the order of the text; words that are neither degree words nor negations change nothing
 */
export const modify = (modifiers: readonly string[], { degrees, negations }: Lexicon): Modification => {
  let factor = 1;
  let negated = false;
  for (const modifier of modifiers) {
    const level = degrees.get(modifier);
    if (negations.has(modifier)) negated = !negated;
    else if (level) factor *= DEGREE_FACTORS[level] * (negated ? 0.5 : 1);
  }
  return { factor, negated };
};

/** An emotion word as found in a song, with what stood before it. */
export interface EmotionWord extends Modification {
  readonly word: string;
  /** The form the lexicon has. */
  readonly form: string;
  readonly count: number;
  /** Polarity times factor, turned round where negated; 0 where the lexicon gives emotions but no polarity. */
  readonly value: number;
}

/** The emotion words of a song, one entry for each word and set of modifiers, in the order of the counts. */
export const emotionWords = (counts: WordCounts, lexicon: Lexicon): EmotionWord[] => {
  const found: EmotionWord[] = [];
  /** Word -> how often the modified places have accounted for it already. */
  const spent = new Map<string, number>();
  const add = (word: string, modifiers: readonly string[], count: number): void => {
    const form = lexiconForm(word, lexicon);
    if (form === undefined || lexicon.negations.has(word) || count <= 0) return;
    const { factor, negated } = modify(modifiers, lexicon);
    const value = (lexicon.polarity.get(form) ?? 0) * factor * (negated ? -1 : 1);
    found.push({ word, form, count, factor, negated, value });
  };
  for (const [key, count] of counts.modified) {
    const modifiers = key.split('|');
    const word = modifiers.pop()!;
    // A word that served as a modifier ("pretty happy") is no emotion word in that place.
    for (const used of [word, ...modifiers]) spent.set(used, (spent.get(used) ?? 0) + count);
    add(word, modifiers, count);
  }
  for (const [word, count] of counts.bag) add(word, [], count - (spent.get(word) ?? 0));
  return found;
};

const notFeature = (emotion: Emotion): LyricFeature =>
  `not${emotion[0]!.toUpperCase()}${emotion.slice(1)}` as LyricFeature;

/** @see LYRIC_FEATURES for each value. No words at all give zeros. */
export const lyricFeatures = (counts: WordCounts, lexicon: Lexicon): LyricFeatures => {
  const values = Object.fromEntries(Object.keys(LYRIC_FEATURES).map((name) => [name, 0])) as Record<
    LyricFeature,
    number
  >;
  const { words, lines, uniqueLines, bag } = counts;
  if (words === 0) return values;
  let total = 0;
  for (const { form, count, factor, negated, value } of emotionWords(counts, lexicon)) {
    total += count;
    if (value > 0) values.positive += (count * value) / words;
    else values.negative -= (count * value) / words;
    values.strength += count * Math.abs(value);
    if (negated) values.negatedShare += count;
    if (factor > 1) values.intensifiedShare += count;
    if (factor < 1) values.weakenedShare += count;
    for (const emotion of EMOTIONS) {
      const strength = lexicon.emotions.get(form)?.[emotion] ?? 0;
      if (strength > 0) values[negated ? notFeature(emotion) : emotion] += (count * strength * factor) / words;
    }
  }
  values.logWords = Math.log1p(words);
  values.uniqueWordShare = Math.min(1, bag.size / words);
  values.repeatedLineShare = lines > 0 ? 1 - uniqueLines / lines : 0;
  values.emotionWordShare = Math.min(1, total / words);
  const sides = values.positive + values.negative;
  values.balance = sides > 0 ? (values.positive - values.negative) / sides : 0;
  for (const name of ['strength', 'negatedShare', 'intensifiedShare', 'weakenedShare'] as const) {
    if (total > 0) values[name] /= total;
  }
  return values;
};
