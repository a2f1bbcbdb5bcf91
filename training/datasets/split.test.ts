import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataPath, lacksData, needsData } from '../../test/data.ts';
import { countLabels, PICTURE_BYTES, rowsOf } from './face-set.ts';
import { loadFer2013 } from './fer2013.ts';
import { cleanTraining, deduplicateAgainst, groupIdentical, splitValidation } from './split.ts';

/** A set whose picture n is `kinds[n]`: equal numbers, equal pixels; 0 is blank. */
const makeSet = (kinds: readonly number[], labels: readonly number[]) => {
  const images = new Uint8Array(kinds.length * PICTURE_BYTES);
  for (const [row, kind] of kinds.entries()) {
    images[row * PICTURE_BYTES] = kind & 255;
    images[row * PICTURE_BYTES + 1] = kind >> 8;
  }
  return { images, labels: Uint8Array.from(labels) };
};
const allRows = (count: number) => Int32Array.from({ length: count }, (_, row) => row);

describe('splitValidation', () => {
  test('parts the rows, keeps identical pictures together, and gives each class its share', () => {
    const kind = fc.record({ kind: fc.integer({ min: 1, max: 300 }), label: fc.integer({ min: 0, max: 6 }) });
    fc.assert(
      fc.property(fc.array(kind, { minLength: 150, maxLength: 250 }), fc.integer(), (items, seed) => {
        const set = makeSet(
          items.map((item) => item.kind),
          items.map((item) => item.label),
        );
        const rows = allRows(items.length);
        const { train, validation } = splitValidation(set, rows, { share: 0.2, seed });
        expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...rows]);
        const sides = new Map([...validation].map((row) => [row, true]));
        const groups = groupIdentical(set.images, rows);
        for (const group of groups) expect(new Set(group.map((row) => sides.has(row))).size).toBe(1);
        const largest = Math.max(...groups.map((group) => group.length));
        const wanted = countLabels(set.labels, rows).map((count) => Math.round(count * 0.2));
        const taken = countLabels(set.labels, validation);
        for (const [label, count] of taken.entries()) {
          expect(count).toBeLessThanOrEqual(wanted[label]!);
          if (largest === 1) expect(count).toBe(wanted[label]);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('depends on the seed alone', () => {
    const set = makeSet(
      Array.from({ length: 100 }, (_, i) => i + 1),
      Array.from({ length: 100 }, (_, i) => i % 7),
    );
    const split = (seed: number) => [...splitValidation(set, allRows(100), { seed }).validation];
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });

  test('a share that leaves a part empty is refused', () => {
    const set = makeSet([1, 2], [0, 0]);
    expect(() => splitValidation(set, allRows(2), { share: 1, seed: 1 })).toThrow(/between 0 and 1/);
    expect(() => splitValidation(set, allRows(2), { share: 0.1, seed: 1 })).toThrow(/0 for validation/);
  });
});

test('cleanTraining leaves out blank pictures and all copies of contradictory ones', () => {
  const set = makeSet([5, 0, 5, 6, 6, 7, 0], [1, 1, 2, 3, 3, 4, 2]);
  const { rows, blank, contradictory } = cleanTraining(set, allRows(7));
  expect([...rows]).toEqual([3, 4, 5]);
  // Blank copies with different labels are blank, and listed once.
  expect([...blank]).toEqual([1, 6]);
  expect([...contradictory]).toEqual([0, 2]);
  expect([...cleanTraining(set, allRows(7), { blank: false, contradictory: false }).rows]).toEqual([
    0, 1, 2, 3, 4, 5, 6,
  ]);
});

test('deduplicateAgainst parts rows by whether the reference holds their pixels', () => {
  const set = makeSet([1, 2, 3, 2], [0, 0, 0, 0]);
  const reference = makeSet([9, 2, 1], [0, 0, 0]);
  const { kept, copies } = deduplicateAgainst(set.images, allRows(4), reference.images, Int32Array.of(0, 1));
  expect([...kept]).toEqual([0, 2]);
  expect([...copies]).toEqual([1, 3]);
});

test.skipIf(lacksData('fer2013'))(`FER2013's known copies and blanks are found ${needsData('fer2013')}`, async () => {
  const set = await loadFer2013(dataPath('fer2013'));
  const train = rowsOf(set, 'train');
  expect(deduplicateAgainst(set.images, rowsOf(set, 'public'), set.images, train).copies).toHaveLength(280);
  const cleaned = cleanTraining(set, train);
  expect([...cleaned.blank]).toEqual([6458, 7629, 10423, 11286, 13148, 13402, 13988, 15894, 22198, 22927, 28601]);
  const { validation } = splitValidation(set, train, { seed: 1 });
  expect(countLabels(set.labels, validation)).toEqual([400, 44, 410, 722, 483, 317, 497]);
});
