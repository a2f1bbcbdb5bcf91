/** The paper's tree and one against one, over the same rows as the flat reader: support vector machines, trained anew each time. */
import {
  GOOD_OR_BAD_FIRST,
  labelsOf,
  NEUTRAL_FIRST,
  type PredictLabels,
  pruneSplit,
  type Split,
  type TrainBinary,
  trainOneAgainstOne,
  trainTree,
} from '../../src/lyrics/emotion-tree.ts';
import { linearDecisions, trainLinear } from '../../src/svm/linear.ts';
import type { SparseRows } from '../../src/svm/rows.ts';
import type { LyricRecipe } from '../recipes/lyrics.ts';

export const TREES: Readonly<Record<string, Split>> = {
  goodOrBadFirst: GOOD_OR_BAD_FIRST,
  neutralFirst: NEUTRAL_FIRST,
};

/** The trees of five classes have no disgust and no surprise. */
export const fiveClassTree = (tree: Split): Split =>
  pruneSplit(tree, (label) => label !== 'disgust' && label !== 'surprise')!;

export type TrainLabels = (rows: SparseRows, labels: readonly string[]) => PredictLabels;

export const trainWithTree =
  (tree: Split, recipe: LyricRecipe): TrainLabels =>
  (rows, labels) =>
    trainTree(rows, labels, tree, balancedBinary(recipe));

export const trainPairs =
  (recipe: LyricRecipe): TrainLabels =>
  (rows, labels) =>
    trainOneAgainstOne(rows, labels, balancedBinary(recipe));

/** Both sides weighed by their rarity. */
const balancedBinary =
  (recipe: LyricRecipe): TrainBinary =>
  (rows, isFirst) => {
    const ones = isFirst.reduce((sum, one) => sum + one, 0);
    const weight = (count: number): number => (isFirst.length / 2 / count) ** recipe.balance;
    const signs = Int32Array.from(isFirst, (one) => (one === 1 ? 1 : -1));
    const classWeights = new Map([
      [1, weight(ones)],
      [-1, weight(isFirst.length - ones)],
    ]);
    const model = trainLinear(rows, signs, { C: recipe.svmC, bias: 1, maxRounds: 100, classWeights });
    const sign = model.labels[0] === 1 ? 1 : -1;
    return (fresh: SparseRows) => linearDecisions(model, fresh).map((decision) => sign * decision);
  };

/**
 * A tree walked by the probabilities of a flat reader: at each branch to the side whose labels have more together.
 *
 * @param probabilities by label
 */
export const walkTree = (tree: Split, probabilities: ReadonlyMap<string, number>): string => {
  if (typeof tree === 'string') return tree;
  const [first, second] = tree.map((side) =>
    labelsOf(side).reduce((sum, label) => sum + (probabilities.get(label) ?? 0), 0),
  ) as [number, number];
  return walkTree(first >= second ? tree[0] : tree[1], probabilities);
};
