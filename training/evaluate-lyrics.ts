/** How well emotions are read from lyrics and short texts: trains on the part of a set that may be learnt from, measures the rest. */
import { loadLexicons } from '../node/lexicons.ts';
import { loadChineseTools } from '../node/segment-words.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { type Clause, splitClauses } from '../src/lyrics/clauses.ts';
import {
  GOOD_OR_BAD_FIRST,
  NEUTRAL_FIRST,
  type PredictLabels,
  pruneSplit,
  type Split,
  type TrainBinary,
  trainOneAgainstOne,
  trainTree,
} from '../src/lyrics/emotion-tree.ts';
import { lyricFeatures } from '../src/lyrics/features.ts';
import type { Lexicon } from '../src/lyrics/lexicon.ts';
import { charactersOf, countNGrams, fitVectors, type TermDocument, toRows } from '../src/lyrics/vectors.ts';
import { countWords } from '../src/lyrics/word-counts.ts';
import { linearDecisions, trainLinear } from '../src/svm/linear.ts';
import type { SparseRows } from '../src/svm/rows.ts';
import {
  fiveClassLabel,
  type LabelledSong,
  type LabelledText,
  LYRIC_SETS,
  type LyricSet,
  readLabelledTexts,
  readSongs,
  type SongSet,
  type TextSet,
} from './datasets/lyrics.ts';
import { accuracy, confusionMatrix, macroF1, scoreClasses, wilsonInterval } from './metrics.ts';
import { LYRIC_RECIPES, type LyricRecipe } from './recipes/lyrics.ts';

export interface EvaluateLyricsOptions {
  /** The set's file, or the folder that holds it. */
  readonly data: string;
  /** @default 'zh-lyrics-7emotion' */
  readonly set?: LyricSet;
  /** Which fold of the Chinese lyrics to measure; the others are learnt from. @default each in turn, together */
  readonly fold?: number;
  /** Learn from the data given rather than use the model that ships. @default false */
  readonly retrain?: boolean;
  /** @default the recipe of the set */
  readonly recipe?: LyricRecipe;
  /** @default the lists that ship */
  readonly lexicon?: Lexicon;
  readonly onProgress?: (message: string) => void;
}

export interface LyricScore {
  readonly accuracy: number;
  /** 95 %, Wilson. */
  readonly accuracyInterval: readonly [number, number];
  readonly macroF1: number;
  readonly count: number;
  /** Label -> precision, recall, f1, support. */
  readonly classes: Readonly<Record<string, { precision: number; recall: number; f1: number; support: number }>>;
  /** Shape [truth, predicted], in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[];
}

export interface LyricsReport extends LyricScore {
  readonly set: LyricSet;
  readonly recipe: LyricRecipe;
  /** Texts learnt from, in all folds together. */
  readonly trainingCount: number;
  /** Chinese lyrics: all seven classes. */
  readonly sevenClasses?: LyricScore;
  /** Chinese lyrics: the same rows and classifier, by trees and one against one; seven and five classes. */
  readonly hierarchical?: Readonly<Record<string, LyricScore>>;
  /** Chinese lyrics: happy against angry, disgust, fear and sad. */
  readonly positiveNegative?: LyricScore;
  /** Microblogs: the other test, CLUE's. */
  readonly clue?: LyricScore;
}

interface Sample {
  readonly label: string;
  readonly document: TermDocument;
}

/** One part to learn from and one to measure. */
interface Experiment {
  readonly training: readonly Sample[];
  readonly test: readonly Sample[];
}

/**
 * @throws {InvalidInputError} `lyrics/data`: no such set or file, a fold that is not in it, or nothing to learn from or
 *   to measure
 */
export const evaluateLyrics = async ({
  data,
  set = 'zh-lyrics-7emotion',
  fold,
  recipe = LYRIC_RECIPES[set],
  lexicon,
  onProgress = () => {},
}: EvaluateLyricsOptions): Promise<LyricsReport> => {
  if (!(set in LYRIC_SETS)) {
    throw new InvalidInputError(
      'lyrics/data',
      `There is no set '${set}': choose ${Object.keys(LYRIC_SETS).join(', ')}.`,
    );
  }
  const lists = lexicon ?? (await loadLexicons());
  if (set === 'zh-lyrics-7emotion') {
    const songs = (await readSongs(data, set)).map((song) => ({ ...sampleOfSong(song, lists), part: song.part }));
    const experiments = foldsOf(songs, fold);
    onProgress(`${songs.length} songs, ${experiments.length} fold(s) to measure`);
    return { set, recipe, ...measureChineseLyrics(experiments, recipe, onProgress) };
  }
  const { experiments, clue } = isSongSet(set)
    ? {
        experiments: bySplit(
          (await readSongs(data, set)).map((song) => ({ ...sampleOfSong(song, lists), part: song.part })),
        ),
        clue: undefined,
      }
    : await textExperiments(await readLabelledTexts(data, set), set, recipe, lists);
  onProgress(`${experiments[0]!.training.length} to learn from, ${experiments[0]!.test.length} to measure`);
  const score = measure(experiments, (rows, labels) => trainFlat(rows, labels, recipe), recipe);
  return {
    set,
    recipe,
    trainingCount: experiments[0]!.training.length,
    ...score,
    ...(clue ? { clue: measure([clue], (rows, labels) => trainFlat(rows, labels, recipe), recipe) } : {}),
  };
};

const isSongSet = (set: LyricSet): set is SongSet => LYRIC_SETS[set].form === 'songs';

const sampleOfSong = ({ label, counts }: LabelledSong, lexicon: Lexicon): Sample => ({
  label,
  document: {
    terms: {
      words: counts.bag,
      characters: charactersOf(counts),
      pairs: charactersOf(counts, 2),
      modified: counts.modified,
    },
    values: Object.values(lyricFeatures(counts, lexicon)),
  },
});

/** The folds of the file, or the one asked for; a fold is never learnt from while it is measured. */
const foldsOf = (samples: readonly (Sample & { part: string })[], fold: number | undefined): Experiment[] => {
  const present = [...new Set(samples.map(({ part }) => part))].sort();
  const wanted = fold === undefined ? present : [String(fold)];
  return wanted.map((part) => {
    const test = samples.filter((sample) => sample.part === part);
    const training = samples.filter((sample) => sample.part !== part);
    return checkExperiment({ training, test }, `fold ${part} (the file holds ${present.join(', ')})`);
  });
};

const checkExperiment = (experiment: Experiment, what: string): Experiment => {
  if (experiment.training.length > 0 && experiment.test.length > 0) return experiment;
  throw new InvalidInputError(
    'lyrics/data',
    `${what}: ${experiment.training.length} texts to learn from and ${experiment.test.length} to measure. Both must be there.`,
  );
};

const bySplit = (samples: readonly (Sample & { part: string })[]): Experiment[] => [
  checkExperiment(
    {
      training: samples.filter(({ part }) => part === 'train'),
      test: samples.filter(({ part }) => part === 'valid' || part === 'test'),
    },
    'train against valid or test',
  ),
];

/** Microblogs: learnt from all but the test rows and the virus subset, whose topics of 2020 mark its classes. */
const textExperiments = async (
  texts: readonly LabelledText[],
  set: TextSet,
  recipe: LyricRecipe,
  lexicon: Lexicon,
): Promise<{ experiments: Experiment[]; clue: Experiment | undefined }> => {
  const chinese = await loadChineseTools();
  const single = texts.filter(({ label, source }) => !label.includes(',') && source !== 'smp2020-virus');
  const samples = single.map((text, index) => {
    const clauses = splitClauses([text.text], chinese);
    const counts = countWords([text.text], clauses, lexicon);
    // ISEAR has no split: every fifth text is measured.
    const part = set === 'en-isear' ? (index % 5 === 0 ? 'test' : 'train') : text.part;
    const terms = {
      words: countNGrams(clauses, { shortest: 1, longest: recipe.longestWords ?? 1, joiner: ' ' }),
      characters: characterNGrams(text.text, clauses, set),
      modified: counts.modified,
    };
    const document = { terms, values: Object.values(lyricFeatures(counts, lexicon)) };
    return { label: text.label, source: text.source, part, document };
  });
  if (set !== 'zh-weibo')
    return { experiments: bySplit(samples.filter(({ part }) => part !== 'dev')), clue: undefined };
  const against = (source: string, name: string): Experiment => {
    const test = samples.filter((sample) => sample.source === source && sample.part === 'test');
    const wanted = new Set(test.map(({ label }) => label));
    return checkExperiment(
      { training: samples.filter(({ part, label }) => part !== 'test' && wanted.has(label)), test },
      name,
    );
  };
  return { experiments: [against('smp2020-usual', 'SMP usual test')], clue: against('clue-ocemotion', 'CLUE test') };
};

const characterNGrams = (text: string, clauses: readonly Clause[], set: TextSet): Map<string, number> =>
  set === 'zh-weibo'
    ? countNGrams([[...text.toLowerCase()]], { shortest: 1, longest: 3, joiner: '' })
    : countNGrams(
        clauses.flat().map((word) => [...`_${word}_`]),
        { shortest: 3, longest: 5, joiner: '' },
      );

type Train = (rows: SparseRows, labels: readonly string[]) => PredictLabels;

/** One linear classifier a label against the rest; the highest decision wins. Rarer labels weigh more, by the recipe. */
const trainFlat = (rows: SparseRows, labels: readonly string[], recipe: LyricRecipe): PredictLabels => {
  const classes = [...new Set(labels)].sort();
  const deciders = classes.map((label) => {
    const count = labels.filter((other) => other === label).length;
    const weight = (labels.length / classes.length / count) ** recipe.balance;
    return trainBinaryLinear(
      rows,
      labels.map((other) => (other === label ? 1 : 0)),
      recipe,
      [weight, 1],
    );
  });
  return (fresh) => {
    const decisions = deciders.map((decide) => decide(fresh));
    return Array.from({ length: fresh.rowCount }, (_, row) => {
      let best = 0;
      for (let at = 1; at < classes.length; at++) if (decisions[at]![row]! > decisions[best]![row]!) best = at;
      return classes[best]!;
    });
  };
};

const trainBinaryLinear = (
  rows: SparseRows,
  isFirst: ArrayLike<number>,
  { C }: LyricRecipe,
  [first, second]: readonly [number, number],
) => {
  const signs = Int32Array.from(isFirst, (one) => (one === 1 ? 1 : -1));
  const classWeights = new Map([
    [1, first],
    [-1, second],
  ]);
  const model = trainLinear(rows, signs, { C, bias: 1, maxRounds: 100, classWeights });
  const sign = model.labels[0] === 1 ? 1 : -1;
  return (fresh: SparseRows) => linearDecisions(model, fresh).map((decision) => sign * decision);
};

/** For trees and pairs: both sides weighed by their rarity. */
const balancedBinary =
  (recipe: LyricRecipe): TrainBinary =>
  (rows, isFirst) => {
    const ones = isFirst.reduce((sum, one) => sum + one, 0);
    const weight = (count: number): number => (isFirst.length / 2 / count) ** recipe.balance;
    return trainBinaryLinear(rows, isFirst, recipe, [weight(ones), weight(isFirst.length - ones)]);
  };

const score = (truth: readonly string[], predicted: readonly string[]): LyricScore => {
  const labels = [...new Set(truth)].sort();
  const at = (list: readonly string[]): number[] => list.map((label) => labels.indexOf(label));
  // A label that only training has cannot be right: it counts as wrong in a column of its own, which is left out of the report.
  const columns = labels.length + 1;
  const wide = confusionMatrix(
    at(truth),
    at(predicted).map((label) => (label < 0 ? labels.length : label)),
    columns,
  );
  const right = truth.filter((label, i) => label === predicted[i]).length;
  const scores = scoreClasses(wide);
  return {
    accuracy: accuracy(wide),
    accuracyInterval: wilsonInterval(right, truth.length),
    macroF1: macroF1(wide),
    count: truth.length,
    classes: Object.fromEntries(labels.map((label, i) => [label, scores[i]!])),
    confusion: wide.slice(0, -1).map((row) => row.slice(0, -1)),
  };
};

const measure = (experiments: readonly Experiment[], train: Train, recipe: LyricRecipe): LyricScore => {
  const truth: string[] = [];
  const predicted: string[] = [];
  for (const { training, test } of experiments) {
    const vectors = fitVectors(
      training.map(({ document }) => document),
      recipe.vectors,
    );
    const rows = (samples: readonly Sample[]): SparseRows =>
      toRows(
        vectors,
        samples.map(({ document }) => document),
      );
    predicted.push(
      ...train(
        rows(training),
        training.map(({ label }) => label),
      )(rows(test)),
    );
    truth.push(...test.map(({ label }) => label));
  }
  return score(truth, predicted);
};

/** `non` of the set is neutral: no clear emotion. */
const TREES: Readonly<Record<string, Split>> = { goodOrBadFirst: GOOD_OR_BAD_FIRST, neutralFirst: NEUTRAL_FIRST };

const measureChineseLyrics = (
  experiments: readonly Experiment[],
  recipe: LyricRecipe,
  onProgress: (message: string) => void,
): Omit<LyricsReport, 'set' | 'recipe'> => {
  const relabel = (labelOf: (label: string) => string | undefined): Experiment[] => {
    const change = (samples: readonly Sample[]): Sample[] =>
      samples.flatMap(({ label, document }) => {
        const changed = labelOf(label);
        return changed === undefined ? [] : [{ label: changed, document }];
      });
    return experiments.map(({ training, test }) => ({ training: change(training), test: change(test) }));
  };
  const named = (label: string): string => (label === 'non' ? 'neutral' : label);
  const seven = relabel(named);
  const five = relabel((label) => fiveClassLabel(named(label)));
  const sides = relabel((label) =>
    label === 'happy' ? 'positive' : label === 'non' || label === 'surprise' ? undefined : 'negative',
  );
  const flat: Train = (rows, labels) => trainFlat(rows, labels, recipe);
  onProgress('five classes');
  const fiveScore = measure(five, flat, recipe);
  onProgress('seven classes');
  const sevenScore = measure(seven, flat, recipe);
  const hierarchical: Record<string, LyricScore> = {};
  for (const [name, tree] of Object.entries(TREES)) {
    onProgress(`tree: ${name}`);
    const fiveTree = pruneSplit(tree, (label) => label !== 'disgust' && label !== 'surprise')!;
    hierarchical[`${name}Seven`] = measure(
      seven,
      (rows, labels) => trainTree(rows, labels, tree, balancedBinary(recipe)),
      recipe,
    );
    hierarchical[`${name}Five`] = measure(
      five,
      (rows, labels) => trainTree(rows, labels, fiveTree, balancedBinary(recipe)),
      recipe,
    );
  }
  onProgress('one against one, good against bad');
  hierarchical.oneAgainstOneSeven = measure(
    seven,
    (rows, labels) => trainOneAgainstOne(rows, labels, balancedBinary(recipe)),
    recipe,
  );
  hierarchical.oneAgainstOneFive = measure(
    five,
    (rows, labels) => trainOneAgainstOne(rows, labels, balancedBinary(recipe)),
    recipe,
  );
  return {
    ...fiveScore,
    trainingCount: five.reduce((sum, { training }) => sum + training.length, 0),
    sevenClasses: sevenScore,
    hierarchical,
    positiveNegative: measure(sides, flat, recipe),
  };
};
