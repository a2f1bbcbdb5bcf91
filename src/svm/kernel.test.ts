/** Rows and kernels: sparse and dense agree with the formulas, whichever way the dot products are taken. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestDifference } from '../../test/reference/svm.ts';
import { createKernelRow, type Kernel, kernelDiagonal } from './kernel.ts';
import { denseRows, selectRows, sparseRows } from './rows.ts';

const FORMULAS: readonly [Kernel, (u: readonly number[], v: readonly number[]) => number][] = [
  [{ type: 'linear' }, (u, v) => dot(u, v)],
  [{ type: 'rbf', gamma: 0.3 }, (u, v) => Math.exp(-0.3 * u.reduce((sum, x, i) => sum + (x - v[i]!) ** 2, 0))],
  [{ type: 'polynomial', gamma: 0.5, coef0: 1, degree: 3 }, (u, v) => (0.5 * dot(u, v) + 1) ** 3],
  [{ type: 'sigmoid', gamma: 0.1, coef0: -1 }, (u, v) => Math.tanh(0.1 * dot(u, v) - 1)],
];
const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, x, i) => sum + x * v[i]!, 0);

test('every entry is what the formula says, for rows with few and with many entries', () => {
  const value = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.double({ min: -3, max: 3, noNaN: true }));
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    );
  fc.assert(
    fc.property(matrix, (dense) => {
      const rows = denseRows(dense.flat(), dense[0]!.length);
      const ids = Int32Array.from(dense, (_, i) => dense.length - 1 - i);
      for (const [kernel, formula] of FORMULAS) {
        const out = new Float64Array(dense.length);
        const kernelRow = createKernelRow(rows, kernel);
        const diagonal = kernelDiagonal(rows, kernel);
        dense.forEach((u, i) => {
          kernelRow(rows, i, ids, 0, dense.length, out);
          const expected = Array.from(ids, (id) => formula(u, dense[id]!));
          expect(largestDifference(out, expected)).toBeLessThan(1e-8);
          expect(diagonal[i]).toBeCloseTo(formula(u, u), 8);
        });
      }
    }),
    { numRuns: 25 },
  );
});

test('columns beyond those of the other side count as zero there', () => {
  const kernelRow = createKernelRow(sparseRows([[[0, 2]]]), { type: 'rbf', gamma: 1 });
  const out = new Float64Array(1);
  kernelRow(sparseRows([[[0, 2], [5, 1]]]), 0, Int32Array.of(0), 0, 1, out); // biome-ignore format: short
  expect(out[0]).toBeCloseTo(Math.exp(-1), 12);
});

test('rows come sorted, without zeros, and can be chosen', () => {
  const rows = sparseRows([[[4, 1], [1, -2], [2, 0]], [], new Map([[0, 3]])]); // biome-ignore format: short
  expect(rows).toEqual({
    rowCount: 3,
    columnCount: 5,
    starts: Int32Array.of(0, 2, 2, 3),
    columns: Int32Array.of(1, 4, 0),
    values: Float64Array.of(-2, 1, 3),
  });
  expect(denseRows([0, -2, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0], 5)).toEqual(rows);
  const chosen = selectRows(rows, [2, 0, 2]);
  expect([...chosen.values]).toEqual([3, -2, 1, 3]);
  expect([...chosen.starts]).toEqual([0, 1, 3, 4]);
});

test('says what makes no rows', () => {
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => sparseRows([[[0, Number.NaN]]])).toThrow(code('svm/nan'));
  expect(() => denseRows([1, Number.POSITIVE_INFINITY], 2)).toThrow(code('svm/nan'));
  expect(() => sparseRows([[[0, 1], [0, 2]]])).toThrow(code('svm/columns')); // biome-ignore format: short
  expect(() => sparseRows([[[-1, 1]]])).toThrow(code('svm/columns'));
  expect(() => sparseRows([[[3, 1]]], 3)).toThrow(code('svm/columns'));
  expect(() => sparseRows([[[2 ** 30, 1]]])).toThrow(code('svm/columns'));
  expect(() => denseRows([1, 2, 3], 2)).toThrow(code('svm/columns'));
  expect(() => createKernelRow(sparseRows([]), { type: 'polynomial', gamma: 1, coef0: 0, degree: 1.5 })).toThrow(
    code('svm/options'),
  );
});
