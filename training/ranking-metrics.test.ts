import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  areaUnderCurve,
  coverageOf,
  diversityOf,
  meanInterval,
  ndcgAt,
  noveltyOf,
  precisionAt,
  recallAt,
} from './ranking-metrics.ts';

describe('ranking metrics', () => {
  // Hits at places 1 and 3 of five, three wanted: as scikit-learn's ndcg_score and plain counting give.
  const list = { ranked: [7, 1, 8, 2, 3], wanted: new Set([7, 8, 9]) };

  it('agree with values worked out elsewhere', () => {
    expect(precisionAt(list, 5)).toBe(0.4);
    expect(recallAt(list, 5)).toBeCloseTo(2 / 3, 12);
    expect(ndcgAt(list, 5)).toBeCloseTo(0.7039180890341347, 12);
    expect(precisionAt({ ranked: [7], wanted: list.wanted }, 10)).toBe(0.1);
    expect(
      coverageOf(
        [
          [1, 2],
          [2, 3],
        ],
        6,
      ),
    ).toBe(0.5);
    expect(diversityOf([1, 2, 3], (a, b) => (a + b === 3 ? 1 : 0.25))).toBeCloseTo(0.5, 12);
    expect(noveltyOf([0, 1], [7, 1], 15)).toBeCloseTo((1 + 3) / 2, 12);
    expect(meanInterval([1, 2, 3, 4])).toEqual([expect.closeTo(1.2349, 3), expect.closeTo(3.7651, 3)]);
  });

  it('have answers where there is nothing to count', () => {
    expect([recallAt({ ranked: [1], wanted: new Set() }, 10), ndcgAt({ ranked: [], wanted: new Set() }, 10)]).toEqual([
      0, 0,
    ]);
    expect([coverageOf([], 0), diversityOf([1], () => 1), noveltyOf([], [], 3)]).toEqual([0, 0, 0]);
    expect([areaUnderCurve([], [1]), meanInterval([2])]).toEqual([0.5, [2, 2]]);
  });

  it('area under the curve equals counting all pairs', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 1 }), fc.array(fc.nat(6), { minLength: 1 }), (high, low) => {
        const wins = high.flatMap((a) => low.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        expect(areaUnderCurve(high, low)).toBeCloseTo(wins.reduce<number>((sum, win) => sum + win, 0) / wins.length, 9);
      }),
    );
  });
});
