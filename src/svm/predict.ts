/** What a trained machine says of new rows: decision values, votes, probabilities. */
import { InvalidInputError } from '../base/errors.ts';
import { couplePairs } from './coupling.ts';
import { createKernelRow } from './kernel.ts';
import { sigmoidProbability } from './platt.ts';
import type { SparseRows } from './rows.ts';
import type { SvcModel } from './svc.ts';

const pairCountOf = (model: SvcModel): number => (model.labels.length * (model.labels.length - 1)) / 2;

/**
 * Decision values, shape [rowCount, pairs], row-major; pairs in the order (0,1), (0,2) … (1,2) …, positive for the
 * first. Columns the model never saw count for nothing.
 */
export const svcDecisions = (model: SvcModel, rows: SparseRows): Float64Array => {
  const { supportVectors, supportCounts, coefficients, rho, kernel } = model;
  const total = supportVectors.rowCount;
  const classCount = model.labels.length;
  const pairCount = pairCountOf(model);
  const kernelRow = createKernelRow(supportVectors, kernel);
  const ids = Int32Array.from({ length: total }, (_, i) => i);
  const similar = new Float64Array(total);
  const starts = new Int32Array(classCount);
  for (let i = 1; i < classCount; i++) starts[i] = starts[i - 1]! + supportCounts[i - 1]!;
  const decisions = new Float64Array(rows.rowCount * pairCount);
  for (let row = 0; row < rows.rowCount; row++) {
    kernelRow(rows, row, ids, 0, total, similar);
    let at = row * pairCount;
    for (let first = 0, pair = 0; first < classCount; first++) {
      for (let second = first + 1; second < classCount; second++, pair++) {
        let sum = 0;
        const againstSecond = (second - 1) * total;
        for (let s = starts[first]!; s < starts[first]! + supportCounts[first]!; s++) {
          sum += coefficients[againstSecond + s]! * similar[s]!;
        }
        const againstFirst = first * total;
        for (let s = starts[second]!; s < starts[second]! + supportCounts[second]!; s++) {
          sum += coefficients[againstFirst + s]! * similar[s]!;
        }
        decisions[at++] = sum - rho[pair]!;
      }
    }
  }
  return decisions;
};

/**
 * The label most pairs vote for, shape [rowCount]. Equal votes go to the class that stands first in `model.labels`,
 * as in svm-predict; a decision of exactly 0 counts for the second of the pair.
 */
export const predictSvc = (model: SvcModel, rows: SparseRows): Int32Array => {
  const decisions = svcDecisions(model, rows);
  const classCount = model.labels.length;
  const votes = new Int32Array(classCount);
  let at = 0;
  return Int32Array.from({ length: rows.rowCount }, () => {
    votes.fill(0);
    for (let first = 0; first < classCount; first++) {
      for (let second = first + 1; second < classCount; second++) votes[decisions[at++]! > 0 ? first : second]!++;
    }
    return model.labels[firstHighest(votes)]!;
  });
};

const firstHighest = (values: ArrayLike<number>): number => {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
};

export interface SvcProbabilities {
  /** Shape [rowCount, classes], row-major, in the order of `model.labels`; every row sums to 1. */
  readonly probabilities: Float64Array;
  /** Shape [rowCount]: the likeliest label. It need not be the one `predictSvc` votes for. */
  readonly labels: Int32Array;
}

/**
 * @throws {InvalidInputError} `svm/no-probability`: the model was trained without.
 * @see Wu, Lin, Weng (2004), through `couplePairs`; pair probabilities are kept within 1e-7 of 0 and 1, as in LIBSVM.
 */
export const predictSvcProbabilities = (model: SvcModel, rows: SparseRows): SvcProbabilities => {
  const { sigmoids } = model;
  if (!sigmoids) {
    throw new InvalidInputError(
      'svm/no-probability',
      'This model holds no sigmoids: train it with probability: true (svm-train -b 1), or ask for decisions.',
    );
  }
  const decisions = svcDecisions(model, rows);
  const classCount = model.labels.length;
  const pairCount = pairCountOf(model);
  const probabilities = new Float64Array(rows.rowCount * classCount);
  const pairwise = new Float64Array(classCount * classCount);
  const labels = new Int32Array(rows.rowCount);
  for (let row = 0; row < rows.rowCount; row++) {
    for (let first = 0, pair = 0; first < classCount; first++) {
      for (let second = first + 1; second < classCount; second++, pair++) {
        const sigmoid = { a: sigmoids.a[pair]!, b: sigmoids.b[pair]! };
        const p = sigmoidProbability(decisions[row * pairCount + pair]!, sigmoid);
        const kept = Math.min(Math.max(p, 1e-7), 1 - 1e-7);
        pairwise[first * classCount + second] = kept;
        pairwise[second * classCount + first] = 1 - kept;
      }
    }
    const coupled = couplePairs(pairwise, classCount);
    probabilities.set(coupled, row * classCount);
    labels[row] = model.labels[firstHighest(coupled)]!;
  }
  return { probabilities, labels };
};
