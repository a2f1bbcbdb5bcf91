import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createItemVectors } from './item-vectors.ts';
import { createTaste, type TasteSettings, topItems } from './taste.ts';

const PLAIN: TasteSettings = { sharpness: 1, popularityPower: 0, mentionPower: 0, hubPower: 0, seedHubPower: 0 };

/** 0 and 1 share a rare tag, 1 and 2 a common one, 3 has nothing. */
const vectors = createItemVectors(6, [
  {
    entries: [
      [0, 0, 1],
      [1, 0, 1],
      [1, 1, 1],
      [2, 1, 1],
      [4, 1, 1],
    ],
  },
]);

describe('createTaste', () => {
  it('scores as worked out by hand', () => {
    // Row 1 is (ln 3, ln 2) / 1.29918; rows 0 and 2 have one term each.
    const [rare, common] = [
      Math.log(3) / Math.hypot(Math.log(3), Math.log(2)),
      Math.log(2) / Math.hypot(Math.log(3), Math.log(2)),
    ];
    const plain = createTaste({ vectors, settings: PLAIN }).score([{ item: 1, weight: 2 }]);
    expect(plain[0]).toBeCloseTo(2 * rare, 5);
    expect(plain[2]).toBeCloseTo(2 * common, 5);
    expect(plain[3]).toBe(0);
    const sharp = createTaste({ vectors, settings: { ...PLAIN, sharpness: 1.5 } }).score([{ item: 1, weight: 1 }]);
    expect(sharp[0]).toBeCloseTo(rare ** 1.5, 5);
    const known = createTaste({
      vectors,
      popularity: [15.5, 0, 3.5, 0, 0, 0],
      settings: { ...PLAIN, popularityPower: 0.5 },
    }).score([{ item: 1, weight: 1 }]);
    expect(known[0]).toBeCloseTo(4 * rare, 5);
    expect(known[2]).toBeCloseTo(2 * common, 5);
    // Item 2 is like 1 and 4 (hub (common + 1) / 6), item 0 like 1 alone (rare / 6).
    const hubs = createTaste({ vectors, settings: { ...PLAIN, hubPower: 1 } }).score([{ item: 1, weight: 1 }]);
    expect(hubs[0]! / hubs[2]!).toBeCloseTo(rare / (rare / 6) / (common / ((common + 1) / 6)), 3);
  });

  it('offers to who likes what many hear what is heard more than described', () => {
    const [popularity, mentions] = [
      [99.5, 9.5, 0.5, 0, 0, 0],
      [9.5, 9.5, 9.5, 0, 0, 0],
    ];
    const settings = { ...PLAIN, mainstreamPower: 0.5 };
    const plain = createTaste({ vectors, popularity, mentions, settings: PLAIN });
    const taste = createTaste({ vectors, popularity, mentions, settings });
    // ln 100 and ln 10 for items 0 and 1, 0 for item 2; what is heard lies in the mean at their sum weighed by 99.5, 9.5, 0.5.
    const usual = (99.5 * Math.log(100) + 9.5 * Math.log(10)) / 109.5;
    for (const item of [0, 1]) {
      const liked = [{ item, weight: 1 }];
      const power = 0.5 * (Math.log(popularity[item]! + 0.5) - usual);
      const [before, after] = [plain.score(liked), taste.score(liked)];
      expect(after[0]).toBeCloseTo(before[0]! * 10 ** power, 5);
      expect(after[1]).toBeCloseTo(before[1]!, 5);
      expect(after[2]).toBeCloseTo(before[2]! * 10 ** -power, 5);
    }
  });

  it('is linear in what is liked, and takes dislikes off', () => {
    const taste = createTaste({ vectors, settings: { ...PLAIN, sharpness: 1.5, seedHubPower: 0.5 } });
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), fc.double({ min: -3, max: 3, noNaN: true }), (a, b, weight) => {
        const both = taste.score([
          { item: a, weight: 1 },
          { item: b, weight },
        ]);
        const [first, second] = [taste.score([{ item: a, weight: 1 }]), taste.score([{ item: b, weight: 1 }])];
        for (const [item, score] of both.entries()) {
          expect(score).toBeCloseTo(first[item]! + weight * second[item]!, 3);
        }
      }),
    );
    expect(taste.score([])).toEqual(new Float32Array(6));
  });
});

describe('topItems', () => {
  it('equals sorting everything', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9)), fc.nat(8), fc.array(fc.nat(12)), (scores, count, without) => {
        const left = new Set(without);
        const expected = scores
          .map((_, item) => item)
          .filter((item) => !left.has(item))
          .sort((a, b) => scores[b]! - scores[a]! || a - b)
          .slice(0, count);
        expect(topItems(scores, count, left)).toEqual(expected);
      }),
    );
  });
});
