/** The lyric model that ships: all its readers trained, and which question of which reader a set is measured by. */

import { loadLyricModel } from '../../node/lyric-model.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { withExperts } from '../../src/lyrics/documents.ts';
import { type EmotionReader, readLogits } from '../../src/lyrics/emotion-reader.ts';
import type { TermDocument } from '../../src/lyrics/vectors.ts';
import { fiveClassLabel, type LyricSet } from '../datasets/lyrics.ts';
import { LYRIC_EXPERTS, LYRIC_RECIPES } from '../recipes/lyrics.ts';
import { isLearnable, isTest, loadSamples, type SourcedSample, TESTS, UNSPLIT } from './samples.ts';
import { type Question, trainReader } from './train-reader.ts';

export type Readers = Readonly<Record<string, EmotionReader>>;

/** Happy against angry, disgust, fear and sad; the others are on no side. */
export const sideOf = (label: string): string | undefined =>
  label === 'happy' ? 'positive' : label === 'neutral' || label === 'surprise' ? undefined : 'negative';

/** The questions a reader of a set answers. */
export const questionsOf = (set: LyricSet, samples: readonly SourcedSample[]): Record<string, Question> => {
  const labels = samples.map(({ label }) => label);
  if (set === 'zh-lyrics-7emotion') {
    return {
      seven: { labels, balance: 0.6 },
      five: { labels: labels.map(fiveClassLabel) },
      sides: { labels: labels.map(sideOf), balance: 0.5 },
    };
  }
  const tests = TESTS[set];
  if (!tests) return { all: { labels } };
  return Object.fromEntries(
    Object.entries(tests).map(([name, source]) => {
      const known = new Set(samples.filter((sample) => sample.source === source).map(({ label }) => label));
      return [
        name,
        {
          labels: labels.map((label) => (known.has(label) ? label : undefined)),
          isAtHome: samples.map((sample) => sample.source === source),
        },
      ];
    }),
  );
};

/** Documents with the scores of the experts a set's recipe names. */
export const addExperts = (
  set: LyricSet,
  documents: readonly TermDocument[],
  readers: Readers,
): readonly TermDocument[] => {
  const experts = (LYRIC_RECIPES[set].experts ?? []).filter((name) => readers[name] !== undefined);
  if (experts.length === 0) return documents;
  const scores = experts.map((name) => readLogits(readers[name]!, 'all', documents));
  return documents.map((document, at) =>
    withExperts(
      document,
      scores.flatMap((rows) => [...rows[at]!]),
    ),
  );
};

/**
 * Experts by name (a recipe's `experts`), trained on what may be learnt from their own sets. Where those are not in the folder, those
 * that ship; where none ships, none: the songs alone are enough to learn from, and a little is lost.
 */
export const trainExperts = async (
  data: string,
  names: readonly string[],
  onProgress: (message: string) => void,
): Promise<Record<string, EmotionReader>> => {
  const readers: Record<string, EmotionReader> = {};
  for (const name of names) {
    const { set, recipe } = LYRIC_EXPERTS[name]!;
    // Everything but the test rows may be learnt from here, the virus subset too: it only lends its scores. Of a set without a
    // split all may: its draw serves the set's own reader, which never ships and is never asked beside this one.
    const samples = await loadSamples(data, set, { asSongs: true }).then(
      (all) => all.filter((sample) => UNSPLIT.includes(set) || !isTest(set, sample)),
      (error: unknown) => {
        if (error instanceof InvalidInputError && error.code === 'lyrics/data') return undefined;
        throw error;
      },
    );
    if (samples === undefined) {
      const shipped = (await loadLyricModel())?.readers[name];
      if (shipped) readers[name] = shipped;
      continue;
    }
    readers[name] = trainReader({
      documents: samples.map(({ document }) => document),
      questions: { all: { labels: samples.map(({ label }) => label) } },
      recipe,
      onProgress: (message) => onProgress(`${name}: ${message}`),
    });
  }
  return readers;
};

/** A reader of a set, from samples that may all be learnt from. */
export const trainSetReader = (
  set: LyricSet,
  samples: readonly SourcedSample[],
  readers: Readers,
  onProgress: (message: string) => void,
): EmotionReader =>
  trainReader({
    documents: addExperts(
      set,
      samples.map(({ document }) => document),
      readers,
    ),
    questions: questionsOf(set, samples),
    recipe: LYRIC_RECIPES[set],
    onProgress: (message) => onProgress(`${set}: ${message}`),
  });

/** The sets whose readers ship. */
export const SHIPPED_SETS: readonly LyricSet[] = [
  'zh-lyrics-7emotion',
  'zh-weibo',
  'en-goemotions',
  'en-happy-sad',
  'en-4q',
];

/**
 * All readers, each from its set's rows that are no test; of the Chinese songs from folds 0 to 3.
 *
 * @param onReader is given each reader as it is done, so that it can be kept
 * @param known readers that need not be trained again
 */
export const trainLyricModel = async (
  data: string,
  known: Readers,
  onReader: (name: string, reader: EmotionReader) => void,
  onProgress: (message: string) => void,
): Promise<void> => {
  const readers: Record<string, EmotionReader> = { ...known };
  const done = (name: string, reader: EmotionReader): void => {
    readers[name] = reader;
    onReader(name, reader);
  };
  for (const set of SHIPPED_SETS) {
    if (readers[set]) continue;
    for (const name of LYRIC_RECIPES[set].experts ?? []) {
      if (!readers[name]) done(name, (await trainExperts(data, [name], onProgress))[name]!);
    }
    const samples = (await loadSamples(data, set)).filter(
      (sample) => !isTest(set, sample) && isLearnable(sample) && sample.part !== '4',
    );
    done(set, trainSetReader(set, samples, readers, onProgress));
  }
};
