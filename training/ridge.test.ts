/** Ridge regression against numbers worked out elsewhere, exact fits, and systems that have no answer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLambda, fitRidge, pearson, predictRidge, solveSymmetric } from './ridge.ts';

const KNOWN = { weights: [1.1500223914017018, 0.8463949843260186], intercept: 0.17644424540976278 };

describe('ridge', () => {
  it('gives the weights that NumPy gives', () => {
    // X = [[1,2],[2,0],[3,1],[4,5],[0,1]]; y = [3,2,5,9,1]; Xc, yc centred; w = solve(Xc'Xc + 0.5 I, Xc'y).
    const rows = [
      [1, 2],
      [2, 0],
      [3, 1],
      [4, 5],
      [0, 1],
    ];
    const model = fitRidge(
      rows,
      [3, 2, 5, 9, 1].map((y) => [y]),
      0.5,
    );
    expect(model.weights[0]![0]).toBeCloseTo(KNOWN.weights[0]!, 9);
    expect(model.weights[0]![1]).toBeCloseTo(KNOWN.weights[1]!, 9);
    expect(model.intercepts[0]).toBeCloseTo(KNOWN.intercept, 9);
  });

  it('finds the line that made the numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }), (slope, start) => {
        const rows = [0, 1, 2, 3, 5].map((x) => [x]);
        const model = fitRidge(
          rows,
          rows.map(([x]) => [slope * x! + start]),
          0,
        );
        expect(predictRidge(model, [10])[0]).toBeCloseTo(10 * slope + start, 6);
      }),
    );
  });

  it('prefers a small price where the numbers are a line, and refuses features that repeat each other', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i / 10, Math.sin(i)]);
    const targets = rows.map(([x, y]) => [x! + 0.1 * y!]);
    expect(chooseLambda(rows, targets, [0.01, 1000])).toBe(0.01);
    const twice = rows.map(([x]) => [x!, x!]);
    expect(() => fitRidge(twice, targets, 0)).toThrow(expect.objectContaining({ code: 'ridge/singular' }));
    expect(() => fitRidge([], [], 1)).toThrow(expect.objectContaining({ code: 'ridge/rows' }));
  });

  it('solves what it is given', () => {
    // [[4, 2], [2, 3]] x = [2, 5] -> x = [-0.5, 2].
    const [x] = solveSymmetric(Float64Array.of(4, 2, 2, 3), 2, [Float64Array.of(2, 5)]);
    expect(Array.from(x!)).toEqual([expect.closeTo(-0.5, 12), expect.closeTo(2, 12)]);
  });
});

describe('pearson', () => {
  it('is known, signed, and 0 where nothing varies', () => {
    // scipy.stats.pearsonr([1, 2, 3, 4], [1, 3, 2, 5])
    expect(pearson([1, 2, 3, 4], [1, 3, 2, 5])).toBeCloseTo(0.8315218406202999, 12);
    expect(pearson([1, 2], [2, 1])).toBeCloseTo(-1, 12);
    expect(pearson([1, 1], [2, 1])).toBe(0);
  });
});
