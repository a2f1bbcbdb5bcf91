/** Several classes out of two-class classifiers: the paper's tree (good or bad first, then on down), and one against one. */
import { InvalidInputError } from '../base/errors.ts';
import { type SparseRows, selectRows } from '../svm/rows.ts';

/** A trained two-class classifier: one decision value a row, above 0 for the first class. */
export type Decide = (rows: SparseRows) => ArrayLike<number>;
/** Trains one. @param isFirst shape [rowCount], 1 for the first class and 0 for the second; both occur. */
export type TrainBinary = (rows: SparseRows, isFirst: Uint8Array) => Decide;

/** A leaf is a label; a branch parts the labels of its first side from those of its second. */
export type Split = string | readonly [first: Split, second: Split];

/**
 * The paper's order for the seven: good or bad first, then each side in two until one is left (Yu et al., 3.1.2). Which
 * halves, it does not say; these keep kindred and rare emotions together longest.
 */
export const GOOD_OR_BAD_FIRST: Split = [
  ['neutral', ['happy', 'surprise']],
  ['sad', ['fear', ['angry', 'disgust']]],
];

/** Whether there is an emotion at all, then as above. */
export const NEUTRAL_FIRST: Split = [
  'neutral',
  [
    ['happy', 'surprise'],
    ['sad', ['fear', ['angry', 'disgust']]],
  ],
];

export const labelsOf = (split: Split): string[] =>
  typeof split === 'string' ? [split] : [...labelsOf(split[0]), ...labelsOf(split[1])];

/** The tree without the labels that are not wanted; a branch with one side left becomes that side. */
export const pruneSplit = (split: Split, keep: (label: string) => boolean): Split | undefined => {
  if (typeof split === 'string') return keep(split) ? split : undefined;
  const [first, second] = [pruneSplit(split[0], keep), pruneSplit(split[1], keep)];
  return first !== undefined && second !== undefined ? [first, second] : (first ?? second);
};

/** @returns one label a row */
export type PredictLabels = (rows: SparseRows) => string[];

const checkLabels = (rows: SparseRows, labels: readonly string[], known?: readonly string[]): void => {
  if (labels.length !== rows.rowCount) {
    throw new InvalidInputError(
      'lyrics/labels',
      `${labels.length} labels for ${rows.rowCount} rows: expected one a row.`,
    );
  }
  const foreign = known && labels.find((label) => !known.includes(label));
  if (foreign !== undefined) {
    throw new InvalidInputError('lyrics/labels', `The label '${foreign}' is not in the tree (${known?.join(', ')}).`);
  }
};

/**
 * Trains one classifier a branch, on the rows whose labels are below it. Labels of the tree that no row has are left out.
 *
 * @param labels shape [rowCount]
 * @throws {InvalidInputError} `lyrics/labels`: not one a row, one that is not in the tree, or none at all
 */
export const trainTree = (
  rows: SparseRows,
  labels: readonly string[],
  split: Split,
  trainBinary: TrainBinary,
): PredictLabels => {
  checkLabels(rows, labels, labelsOf(split));
  const present = new Set(labels);
  const tree = pruneSplit(split, (label) => present.has(label));
  if (tree === undefined) throw new InvalidInputError('lyrics/labels', 'There are no rows to learn from.');
  const root = trainNode(rows, labels, tree, trainBinary);
  return (fresh) => {
    const predicted = new Array<string>(fresh.rowCount);
    root(
      fresh,
      Int32Array.from({ length: fresh.rowCount }, (_, row) => row),
      predicted,
    );
    return predicted;
  };
};

type Node = (rows: SparseRows, chosen: Int32Array, predicted: string[]) => void;

const trainNode = (rows: SparseRows, labels: readonly string[], split: Split, trainBinary: TrainBinary): Node => {
  if (typeof split === 'string') {
    return (_rows, chosen, predicted) => {
      for (const row of chosen) predicted[row] = split;
    };
  }
  const onFirst = new Set(labelsOf(split[0]));
  const below = new Set(labelsOf(split));
  const own = labels.flatMap((label, row) => (below.has(label) ? [row] : []));
  const isFirst = Uint8Array.from(own, (row) => (onFirst.has(labels[row]!) ? 1 : 0));
  const decide = trainBinary(selectRows(rows, own), isFirst);
  const sides = [
    trainNode(rows, labels, split[0], trainBinary),
    trainNode(rows, labels, split[1], trainBinary),
  ] as const;
  return (fresh, chosen, predicted) => {
    if (chosen.length === 0) return;
    const decisions = decide(selectRows(fresh, chosen));
    sides[0](
      fresh,
      chosen.filter((_, i) => decisions[i]! > 0),
      predicted,
    );
    sides[1](
      fresh,
      chosen.filter((_, i) => !(decisions[i]! > 0)),
      predicted,
    );
  };
};

/**
 * One classifier for each pair of labels, one vote each; of equal votes the label with the greater sum of decision values,
 * then the more frequent one in training.
 *
 * @throws {InvalidInputError} `lyrics/labels`: not one a row, or none at all
 */
export const trainOneAgainstOne = (
  rows: SparseRows,
  labels: readonly string[],
  trainBinary: TrainBinary,
): PredictLabels => {
  checkLabels(rows, labels);
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([label]) => label);
  if (classes.length === 0) throw new InvalidInputError('lyrics/labels', 'There are no rows to learn from.');
  const pairs = classes.flatMap((first, i) =>
    classes.slice(i + 1).map((second, j) => {
      const own = labels.flatMap((label, row) => (label === first || label === second ? [row] : []));
      const isFirst = Uint8Array.from(own, (row) => (labels[row] === first ? 1 : 0));
      return { first: i, second: i + 1 + j, decide: trainBinary(selectRows(rows, own), isFirst) };
    }),
  );
  return (fresh) => {
    const votes = Array.from({ length: fresh.rowCount }, () => classes.map(() => 0));
    const sums = votes.map((row) => row.slice());
    for (const { first, second, decide } of pairs) {
      const decisions = decide(fresh);
      for (let row = 0; row < fresh.rowCount; row++) {
        const decision = decisions[row]!;
        votes[row]![decision > 0 ? first : second]!++;
        sums[row]![first]! += decision;
        sums[row]![second]! -= decision;
      }
    }
    return votes.map((own, row) => {
      let best = 0;
      for (let at = 1; at < classes.length; at++) {
        if (own[at]! > own[best]! || (own[at] === own[best] && sums[row]![at]! > sums[row]![best]!)) best = at;
      }
      return classes[best]!;
    });
  };
};
