/** Trains readers of emotions: logistic regressions or support vector machines over weighted terms, for one question or several of the same rows. */
import { type EmotionReader, type ReaderHead, softmax } from '../../src/lyrics/emotion-reader.ts';
import { fitVectors, type TermDocument, toRows } from '../../src/lyrics/vectors.ts';
import { type LinearModel, linearDecisions, trainLinear } from '../../src/svm/linear.ts';
import { trainLogistic } from '../../src/svm/logistic.ts';
import { type SparseRows, selectRows, sparseRows } from '../../src/svm/rows.ts';
import type { LyricRecipe } from '../recipes/lyrics.ts';

/** One question: the label of each document, `undefined` for those that do not help to learn it. */
export interface Question {
  readonly labels: readonly (string | undefined)[];
  /** Exponent of a class's rarity as its weight. @default the recipe's */
  readonly balance?: number;
  /** Documents like those that will be read: they get weights of their own beside those of all. @default none */
  readonly isAtHome?: readonly boolean[];
}

export interface TrainReaderOptions {
  readonly documents: readonly TermDocument[];
  readonly questions: Readonly<Record<string, Question>>;
  readonly recipe: LyricRecipe;
  readonly onProgress?: (message: string) => void;
}

export const trainReader = ({
  documents,
  questions,
  recipe,
  onProgress = () => {},
}: TrainReaderOptions): EmotionReader => {
  const vectors = fitVectors(documents, recipe.vectors);
  onProgress(`${documents.length} texts, ${vectors.columnCount} terms and values`);
  const rows = toRows(vectors, documents);
  const heads = Object.fromEntries(
    Object.entries(questions).map(([name, question]) => [name, trainHead(rows, question, recipe, onProgress)]),
  );
  return { vectors, heads };
};

const trainHead = (
  rows: SparseRows,
  { labels, balance, isAtHome }: Question,
  recipe: LyricRecipe,
  onProgress: (message: string) => void,
): ReaderHead => {
  const own = labels.flatMap((label, row) => (label === undefined ? [] : [row]));
  const classes = [...new Set(own.map((row) => labels[row]!))].sort();
  const numbers = Int32Array.from(own, (row) => classes.indexOf(labels[row]!));
  const counts = classes.map((_, k) => numbers.filter((number) => number === k).length);
  const classWeights = new Map(
    counts.map((count, k) => [k, (own.length / classes.length / count) ** (balance ?? recipe.balance)]),
  );
  const chosen = selectRows(rows, own);
  const home = isAtHome && own.map((row) => isAtHome[row] === true);
  const learnt = home ? withHome(chosen, home) : chosen;
  const wide = TRAINERS[recipe.trainer](learnt, numbers, {
    recipe,
    classWeights,
    classCount: classes.length,
    onProgress,
  });
  if (!home) return { classes, weights: wide };
  // What is learnt at home joins what is learnt everywhere: only texts of home will be read by this head.
  const { columnCount } = rows;
  const width = classes.length;
  const weights = wide.slice(0, (columnCount + 1) * width);
  for (let at = 0; at < columnCount * width; at++) weights[at]! += wide[columnCount * width + at]!;
  weights.set(wide.subarray(2 * columnCount * width), columnCount * width);
  return { classes, weights };
};

interface TrainSettings {
  readonly recipe: LyricRecipe;
  readonly classWeights: ReadonlyMap<number, number>;
  readonly classCount: number;
  readonly onProgress: (message: string) => void;
}

/** @returns shape [columnCount + 1, classes], the bias last */
type Train = (rows: SparseRows, numbers: Int32Array, settings: TrainSettings) => Float64Array;

const trainRegression: Train = (rows, numbers, { recipe, classWeights, onProgress }) => {
  const { labels, weights } = trainLogistic(rows, numbers, {
    C: recipe.C,
    classWeights,
    tolerance: 2e-3,
    maxRounds: 120,
    onProgress: (round, objective) => {
      if (round % 20 === 0) onProgress(`round ${round}: ${objective.toFixed(1)}`);
    },
  });
  return inOrder(weights, labels);
};

/** Every so many rows one is held out to find how sharp the probabilities are. */
const HELD_OUT_EVERY = 10;
const SHARPNESSES = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5];

/** One machine a class against the rest; decisions times one number for all, that which makes held-out rows likeliest. */
const trainMachines: Train = (rows, numbers, { recipe, classWeights, classCount, onProgress }) => {
  const options = { C: recipe.svmC, bias: 1, maxRounds: 60, classWeights };
  const [kept, held]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows.rowCount; row++) (row % HELD_OUT_EVERY === 0 ? held : kept).push(row);
  const trial = trainLinear(
    selectRows(rows, kept),
    kept.map((row) => numbers[row]!),
    options,
  );
  const decisions = bothSides(trial, linearDecisions(trial, selectRows(rows, held)));
  const surprise = (sharpness: number): number =>
    held.reduce((sum, row, at) => {
      const logits = decisions.subarray(at * classCount, (at + 1) * classCount).map((one) => one * sharpness);
      return sum - Math.log(softmax(logits)[trial.labels.indexOf(numbers[row]!)]!);
    }, 0);
  const sharpness = SHARPNESSES.reduce((best, one) => (surprise(one) < surprise(best) ? one : best));
  const model = trainLinear(rows, numbers, options);
  onProgress(`decisions times ${sharpness}, ${(surprise(sharpness) / held.length).toFixed(3)} nats a held-out text`);
  return inOrder(
    bothSides(model, model.weights).map((weight) => weight * sharpness),
    model.labels,
  );
};

/** A lone plane as two: half of it for the first class, half of it against the second. */
const bothSides = ({ labels }: LinearModel, planes: Float64Array): Float64Array =>
  labels.length === 2
    ? Float64Array.from({ length: 2 * planes.length }, (_, at) => (planes[at >> 1]! / 2) * (at % 2 === 0 ? 1 : -1))
    : planes;

const trainBoth: Train = (rows, numbers, settings) => {
  const machines = trainMachines(rows, numbers, settings);
  return trainRegression(rows, numbers, settings).map((weight, at) => (weight + machines[at]!) / 2);
};

const TRAINERS: Readonly<Record<LyricRecipe['trainer'], Train>> = {
  logistic: trainRegression,
  svm: trainMachines,
  both: trainBoth,
};

/** Classes back from the order of appearance to that of their numbers. */
const inOrder = (weights: Float64Array, labels: Int32Array): Float64Array => {
  const width = labels.length;
  const ordered = new Float64Array(weights.length);
  for (let at = 0; at < weights.length; at++) ordered[at - (at % width) + labels[at % width]!] = weights[at]!;
  return ordered;
};

/**
 * Each row of home twice, in columns for everywhere and in columns for home; the others once.
 *
 * @see Daumé III, Frustratingly easy domain adaptation (ACL 2007).
 */
const withHome = (rows: SparseRows, home: readonly boolean[]): SparseRows => {
  function* doubled(): Generator<[number, number][]> {
    for (let row = 0; row < rows.rowCount; row++) {
      const pairs: [number, number][] = [];
      for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) {
        pairs.push([rows.columns[at]!, rows.values[at]!]);
        if (home[row]) pairs.push([rows.columnCount + rows.columns[at]!, rows.values[at]!]);
      }
      yield pairs;
    }
  }
  return sparseRows(doubled(), 2 * rows.columnCount);
};
