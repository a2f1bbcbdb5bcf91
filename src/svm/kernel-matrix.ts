/** The kernel matrix of a training set, row by row, with the rows used last kept in memory up to a limit. */
import { createKernelRow, type Kernel, kernelDiagonal } from './kernel.ts';
import type { SparseRows } from './rows.ts';

/** Rows and columns stand in an order that shrinking changes: `ids[position]` is the training row at a position. */
export interface KernelMatrix {
  readonly size: number;
  /** Shape [size], by position. */
  readonly diagonal: Float64Array;
  readonly ids: Int32Array;
  /** How often a row, or the missing end of one, was computed rather than found. */
  computed: number;
  /** The first `length` (or more) entries of a row, by position. Valid until the second call after this one, or `swap`. */
  row(position: number, length: number): Float32Array;
  swap(position: number, other: number): void;
}

/**
 * @param cacheBytes what the rows kept may take; two whole rows are kept in any case
 * @throws {InvalidInputError} `svm/options`: the kernel's numbers are out of range.
 * @see Chang and Lin, LIBSVM (2011), section 5.2: rows as single-precision floats, the least recently used leaves first.
 */
export const createKernelMatrix = (rows: SparseRows, kernel: Kernel, cacheBytes: number): KernelMatrix => {
  const size = rows.rowCount;
  const kernelRow = createKernelRow(rows, kernel);
  const diagonal = kernelDiagonal(rows, kernel);
  const ids = Int32Array.from({ length: size }, (_, i) => i);
  const limit = Math.max(cacheBytes, 2 * 4 * size);
  const kept = new Map<number, Float32Array>(); // by id; a Map remembers the order of setting, so the first is the stalest
  let keptBytes = 0;

  const drop = (id: number, row: Float32Array): void => {
    kept.delete(id);
    keptBytes -= row.byteLength;
  };
  /** Room for `length` numbers, in the memory of the row that leaves where that fits. */
  const makeRoom = (length: number): Float32Array => {
    let room: Float32Array | undefined;
    while (keptBytes + 4 * length > limit) {
      const [id, row] = kept.entries().next().value!;
      drop(id, row);
      if (row.length === length) room = row;
    }
    return room ?? new Float32Array(length);
  };

  const matrix: KernelMatrix = {
    size,
    diagonal,
    ids,
    computed: 0,
    row: (position, length) => {
      const id = ids[position]!;
      let row = kept.get(id);
      if (row !== undefined) drop(id, row);
      if (row === undefined || row.length < length) {
        const longer = makeRoom(length);
        if (row !== undefined) longer.set(row);
        kernelRow(rows, id, ids, row?.length ?? 0, length, longer);
        row = longer;
        matrix.computed++;
      }
      kept.set(id, row);
      keptBytes += row.byteLength;
      return row;
    },
    swap: (position, other) => {
      const low = Math.min(position, other);
      const high = Math.max(position, other);
      [ids[low], ids[high]] = [ids[high]!, ids[low]!];
      [diagonal[low], diagonal[high]] = [diagonal[high]!, diagonal[low]!];
      for (const [id, row] of kept) {
        if (row.length > high) {
          const value = row[low]!;
          row[low] = row[high]!;
          row[high] = value;
        } else if (row.length > low) drop(id, row);
      }
    },
  };
  return matrix;
};
