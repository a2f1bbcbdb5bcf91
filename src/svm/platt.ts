/** Platt's sigmoid: from decision values of one pair of classes to probabilities. */
import type { Random } from '../base/random.ts';
import { createKernelRow } from './kernel.ts';
import { selectRows } from './rows.ts';
import { type BinaryProblem, type SmoSettings, solveBinary } from './smo.ts';

/** P(positive) = 1 / (1 + exp(a × decision + b)). */
export interface Sigmoid {
  readonly a: number;
  readonly b: number;
}

/** The sigmoid's value, without overflow at either end. */
export const sigmoidProbability = (decision: number, { a, b }: Sigmoid): number => {
  const z = decision * a + b;
  return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
};

/**
 * Maximum likelihood against smoothed targets, by Newton's method with backtracking.
 *
 * @param decisions shape [rows]
 * @param signs shape [rows], above 0 for the positive class
 * @see Lin, Lin, Weng, "A note on Platt's probabilistic outputs for support vector machines" (2007), appendix C.
 */
export const fitSigmoid = (decisions: ArrayLike<number>, signs: ArrayLike<number>): Sigmoid => {
  const count = decisions.length;
  let positives = 0;
  for (let i = 0; i < count; i++) if (signs[i]! > 0) positives++;
  const negatives = count - positives;
  const targets = Float64Array.from(decisions, (_, i) =>
    signs[i]! > 0 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2),
  );
  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const z = decisions[i]! * a + b;
      sum += z >= 0 ? targets[i]! * z + Math.log(1 + Math.exp(-z)) : (targets[i]! - 1) * z + Math.log(1 + Math.exp(z));
    }
    return sum;
  };
  let a = 0;
  let b = Math.log((negatives + 1) / (positives + 1));
  let value = loss(a, b);
  for (let iteration = 0; iteration < 100; iteration++) {
    let [hessianAA, hessianAB, hessianBB, slopeA, slopeB] = [1e-12, 0, 1e-12, 0, 0];
    for (let i = 0; i < count; i++) {
      const decision = decisions[i]!;
      const p = sigmoidProbability(decision, { a, b });
      const weight = p * (1 - p);
      const slope = targets[i]! - p;
      hessianAA += decision * decision * weight;
      hessianAB += decision * weight;
      hessianBB += weight;
      slopeA += decision * slope;
      slopeB += slope;
    }
    if (Math.abs(slopeA) < 1e-5 && Math.abs(slopeB) < 1e-5) break;
    const determinant = hessianAA * hessianBB - hessianAB * hessianAB;
    const stepA = -(hessianBB * slopeA - hessianAB * slopeB) / determinant;
    const stepB = -(hessianAA * slopeB - hessianAB * slopeA) / determinant;
    const descent = slopeA * stepA + slopeB * stepB;
    let size = 1;
    for (; size >= 1e-10; size /= 2) {
      const trial = loss(a + size * stepA, b + size * stepB);
      if (trial < value + 0.0001 * size * descent) {
        a += size * stepA;
        b += size * stepB;
        value = trial;
        break;
      }
    }
    if (size < 1e-10) break; // the line search failed: this is as near as doubles get
  }
  return { a, b };
};

const FOLDS = 5;

/**
 * The sigmoid of one pair, from decision values of rows that the machine behind each value was not trained on: five
 * folds in an order drawn from `random`.
 */
export const fitPairSigmoid = (problem: BinaryProblem, settings: SmoSettings, random: Random): Sigmoid => {
  const count = problem.rows.rowCount;
  const order = random.shuffle(Int32Array.from({ length: count }, (_, i) => i));
  const decisions = new Float64Array(count);
  for (let fold = 0; fold < FOLDS; fold++) {
    const begin = Math.floor((fold * count) / FOLDS);
    const end = Math.floor(((fold + 1) * count) / FOLDS);
    const rest = Int32Array.from([...order.subarray(0, begin), ...order.subarray(end)]);
    const part: BinaryProblem = {
      rows: selectRows(problem.rows, rest),
      signs: Int8Array.from(rest, (row) => problem.signs[row]!),
      bounds: Float64Array.from(rest, (row) => problem.bounds[row]!),
    };
    const hasPositive = part.signs.includes(1);
    if (!(hasPositive && part.signs.includes(-1))) {
      // One class alone, or none, left to train on: as sure as the sign says, as in LIBSVM.
      const decision = rest.length === 0 ? 0 : hasPositive ? 1 : -1;
      for (let i = begin; i < end; i++) decisions[order[i]!] = decision;
      continue;
    }
    const { coefficients, rho } = solveBinary(part, settings);
    const support = rest.map((_, i) => i).filter((i) => coefficients[i] !== 0);
    const kernelRow = createKernelRow(part.rows, settings.kernel);
    const similar = new Float64Array(support.length);
    for (let i = begin; i < end; i++) {
      kernelRow(problem.rows, order[i]!, support, 0, support.length, similar);
      let sum = -rho;
      for (let s = 0; s < support.length; s++) sum += coefficients[support[s]!]! * similar[s]!;
      decisions[order[i]!] = sum;
    }
  }
  return fitSigmoid(decisions, problem.signs);
};
