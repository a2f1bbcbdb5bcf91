/** Kernels, and one row of a kernel matrix at a time over sparse rows. */
import { InvalidInputError } from '../base/errors.ts';
import { type SparseRows, squaredNorms } from './rows.ts';

/** A kernel K(u, v), with LIBSVM's names and formulas. */
export type Kernel =
  /** u·v */
  | { readonly type: 'linear' }
  /** exp(-gamma |u - v|²) */
  | { readonly type: 'rbf'; readonly gamma: number }
  /** (gamma u·v + coef0)^degree */
  | { readonly type: 'polynomial'; readonly gamma: number; readonly coef0: number; readonly degree: number }
  /** tanh(gamma u·v + coef0) */
  | { readonly type: 'sigmoid'; readonly gamma: number; readonly coef0: number };

/** @throws {InvalidInputError} `svm/options`: gamma is not positive, degree not a whole number from 0, coef0 not finite. */
export const checkKernel = (kernel: Kernel): void => {
  const fail = (what: string): never => {
    throw new InvalidInputError('svm/options', `The ${kernel.type} kernel came with ${what}.`);
  };
  if (kernel.type === 'linear') return;
  if (!(kernel.gamma > 0 && kernel.gamma < Infinity)) fail(`gamma ${kernel.gamma}: give a number above 0`);
  if (kernel.type === 'rbf') return;
  if (!Number.isFinite(kernel.coef0)) fail(`coef0 ${kernel.coef0}: give a finite number`);
  if (kernel.type === 'polynomial' && !(Number.isInteger(kernel.degree) && kernel.degree >= 0)) {
    fail(`degree ${kernel.degree}: give a whole number from 0`);
  }
};

/**
 * Fills `out[t]` with K(row `row` of `x`, row `ids[t]` of the rows this was made for), for t in [from, to).
 * Columns that only one side has count as zero in the other.
 */
export type KernelRow = (
  x: SparseRows,
  row: number,
  ids: Int32Array,
  from: number,
  to: number,
  out: Float32Array | Float64Array,
) => void;

/** Dot products of one row of `x` with the rows `ids[from]` to `ids[to - 1]` of the other side, into `sums[id]`. */
type Dots = (x: SparseRows, row: number, ids: Int32Array, from: number, to: number, sums: Float64Array) => void;

/** From this share of entries that are not 0 on, a plain table is faster than lists of who has each column. */
const DENSE_SHARE = 0.25;

/** Two ways to the same sums, added up in the same order (columns ascending, as LIBSVM adds), hence the same last bit. */
const createDots = (rows: SparseRows): Dots =>
  rows.columns.length >= DENSE_SHARE * rows.rowCount * rows.columnCount ? createTableDots(rows) : createListDots(rows);

const createListDots = ({ rowCount, columnCount, starts, columns, values }: SparseRows): Dots => {
  const heads = new Int32Array(columnCount + 1);
  for (const column of columns) heads[column + 1]!++;
  for (let column = 0; column < columnCount; column++) heads[column + 1]! += heads[column]!;
  const holders = new Int32Array(columns.length);
  const held = new Float64Array(columns.length);
  const next = heads.slice();
  for (let row = 0; row < rowCount; row++) {
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const place = next[columns[at]!]!++;
      holders[place] = row;
      held[place] = values[at]!;
    }
  }
  return (x, row, _ids, _from, _to, sums) => {
    sums.fill(0);
    for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++) {
      const column = x.columns[at]!;
      if (column >= columnCount) break;
      const value = x.values[at]!;
      const last = heads[column + 1]!;
      for (let place = heads[column]!; place < last; place++) sums[holders[place]!]! += value * held[place]!;
    }
  };
};

const createTableDots = ({ rowCount, columnCount, starts, columns, values }: SparseRows): Dots => {
  const table = new Float64Array(rowCount * columnCount);
  for (let row = 0; row < rowCount; row++) {
    for (let at = starts[row]!; at < starts[row + 1]!; at++) table[row * columnCount + columns[at]!] = values[at]!;
  }
  const own = new Float64Array(columnCount);
  return (x, row, ids, from, to, sums) => {
    own.fill(0);
    for (let at = x.starts[row]!; at < x.starts[row + 1]! && x.columns[at]! < columnCount; at++) {
      own[x.columns[at]!] = x.values[at]!;
    }
    // Four rows at a time: one sum alone would wait for each addition to end before the next.
    for (let t = from; t < to; t += 4) {
      const last = to - 1;
      const [a, b, c, d] = [
        ids[t]!,
        ids[Math.min(t + 1, last)]!,
        ids[Math.min(t + 2, last)]!,
        ids[Math.min(t + 3, last)]!,
      ];
      const [atA, atB, atC, atD] = [a * columnCount, b * columnCount, c * columnCount, d * columnCount];
      let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
      for (let column = 0; column < columnCount; column++) {
        const value = own[column]!;
        sumA += value * table[atA + column]!;
        sumB += value * table[atB + column]!;
        sumC += value * table[atC + column]!;
        sumD += value * table[atD + column]!;
      }
      sums[a] = sumA;
      sums[b] = sumB;
      sums[c] = sumC;
      sums[d] = sumD;
    }
  };
};

/** K(u, u) of every row, shape [rowCount]. */
export const kernelDiagonal = (rows: SparseRows, kernel: Kernel): Float64Array => {
  const norms = squaredNorms(rows);
  if (kernel.type === 'linear') return norms;
  if (kernel.type === 'rbf') return norms.fill(1);
  return norms.map((norm) => fromDot(kernel, norm));
};

const fromDot = (kernel: Exclude<Kernel, { type: 'linear' | 'rbf' }>, dot: number): number => {
  const scaled = kernel.gamma * dot + kernel.coef0;
  return kernel.type === 'sigmoid' ? Math.tanh(scaled) : power(scaled, kernel.degree);
};

/** By squaring, so that the last bit is LIBSVM's, too. */
const power = (base: number, exponent: number): number => {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
};

/** A function for rows of the kernel matrix against `rows`. It keeps about as much memory as the rows take. */
export const createKernelRow = (rows: SparseRows, kernel: Kernel): KernelRow => {
  checkKernel(kernel);
  const dots = createDots(rows);
  const sums = new Float64Array(rows.rowCount);
  const norms = kernel.type === 'rbf' ? squaredNorms(rows) : sums;
  return (x, row, ids, from, to, out) => {
    dots(x, row, ids, from, to, sums);
    if (kernel.type === 'linear') {
      for (let t = from; t < to; t++) out[t] = sums[ids[t]!]!;
    } else if (kernel.type === 'rbf') {
      const gamma = kernel.gamma;
      let own = 0;
      for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++) own += x.values[at]! * x.values[at]!;
      for (let t = from; t < to; t++) {
        const id = ids[t]!;
        out[t] = Math.exp(-gamma * (own + norms[id]! - 2 * sums[id]!));
      }
    } else {
      for (let t = from; t < to; t++) out[t] = fromDot(kernel, sums[ids[t]!]!);
    }
  };
};
