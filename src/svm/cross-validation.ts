/** Cross-validation and grid search over any classifier: settings are chosen on rows that were not trained on. */
import { InvalidInputError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { type SparseRows, selectRows } from './rows.ts';

/**
 * Deals the rows of each class out over the folds, in an order drawn by the seed: every fold has each class's share,
 * give or take one row, and folds differ by one row at most.
 *
 * @returns shape [labels], the fold of each row, 0 to foldCount - 1
 * @throws {InvalidInputError} `svm/folds`: foldCount is not a whole number from 2 to the number of rows.
 */
export const stratifiedFolds = (
  labels: ArrayLike<number>,
  foldCount: number,
  seed: number | string = 1,
): Int32Array => {
  if (!(Number.isInteger(foldCount) && foldCount >= 2 && foldCount <= labels.length)) {
    throw new InvalidInputError(
      'svm/folds',
      `${labels.length} rows cannot make ${foldCount} folds: give a whole number from 2 to the number of rows.`,
    );
  }
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const members = rowsOf.get(labels[row]!);
    if (members) members.push(row);
    else rowsOf.set(labels[row]!, [row]);
  }
  const random = createRandom(seed);
  const foldOf = new Int32Array(labels.length);
  let next = 0;
  for (const label of [...rowsOf.keys()].sort((a, b) => a - b)) {
    for (const row of random.shuffle(rowsOf.get(label)!)) foldOf[row] = next++ % foldCount;
  }
  return foldOf;
};

/** Says the labels of rows, shape [rowCount]. */
export type Classifier = (rows: SparseRows) => ArrayLike<number>;
/** Learns a classifier. */
export type Trainer = (rows: SparseRows, labels: Int32Array) => Classifier;

export interface CrossValidation {
  readonly rows: SparseRows;
  /** Shape [rowCount]. */
  readonly labels: ArrayLike<number>;
  /** Shape [rowCount], from 0: `stratifiedFolds`, or your own, such as all songs of an artist in one. */
  readonly foldOf: ArrayLike<number>;
}

/**
 * For every row, the label said by a classifier trained on the other folds.
 *
 * @returns shape [rowCount]
 * @throws {InvalidInputError} `svm/folds`: foldOf does not fit the rows, or names fewer than two folds. `svm/one-class`
 *   from the trainer where all rows of a class lie in one fold.
 */
export const crossValidate = (
  { rows, labels, foldOf }: CrossValidation,
  train: Trainer,
  onFold?: (fold: number) => void,
): Int32Array => {
  const folds = [...new Set(Array.from(foldOf))].sort((a, b) => a - b);
  if (foldOf.length !== rows.rowCount || labels.length !== rows.rowCount || folds.length < 2) {
    throw new InvalidInputError(
      'svm/folds',
      `${rows.rowCount} rows came with ${labels.length} labels and ${foldOf.length} fold numbers of ${folds.length} folds: give each row one of both, and at least two folds.`,
    );
  }
  const predicted = new Int32Array(rows.rowCount);
  for (const fold of folds) {
    const held: number[] = [];
    const others: number[] = [];
    for (let row = 0; row < rows.rowCount; row++) (foldOf[row] === fold ? held : others).push(row);
    const classify = train(
      selectRows(rows, others),
      Int32Array.from(others, (row) => labels[row]!),
    );
    const said = classify(selectRows(rows, held));
    held.forEach((row, i) => {
      predicted[row] = said[i]!;
    });
    onFold?.(fold);
  }
  return predicted;
};

/** Share of equal labels, 0 to 1; 0 of none. */
export const accuracy = (labels: ArrayLike<number>, predicted: ArrayLike<number>): number => {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === predicted[i]) right++;
  return labels.length === 0 ? 0 : right / labels.length;
};

export interface GridPoint {
  readonly C: number;
  /** The first of the gammas where the kernel has none. */
  readonly gamma: number;
}

export interface GridOptions {
  /** LIBSVM's own search takes 2^-5, 2^-3 … 2^15. */
  readonly C: readonly number[];
  /** LIBSVM's own search takes 2^-15, 2^-13 … 2^3. @default [1], for a trainer that reads C alone */
  readonly gamma?: readonly number[];
  /** Higher is better. @default accuracy */
  readonly score?: (labels: ArrayLike<number>, predicted: ArrayLike<number>) => number;
  /** After every fold of every point. */
  readonly onProgress?: (progress: GridProgress) => void;
}

export interface GridProgress extends GridPoint {
  /** Trainings done, of `total`. */
  readonly done: number;
  readonly total: number;
}

export interface GridResult {
  readonly best: GridPoint & { readonly score: number };
  /** Every point in the order tried: gamma by gamma for each C. */
  readonly points: readonly (GridPoint & { readonly score: number })[];
}

/**
 * Tries every C with every gamma by cross-validation on the same folds. Of equal scores the smaller C wins, then the
 * smaller gamma: the smoother machine.
 *
 * @throws {InvalidInputError} `svm/options`: nothing to try. Otherwise as `crossValidate`.
 */
export const gridSearch = (
  data: CrossValidation,
  train: (rows: SparseRows, labels: Int32Array, point: GridPoint) => Classifier,
  { C, gamma = [1], score = accuracy, onProgress }: GridOptions,
): GridResult => {
  const total = C.length * gamma.length * new Set(Array.from(data.foldOf)).size;
  let done = 0;
  const points = C.flatMap((c) => gamma.map((g) => ({ C: c, gamma: g }))).map((point) => {
    const predicted = crossValidate(
      data,
      (rows, labels) => train(rows, labels, point),
      () => onProgress?.({ ...point, done: ++done, total }),
    );
    return { ...point, score: score(data.labels, predicted) };
  });
  const [best] = [...points].sort((a, b) => b.score - a.score || a.C - b.C || a.gamma - b.gamma);
  if (!best) {
    throw new InvalidInputError(
      'svm/options',
      `The grid has ${C.length} C and ${gamma.length} gamma: give one of each at least.`,
    );
  }
  return { best, points };
};
