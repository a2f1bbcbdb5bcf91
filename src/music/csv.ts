/** CSV as RFC 4180 describes it, read piece by piece, and written so that a spreadsheet runs no formula out of it. */
import { InvalidInputError } from '../base/errors.ts';

/** Longest row, characters. A quote that is never closed swallows the rest of the file: this stops it early. */
const LONGEST_ROW = 1_000_000;

export interface CsvReader {
  /** Reads on. Rows may straddle pieces. */
  push(text: string): void;
  /** Reads the last row, which needs no line break. */
  end(): void;
}

/**
 * A reader that keeps no more than one unfinished row. Written here, because the CSV packages read either whole texts or
 * Node streams, and a catalogue is read in pieces in the browser too.
 *
 * Lines end with LF or CRLF. A quote inside an unquoted cell is an ordinary character. Blank lines are passed over.
 *
 * @param onRow called with the cells and the row's number as a spreadsheet shows it: the first row is 1, blank lines count.
 * @param separator the one character between cells. @default ','
 * @throws {InvalidInputError} `csv/quote`: text follows a closing quote, or a quote is never closed.
 */
export const createCsvReader = (onRow: (cells: string[], row: number) => void, separator = ','): CsvReader => {
  const separatorCode = separator.charCodeAt(0);
  let text = '';
  let row = 1;

  /** Reads the row at `start`; -1 where it is not finished yet, else where the next one starts. */
  const readRow = (start: number, final: boolean): number => {
    const cells: string[] = [];
    let at = start;
    for (;;) {
      let cell: string;
      if (text.charCodeAt(at) === 34) {
        cell = '';
        let from = at + 1;
        for (;;) {
          const quote = text.indexOf('"', from);
          if (quote < 0) {
            if (final) throw unclosed(row);
            return -1;
          }
          if (quote + 1 === text.length && !final) return -1;
          cell += text.slice(from, quote);
          from = quote + 1;
          if (text.charCodeAt(from) !== 34) break;
          cell += '"';
          from += 1;
        }
        at = from;
      } else {
        let code = text.charCodeAt(at);
        const from = at;
        // 10 line feed; a carriage return counts only before a line feed or at the very end.
        while (at < text.length && code !== separatorCode && code !== 10) code = text.charCodeAt(++at);
        const carriageReturn = (code === 10 || at === text.length) && at > from && text.charCodeAt(at - 1) === 13;
        if (at === text.length && !final) return -1;
        cell = text.slice(from, carriageReturn ? at - 1 : at);
        if (carriageReturn) at -= 1;
      }
      cells.push(cell);
      if (at < text.length && text.charCodeAt(at) === separatorCode) {
        at += 1;
        if (at === text.length && !final) return -1;
        continue;
      }
      if (text.charCodeAt(at) === 13) {
        if (at + 1 === text.length && !final) return -1;
        if (at + 1 === text.length || text.charCodeAt(at + 1) === 10) at += 1;
      }
      if (at < text.length && text.charCodeAt(at) !== 10) {
        throw new InvalidInputError(
          'csv/quote',
          `Row ${row} has text after a closing quote: write a quote inside a quoted cell twice ("").`,
        );
      }
      if (cells.length > 1 || cells[0] !== '') onRow(cells, row);
      row += 1;
      return at + 1;
    }
  };

  const readRows = (final: boolean): void => {
    let start = 0;
    while (start < text.length) {
      const next = readRow(start, final);
      if (next < 0) break;
      start = next;
    }
    text = final ? '' : text.slice(start);
    if (text.length > LONGEST_ROW) throw unclosed(row);
  };

  return {
    push: (piece) => {
      text += piece;
      readRows(false);
    },
    end: () => readRows(true),
  };
};

const unclosed = (row: number): InvalidInputError =>
  new InvalidInputError(
    'csv/quote',
    `Row ${row} opens a quote that is not closed within ${LONGEST_ROW} characters: close it with ".`,
  );

/** Cells a spreadsheet would take for a formula, full-width signs included, with any guards already before them. */
const FORMULA = /^'*[=+\-@\t\r＝＋－＠]/u;

/**
 * A cell as text that no spreadsheet runs: one that starts with = + - @ (or tab, carriage return) gets an apostrophe in
 * front; commas, quotes and line breaks are quoted.
 *
 * @see OWASP, CSV Injection.
 */
export const csvCell = (value: string): string => {
  const guarded = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
};

/** Takes off the apostrophe that `csvCell` put before a formula sign. */
export const plainCell = (cell: string): string =>
  cell.charCodeAt(0) === 39 && FORMULA.test(cell) ? cell.slice(1) : cell;
