import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accuracy,
  chooseThreshold,
  confusionMatrix,
  coverageCurve,
  expectedCalibrationError,
  fitTemperature,
  likeliest,
  macroF1,
  negativeLogLikelihood,
  type Predictions,
  reliabilityBins,
  scoreClasses,
  softmaxRows,
  unweightedAverageRecall,
  wilsonInterval,
} from './metrics.ts';

/** The labels and logits of test/reference/metrics.py, whose printed values stand below. */
const count = 200;
const classes = 7;
const labels = Uint8Array.from({ length: count }, (_, i) => (i * 5 + Math.floor(i / 7)) % 6);
const logits = Float32Array.from({ length: count * classes }, (_, at) => {
  const column = at % classes;
  const row = (at - column) / classes;
  return 3 * Math.sin(row * 7 + column * 3 + (row ** 2 % 11));
});
for (let row = 0; row < count; row++) logits[row * classes + labels[row]!]! += 1.25;
const predictions: Predictions = { labels, probabilities: softmaxRows(logits, classes), classes };
const confusion = confusionMatrix(labels, likeliest(logits, classes), classes);

const anyPredictions = fc
  .array(
    fc.record({
      label: fc.integer({ min: 0, max: 2 }),
      logits: fc.tuple(
        fc.float({ min: -9, max: 9, noNaN: true }),
        fc.float({ min: -9, max: 9, noNaN: true }),
        fc.float({ min: -9, max: 9, noNaN: true }),
      ),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((rows) => ({
    labels: Uint8Array.from(rows, (row) => row.label),
    logits: Float32Array.from(rows.flatMap((row) => row.logits)),
  }));

describe('against scikit-learn and SciPy (test/reference/metrics.py)', () => {
  test('the confusion matrix and what follows from it', () => {
    expect(confusion).toEqual([
      [22, 14, 0, 3, 0, 8, 10],
      [7, 10, 1, 0, 4, 2, 4],
      [0, 7, 9, 4, 0, 7, 1],
      [7, 0, 4, 10, 1, 0, 7],
      [1, 6, 0, 3, 13, 6, 0],
      [5, 2, 3, 0, 3, 12, 4],
      [0, 0, 0, 0, 0, 0, 0],
    ]);
    expect(accuracy(confusion)).toBe(0.38);
    expect(macroF1(confusion)).toBeCloseTo(0.349445025, 9);
    expect(unweightedAverageRecall(confusion)).toBeCloseTo(0.378572149, 9);
    const scores = scoreClasses(confusion);
    expect(scores.map(({ support }) => support)).toEqual([57, 28, 28, 29, 29, 29, 0]);
    const expected = {
      precision: [0.52381, 0.25641, 0.529412, 0.5, 0.619048, 0.342857, 0],
      recall: [0.385965, 0.357143, 0.321429, 0.344828, 0.448276, 0.413793, 0],
      f1: [0.444444, 0.298507, 0.4, 0.408163, 0.52, 0.375, 0],
    };
    for (const name of ['precision', 'recall', 'f1'] as const) {
      for (const [i, score] of scores.entries()) expect(score[name]).toBeCloseTo(expected[name][i]!, 6);
    }
  });

  test.each([
    [76, 200, 0.315590058, 0.44893282],
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
    [2369, 3589, 0.644411539, 0.67539105],
  ])('Wilson interval of %i of %i', (right, all, low, high) => {
    const interval = wilsonInterval(right, all);
    expect(interval[0]).toBeCloseTo(low, 8);
    expect(interval[1]).toBeCloseTo(high, 8);
  });

  test('likelihood, calibration error, temperature and threshold', () => {
    expect(negativeLogLikelihood(predictions)).toBeCloseTo(2.5787676, 6);
    expect(expectedCalibrationError(predictions)).toBeCloseTo(0.2648565, 6);
    const temperature = fitTemperature(logits, labels, classes);
    expect(temperature).toBeCloseTo(5.36079, 4);
    const fitted = { ...predictions, probabilities: softmaxRows(logits, classes, temperature) };
    expect(negativeLogLikelihood(fitted)).toBeCloseTo(1.8742863, 6);
    for (const [wanted, threshold, coverage, kept] of [
      [0.6, 0.441373, 0.515, 0.601942],
      [0.8, 0.493298, 0.34, 0.808824],
    ] as const) {
      const chosen = chooseThreshold(predictions.probabilities, labels, classes, wanted);
      expect(chosen.threshold).toBeCloseTo(threshold, 5);
      expect(chosen.coverage).toBe(coverage);
      expect(chosen.accuracy).toBeCloseTo(kept, 6);
    }
  });
});

describe('properties', () => {
  test('every figure is a fraction, bins and curve hold every answer', () => {
    fc.assert(
      fc.property(anyPredictions, ({ labels, logits }) => {
        const probabilities = softmaxRows(logits, 3);
        const given = { labels, probabilities, classes: 3 };
        const matrix = confusionMatrix(labels, likeliest(probabilities, 3), 3);
        const figures = [
          accuracy(matrix),
          macroF1(matrix),
          unweightedAverageRecall(matrix),
          expectedCalibrationError(given),
        ];
        for (const figure of figures) expect(figure >= 0 && figure <= 1).toBe(true);
        expect(reliabilityBins(given).reduce((sum, bin) => sum + bin.count, 0)).toBe(labels.length);
        const curve = coverageCurve(given);
        expect(curve.at(-1)).toMatchObject({ coverage: 1, accuracy: accuracy(matrix) });
        const [low, high] = wilsonInterval(Math.round(accuracy(matrix) * labels.length), labels.length);
        expect(low <= accuracy(matrix) && accuracy(matrix) <= high).toBe(true);
      }),
    );
  });

  test('the fitted temperature is no worse than any other', () => {
    const temperatures = fc.double({ min: 0.06, max: 19, noNaN: true });
    fc.assert(
      fc.property(anyPredictions, temperatures, ({ labels, logits }, other) => {
        const lossAt = (temperature: number) =>
          negativeLogLikelihood({ labels, probabilities: softmaxRows(logits, 3, temperature), classes: 3 });
        expect(lossAt(fitTemperature(logits, labels, 3))).toBeLessThanOrEqual(lossAt(other) + 1e-4);
      }),
    );
  });
});

test('a class that neither occurs nor is predicted counts for no mean', () => {
  const confusion = confusionMatrix([0, 1, 1], [0, 1, 0], 3);
  expect(macroF1(confusion)).toBeCloseTo(2 / 3, 12);
  expect(unweightedAverageRecall(confusion)).toBe(0.75);
});

test('a confidence on the edge of two bins belongs to the lower one', () => {
  const edge = { labels: [0], probabilities: Float32Array.of(0.5, 0.5), classes: 2 };
  expect(reliabilityBins(edge, 2).map(({ count }) => count)).toEqual([1, 0]);
});

test('edge cases: no threshold reaches the wish, nothing to count, logits that are no numbers', () => {
  const wrong = chooseThreshold(Float32Array.of(0.9, 0.1), [1], 2);
  expect(wrong).toEqual({ threshold: 1, coverage: 0, accuracy: 0 });
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  expect(() => confusionMatrix(new Uint8Array(0), new Uint8Array(0), 7)).toThrow(/0 labels and 0 predictions/);
  expect(() => fitTemperature(new Float32Array(3), Uint8Array.of(1), 7)).toThrow(/1 labels and 3 logits/);
  expect(() => softmaxRows(Float32Array.of(1, Number.NaN), 2)).toThrow(/Row 0 of the logits is 1, NaN/);
});
