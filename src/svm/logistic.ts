/** Multinomial logistic regression over sparse rows: a linear classifier whose scores are probabilities. */
import { checkPositive, groupClasses, weightedC } from './classes.ts';
import type { SparseRows } from './rows.ts';

export interface LogisticOptions {
  /** Price of a training error, above 0, beside half the squared length of the weights. @default 1 */
  readonly C?: number;
  /** Multiplies C for a label; labels not named weigh 1. @default all 1 */
  readonly classWeights?: ReadonlyMap<number, number>;
  /** Stops where the largest slope of the objective falls below this times that at the start. @default 1e-4 */
  readonly tolerance?: number;
  /** @default 200 */
  readonly maxRounds?: number;
  /** Called after each round. */
  readonly onProgress?: (round: number, objective: number) => void;
}

export interface LogisticModel {
  /** Shape [classes]. */
  readonly labels: Int32Array;
  readonly columnCount: number;
  /** Shape [columnCount + 1, classes], row-major; the last row is the bias, which costs nothing. */
  readonly weights: Float64Array;
}

/** How many past steps the curvature is judged by. */
const MEMORY = 8;

/**
 * Minimises C Σ weight × -ln p(label | row) + ½ |W|² by limited-memory BFGS with a backtracking line search.
 *
 * @param labels shape [rowCount], whole numbers
 * @throws {InvalidInputError} `svm/one-class`, `svm/labels`, `svm/options`: the message says which.
 * @see Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4 and 7.5. The same objective as scikit-learn's
 *   LogisticRegression.
 */
export const trainLogistic = (
  rows: SparseRows,
  labels: ArrayLike<number>,
  { C = 1, classWeights, tolerance = 1e-4, maxRounds = 200, onProgress = () => {} }: LogisticOptions = {},
): LogisticModel => {
  checkPositive('tolerance', tolerance);
  checkPositive('maxRounds', maxRounds);
  const classes = groupClasses(rows, labels);
  const classC = weightedC(classes, C, classWeights);
  const classOf = new Int32Array(rows.rowCount);
  classes.rowsOf.forEach((own, at) => {
    for (const row of own) classOf[row] = at;
  });
  const objective = createObjective(rows, classOf, classC);
  const size = (rows.columnCount + 1) * classes.labels.length;
  let weights = new Float64Array(size);
  let slope = new Float64Array(size);
  let value = objective(weights, slope);
  const start = largest(slope);
  const steps: { step: Float64Array; turn: Float64Array; rho: number }[] = [];
  for (let round = 1; round <= maxRounds && largest(slope) > tolerance * start; round++) {
    const direction = descend(slope, steps);
    const fall = dot(direction, slope);
    let [length, next, nextSlope, nextValue] = [1, weights, slope, Number.POSITIVE_INFINITY];
    // Without curvature to go by, the first step is short.
    if (steps.length === 0) length = Math.min(1, 1 / Math.sqrt(dot(slope, slope)));
    for (let trial = 0; trial < 30; trial++, length /= 2) {
      next = weights.map((weight, at) => weight + length * direction[at]!);
      nextSlope = new Float64Array(size);
      nextValue = objective(next, nextSlope);
      if (nextValue <= value + 1e-4 * length * fall) break;
    }
    if (!(nextValue < value)) break;
    const step = next.map((weight, at) => weight - weights[at]!);
    const turn = nextSlope.map((one, at) => one - slope[at]!);
    const curve = dot(step, turn);
    if (curve > 1e-12) {
      steps.push({ step, turn, rho: 1 / curve });
      if (steps.length > MEMORY) steps.shift();
    }
    [weights, slope, value] = [next, nextSlope, nextValue];
    onProgress(round, value);
  }
  return { labels: classes.labels, columnCount: rows.columnCount, weights };
};

/** @returns a function that fills `slope` (zeros before) and returns the objective */
const createObjective = (rows: SparseRows, classOf: Int32Array, classC: ArrayLike<number>) => {
  const { rowCount, columnCount, starts, columns, values } = rows;
  const count = classC.length;
  const scores = new Float64Array(count);
  const bias = columnCount * count;
  return (weights: Float64Array, slope: Float64Array): number => {
    let value = 0;
    for (let at = 0; at < bias; at++) {
      value += (weights[at]! * weights[at]!) / 2;
      slope[at] = weights[at]!;
    }
    for (let row = 0; row < rowCount; row++) {
      for (let k = 0; k < count; k++) scores[k] = weights[bias + k]!;
      for (let at = starts[row]!; at < starts[row + 1]!; at++) {
        const [base, own] = [columns[at]! * count, values[at]!];
        for (let k = 0; k < count; k++) scores[k]! += weights[base + k]! * own;
      }
      const truth = classOf[row]!;
      const price = classC[truth]!;
      const right = scores[truth]!;
      value += price * (softmaxInPlace(scores) - right);
      for (let k = 0; k < count; k++) {
        scores[k] = price * (scores[k]! - (k === truth ? 1 : 0));
        slope[bias + k]! += scores[k]!;
      }
      for (let at = starts[row]!; at < starts[row + 1]!; at++) {
        const [base, own] = [columns[at]! * count, values[at]!];
        for (let k = 0; k < count; k++) slope[base + k]! += scores[k]! * own;
      }
    }
    return value;
  };
};

/** Scores -> probabilities; returns the logarithm of the sum of exponentials. */
const softmaxInPlace = (scores: Float64Array): number => {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > most) most = score;
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k]! - most);
    sum += scores[k]!;
  }
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum;
  return most + Math.log(sum);
};

/** The two-loop recursion: minus the inverse curvature times the slope. */
const descend = (
  slope: Float64Array,
  steps: readonly { step: Float64Array; turn: Float64Array; rho: number }[],
): Float64Array => {
  const direction = slope.map((one) => -one);
  const alphas: number[] = [];
  for (const { step, turn, rho } of [...steps].reverse()) {
    const alpha = rho * dot(step, direction);
    alphas.push(alpha);
    add(direction, -alpha, turn);
  }
  const last = steps.at(-1);
  if (last) {
    const factor = 1 / (last.rho * dot(last.turn, last.turn));
    for (let at = 0; at < direction.length; at++) direction[at]! *= factor;
  }
  for (const { step, turn, rho } of steps) add(direction, alphas.pop()! - rho * dot(turn, direction), step);
  return direction;
};

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
};

const add = (to: Float64Array, factor: number, what: Float64Array): void => {
  for (let at = 0; at < to.length; at++) to[at]! += factor * what[at]!;
};

const largest = (values: Float64Array): number => {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
};

/** Probabilities, shape [rowCount, classes], row-major, in the order of `labels`. Columns the model never saw count for nothing. */
export const predictLogistic = (model: LogisticModel, rows: SparseRows): Float64Array => {
  const { columnCount, weights, labels } = model;
  const count = labels.length;
  const probabilities = new Float64Array(rows.rowCount * count);
  for (let row = 0; row < rows.rowCount; row++) {
    const own = probabilities.subarray(row * count, (row + 1) * count);
    own.set(weights.subarray(columnCount * count));
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) {
      const column = rows.columns[at]!;
      if (column >= columnCount) break;
      for (let k = 0; k < count; k++) own[k]! += weights[column * count + k]! * rows.values[at]!;
    }
    softmaxInPlace(own);
  }
  return probabilities;
};
