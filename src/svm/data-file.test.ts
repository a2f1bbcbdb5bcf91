/** LIBSVM's data format: what is written comes back, what svm-train reads is read, and faults name their line. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatSvmData, parseSvmData } from './data-file.ts';
import { sparseRows } from './rows.ts';

test('reads signs, tabs, trailing blanks, exponents and rows without entries', () => {
  const { rows, labels } = parseSvmData('+1 1:0.5 3:-2e-3 \r\n-1\t2:.5\t4:0\n7\n\n \n');
  expect([...labels]).toEqual([1, -1, 7]);
  expect(rows).toEqual(sparseRows([[[0, 0.5], [2, -0.002]], [[1, 0.5]], []])); // biome-ignore format: short
});

test('what is written comes back to the last bit', () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => x !== 0);
  const row = fc
    .dictionary(fc.nat(5000).map(String), value)
    .map((entries) => Object.entries(entries).map(([column, x]) => [Number(column), x] as const));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), row)), (data) => {
      const rows = sparseRows(data.map(([, entries]) => entries));
      const labels = Int32Array.from(data, ([label]) => label);
      const back = parseSvmData(formatSvmData(rows, labels));
      expect(back.rows).toEqual(rows);
      expect(back.labels).toEqual(labels);
    }),
  );
});

test.each([
  ['1 1:1\n\n2 1:1', 'Line 2', 'blank'],
  ['1 1:1\n0.5 1:1', 'Line 2', "label '0.5'"],
  ['cat 1:1', 'Line 1', "label 'cat'"],
  ['1 0:1', 'Line 1', 'count from 1'],
  ['1 2:1 2:3', 'Line 1', 'ascend'],
  ['1 3:1 2:3', 'Line 1', 'index 2 comes after 3'],
  ['1 1:nan', 'Line 1', "'1:nan'"],
  ['1 1:1e999', 'Line 1', "'1:1e999'"],
  ['1 1:', 'Line 1', "'1:'"],
  ['1 5', 'Line 1', "'5'"],
  ['1 1.5:2', 'Line 1', "'1.5:2'"],
  ['1 1:0x10', 'Line 1', "'1:0x10'"],
  ['1 4000000000:1', 'Line 1', 'above 134217728'],
])('refuses %j, naming the line', (text, line, what) => {
  expect(() => parseSvmData(text)).toThrow(expect.objectContaining({ code: 'svm/data-file' }));
  expect(() => parseSvmData(text)).toThrow(line);
  expect(() => parseSvmData(text)).toThrow(what);
});
