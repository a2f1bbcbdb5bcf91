/** LIBSVM's sparse data format: one row a line, `label index:value index:value …`, indices ascending from 1. */
import { InvalidInputError } from '../base/errors.ts';
import { MAX_COLUMNS, type SparseRows } from './rows.ts';

export interface SvmData {
  readonly rows: SparseRows;
  /** Shape [rowCount]. */
  readonly labels: Int32Array;
}

/** A number as LIBSVM writes and C reads it; '', 'nan', 'inf' and hexadecimal are none. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
export const readNumber = (text: string | undefined): number =>
  text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN;

/** Takes `index:value` pairs of one line; the caller says what a fault means and where it was. */
export const readPairs = (
  words: readonly string[],
  fail: (what: string) => never,
  take: (column: number, value: number) => void,
): void => {
  let last = 0;
  for (const word of words) {
    const colon = word.indexOf(':');
    const index = colon < 0 ? Number.NaN : readNumber(word.slice(0, colon));
    const value = readNumber(word.slice(colon + 1));
    if (!(Number.isInteger(index) && Number.isFinite(value))) {
      fail(`'${word.slice(0, 40)}' is not index:value with a whole index and a finite value`);
    }
    if (index > MAX_COLUMNS) fail(`index ${index} is above ${MAX_COLUMNS}`);
    if (index < 1) fail(`index ${index}: indices count from 1; add 1 to each`);
    if (index <= last) fail(`index ${index} comes after ${last}: indices must ascend`);
    last = index;
    if (value !== 0) take(index - 1, value);
  }
};

/**
 * Reads data as svm-train does, for classification. File index 1 is column 0. Blank lines may stand at the end only.
 *
 * @throws {InvalidInputError} `svm/data-file`: a line does not hold to the format; the message names the line.
 */
export const parseSvmData = (text: string): SvmData => {
  const lines = text.split('\n');
  while (lines.length > 0 && lines[lines.length - 1]!.trim() === '') lines.pop();
  const labels: number[] = [];
  const starts: number[] = [0];
  const columns: number[] = [];
  const values: number[] = [];
  let columnCount = 0;
  lines.forEach((line, at) => {
    const fail = (what: string): never => {
      throw new InvalidInputError('svm/data-file', `Line ${at + 1} of the data: ${what}.`);
    };
    const words = line.split(/[ \t\r]+/).filter((word) => word !== '');
    const label = readNumber(words[0]);
    if (words.length === 0) fail('it is blank; a row without entries still needs its label');
    if ((label | 0) !== label) {
      fail(`label '${words[0]!.slice(0, 40)}' is not a whole number of 32 bits; only classification is read`);
    }
    labels.push(label);
    readPairs(words.slice(1), fail, (column, value) => {
      columns.push(column);
      values.push(value);
    });
    if (columns.length > starts[at]!) columnCount = Math.max(columnCount, columns[columns.length - 1]! + 1);
    starts.push(columns.length);
  });
  return {
    rows: {
      rowCount: labels.length,
      columnCount,
      starts: Int32Array.from(starts),
      columns: Int32Array.from(columns),
      values: Float64Array.from(values),
    },
    labels: Int32Array.from(labels),
  };
};

/** The entries of one row as ` index:value index:value`; JavaScript's shortest digits give every number back exactly. */
export const formatPairs = (rows: SparseRows, row: number): string => {
  let text = '';
  for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) {
    text += ` ${rows.columns[at]! + 1}:${rows.values[at]!}`;
  }
  return text;
};

/** Writes what `parseSvmData` and svm-train read, without loss. */
export const formatSvmData = (rows: SparseRows, labels: ArrayLike<number>): string => {
  const lines: string[] = [];
  for (let row = 0; row < rows.rowCount; row++) lines.push(`${labels[row]}${formatPairs(rows, row)}\n`);
  return lines.join('');
};
