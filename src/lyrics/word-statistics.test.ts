import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordStatistics } from './word-statistics.ts';

const texts = (entries: readonly (readonly [string, string])[]) =>
  entries.map(([label, words]) => ({ label, words: new Set(words.split(' ')) }));

test('two labels, three words, by hand', () => {
  // sun: 2 of the 3 happy words, 0 of the 3 sad ones; prior of sun = 6 x 2/6 = 2 of 6 words
  const [first] = wordStatistics(
    texts([
      ['happy', 'sun sea'],
      ['happy', 'sun'],
      ['sad', 'rain sea'],
      ['sad', 'rain'],
    ]),
    ['happy', 'sad'],
    {
      minTexts: 2,
      priorWeight: 6,
    },
  );
  const difference = Math.log(4 / 5) - Math.log(2 / 7);
  const rain = {
    word: 'rain',
    texts: 2,
    z: [expect.closeTo(-difference / Math.sqrt(3 / 4), 12), expect.closeTo(difference / Math.sqrt(3 / 4), 12)],
  };
  expect(first).toEqual(rain);
});

test('a word as common in every class says nothing, and two classes mirror each other', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd');
  const text = fc.record({
    label: fc.constantFrom('x', 'y'),
    words: fc.uniqueArray(word, { minLength: 1 }).map((list) => new Set(list)),
  });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (list) => {
      for (const { z } of wordStatistics(list, ['x', 'y'], { minTexts: 1 })) expect(z[0]).toBeCloseTo(-z[1]!, 9);
    }),
  );
  const even = texts([
    ['x', 'a b'],
    ['y', 'a b'],
  ]);
  for (const { z } of wordStatistics(even, ['x', 'y'], { minTexts: 1 })) expect(z).toEqual([0, 0]);
});

test('rare words and foreign labels are left out', () => {
  const list = texts([
    ['x', 'a b'],
    ['y', 'a'],
    ['z', 'c c c'],
  ]);
  expect(wordStatistics(list, ['x', 'y'], { minTexts: 2 }).map(({ word }) => word)).toEqual(['a']);
});
