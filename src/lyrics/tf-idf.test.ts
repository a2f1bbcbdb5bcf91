import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitTfIdf, tfIdfRow } from './tf-idf.ts';

const counts = (entries: Record<string, number>): Map<string, number> => new Map(Object.entries(entries));

test('weights as scikit-learn gives them: ln((1 + 3) / (1 + 2)) + 1', () => {
  const model = fitTfIdf([counts({ a: 1, b: 2 }), counts({ a: 5 }), counts({ b: 1, c: 1 })]);
  expect([...model.columns]).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  expect([...model.weights]).toEqual([expect.closeTo(1.2876820724517808, 14), expect.closeTo(1.2876820724517808, 14)]);
});

test('repetition counts by its logarithm, and the row has length 1', () => {
  const model = {
    columns: new Map([
      ['a', 0],
      ['b', 1],
    ]),
    weights: Float64Array.of(1, 2),
  };
  const row = tfIdfRow(model, counts({ a: Math.E ** 2, b: 1, unknown: 9 }));
  expect(row).toEqual([
    [0, expect.closeTo(3 / Math.sqrt(13), 12)],
    [1, expect.closeTo(2 / Math.sqrt(13), 12)],
  ]);
  expect(tfIdfRow(model, counts({ unknown: 1 }))).toEqual([]);
});

test('every row has length 1 or is empty', () => {
  const document = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 50 })).map(counts);
  fc.assert(
    fc.property(fc.array(document, { maxLength: 8 }), (documents) => {
      const model = fitTfIdf(documents, { minDocuments: 1 });
      for (const own of documents) {
        const length = Math.hypot(...tfIdfRow(model, own).map(([, value]) => value));
        expect(length).toBeCloseTo(own.size === 0 ? 0 : 1, 10);
      }
    }),
  );
});
