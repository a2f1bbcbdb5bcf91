/** Trains readers of emotions: logistic regression over weighted terms, for one question or several of the same rows. */
import type { EmotionReader, ReaderHead } from '../../src/lyrics/emotion-reader.ts';
import { fitVectors, type TermDocument, toRows } from '../../src/lyrics/vectors.ts';
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
  const model = trainLogistic(home ? withHome(chosen, home) : chosen, numbers, {
    C: recipe.C,
    classWeights,
    tolerance: 2e-3,
    maxRounds: 120,
    onProgress: (round, objective) => {
      if (round % 20 === 0) onProgress(`round ${round}: ${objective.toFixed(1)}`);
    },
  });
  // Back from the order of appearance to that of `classes`; what is learnt at home joins what is learnt everywhere.
  const { columnCount } = rows;
  const weights = new Float64Array((columnCount + 1) * classes.length);
  const width = classes.length;
  model.labels.forEach((label, k) => {
    for (let column = 0; column < columnCount; column++) {
      const everywhere = model.weights[column * width + k]!;
      weights[column * width + label] = everywhere + (home ? model.weights[(columnCount + column) * width + k]! : 0);
    }
    weights[columnCount * width + label] = model.weights[model.columnCount * width + k]!;
  });
  return { classes, weights };
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
