/** Sigmoids and coupling against SciPy and NumPy, and what must hold of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestDifference, REFERENCE } from '../../test/reference/svm.ts';
import { couplePairs } from './coupling.ts';
import { fitSigmoid, sigmoidProbability } from './platt.ts';

test('the sigmoid is the one SciPy finds', () => {
  const { decisions, signs, a, b } = REFERENCE.sigmoid;
  const sigmoid = fitSigmoid(decisions, signs);
  expect(sigmoid.a).toBeCloseTo(a, 5);
  expect(sigmoid.b).toBeCloseTo(b, 5);
});

test('coupled pairs are the solution of the linear system, to the error LIBSVM stops at', () => {
  const { pairwise, probabilities } = REFERENCE.coupling;
  expect(largestDifference(couplePairs(pairwise, 4), probabilities)).toBeLessThan(0.003);
});

test('pairs that agree with one distribution give it back', () => {
  const weight = fc.double({ min: 0.05, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(weight, { minLength: 2, maxLength: 8 }), (weights) => {
      const pairwise = weights.flatMap((own) => weights.map((other) => own / (own + other)));
      const total = weights.reduce((sum, value) => sum + value, 0);
      const coupled = couplePairs(pairwise, weights.length);
      expect(coupled.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      expect(
        largestDifference(
          coupled,
          weights.map((value) => value / total),
        ),
      ).toBeLessThan(0.02);
    }),
  );
});

test('a sigmoid never overflows and falls from 1 to 0 for negative a', () => {
  for (const decision of [-1e308, -1e3, 0, 1e3, 1e308]) {
    const p = sigmoidProbability(decision, { a: -2, b: 0 });
    expect(p).toBe(decision < 0 ? 0 : decision > 0 ? 1 : 0.5);
  }
});

test('a sigmoid over rows of one class, or perfectly split ones, stays finite', () => {
  for (const [decisions, signs] of [
    [
      [1, 2, 3],
      [1, 1, 1],
    ],
    [
      [-1, 1, -1, 1],
      [-1, 1, -1, 1],
    ],
    [
      [0, 0],
      [1, -1],
    ],
  ] as const) {
    const { a, b } = fitSigmoid(decisions, signs);
    expect(Number.isFinite(a) && Number.isFinite(b)).toBe(true);
  }
});
