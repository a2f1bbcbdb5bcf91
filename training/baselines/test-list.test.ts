/** The list of 200 is the one its rule draws, and stands for its classes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataPath, lacksData, needsData } from '../../test/data.ts';
import { countLabels, type FaceSet, hashPictures, PICTURE_BYTES, rowsOf } from '../datasets/face-set.ts';
import { loadFer2013 } from '../datasets/fer2013.ts';
import { drawStratified, findTestRows, LIST_COUNT, readTestList, shareOut } from './test-list.ts';

test('largest remainders, by hand', () => {
  // Exact shares 4.67, 0.56, 4.77: whole parts 4, 0, 4; the two left go to .77 and .67.
  expect(shareOut([467, 56, 477], 10)).toEqual([5, 0, 5]);
  expect(shareOut([1, 1], 1)).toEqual([1, 0]);
  expect(shareOut([2, 3], 9)).toEqual([2, 3]);
});

test('a draw holds as many as asked for, each once, in proportion', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 1, max: 90 }),
      (labels, count) => {
        const rows = Int32Array.from(labels.keys(), (place) => labels.length - 1 - place);
        const places = drawStratified(Uint8Array.from(labels), rows, { count });
        expect(places.length).toBe(Math.min(count, labels.length));
        expect(new Set(places).size).toBe(places.length);
        expect([...places]).toEqual([...places].sort((a, b) => a - b));
        const drawn = countLabels(
          Uint8Array.from(labels),
          places.map((place) => rows[place]!),
        );
        const all = countLabels(Uint8Array.from(labels), rows);
        for (const [label, value] of drawn.entries())
          expect(Math.abs(value - (all[label]! * places.length) / labels.length)).toBeLessThan(1);
      },
    ),
  );
});

test('a file that is no list is named', async () => {
  await expect(readTestList('none.json')).rejects.toMatchObject({ code: 'baselines/list' });
});

test('other pictures get a list of their own', async () => {
  const labels = Uint8Array.from({ length: 300 }, (_, i) => i % 7);
  const set: FaceSet = {
    name: 'other',
    form: 'csv',
    path: 'other.csv',
    images: new Uint8Array(300 * PICTURE_BYTES),
    labels,
    splits: Array.from(labels, () => 'public' as const),
    checksums: [],
    notes: [],
  };
  const { rows, origin } = await findTestRows(set, rowsOf(set, 'public'));
  expect(origin).toBe('drawn');
  expect(rows.length).toBe(LIST_COUNT);
});

test.skipIf(lacksData('fer2013'))(
  `the committed list is what the rule draws from PublicTest ${needsData('fer2013')}`,
  async () => {
    const set = await loadFer2013(dataPath('fer2013'));
    const rows = rowsOf(set, 'public');
    const list = await readTestList();
    expect(list.sha256).toBe(hashPictures(set.images, rows));
    expect(list.places).toEqual([...drawStratified(set.labels, rows)]);
    const found = await findTestRows(set, rows);
    expect(found.origin).toBe('committed');
    expect(countLabels(set.labels, found.rows)).toEqual(list.counts);
  },
);
