import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCsvReader, csvCell, plainCell } from './csv.ts';

const readPieces = (pieces: readonly string[]): { cells: string[]; row: number }[] => {
  const rows: { cells: string[]; row: number }[] = [];
  const reader = createCsvReader((cells, row) => rows.push({ cells, row }));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return rows;
};
const read = (text: string): string[][] => readPieces([text]).map(({ cells }) => cells);

const cell = fc.string({
  unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '=', "'", '-', '好', '😀'),
  maxLength: 6,
});

describe('createCsvReader', () => {
  it('reads quotes, commas, line breaks and both line ends', () => {
    expect(read('a,b\r\n"x, ""y""","two\nlines"\nlast,')).toEqual([
      ['a', 'b'],
      ['x, "y"', 'two\nlines'],
      ['last', ''],
    ]);
    expect(read('the "Fame" song,1\n')).toEqual([['the "Fame" song', '1']]);
    expect(read('')).toEqual([]);
  });

  it('reads tables whose cells are parted by another character', () => {
    const rows: string[][] = [];
    const reader = createCsvReader((cells) => rows.push(cells), ';');
    reader.push('a;b,c\r\n"x;y";z');
    reader.end();
    expect(rows).toEqual([
      ['a', 'b,c'],
      ['x;y', 'z'],
    ]);
  });

  it('numbers rows as a spreadsheet does: blank lines count, line breaks in cells do not', () => {
    expect(readPieces(['a\n\n"b\nb"\nc']).map(({ row }) => row)).toEqual([1, 3, 4]);
  });

  it('agrees with csv-parse on whatever cells hold, however the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }),
        fc.nat(9),
        (rows, size) => {
          const text = rows.map((cells) => cells.map(csvCell).join(',')).join('\r\n');
          const pieces = text.match(new RegExp(`[^]{1,${size + 1}}`, 'g')) ?? [];
          const expected = parse(text, { relax_column_count: true, record_delimiter: '\r\n' }) as string[][];
          expect(readPieces(pieces).map(({ cells }) => cells)).toEqual(expected);
          expect(expected.map((cells) => cells.map(plainCell))).toEqual(rows);
        },
      ),
    );
  });

  it('says which row has a stray or an unclosed quote', () => {
    expect(() => read('a\n"b"c,d\n')).toThrow(
      expect.objectContaining({ code: 'csv/quote', message: expect.stringContaining('Row 2') }),
    );
    expect(() => read('a\nb\n"c,d\n')).toThrow(
      expect.objectContaining({ code: 'csv/quote', message: expect.stringContaining('Row 3') }),
    );
    expect(() => readPieces(['a\n"', 'x'.repeat(2_000_000)])).toThrow(/not closed/);
  });
});

describe('csvCell', () => {
  it('writes what looks like a formula as text, and plainCell gives it back', () => {
    for (const start of ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
      expect(csvCell(`${start}1+1`).replaceAll('"', '')).toBe(`'${start}1+1`);
    }
    expect(csvCell("'Round Midnight")).toBe("'Round Midnight");
    expect(csvCell("'=1")).toBe("''=1");
    expect(plainCell("'Round Midnight")).toBe("'Round Midnight");
    expect(plainCell("''=1")).toBe("'=1");
  });
});
