/** Sparse rows (compressed, CSR): the one form in which vectors come into a support vector machine. */
import { InvalidInputError } from '../base/errors.ts';

/**
 * Vectors, one a row, zeros left out. Row r has its entries from `starts[r]` to `starts[r + 1]`.
 * Make them with `sparseRows` or `denseRows`, which check what comes in.
 */
export interface SparseRows {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Shape [rowCount + 1], from 0 to the number of entries. */
  readonly starts: Int32Array;
  /** Shape [entries], from 0, ascending within a row. LIBSVM's files count from 1: see data-file.ts. */
  readonly columns: Int32Array;
  /** Shape [entries], all finite. */
  readonly values: Float64Array;
}

/** Some things are kept for every column: more than this (134 million) is a mistake, or wants hashing. */
export const MAX_COLUMNS = 2 ** 27;

/** @throws {InvalidInputError} `svm/nan`, always. */
export const failNan = (row: number, column: number, value: number): never => {
  throw new InvalidInputError(
    'svm/nan',
    `Row ${row}, column ${column} holds ${value}: a support vector machine needs finite numbers. Fill in or drop the row.`,
  );
};

/**
 * Rows out of (column, value) pairs, in any order within a row; a Map of them will do. Zeros are dropped.
 *
 * @param columnCount @default one more than the highest column
 * @throws {InvalidInputError} `svm/nan`: a value is not finite. `svm/columns`: a column is not a whole number
 *   from 0 to columnCount - 1, or comes twice in a row.
 */
export const sparseRows = (
  list: Iterable<Iterable<readonly [column: number, value: number]>>,
  columnCount?: number,
): SparseRows => {
  const starts = [0];
  const columns: number[] = [];
  const values: number[] = [];
  let highest = -1;
  for (const pairs of list) {
    const row = starts.length - 1;
    const sorted = [...pairs].sort((a, b) => a[0] - b[0]);
    sorted.forEach(([column, value], at) => {
      if (!Number.isFinite(value)) failNan(row, column, value);
      if (!Number.isInteger(column) || column < 0 || column >= (columnCount ?? MAX_COLUMNS)) {
        const limit = columnCount === undefined ? `below ${MAX_COLUMNS}` : `below columnCount (${columnCount})`;
        throw new InvalidInputError('svm/columns', `Row ${row} names column ${column}: columns are from 0, ${limit}.`);
      }
      if (at > 0 && sorted[at - 1]![0] === column) {
        throw new InvalidInputError(
          'svm/columns',
          `Row ${row} has column ${column} twice: add the two values up first.`,
        );
      }
      highest = Math.max(highest, column);
      if (value === 0) return;
      columns.push(column);
      values.push(value);
    });
    starts.push(columns.length);
  }
  return {
    rowCount: starts.length - 1,
    columnCount: columnCount ?? highest + 1,
    starts: Int32Array.from(starts),
    columns: Int32Array.from(columns),
    values: Float64Array.from(values),
  };
};

/**
 * Rows out of a dense matrix.
 *
 * @param data shape [rowCount, columnCount], row-major
 * @throws {InvalidInputError} `svm/nan`: a value is not finite. `svm/columns`: the length is no multiple of columnCount.
 */
export const denseRows = (data: ArrayLike<number>, columnCount: number): SparseRows => {
  const rowCount = data.length / columnCount;
  if (!Number.isInteger(columnCount) || columnCount < 1 || !Number.isInteger(rowCount)) {
    throw new InvalidInputError(
      'svm/columns',
      `${data.length} numbers do not make rows of ${columnCount} columns: the length must be a multiple.`,
    );
  }
  let entries = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) entries++;
  const starts = new Int32Array(rowCount + 1);
  const columns = new Int32Array(entries);
  const values = new Float64Array(entries);
  let at = 0;
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      const value = data[row * columnCount + column]!;
      if (value === 0) continue;
      if (!Number.isFinite(value)) failNan(row, column, value);
      columns[at] = column;
      values[at++] = value;
    }
    starts[row + 1] = at;
  }
  return { rowCount, columnCount, starts, columns, values };
};

/** The rows named, in that order, copied. A row may be named twice. */
export const selectRows = (rows: SparseRows, chosen: ArrayLike<number>): SparseRows => {
  const starts = new Int32Array(chosen.length + 1);
  for (let i = 0; i < chosen.length; i++) {
    const row = chosen[i]!;
    starts[i + 1] = starts[i]! + rows.starts[row + 1]! - rows.starts[row]!;
  }
  const columns = new Int32Array(starts[chosen.length]!);
  const values = new Float64Array(starts[chosen.length]!);
  for (let i = 0; i < chosen.length; i++) {
    const from = rows.starts[chosen[i]!]!;
    const to = rows.starts[chosen[i]! + 1]!;
    columns.set(rows.columns.subarray(from, to), starts[i]!);
    values.set(rows.values.subarray(from, to), starts[i]!);
  }
  return { rowCount: chosen.length, columnCount: rows.columnCount, starts, columns, values };
};

/** Sum of squares of each row, shape [rowCount]. */
export const squaredNorms = (rows: SparseRows): Float64Array => {
  const norms = new Float64Array(rows.rowCount);
  for (let row = 0; row < rows.rowCount; row++) {
    let sum = 0;
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) sum += rows.values[at]! * rows.values[at]!;
    norms[row] = sum;
  }
  return norms;
};
