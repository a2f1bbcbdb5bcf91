import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineOf, cosinesWith, countWeight, createItemVectors } from './item-vectors.ts';

type Entry = readonly [item: number, term: number, count: number];

const anyEntries: fc.Arbitrary<Entry[]> = fc
  .uniqueArray(fc.tuple(fc.nat(6), fc.nat(9), fc.integer({ min: 1, max: 50 })), {
    selector: ([item, term]) => item * 10 + term,
    maxLength: 40,
  })
  .map((entries) => entries);

describe('createItemVectors', () => {
  it('weighs by rarity and root of the count, as worked out by hand', () => {
    // Four items; term 0 in two of them (ln 2), term 1 in one (ln 4 = 2 ln 2). Row 0: (2 ln 2, 2 ln 2) -> (1, 1) / sqrt 2.
    const entries: Entry[] = [
      [0, 0, 4],
      [0, 1, 1],
      [1, 0, 9],
    ];
    const vectors = createItemVectors(4, [{ entries }]);
    expect([...vectors.values]).toEqual([Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2), 1]);
    expect(cosineOf(vectors, 0, 1)).toBeCloseTo(Math.SQRT1_2, 6);
    expect([...cosinesWith(vectors, 3)]).toEqual([0, 0, 0, 0]);
  });

  it('gives the plain cosine with plain counts', () => {
    // (3, 4) and (4, 3): 24 / 25.
    const vectors = createItemVectors(
      2,
      [
        {
          entries: [
            [0, 0, 3],
            [0, 1, 4],
            [1, 0, 4],
            [1, 1, 3],
          ],
        },
      ],
      countWeight,
    );
    expect(cosineOf(vectors, 0, 1)).toBeCloseTo(24 / 25, 6);
  });

  it('joins blocks by their scales', () => {
    const entries: Entry[] = [
      [0, 0, 1],
      [1, 0, 1],
    ];
    const artists: Entry[] = [
      [0, 0, 1],
      [2, 0, 1],
    ];
    const vectors = createItemVectors(4, [{ entries }, { entries: artists, scale: 2 }]);
    // Row 0 is (1, 2) / sqrt 5.
    expect(cosineOf(vectors, 0, 1)).toBeCloseTo(1 / Math.sqrt(5), 6);
    expect(cosineOf(vectors, 0, 2)).toBeCloseTo(2 / Math.sqrt(5), 6);
  });

  it('says the same by item and by term, in rows of length 1 or 0', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const vectors = createItemVectors(7, [{ entries }]);
        for (let item = 0; item < 7; item++) {
          const all = cosinesWith(vectors, item);
          for (let other = 0; other < 7; other++) expect(all[other]).toBeCloseTo(cosineOf(vectors, item, other), 5);
          const length = all[item]!;
          expect(Math.abs(length) < 1e-5 || Math.abs(length - 1) < 1e-5).toBe(true);
        }
      }),
    );
  });

  it('refuses what is no entry', () => {
    for (const entry of [[4, 0, 1] as const, [0, -1, 1] as const, [0, 0, 0] as const, [0, 0.5, 1] as const]) {
      expect(() => createItemVectors(4, [{ entries: [entry] }])).toThrow(
        expect.objectContaining({ code: 'music/terms' }),
      );
    }
  });
});
