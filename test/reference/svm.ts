/** Reference values for src/svm, made by svm.py, and small data sets drawn by a seed. */
import { readFileSync } from 'node:fs';
import { createRandom } from '../../src/base/random.ts';
import { parseSvmData, type SvmData } from '../../src/svm/data-file.ts';
import { sparseRows } from '../../src/svm/rows.ts';

/** What a program of LIBSVM or LIBLINEAR said, and the options it was given. */
interface Said {
  readonly options: string;
  readonly data: 'train' | 'binary';
  readonly labels: readonly number[];
  /** Of the rows in `test`. */
  readonly predicted: readonly number[];
}

export interface SvcSaid extends Said {
  readonly objectives: readonly number[];
  readonly supportCounts: readonly number[];
  readonly rho: readonly number[];
}

interface Reference {
  readonly train: string;
  readonly test: string;
  readonly binary: string;
  readonly svc: readonly SvcSaid[];
  readonly probability: SvcSaid & { readonly model: string; readonly probabilities: readonly (readonly number[])[] };
  readonly linear: readonly (Said & { readonly weights: readonly (readonly number[])[] })[];
  readonly sigmoid: { readonly decisions: readonly number[]; readonly signs: readonly number[]; a: number; b: number };
  readonly coupling: { readonly pairwise: readonly number[]; readonly probabilities: readonly number[] };
}

export const REFERENCE = JSON.parse(readFileSync(new URL('svm.json', import.meta.url), 'utf8')) as Reference;

export const referenceData = (name: 'train' | 'test' | 'binary'): SvmData => parseSvmData(REFERENCE[name]);

/**
 * The options of a command line by name: '-t 2 -w-1 3' gives t: 2 and w-1: 3. In single precision, since Debian's
 * svm-train reads them so: its gamma for -g 0.1 is 0.10000000149011612.
 */
export const readOptions = (options: string): ReadonlyMap<string, number> => {
  const words = options.split(' ');
  return new Map(
    words.flatMap((word, i) => (i % 2 === 0 ? [[word.slice(1), Math.fround(Number(words[i + 1]))] as const] : [])),
  );
};

/** The class weights among such options; undefined where there are none. */
export const readWeights = (options: ReadonlyMap<string, number>): ReadonlyMap<number, number> | undefined => {
  const weights = [...options].filter(([name]) => /^w-?\d/.test(name));
  return weights.length > 0 ? new Map(weights.map(([name, weight]) => [Number(name.slice(1)), weight])) : undefined;
};

/** Largest difference, place by place. */
export const largestDifference = (actual: ArrayLike<number>, expected: ArrayLike<number>): number => {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values instead of ${expected.length}`);
  return Array.from(actual).reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);
};

export interface Drawn {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly perRow: number;
  readonly classCount: number;
  /** How far classes lie apart, in standard deviations a column. @default 0.5 */
  readonly distance?: number;
  readonly seed: number | string;
}

/** Overlapping classes 1 to classCount around centres that do not depend on the seed; values have four decimals. */
export const drawData = ({ rowCount, columnCount, perRow, classCount, distance = 0.5, seed }: Drawn): SvmData => {
  const centres = createRandom('centres');
  const centre = Float64Array.from({ length: classCount * columnCount }, () => centres.normal() * distance);
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: rowCount }, () => 1 + random.integer(classCount));
  const list = Array.from(labels, (label) => {
    const row = new Map<number, number>();
    while (row.size < perRow) {
      const column = random.integer(columnCount);
      const value = centre[(label - 1) * columnCount + column]! + random.normal();
      row.set(column, Math.round(value * 1e4) / 1e4);
    }
    return row;
  });
  return { rows: sparseRows(list, columnCount), labels };
};
