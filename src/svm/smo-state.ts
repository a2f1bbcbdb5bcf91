/** Where sequential minimal optimisation stands, and how rows leave it (shrinking) and come back. */
import type { KernelMatrix } from './kernel-matrix.ts';

/** All by position; the first `activeSize` positions are being optimised, the rest is believed to stay at its bound. */
export interface SmoState {
  readonly size: number;
  readonly signs: Int8Array;
  readonly bounds: Float64Array;
  readonly coefficients: Float64Array;
  /** K b - sign. Up to date for active positions only. */
  readonly gradient: Float64Array;
  /** The part of K b from rows at their full bound. Up to date everywhere. */
  readonly boundGradient: Float64Array;
  /** Bit 1: the coefficient may grow. Bit 2: it may fall. Both: free, a support vector inside its box. */
  readonly status: Uint8Array;
  activeSize: number;
  /** Whether the one unshrinking near the end has been done. */
  unshrunk: boolean;
  /** The chosen pair: the one to grow, the one to fall. */
  up: number;
  down: number;
}

export const statusOf = (coefficient: number, sign: number, bound: number): number => {
  const highest = sign > 0 ? bound : 0;
  const lowest = sign > 0 ? 0 : -bound;
  return (coefficient < highest ? 1 : 0) | (coefficient > lowest ? 2 : 0);
};

/** Brings the gradient of inactive positions up to date, by whichever side has fewer kernel entries to fetch. */
export const reconstructGradient = (state: SmoState, matrix: KernelMatrix): void => {
  const { size, activeSize, signs, coefficients, gradient, boundGradient, status } = state;
  if (activeSize === size) return;
  for (let t = activeSize; t < size; t++) gradient[t] = boundGradient[t]! - signs[t]!;
  let free = 0;
  for (let t = 0; t < activeSize; t++) if (status[t] === 3) free++;
  if (free * size > 2 * activeSize * (size - activeSize)) {
    for (let t = activeSize; t < size; t++) {
      const row = matrix.row(t, activeSize);
      let sum = gradient[t]!;
      for (let k = 0; k < activeSize; k++) if (status[k] === 3) sum += coefficients[k]! * row[k]!;
      gradient[t] = sum;
    }
    return;
  }
  for (let k = 0; k < activeSize; k++) {
    if (status[k] !== 3) continue;
    const row = matrix.row(k, size);
    const coefficient = coefficients[k]!;
    for (let t = activeSize; t < size; t++) gradient[t]! += coefficient * row[t]!;
  }
};

const swapPositions = (state: SmoState, matrix: KernelMatrix, a: number, b: number): void => {
  const { signs, bounds, coefficients, gradient, boundGradient, status } = state;
  matrix.swap(a, b);
  for (const values of [signs, bounds, coefficients, gradient, boundGradient, status]) {
    const value = values[a]!;
    values[a] = values[b]!;
    values[b] = value;
  }
};

/** Sets aside the rows at a bound whose gradient says they will stay there; LIBSVM's rule. */
export const shrink = (state: SmoState, matrix: KernelMatrix, epsilon: number): void => {
  const { gradient, status } = state;
  let steepestUp = -Infinity;
  let steepestDown = -Infinity;
  for (let t = 0; t < state.activeSize; t++) {
    if ((status[t]! & 1) !== 0) steepestUp = Math.max(steepestUp, -gradient[t]!);
    if ((status[t]! & 2) !== 0) steepestDown = Math.max(steepestDown, gradient[t]!);
  }
  if (!state.unshrunk && steepestUp + steepestDown <= epsilon * 10) {
    state.unshrunk = true;
    reconstructGradient(state, matrix);
    state.activeSize = state.size;
  }
  const stays = (t: number): boolean =>
    status[t] === 2 ? -gradient[t]! > steepestUp : status[t] === 1 ? gradient[t]! > steepestDown : false;
  for (let t = 0; t < state.activeSize; t++) {
    if (!stays(t)) continue;
    state.activeSize--;
    while (state.activeSize > t && stays(state.activeSize)) state.activeSize--;
    if (state.activeSize > t) swapPositions(state, matrix, t, state.activeSize);
  }
};

/** The offset at which free support vectors lie on their margin: their mean, or the middle of what the bounds allow. */
export const calculateRho = (state: SmoState): number => {
  const { gradient, status, size } = state;
  let free = 0;
  let sum = 0;
  let above = Infinity;
  let below = -Infinity;
  for (let t = 0; t < size; t++) {
    const value = gradient[t]!;
    if (status[t] === 3) {
      free++;
      sum += value;
    } else if (status[t] === 1) above = Math.min(above, value);
    else below = Math.max(below, value);
  }
  return free > 0 ? sum / free : (above + below) / 2;
};
