/** Ridge regression: several targets at once, the price of large weights chosen within the training rows. */
import { InvalidInputError } from '../src/base/errors.ts';

export interface RidgeModel {
  /** [targets, features] */
  readonly weights: readonly Float64Array[];
  /** [targets] */
  readonly intercepts: Float64Array;
  readonly lambda: number;
}

/** Solves A x = b for several right sides, A symmetric and positive definite (Cholesky). @param a [n, n], spoilt */
export const solveSymmetric = (a: Float64Array, n: number, sides: readonly Float64Array[]): Float64Array[] => {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i === j) {
        if (!(sum > 0))
          throw new InvalidInputError(
            'ridge/singular',
            `The features depend on one another (pivot ${j} is ${sum}): give lambda above 0.`,
          );
        a[j * n + j] = Math.sqrt(sum);
      } else a[i * n + j] = sum / a[j * n + j]!;
    }
  }
  return sides.map((side) => {
    const x = side.slice();
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i]! -= a[i * n + k]! * x[k]!;
      x[i]! /= a[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i]! -= a[k * n + i]! * x[k]!;
      x[i]! /= a[i * n + i]!;
    }
    return x;
  });
};

/**
 * Least squares with `lambda` times the squared weights added, the intercept free.
 *
 * @param rows [count, features], best brought to mean 0 and deviation 1
 * @param targets [count, targets]
 * @throws {InvalidInputError} `ridge/singular`: lambda is 0 and the features depend on one another. `ridge/rows`: none.
 */
export const fitRidge = (
  rows: readonly ArrayLike<number>[],
  targets: readonly ArrayLike<number>[],
  lambda: number,
): RidgeModel => {
  if (rows.length === 0 || rows.length !== targets.length)
    throw new InvalidInputError(
      'ridge/rows',
      `${rows.length} rows and ${targets.length} targets: give as many, at least one.`,
    );
  const width = rows[0]!.length;
  const outputs = targets[0]!.length;
  const means = Float64Array.from(
    { length: width },
    (_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length,
  );
  const middles = Float64Array.from(
    { length: outputs },
    (_, t) => targets.reduce((sum, row) => sum + row[t]!, 0) / rows.length,
  );
  const gram = new Float64Array(width * width);
  const sides = Array.from({ length: outputs }, () => new Float64Array(width));
  const centred = new Float64Array(width);
  for (const [r, row] of rows.entries()) {
    for (let k = 0; k < width; k++) centred[k] = row[k]! - means[k]!;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) gram[i * width + j]! += centred[i]! * centred[j]!;
      for (let t = 0; t < outputs; t++) sides[t]![i]! += centred[i]! * (targets[r]![t]! - middles[t]!);
    }
  }
  for (let i = 0; i < width; i++) gram[i * width + i]! += lambda;
  const weights = solveSymmetric(gram, width, sides);
  const intercepts = Float64Array.from(
    weights,
    (own, t) => middles[t]! - own.reduce((sum, w, k) => sum + w * means[k]!, 0),
  );
  return { weights, intercepts, lambda };
};

/** @returns [targets] */
export const predictRidge = ({ weights, intercepts }: RidgeModel, row: ArrayLike<number>): number[] =>
  weights.map((own, t) => own.reduce((sum, w, k) => sum + w * row[k]!, intercepts[t]!));

/** Pearson's correlation; 0 where one of both does not vary. */
export const pearson = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const n = a.length;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB);
    aa += (a[i]! - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
};

/** Folds that `chooseLambda` deals the training rows into. */
const INNER_FOLDS = 5;

/** The lambda of `candidates` with the highest mean correlation over the targets, by folds within these rows alone. */
export const chooseLambda = (
  rows: readonly ArrayLike<number>[],
  targets: readonly ArrayLike<number>[],
  candidates: readonly number[],
): number => {
  const outputs = targets[0]!.length;
  const scores = candidates.map((lambda) => {
    const said = new Array<number[]>(rows.length);
    for (let fold = 0; fold < INNER_FOLDS; fold++) {
      const training = [...rows.keys()].filter((i) => i % INNER_FOLDS !== fold);
      const model = fitRidge(
        training.map((i) => rows[i]!),
        training.map((i) => targets[i]!),
        lambda,
      );
      for (let i = fold; i < rows.length; i += INNER_FOLDS) said[i] = predictRidge(model, rows[i]!);
    }
    let sum = 0;
    for (let t = 0; t < outputs; t++)
      sum += pearson(
        said.map((row) => row[t]!),
        targets.map((row) => row[t]!),
      );
    return sum / outputs;
  });
  return candidates[scores.indexOf(Math.max(...scores))]!;
};
