/** Machines over several classes against svm-train and svm-predict, their symmetries, and what they refuse. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  drawData,
  largestDifference,
  REFERENCE,
  readOptions,
  readWeights,
  referenceData,
} from '../../test/reference/svm.ts';
import type { Kernel } from './kernel.ts';
import { predictSvc, predictSvcProbabilities, svcDecisions } from './predict.ts';
import { selectRows, sparseRows } from './rows.ts';
import { type SvcOptions, trainSvc } from './svc.ts';

const kernelOf = (options: ReadonlyMap<string, number>): Kernel => {
  const [gamma, coef0, degree] = ['g', 'r', 'd'].map((name) => options.get(name) ?? 0) as [number, number, number];
  const kernels: Kernel[] = [
    { type: 'linear' },
    { type: 'polynomial', gamma, coef0, degree },
    { type: 'rbf', gamma },
    { type: 'sigmoid', gamma, coef0 },
  ];
  return kernels[options.get('t')!]!;
};

const svcOptions = (text: string): SvcOptions => {
  const options = readOptions(text);
  const classWeights = readWeights(options);
  return {
    kernel: kernelOf(options),
    C: options.get('c') ?? 1,
    epsilon: options.get('e') ?? 0.001,
    shrinking: options.get('h') !== 0,
    ...(classWeights ? { classWeights } : {}),
  };
};

test.each(REFERENCE.svc)('svm-train $options: same support vectors, rho and predictions ($data)', (said) => {
  const { rows, labels } = referenceData(said.data);
  const model = trainSvc(rows, labels, svcOptions(said.options));
  expect([...model.labels]).toEqual(said.labels);
  expect([...model.supportCounts]).toEqual(said.supportCounts);
  expect(largestDifference(model.rho, said.rho)).toBeLessThan(1e-7);
  expect([...predictSvc(model, referenceData('test').rows)]).toEqual(said.predicted);
});

const threeClasses = (seed: number, rowCount = 60) =>
  drawData({ rowCount, columnCount: 8, perRow: 5, classCount: 3, seed });
const exact: SvcOptions = { kernel: { type: 'rbf', gamma: 0.1 }, epsilon: 1e-6 };

test('other names for the classes are other names in the predictions', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.shuffledSubarray([-7, 0, 1, 2, 900], { minLength: 3, maxLength: 3 }),
      (seed, names) => {
        const { rows, labels } = threeClasses(seed);
        const renamed = labels.map((label) => names[label - 1]!);
        const predicted = predictSvc(trainSvc(rows, labels, exact), rows);
        expect(predictSvc(trainSvc(rows, renamed, exact), rows)).toEqual(predicted.map((label) => names[label - 1]!));
      },
    ),
    { numRuns: 5 },
  );
});

test('the order of rows does not change decisions', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { rows, labels } = threeClasses(seed);
      // The first rows stay, so that the classes come up in the same order.
      const order = [...labels.keys()];
      const moved = [...order.slice(0, 20), ...order.slice(20).reverse()];
      const model = trainSvc(rows, labels, exact);
      const other = trainSvc(
        selectRows(rows, moved),
        moved.map((row) => labels[row]!),
        exact,
      );
      expect([...other.labels]).toEqual([...model.labels]);
      expect(largestDifference(svcDecisions(other, rows), svcDecisions(model, rows))).toBeLessThan(1e-4);
    }),
    { numRuns: 5 },
  );
});

test('a class given twice is a class of weight 2', () => {
  const { rows, labels } = threeClasses(4);
  const twice = [...labels.keys(), ...[...labels.keys()].filter((row) => labels[row] === 2)];
  const repeated = trainSvc(
    selectRows(rows, twice),
    twice.map((row) => labels[row]!),
    exact,
  );
  const weighted = trainSvc(rows, labels, { ...exact, classWeights: new Map([[2, 2]]) });
  expect(largestDifference(svcDecisions(repeated, rows), svcDecisions(weighted, rows))).toBeLessThan(1e-4);
});

test('equal votes go to the class that stands first', () => {
  // Three classes that beat each other in a ring: one vote each.
  const model = {
    kernel: { type: 'linear' as const },
    labels: Int32Array.of(5, 2, 9),
    supportVectors: sparseRows([], 1),
    supportCounts: new Int32Array(3),
    coefficients: new Float64Array(0),
    rho: Float64Array.of(-1, 1, -1), // 5 beats 2, 9 beats 5, 2 beats 9
  };
  expect([...predictSvc(model, sparseRows([[]]))]).toEqual([5]);
});

test('probabilities sum to 1, repeat by seed, and name the vote nearly always', () => {
  const { rows, labels } = threeClasses(8, 90);
  const options: SvcOptions = { kernel: { type: 'rbf', gamma: 0.1 }, probability: true, seed: 3 };
  const model = trainSvc(rows, labels, options);
  const { probabilities, labels: likeliest } = predictSvcProbabilities(model, rows);
  for (let row = 0; row < rows.rowCount; row++) {
    const own = probabilities.subarray(3 * row, 3 * row + 3);
    expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
  }
  const voted = predictSvc(model, rows);
  expect(likeliest.filter((label, row) => label === voted[row]).length).toBeGreaterThan(75);
  expect(trainSvc(rows, labels, options).sigmoids).toEqual(model.sigmoids);
});

test('says what it cannot train on', () => {
  const rows = sparseRows([[[0, 1]], [[0, 2]]]);
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => trainSvc(rows, [1, 1])).toThrow(code('svm/one-class'));
  expect(() => trainSvc(sparseRows([]), [])).toThrow(code('svm/one-class'));
  expect(() => trainSvc(rows, [1])).toThrow(code('svm/labels'));
  expect(() => trainSvc(rows, [1, 0.5])).toThrow(code('svm/labels'));
  expect(() => trainSvc(rows, [1, Number.NaN])).toThrow(code('svm/labels'));
  const broken = { ...rows, values: Float64Array.of(1, Number.NaN) };
  expect(() => trainSvc(broken, [1, 2])).toThrow(code('svm/nan'));
  expect(() => trainSvc(broken, [1, 2])).toThrow('Row 1, column 0');
  expect(() => trainSvc(rows, [1, 2], { C: 0 })).toThrow(code('svm/options'));
  expect(() => trainSvc(rows, [1, 2], { epsilon: Number.NaN })).toThrow(code('svm/options'));
  expect(() => trainSvc(rows, [1, 2], { kernel: { type: 'rbf', gamma: -1 } })).toThrow(code('svm/options'));
  expect(() => trainSvc(rows, [1, 2], { classWeights: new Map([[1, -1]]) })).toThrow(code('svm/options'));
  expect(() => predictSvcProbabilities(trainSvc(rows, [1, 2]), rows)).toThrow(code('svm/no-probability'));
});
