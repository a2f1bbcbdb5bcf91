/** Linear support vector machines for many sparse rows (text), one against the rest, as LIBLINEAR trains them. */
import { createRandom, type Random } from '../base/random.ts';
import { checkPositive, groupClasses, weightedC } from './classes.ts';
import { type SparseRows, squaredNorms } from './rows.ts';

export interface LinearOptions {
  /** Price of a training error, above 0. @default 1 */
  readonly C?: number;
  /** max(0, 1 - margin), or its square (LIBLINEAR -s 3 and -s 1). @default 'squared-hinge' */
  readonly loss?: LinearLoss;
  /** How far from optimal to stop. @default 0.1 */
  readonly epsilon?: number;
  /** The value of a further column that every row is given, so that the plane need not pass through 0. @default none */
  readonly bias?: number;
  /**
   * Multiplies C for a label; labels not named weigh 1. Against the rest, only the one class's own weight counts, as in
   * LIBLINEAR. @default all 1
   */
  readonly classWeights?: ReadonlyMap<number, number>;
  /** Rounds over all rows after which to stop even so. @default 1000 */
  readonly maxRounds?: number;
  /** For the order in which rows are visited. @default 1 */
  readonly seed?: number | string;
}

export type LinearLoss = 'hinge' | 'squared-hinge';

/** With two classes there is one plane, positive for the first; else one a class. */
export interface LinearModel {
  readonly loss: LinearLoss;
  /** Shape [classes]. */
  readonly labels: Int32Array;
  readonly columnCount: number;
  readonly bias?: number;
  /** Shape [columnCount, planes], row-major, as in LIBLINEAR's files; one row more for the bias where there is one. */
  readonly weights: Float64Array;
}

export const planeCountOf = ({ labels }: LinearModel): number => (labels.length === 2 ? 1 : labels.length);

/** What one plane is trained on: signs and prices of the rows. */
interface PlaneProblem {
  readonly rows: SparseRows;
  /** Shape [rowCount]: |row|², the bias included. */
  readonly norms: Float64Array;
  readonly bias: number | undefined;
  /** Shape [rowCount], +1 or -1. */
  readonly signs: Int8Array;
  readonly positiveC: number;
  readonly negativeC: number;
}

type PlaneSettings = Required<Pick<LinearOptions, 'loss' | 'epsilon' | 'maxRounds'>> & { readonly random: Random };

/**
 * @param labels shape [rowCount], whole numbers
 * @throws {InvalidInputError} `svm/one-class`, `svm/labels`, `svm/options`: see the options; the message says which.
 */
export const trainLinear = (
  rows: SparseRows,
  labels: ArrayLike<number>,
  { C = 1, loss = 'squared-hinge', epsilon = 0.1, maxRounds = 1000, seed = 1, bias, classWeights }: LinearOptions = {},
): LinearModel => {
  checkPositive('epsilon', epsilon);
  checkPositive('maxRounds', maxRounds);
  if (bias !== undefined) checkPositive('bias', bias);
  const classes = groupClasses(rows, labels);
  const classC = weightedC(classes, C, classWeights);
  const settings: PlaneSettings = { loss, epsilon, maxRounds, random: createRandom(seed) };
  const norms = squaredNorms(rows).map((norm) => norm + (bias ?? 0) ** 2);
  const width = rows.columnCount + (bias === undefined ? 0 : 1);
  const planeCount = classes.labels.length === 2 ? 1 : classes.labels.length;
  const weights = new Float64Array(width * planeCount);
  for (let plane = 0; plane < planeCount; plane++) {
    const signs = new Int8Array(rows.rowCount).fill(-1);
    for (const row of classes.rowsOf[plane]!) signs[row] = 1;
    const negativeC = planeCount === 1 ? classC[1]! : C;
    const own = trainPlane({ rows, norms, bias, signs, positiveC: classC[plane]!, negativeC }, settings);
    for (let column = 0; column < width; column++) weights[column * planeCount + plane] = own[column]!;
  }
  const { labels: order } = classes;
  return { loss, labels: order, columnCount: rows.columnCount, weights, ...(bias === undefined ? {} : { bias }) };
};

/**
 * Coordinate descent in the dual: each step solves for one row's alpha and moves the plane by it; rows that sit at a
 * bound and seem to stay there are set aside until the rest is done.
 *
 * @returns shape [columnCount], one more with a bias
 * @see Hsieh, Chang, Lin, Keerthi, Sundararajan, "A Dual Coordinate Descent Method for Large-scale Linear SVM"
 *   (ICML 2008), algorithm 3; shrinking and stopping as in LIBLINEAR.
 */
const trainPlane = (problem: PlaneProblem, { loss, epsilon, maxRounds, random }: PlaneSettings): Float64Array => {
  const { rows, norms, bias, signs, positiveC, negativeC } = problem;
  const { rowCount, columnCount, starts, columns, values } = rows;
  const plane = new Float64Array(columnCount + (bias === undefined ? 0 : 1));
  const alphas = new Float64Array(rowCount);
  const order = Int32Array.from({ length: rowCount }, (_, i) => i);
  // Two prices, by sign: the ridge that the squared loss adds to the diagonal, and the bound that the plain loss sets.
  const ridge = loss === 'hinge' ? [0, 0] : [0.5 / negativeC, 0.5 / positiveC];
  const bound = loss === 'hinge' ? [negativeC, positiveC] : [Infinity, Infinity];
  let active = rowCount;
  let highestBefore = Infinity;
  let lowestBefore = -Infinity;
  for (let round = 0; round < maxRounds; round++) {
    let highest = -Infinity;
    let lowest = Infinity;
    for (let i = 0; i < active; i++) swap(order, i, i + random.integer(active - i));
    for (let s = 0; s < active; s++) {
      const row = order[s]!;
      const sign = signs[row]!;
      const side = sign > 0 ? 1 : 0;
      const begin = starts[row]!;
      const end = starts[row + 1]!;
      let decision = bias === undefined ? 0 : plane[columnCount]! * bias;
      for (let at = begin; at < end; at++) decision += plane[columns[at]!]! * values[at]!;
      const alpha = alphas[row]!;
      const slope = sign * decision - 1 + alpha * ridge[side]!;
      const atTop = alpha === bound[side];
      if ((alpha === 0 && slope > highestBefore) || (atTop && slope < lowestBefore)) {
        active--;
        swap(order, s, active);
        s--;
        continue;
      }
      const projected = alpha === 0 ? Math.min(slope, 0) : atTop ? Math.max(slope, 0) : slope;
      if (projected > highest) highest = projected;
      if (projected < lowest) lowest = projected;
      if (Math.abs(projected) <= 1e-12) continue;
      const next = Math.min(Math.max(alpha - slope / (norms[row]! + ridge[side]!), 0), bound[side]!);
      alphas[row] = next;
      const step = (next - alpha) * sign;
      for (let at = begin; at < end; at++) plane[columns[at]!]! += step * values[at]!;
      if (bias !== undefined) plane[columnCount]! += step * bias;
    }
    if (highest - lowest <= epsilon) {
      if (active === rowCount) break;
      active = rowCount;
      highestBefore = Infinity;
      lowestBefore = -Infinity;
      continue;
    }
    highestBefore = highest <= 0 ? Infinity : highest;
    lowestBefore = lowest >= 0 ? -Infinity : lowest;
  }
  return plane;
};

const swap = (items: Int32Array, a: number, b: number): void => {
  const item = items[a]!;
  items[a] = items[b]!;
  items[b] = item;
};

/** Decision values, shape [rowCount, planes], row-major. Columns the model never saw count for nothing. */
export const linearDecisions = (model: LinearModel, rows: SparseRows): Float64Array => {
  const { columnCount, weights, bias } = model;
  const planeCount = planeCountOf(model);
  const decisions = new Float64Array(rows.rowCount * planeCount);
  for (let row = 0; row < rows.rowCount; row++) {
    const own = decisions.subarray(row * planeCount, (row + 1) * planeCount);
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) {
      const column = rows.columns[at]!;
      if (column >= columnCount) break;
      const value = rows.values[at]!;
      for (let plane = 0; plane < planeCount; plane++) own[plane]! += weights[column * planeCount + plane]! * value;
    }
    if (bias === undefined) continue;
    for (let plane = 0; plane < planeCount; plane++) own[plane]! += weights[columnCount * planeCount + plane]! * bias;
  }
  return decisions;
};

/** Labels, shape [rowCount]: of the highest plane, the first in `model.labels` of equal ones; a lone plane at 0 says the second. */
export const predictLinear = (model: LinearModel, rows: SparseRows): Int32Array => {
  const decisions = linearDecisions(model, rows);
  const planeCount = planeCountOf(model);
  return Int32Array.from({ length: rows.rowCount }, (_, row) => {
    if (planeCount === 1) return model.labels[decisions[row]! > 0 ? 0 : 1]!;
    let best = 0;
    for (let plane = 1; plane < planeCount; plane++) {
      if (decisions[row * planeCount + plane]! > decisions[row * planeCount + best]!) best = plane;
    }
    return model.labels[best]!;
  });
};
