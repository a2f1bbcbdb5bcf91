import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictLogistic, trainLogistic } from './logistic.ts';
import { denseRows } from './rows.ts';

const X = [
  2.04, -2.56, 0.42, 0.23, -0.45, -0.22, -0.42, -0.23, -0.87, 3.32, 0.23, -0.35, 0.52, -0.67, -1.06, 1.21, 0.48, -0.24,
  0.96, -0.2, 0.02, 2.35, 0.55, -0.51, 1.42, 0.54, 1.94, -0.27, -0.24, 1.0, -0.09, -0.29, 0.88, 2.18, 0.09, 0.67,
];
const labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2];

describe('trainLogistic', () => {
  it('finds the weights that scikit-learn 1.9.1 finds (LogisticRegression, C 2, class weights, lbfgs, tol 1e-12)', () => {
    const classWeights = new Map([
      [1, 2],
      [2, 0.5],
    ]);
    const model = trainLogistic(denseRows(X, 3), labels, { C: 2, classWeights, tolerance: 1e-9, maxRounds: 1000 });
    const expected = [
      0.4486521, -0.3794464, -0.0692057, -0.7887974, 0.0578121, 0.7309853, 0.3902448, -0.6746494, 0.2844045,
    ];
    expected.forEach((weight, at) => {
      expect(model.weights[at]).toBeCloseTo(weight, 5);
    });
    const probabilities = predictLogistic(model, denseRows(X.slice(0, 6), 3));
    [0.9139149, 0.0786606, 0.0074245, 0.1641039, 0.7459372, 0.0899589].forEach((probability, at) => {
      expect(probabilities[at]).toBeCloseTo(probability, 6);
    });
  });

  it('gives probabilities, and at its best the slope is flat: no small change of a weight is better', () => {
    const row = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 12 }), fc.nat(5), (data, at) => {
        const rows = denseRows(data.flat(), 2);
        const own = data.map((_, n) => n % 2);
        const model = trainLogistic(rows, own, { tolerance: 1e-7, maxRounds: 500 });
        const objective = (weights: Float64Array): number => {
          const p = predictLogistic({ ...model, weights }, rows);
          const length = weights.slice(0, -2).reduce((sum, weight) => sum + weight * weight, 0);
          return own.reduce((sum, label, n) => sum - Math.log(p[n * 2 + model.labels.indexOf(label)]!), length / 2);
        };
        const best = objective(model.weights);
        for (const change of [-0.01, 0.01]) {
          const other = model.weights.slice();
          other[at]! += change;
          expect(objective(other)).toBeGreaterThanOrEqual(best - 1e-6);
        }
        const p = predictLogistic(model, rows);
        data.forEach((_, n) => {
          expect(p[n * 2]! + p[n * 2 + 1]!).toBeCloseTo(1, 12);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses options and labels that make no sense', () => {
    const code = (what: string) => expect.objectContaining({ code: what });
    expect(() => trainLogistic(denseRows(X, 3), labels, { C: 0 })).toThrow(code('svm/options'));
    expect(() => trainLogistic(denseRows(X, 3), labels, { tolerance: Number.NaN })).toThrow(code('svm/options'));
    expect(() => trainLogistic(denseRows(X, 3), labels.slice(1))).toThrow(code('svm/labels'));
    expect(() =>
      trainLogistic(
        denseRows(X, 3),
        labels.map(() => 1),
      ),
    ).toThrow(code('svm/one-class'));
  });
});
