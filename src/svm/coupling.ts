/** From probabilities between pairs of classes to one probability a class. */

/**
 * Minimises the sum over pairs of (r_ji p_i - r_ij p_j)², with p summing to 1.
 *
 * @param pairwise shape [classCount, classCount], row-major: [i, j] = P(i | i or j), above 0; the diagonal is not read
 * @returns shape [classCount], sums to 1
 * @see Wu, Lin, Weng, "Probability Estimates for Multi-class Classification by Pairwise Coupling" (2004), second
 *   approach, algorithm 2; stops as LIBSVM, at an error of 0.005 / classCount or after max(100, classCount) rounds.
 */
export const couplePairs = (pairwise: ArrayLike<number>, classCount: number): Float64Array => {
  if (classCount === 2) return Float64Array.of(pairwise[1]!, 1 - pairwise[1]!);
  const q = new Float64Array(classCount * classCount);
  for (let t = 0; t < classCount; t++) {
    for (let j = 0; j < classCount; j++) {
      if (j === t) continue;
      q[t * classCount + t]! += pairwise[j * classCount + t]! ** 2;
      q[t * classCount + j] = -pairwise[j * classCount + t]! * pairwise[t * classCount + j]!;
    }
  }
  const p = new Float64Array(classCount).fill(1 / classCount);
  const qp = new Float64Array(classCount);
  for (let round = 0; round < Math.max(100, classCount); round++) {
    let pqp = 0;
    for (let t = 0; t < classCount; t++) {
      let sum = 0;
      for (let j = 0; j < classCount; j++) sum += q[t * classCount + j]! * p[j]!;
      qp[t] = sum;
      pqp += p[t]! * sum;
    }
    if (qp.every((value) => Math.abs(value - pqp) < 0.005 / classCount)) break;
    for (let t = 0; t < classCount; t++) {
      const own = q[t * classCount + t]!;
      const change = (pqp - qp[t]!) / own;
      p[t]! += change;
      pqp = (pqp + change * (change * own + 2 * qp[t]!)) / (1 + change) / (1 + change);
      for (let j = 0; j < classCount; j++) {
        qp[j] = (qp[j]! + change * q[t * classCount + j]!) / (1 + change);
        p[j]! /= 1 + change;
      }
    }
  }
  return p;
};
