/** Labels of a training set, sorted into classes as LIBSVM and LIBLINEAR do, with the checks both solvers need. */
import { InvalidInputError } from '../base/errors.ts';
import { failNan, type SparseRows } from './rows.ts';

export interface Classes {
  /** Shape [classes]: the labels by first appearance; -1 and +1 alone stand as +1, -1. */
  readonly labels: Int32Array;
  /** Rows of each class, ascending. */
  readonly rowsOf: readonly Int32Array[];
}

/**
 * @param labels shape [rowCount], whole numbers
 * @throws {InvalidInputError} `svm/labels`: not as many labels as rows, or one that is no whole number of 32 bits.
 *   `svm/one-class`: all labels are equal, or there are none. `svm/nan`: a value is not finite.
 */
export const groupClasses = (rows: SparseRows, labels: ArrayLike<number>): Classes => {
  const bad = rows.values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = rows.starts.findIndex((start) => start > bad) - 1;
    failNan(row, rows.columns[bad]!, rows.values[bad]!);
  }
  if (labels.length !== rows.rowCount) {
    throw new InvalidInputError(
      'svm/labels',
      `${labels.length} labels came with ${rows.rowCount} rows: give one label a row.`,
    );
  }
  const groups = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if ((label | 0) !== label) {
      throw new InvalidInputError(
        'svm/labels',
        `Row ${row} has label ${label}: labels are whole numbers from -2147483648 to 2147483647.`,
      );
    }
    const group = groups.get(label);
    if (group) group.push(row);
    else groups.set(label, [row]);
  }
  if (groups.size < 2) {
    const what = groups.size === 0 ? 'There are no rows' : `All ${labels.length} rows have label ${labels[0]}`;
    throw new InvalidInputError('svm/one-class', `${what}: a classifier needs rows of at least two classes.`);
  }
  const order = [...groups.keys()];
  if (order.length === 2 && order[0] === -1 && order[1] === 1) order.reverse();
  return { labels: Int32Array.from(order), rowsOf: order.map((label) => Int32Array.from(groups.get(label)!)) };
};

/** @throws {InvalidInputError} `svm/options`: the value is not a finite number above 0. */
export const checkPositive = (name: string, value: number): void => {
  if (value > 0 && value < Infinity) return;
  throw new InvalidInputError('svm/options', `${name} came as ${value}: give a number above 0.`);
};

/** C times each class's weight, shape [classes]. Weights of labels that are not there count for nothing. */
export const weightedC = (classes: Classes, C: number, weights?: ReadonlyMap<number, number>): Float64Array => {
  checkPositive('C', C);
  for (const [label, weight] of weights ?? []) checkPositive(`The weight of class ${label}`, weight);
  return Float64Array.from(classes.labels, (label) => C * (weights?.get(label) ?? 1));
};
