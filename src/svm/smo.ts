/** Sequential minimal optimisation: trains one support vector machine between two classes. */

import type { Kernel } from './kernel.ts';
import { createKernelMatrix, type KernelMatrix } from './kernel-matrix.ts';
import type { SparseRows } from './rows.ts';
import { calculateRho, reconstructGradient, type SmoState, shrink, statusOf } from './smo-state.ts';

/** A problem between two classes, one entry a row. */
export interface BinaryProblem {
  readonly rows: SparseRows;
  /** Shape [rowCount], +1 or -1. */
  readonly signs: Int8Array;
  /** Shape [rowCount], above 0: how large each row's coefficient may grow (C times its class's weight). */
  readonly bounds: Float64Array;
}

export interface SmoSettings {
  readonly kernel: Kernel;
  readonly epsilon: number;
  readonly shrinking: boolean;
  readonly cacheBytes: number;
}

/** The decision value of a vector x is the sum over rows of coefficients[i] K(row i, x), minus rho. */
export interface BinarySolution {
  /** Shape [rowCount]: the sign of the row times its alpha, 0 for rows that are no support vectors. They sum to 0. */
  readonly coefficients: Float64Array;
  readonly rho: number;
  /** Half a'Ka minus the sum of alphas: what was minimised. */
  readonly objective: number;
  readonly iterations: number;
  /** False where the iterations ran out (10 million, or 100 a row) before epsilon was reached. */
  readonly converged: boolean;
  readonly kernelRowsComputed: number;
}

// Stands in for a curvature that is not positive (equal rows, kernels that are not positive definite), as in LIBSVM.
const TAU = 1e-12;

/**
 * The pair that promises the largest decrease by a second-order estimate, into `state.up` and `state.down`.
 *
 * @returns false where no pair violates optimality by epsilon or more
 * @see Fan, Chen, Lin, "Working Set Selection Using Second Order Information" (2005), WSS 2; ties as in LIBSVM.
 */
const selectPair = (state: SmoState, matrix: KernelMatrix, epsilon: number): boolean => {
  const { gradient, status, activeSize } = state;
  let steepest = -Infinity;
  let up = -1;
  for (let t = 0; t < activeSize; t++) {
    if ((status[t]! & 1) !== 0 && -gradient[t]! >= steepest) {
      steepest = -gradient[t]!;
      up = t;
    }
  }
  if (up < 0) return false;
  const row = matrix.row(up, activeSize);
  const { diagonal } = matrix;
  const ownDiagonal = diagonal[up]!;
  let opposite = -Infinity;
  let best = Infinity;
  let down = -1;
  for (let t = 0; t < activeSize; t++) {
    if ((status[t]! & 2) === 0) continue;
    const slope = gradient[t]!;
    if (slope >= opposite) opposite = slope;
    const violation = steepest + slope;
    if (violation > 0) {
      const curvature = ownDiagonal + diagonal[t]! - 2 * row[t]!;
      const change = -(violation * violation) / (curvature > 0 ? curvature : TAU);
      if (change <= best) {
        best = change;
        down = t;
      }
    }
  }
  if (steepest + opposite < epsilon || down < 0) return false;
  state.up = up;
  state.down = down;
  return true;
};

/** Moves the chosen pair to its minimum within the box; the sum of the two stays. */
const movePair = (state: SmoState, matrix: KernelMatrix): void => {
  const { up: i, down: j, gradient, coefficients, signs, bounds, status, activeSize } = state;
  const rowI = matrix.row(i, activeSize);
  const rowJ = matrix.row(j, activeSize);
  const curvature = matrix.diagonal[i]! + matrix.diagonal[j]! - 2 * rowI[j]!;
  const step = (-gradient[i]! + gradient[j]!) / (curvature > 0 ? curvature : TAU);
  const oldI = coefficients[i]!;
  const oldJ = coefficients[j]!;
  const sum = oldI + oldJ;
  const highest = signs[i]! > 0 ? bounds[i]! : 0;
  const lowest = signs[j]! > 0 ? 0 : -bounds[j]!;
  let newI = oldI + step;
  let newJ = oldJ - step;
  if (sum - highest > lowest) {
    if (newI > highest) {
      newI = highest;
      newJ = sum - highest;
    }
  } else if (newJ < lowest) {
    newJ = lowest;
    newI = sum - lowest;
  }
  coefficients[i] = newI;
  coefficients[j] = newJ;
  const changeI = newI - oldI;
  const changeJ = newJ - oldJ;
  for (let t = 0; t < activeSize; t++) gradient[t]! += rowI[t]! * changeI + rowJ[t]! * changeJ;
  for (const t of [i, j]) {
    const before = status[t]!;
    status[t] = statusOf(coefficients[t]!, signs[t]!, bounds[t]!);
    updateBoundGradient(state, matrix, t, before);
  }
};

/** Keeps the part of the gradient that rows at their full bound make, so that shrunk rows can come back cheaply. */
const updateBoundGradient = (state: SmoState, matrix: KernelMatrix, t: number, before: number): void => {
  const { signs, bounds, status, boundGradient, size } = state;
  const full = signs[t]! > 0 ? 2 : 1; // what the status says of a row at its bound
  if ((before === full) === (status[t] === full)) return;
  const row = matrix.row(t, size);
  const change = (status[t] === full ? 1 : -1) * signs[t]! * bounds[t]!;
  for (let k = 0; k < size; k++) boundGradient[k]! += change * row[k]!;
};

/**
 * Solves the dual of the C-SVC to LIBSVM's stopping rule: no pair violates optimality by `epsilon` or more.
 * Same choices in the same order as svm-train, so the same support vectors.
 *
 * Written in signed coefficients b = sign × alpha: minimise b'Kb / 2 - sign'b with sum b = 0 and b between 0 and
 * sign × bound, which makes both classes one case.
 *
 * @see Chang and Lin, LIBSVM: A Library for Support Vector Machines (2011), sections 4 and 5.
 */
export const solveBinary = (problem: BinaryProblem, settings: SmoSettings): BinarySolution => {
  const size = problem.rows.rowCount;
  const matrix = createKernelMatrix(problem.rows, settings.kernel, settings.cacheBytes);
  const state: SmoState = {
    size,
    signs: problem.signs.slice(),
    bounds: problem.bounds.slice(),
    coefficients: new Float64Array(size),
    gradient: Float64Array.from(problem.signs, (sign) => -sign),
    boundGradient: new Float64Array(size),
    status: Uint8Array.from(problem.signs, (sign, t) => statusOf(0, sign, problem.bounds[t]!)),
    activeSize: size,
    unshrunk: false,
    up: -1,
    down: -1,
  };
  const limit = Math.max(10_000_000, 100 * size);
  const interval = Math.min(size, 1000);
  let untilShrink = interval + 1;
  let iterations = 0;
  let converged = false;
  while (iterations < limit) {
    if (--untilShrink === 0) {
      untilShrink = interval;
      if (settings.shrinking) shrink(state, matrix, settings.epsilon);
    }
    if (!selectPair(state, matrix, settings.epsilon)) {
      // Optimal among the active rows: look at all of them before believing it.
      reconstructGradient(state, matrix);
      state.activeSize = size;
      if (!selectPair(state, matrix, settings.epsilon)) {
        converged = true;
        break;
      }
      untilShrink = 1;
    }
    iterations++;
    movePair(state, matrix);
  }
  reconstructGradient(state, matrix);
  state.activeSize = size;

  const coefficients = new Float64Array(size);
  let objective = 0;
  for (let t = 0; t < size; t++) {
    coefficients[matrix.ids[t]!] = state.coefficients[t]!;
    objective += (state.coefficients[t]! * (state.gradient[t]! - state.signs[t]!)) / 2;
  }
  const { computed: kernelRowsComputed } = matrix;
  return { coefficients, rho: calculateRho(state), objective, iterations, converged, kernelRowsComputed };
};
