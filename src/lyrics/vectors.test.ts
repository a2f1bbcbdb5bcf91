import fc from 'fast-check';
import { expect, test } from 'vitest';
import { charactersOf, countNGrams, fitVectors, type TermDocument, toRows } from './vectors.ts';

const document = (words: Record<string, number>, ...values: number[]): TermDocument => ({
  terms: { words: new Map(Object.entries(words)) },
  values,
});

test('terms first, then values in standard deviations, each block at its own scale', () => {
  // a is in both: its weight is ln(3/3) + 1 = 1; value 1 is 2 +- 1, value 2 never changes
  const vectors = fitVectors([document({ a: 1 }, 1, 7), document({ a: 1 }, 3, 7)], {
    blocks: { words: { scale: 0.5 } },
    valueScale: 0.1,
  });
  const rows = toRows(vectors, [document({ a: 4, unknown: 2 }, 2.5, 9), document({}, 99, 7)]);
  expect(rows.columnCount).toBe(3);
  expect([...rows.starts]).toEqual([0, 2, 3]);
  expect([...rows.columns]).toEqual([0, 1, 1]);
  expect([...rows.values]).toEqual([0.5, expect.closeTo(0.05, 12), expect.closeTo(0.3, 12)]);
});

test('no values where they are not asked for; nothing to learn from is an error', () => {
  expect(fitVectors([document({ a: 1 }, 1)], { blocks: { words: { scale: 1, minDocuments: 1 } } }).columnCount).toBe(1);
  expect(() => fitVectors([], { blocks: {} })).toThrow(expect.objectContaining({ code: 'lyrics/no-documents' }));
});

test('characters of Chinese words', () => {
  const bag = new Map([
    ['悲伤', 2],
    ['悲哀', 1],
    ['我', 9],
    ['love', 3],
  ]);
  expect([...charactersOf({ words: 15, lines: 1, uniqueLines: 1, bag, modified: new Map() })]).toEqual([
    ['悲', 3],
    ['伤', 2],
    ['哀', 1],
  ]);
});

test('pairs of characters are taken from words of three and more only', () => {
  const bag = new Map([
    ['不可思议', 2],
    ['悲伤', 1],
  ]);
  expect([...charactersOf({ words: 3, lines: 1, uniqueLines: 1, bag, modified: new Map() }, 2)]).toEqual([
    ['不可', 2],
    ['可思', 2],
    ['思议', 2],
  ]);
});

test('n-grams never join two lists, and there are as many as places for them', () => {
  const options = { shortest: 1, longest: 2, joiner: ' ' };
  expect([...countNGrams([['a', 'b', 'a', 'b'], ['c']], options)]).toEqual([
    ['a', 2],
    ['b', 2],
    ['a b', 2],
    ['b a', 1],
    ['c', 1],
  ]);
  fc.assert(
    fc.property(fc.array(fc.array(fc.constantFrom('x', 'y'), { maxLength: 6 })), (lists) => {
      const places = lists.reduce((sum, { length }) => sum + length + Math.max(0, length - 1), 0);
      expect([...countNGrams(lists, options).values()].reduce((sum, count) => sum + count, 0)).toBe(places);
    }),
  );
});
