/** How well emotions are read from lyrics and short texts: by the model that ships, or by one learnt from the data given. */
import { createHash } from 'node:crypto';
import { loadLyricModel } from '../node/lyric-model.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { type LyricModel, readLogits, softmax } from '../src/lyrics/emotion-reader.ts';
import type { Lexicon } from '../src/lyrics/lexicon.ts';
import { fitVectors, toRows } from '../src/lyrics/vectors.ts';
import { fiveClassLabel, LYRIC_SETS, type LyricSet } from './datasets/lyrics.ts';
import { addExperts, type Readers, sideOf, trainExperts, trainSetReader } from './lyrics/model.ts';
import { type Experiment, experimentOf, foldsOf, loadSamples, type SourcedSample, TESTS } from './lyrics/samples.ts';
import { type LyricScore, scoreLabels } from './lyrics/score.ts';
import { fiveClassTree, TREES, type TrainLabels, trainPairs, trainWithTree, walkTree } from './lyrics/trees.ts';
import { describeMachine, findCommit } from './provenance.ts';
import { LYRIC_RECIPES, type LyricRecipe } from './recipes/lyrics.ts';

export type { LyricScore } from './lyrics/score.ts';

export interface EvaluateLyricsOptions {
  /** The set's file, or the folder that holds it. */
  readonly data: string;
  /** @default 'zh-lyrics-7emotion' */
  readonly set?: LyricSet;
  /** Which fold of the Chinese lyrics to measure. @default all; learnt anew, each in turn from the others */
  readonly fold?: number;
  /** Learn from the data given rather than use the model that ships. @default false, true where none ships for the set */
  readonly retrain?: boolean;
  /** @default the lists that ship */
  readonly lexicon?: Lexicon;
  readonly onProgress?: (message: string) => void;
}

export interface LyricsReport extends LyricScore {
  readonly set: LyricSet;
  /** Version of the model that ships, or `retrained`. */
  readonly model: string;
  readonly recipe: LyricRecipe;
  /** Texts learnt from, in all folds together; 0: the model that ships was used, which learnt elsewhere. */
  readonly trainingCount: number;
  /** Of the file's rows measured, in order: shows which were. */
  readonly dataSha256: string;
  /** Chinese lyrics: all seven classes. */
  readonly sevenClasses?: LyricScore;
  /** Chinese lyrics: by the trees and, learnt anew, one against one; seven and five classes. */
  readonly hierarchical?: Readonly<Record<string, LyricScore>>;
  /** Chinese lyrics: happy against angry, disgust, fear and sad. */
  readonly positiveNegative?: LyricScore;
  /** Microblogs: the other test, CLUE's. */
  readonly clue?: LyricScore;
  readonly commit: string | undefined;
  readonly machine: string;
  readonly date: string;
}

/**
 * @throws {InvalidInputError} `lyrics/data`: no such set or file, a fold that is not in it, or nothing to learn from or
 *   to measure; `lyrics/trained-on`: folds that the model that ships learnt from, and no `retrain`
 */
export const evaluateLyrics = async (options: EvaluateLyricsOptions): Promise<LyricsReport> => {
  const { data, set = 'zh-lyrics-7emotion', lexicon, onProgress = () => {} } = options;
  if (!Object.hasOwn(LYRIC_SETS, set)) {
    throw new InvalidInputError(
      'lyrics/data',
      `There is no set '${set}': choose ${Object.keys(LYRIC_SETS).join(', ')}.`,
    );
  }
  const shipped = options.retrain ? undefined : await loadLyricModel();
  const model = shipped?.readers[set] ? shipped : undefined;
  const samples = await loadSamples(data, set, lexicon ? { lexicon } : {});
  const measured =
    set === 'zh-lyrics-7emotion'
      ? await measureSongs(samples, options, model)
      : await measureTests(samples, set, data, model, onProgress);
  return {
    set,
    model: model?.version ?? 'retrained',
    recipe: LYRIC_RECIPES[set],
    ...measured,
    dataSha256: createHash('sha256')
      .update(samples.map(({ label, part, document }) => `${label} ${part} ${document.values.join(' ')}`).join('\n'))
      .digest('hex'),
    commit: await findCommit(),
    machine: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
  };
};

type Measured = Omit<LyricsReport, 'set' | 'model' | 'recipe' | 'commit' | 'machine' | 'date' | 'dataSha256'>;

/** What a model says of samples: the likeliest class of a head, and the probabilities. */
const predict = (
  readers: Readers,
  set: LyricSet,
  head: string,
  samples: readonly SourcedSample[],
): { readonly labels: string[]; readonly probabilities: ReadonlyMap<string, number>[] } => {
  const reader = readers[set]!;
  const { classes } = reader.heads[head]!;
  const documents = addExperts(
    set,
    samples.map(({ document }) => document),
    readers,
  );
  const probabilities = readLogits(reader, head, documents).map(softmax);
  return {
    labels: probabilities.map((row) => classes[row.indexOf(Math.max(...row))]!),
    probabilities: probabilities.map((row) => new Map(classes.map((label, k) => [label, row[k]!]))),
  };
};

const measureTests = async (
  samples: readonly SourcedSample[],
  set: LyricSet,
  data: string,
  model: LyricModel | undefined,
  onProgress: (message: string) => void,
): Promise<Measured> => {
  const tests = Object.entries(TESTS[set] ?? { all: undefined });
  const present = tests.filter(([, source]) => source === undefined || samples.some((s) => s.source === source));
  const scores: Record<string, LyricScore> = {};
  let trainingCount = 0;
  let readers = model?.readers;
  for (const [head, source] of present) {
    const test = samples.filter(
      (sample) =>
        (sample.part === 'test' || sample.part === 'valid') && (source === undefined || sample.source === source),
    );
    const own = test.some(({ part }) => part === 'test') ? test.filter(({ part }) => part === 'test') : test;
    if (!readers) {
      const { training } = experimentOf(samples, set, source);
      trainingCount = training.length;
      const experts = await trainExperts(data, LYRIC_RECIPES[set].experts ?? [], onProgress);
      // Both microblog tests share their rows to learn from; each has a head of its own.
      const all = TESTS[set]
        ? samples.filter((sample) => sample.part !== 'test' && sample.source !== 'smp2020-virus')
        : training;
      readers = { ...experts, [set]: trainSetReader(set, all, experts, onProgress) };
    }
    if (own.length === 0) throw new InvalidInputError('lyrics/data', `${set}: there are no test rows to measure.`);
    scores[head] = scoreLabels(
      own.map(({ label }) => label),
      predict(readers, set, head, own).labels,
    );
  }
  const first = scores[present[0]?.[0] ?? ''];
  if (!first) throw new InvalidInputError('lyrics/data', `${set}: there are no test rows to measure.`);
  return { ...first, trainingCount, ...(scores.clue && scores.smp ? { clue: scores.clue } : {}) };
};

/** The folds the model that ships learnt from. */
const LEARNT_FOLDS: readonly string[] = ['0', '1', '2', '3'];

const measureSongs = async (
  samples: readonly SourcedSample[],
  { data, fold, onProgress = () => {} }: EvaluateLyricsOptions,
  model: LyricModel | undefined,
): Promise<Measured> => {
  if (model) {
    const test = samples.filter(({ part }) =>
      fold === undefined ? !LEARNT_FOLDS.includes(part) : part === String(fold),
    );
    if (test.length === 0 || test.some(({ part }) => LEARNT_FOLDS.includes(part))) {
      const present = [...new Set(samples.map(({ part }) => part))].sort().join(', ');
      throw new InvalidInputError(
        'lyrics/trained-on',
        `The model that ships learnt from folds ${LEARNT_FOLDS.join(', ')}; the file holds ${present}. Give --retrain to learn ` +
          'each fold anew from the others, or a file with another fold.',
      );
    }
    return { ...measureFlat([{ readers: model.readers, test }]), trainingCount: 0 };
  }
  const experiments = foldsOf(samples, fold);
  const experts = await trainExperts(data, LYRIC_RECIPES['zh-lyrics-7emotion'].experts ?? [], onProgress);
  const readers = experiments.map(({ training, test }, at) => {
    onProgress(`fold ${at + 1} of ${experiments.length}`);
    const own = experts ?? {};
    return {
      test,
      readers: { ...own, 'zh-lyrics-7emotion': trainSetReader('zh-lyrics-7emotion', training, own, onProgress) },
    };
  });
  return {
    ...measureFlat(readers),
    hierarchical: measureTrees(experiments, experts, onProgress),
    trainingCount: experiments.reduce((sum, { training }) => sum + training.length, 0),
  };
};

interface Tested {
  readonly readers: Readers;
  readonly test: readonly SourcedSample[];
}

const measureFlat = (parts: readonly Tested[]): Omit<Measured, 'trainingCount'> => {
  const by = (head: string, labelOf: (label: string) => string | undefined): LyricScore => {
    const [truth, predicted]: [string[], string[]] = [[], []];
    for (const { readers, test } of parts) {
      const own = test.filter(({ label }) => labelOf(label) !== undefined);
      truth.push(...own.map(({ label }) => labelOf(label)!));
      predicted.push(...predict(readers, 'zh-lyrics-7emotion', head, own).labels);
    }
    return scoreLabels(truth, predicted);
  };
  const hierarchical = Object.fromEntries(
    Object.entries(TREES).map(([name, tree]) => {
      const [truth, predicted]: [string[], string[]] = [[], []];
      for (const { readers, test } of parts) {
        truth.push(...test.map(({ label }) => label));
        const { probabilities } = predict(readers, 'zh-lyrics-7emotion', 'seven', test);
        predicted.push(...probabilities.map((row) => walkTree(tree, row)));
      }
      return [`${name}Seven`, scoreLabels(truth, predicted)];
    }),
  );
  return {
    ...by('five', fiveClassLabel),
    sevenClasses: by('seven', (label) => label),
    positiveNegative: by('sides', sideOf),
    hierarchical,
  };
};

const measureTrees = (
  experiments: readonly Experiment[],
  experts: Readers,
  onProgress: (message: string) => void,
): Record<string, LyricScore> => {
  const recipe = LYRIC_RECIPES['zh-lyrics-7emotion'];
  const by = (train: TrainLabels, labelOf: (label: string) => string | undefined): LyricScore => {
    const [truth, predicted]: [string[], string[]] = [[], []];
    for (const { training, test } of experiments) {
      const [own, wanted] = [training, test].map((all) => all.filter(({ label }) => labelOf(label) !== undefined)) as [
        SourcedSample[],
        SourcedSample[],
      ];
      const documentsOf = (all: readonly SourcedSample[]) =>
        addExperts(
          'zh-lyrics-7emotion',
          all.map(({ document }) => document),
          experts,
        );
      const learnt = documentsOf(own);
      const vectors = fitVectors(learnt, recipe.vectors);
      const labels = own.map(({ label }) => labelOf(label)!);
      predicted.push(...train(toRows(vectors, learnt), labels)(toRows(vectors, documentsOf(wanted))));
      truth.push(...wanted.map(({ label }) => labelOf(label)!));
    }
    return scoreLabels(truth, predicted);
  };
  const scores: Record<string, LyricScore> = {};
  for (const [name, tree] of Object.entries(TREES)) {
    onProgress(`tree: ${name}`);
    scores[`${name}Seven`] = by(trainWithTree(tree, recipe), (label) => label);
    scores[`${name}Five`] = by(trainWithTree(fiveClassTree(tree), recipe), fiveClassLabel);
  }
  onProgress('one against one');
  scores.oneAgainstOneSeven = by(trainPairs(recipe), (label) => label);
  scores.oneAgainstOneFive = by(trainPairs(recipe), fiveClassLabel);
  return scores;
};
