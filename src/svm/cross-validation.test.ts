/** Folds, cross-validation and grid search: nothing is said of a row by a machine that has seen it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawData } from '../../test/reference/svm.ts';
import { accuracy, crossValidate, gridSearch, stratifiedFolds } from './cross-validation.ts';
import { predictSvc } from './predict.ts';
import { sparseRows } from './rows.ts';
import { trainSvc } from './svc.ts';

test('folds share out every class and differ by one row at most', () => {
  const labels = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 5, maxLength: 60 });
  fc.assert(
    fc.property(labels, fc.integer({ min: 2, max: 5 }), fc.integer(), (labels, foldCount, seed) => {
      const foldOf = stratifiedFolds(labels, foldCount, seed);
      expect(stratifiedFolds(labels, foldCount, seed)).toEqual(foldOf);
      for (const label of [undefined, ...new Set(labels)]) {
        const sizes = new Array<number>(foldCount).fill(0);
        foldOf.forEach((fold, row) => {
          if (label === undefined || labels[row] === label) sizes[fold]!++;
        });
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('another seed deals otherwise', () => {
  const labels = new Int32Array(50).fill(1);
  expect(stratifiedFolds(labels, 5, 1)).not.toEqual(stratifiedFolds(labels, 5, 2));
});

test('every row is judged once, by what was trained on all other folds', () => {
  // Column 0 holds the row's number: a trainer can tell which rows it was given.
  const rows = sparseRows(Array.from({ length: 12 }, (_, row) => [[0, row + 1]] as const));
  const labels = Array.from({ length: 12 }, (_, row) => row % 2);
  const foldOf = stratifiedFolds(labels, 3, 1);
  const judged: number[] = [];
  crossValidate({ rows, labels, foldOf }, (train, trainLabels) => {
    const seen = new Set(train.values);
    expect([...trainLabels]).toEqual([...train.values].map((number) => labels[number - 1]));
    return (held) => {
      for (const number of held.values) expect(seen.has(number)).toBe(false);
      expect(seen.size + held.rowCount).toBe(12);
      judged.push(...held.values);
      return held.values;
    };
  }).forEach((said, row) => {
    expect(said).toBe(row + 1);
  });
  expect(judged.length).toBe(12);
});

test('the grid finds the gamma that works, says every step and repeats', () => {
  const { rows, labels } = drawData({ rowCount: 60, columnCount: 5, perRow: 5, classCount: 2, distance: 1, seed: 3 });
  const data = { rows, labels, foldOf: stratifiedFolds(labels, 3, 7) };
  const steps: number[] = [];
  const search = (onProgress?: (progress: { done: number; total: number }) => void) =>
    gridSearch(
      data,
      (train, trainLabels, { C, gamma }) => {
        const model = trainSvc(train, trainLabels, { C, kernel: { type: 'rbf', gamma } });
        return (held) => predictSvc(model, held);
      },
      { C: [1, 4], gamma: [0.1, 1000], ...(onProgress ? { onProgress } : {}) },
    );
  const result = search(({ done, total }) => {
    expect(total).toBe(12);
    steps.push(done);
  });
  expect(steps).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  expect(result.best.gamma).toBe(0.1);
  expect(result.best.score).toBe(Math.max(...result.points.map(({ score }) => score)));
  expect(result.points.map(({ C, gamma }) => [C, gamma])).toEqual([[1, 0.1], [1, 1000], [4, 0.1], [4, 1000]]); // biome-ignore format: short
  expect(search()).toEqual(result);
});

test('of equal scores the smaller C wins, then the smaller gamma', () => {
  const rows = sparseRows([[], [], [], []]);
  const labels = [0, 1, 0, 1];
  const data = { rows, labels, foldOf: stratifiedFolds(labels, 2) };
  const { best } = gridSearch(data, () => (held) => new Int32Array(held.rowCount), { C: [8, 2], gamma: [4, 1] });
  expect(best).toEqual({ C: 2, gamma: 1, score: 0.5 });
});

test('accuracy is the share of equal labels', () => {
  expect(accuracy([1, 2, 3, 4], [1, 2, 0, 0])).toBe(0.5);
  expect(accuracy([], [])).toBe(0);
});

test('says what makes no folds', () => {
  const rows = sparseRows([[], []]);
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => stratifiedFolds([1, 2], 3)).toThrow(code('svm/folds'));
  expect(() => stratifiedFolds([1, 2], 1)).toThrow(code('svm/folds'));
  expect(() => stratifiedFolds([1, 2], 1.5)).toThrow(code('svm/folds'));
  const train = () => () => [];
  expect(() => crossValidate({ rows, labels: [1, 2], foldOf: [0] }, train)).toThrow(code('svm/folds'));
  expect(() => crossValidate({ rows, labels: [1, 2], foldOf: [0, 0] }, train)).toThrow(code('svm/folds'));
  const data = { rows, labels: [1, 2], foldOf: [0, 1] };
  expect(() => gridSearch(data, train, { C: [] })).toThrow(code('svm/options'));
});
