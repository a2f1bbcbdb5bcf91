import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearDecisions, trainLinear } from '../svm/linear.ts';
import { denseRows } from '../svm/rows.ts';
import {
  GOOD_OR_BAD_FIRST,
  labelsOf,
  NEUTRAL_FIRST,
  pruneSplit,
  type Split,
  type TrainBinary,
  trainOneAgainstOne,
  trainTree,
} from './emotion-tree.ts';

const linear: TrainBinary = (rows, isFirst) => {
  const model = trainLinear(
    rows,
    Int32Array.from(isFirst, (first) => (first === 1 ? 1 : -1)),
    { bias: 1, C: 100, epsilon: 1e-3 },
  );
  const sign = model.labels[0] === 1 ? 1 : -1;
  return (fresh) => linearDecisions(model, fresh).map((decision) => sign * decision);
};

// Each class in a corner of its own: any classifier that works parts them.
const CORNERS: readonly (readonly [string, number, number])[] = [
  ['happy', 5, 5],
  ['neutral', 5, 1],
  ['sad', -5, -5],
  ['angry', -5, 5],
];
const labels = CORNERS.flatMap(([label]) => [label, label, label]);
const rows = denseRows(
  CORNERS.flatMap(([, x, y]) => [x, y, x + 0.3, y, x, y - 0.3]),
  2,
);
const fresh = denseRows(
  CORNERS.flatMap(([, x, y]) => [x - 0.2, y + 0.2]),
  2,
);

test.each([
  ['tree, good or bad first', () => trainTree(rows, labels, GOOD_OR_BAD_FIRST, linear)],
  ['tree, neutral first', () => trainTree(rows, labels, NEUTRAL_FIRST, linear)],
  ['one against one', () => trainOneAgainstOne(rows, labels, linear)],
])('%s puts new points into their corners', (_, train) => {
  expect(train()(fresh)).toEqual(CORNERS.map(([label]) => label));
});

test('the trees hold each of the seven once', () => {
  const seven = ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'];
  for (const tree of [GOOD_OR_BAD_FIRST, NEUTRAL_FIRST]) expect(labelsOf(tree).sort()).toEqual(seven);
});

test('a tree trains one classifier a branch, on the rows below it', () => {
  const sizes: number[] = [];
  trainTree(
    rows,
    labels,
    [
      ['happy', 'neutral'],
      ['sad', 'angry'],
    ],
    (own, isFirst) => {
      sizes.push(own.rowCount);
      return linear(own, isFirst);
    },
  );
  expect(sizes).toEqual([12, 6, 6]);
});

test('pruning keeps the order of what stays and leaves no lone branch', () => {
  const seven = labelsOf(GOOD_OR_BAD_FIRST);
  fc.assert(
    fc.property(fc.subarray(seven), (kept) => {
      const tree = pruneSplit(GOOD_OR_BAD_FIRST, (label) => kept.includes(label));
      expect(tree === undefined ? [] : labelsOf(tree)).toEqual(kept);
    }),
  );
});

test('a label alone needs no classifier', () => {
  const never: TrainBinary = () => {
    throw new Error('nothing to part');
  };
  const two = denseRows([1, 2], 1);
  expect(trainTree(two, ['sad', 'sad'], GOOD_OR_BAD_FIRST, never)(two)).toEqual(['sad', 'sad']);
  expect(trainOneAgainstOne(two, ['sad', 'sad'], never)(two)).toEqual(['sad', 'sad']);
});

test.each<[string, readonly string[], Split]>([
  ['one too few', ['sad'], GOOD_OR_BAD_FIRST],
  ['a foreign one', ['sad', 'melancholy'], GOOD_OR_BAD_FIRST],
])('refuses labels: %s', (_, wrong, split) => {
  expect(() => trainTree(denseRows([1, 2], 1), wrong, split, linear)).toThrow(
    expect.objectContaining({ code: 'lyrics/labels' }),
  );
});
