/** Trains support vector machines over any number of classes, one against one, as svm-train does. */
import { createRandom } from '../base/random.ts';
import { checkPositive, groupClasses, weightedC } from './classes.ts';
import { checkKernel, type Kernel } from './kernel.ts';
import { fitPairSigmoid } from './platt.ts';
import { type SparseRows, selectRows } from './rows.ts';
import { type BinaryProblem, type SmoSettings, solveBinary } from './smo.ts';

export interface SvcOptions {
  /** @default { type: 'rbf', gamma: 1 / columnCount } */
  readonly kernel?: Kernel;
  /** Price of a training error, above 0. @default 1 */
  readonly C?: number;
  /** How far from optimal to stop. @default 0.001 */
  readonly epsilon?: number;
  /** Set rows aside that seem settled: faster on long runs, same result within epsilon. @default true */
  readonly shrinking?: boolean;
  /** Memory for kernel rows, bytes. @default 100 MiB */
  readonly cacheBytes?: number;
  /** Multiplies C for a label; labels not named weigh 1. @default all 1 */
  readonly classWeights?: ReadonlyMap<number, number>;
  /** Learn probabilities, too: six times the work. @default false */
  readonly probability?: boolean;
  /** For the folds behind the probabilities. @default 1 */
  readonly seed?: number | string;
}

/**
 * A trained machine; LIBSVM's fields under readable names. Pairs of classes (0,1), (0,2) … (1,2) … index `rho` and
 * the sigmoids; positive decisions speak for the first of the pair.
 */
export interface SvcModel {
  readonly kernel: Kernel;
  /** Shape [classes]. */
  readonly labels: Int32Array;
  /** Grouped by class, in the order of `labels` (LIBSVM: SV). */
  readonly supportVectors: SparseRows;
  /** Shape [classes]: support vectors of each class (LIBSVM: nSV). */
  readonly supportCounts: Int32Array;
  /**
   * Shape [classes - 1, support vectors], row-major (LIBSVM: sv_coef): a vector of class i has its coefficient against
   * class j in row j - 1 where j > i, in row j where j < i.
   */
  readonly coefficients: Float64Array;
  /** Shape [pairs]. */
  readonly rho: Float64Array;
  /** Platt's sigmoid of each pair: P(first) = 1 / (1 + exp(a × decision + b)). */
  readonly sigmoids?: { readonly a: Float64Array; readonly b: Float64Array };
}

/**
 * @param labels shape [rowCount], whole numbers
 * @throws {InvalidInputError} `svm/one-class`, `svm/labels`, `svm/options`: see the options; the message says which.
 */
export const trainSvc = (rows: SparseRows, labels: ArrayLike<number>, options: SvcOptions = {}): SvcModel => {
  const { C = 1, epsilon = 0.001, shrinking = true, cacheBytes = 100 * 2 ** 20, classWeights } = options;
  const kernel = options.kernel ?? { type: 'rbf', gamma: 1 / Math.max(1, rows.columnCount) };
  checkKernel(kernel);
  checkPositive('epsilon', epsilon);
  checkPositive('cacheBytes', cacheBytes);
  const classes = groupClasses(rows, labels);
  const C_ = weightedC(classes, C, classWeights);
  const settings: SmoSettings = { kernel, epsilon, shrinking, cacheBytes };
  const random = createRandom(options.seed ?? 1);
  const count = classes.labels.length;
  const isSupport = new Uint8Array(rows.rowCount);
  const pairs: { first: number; second: number; coefficients: Float64Array }[] = [];
  const rho: number[] = [];
  const a: number[] = [];
  const b: number[] = [];
  for (let first = 0; first < count; first++) {
    for (let second = first + 1; second < count; second++) {
      const members = [...classes.rowsOf[first]!, ...classes.rowsOf[second]!];
      const firstCount = classes.rowsOf[first]!.length;
      const problem: BinaryProblem = {
        rows: selectRows(rows, members),
        signs: Int8Array.from(members, (_, i) => (i < firstCount ? 1 : -1)),
        bounds: Float64Array.from(members, (_, i) => C_[i < firstCount ? first : second]!),
      };
      if (options.probability) {
        const sigmoid = fitPairSigmoid(problem, settings, random);
        a.push(sigmoid.a);
        b.push(sigmoid.b);
      }
      const solution = solveBinary(problem, settings);
      members.forEach((row, i) => {
        if (solution.coefficients[i] !== 0) isSupport[row] = 1;
      });
      pairs.push({ first, second, coefficients: solution.coefficients });
      rho.push(solution.rho);
    }
  }

  // A row that supports any pair is kept, and has a coefficient (0 where it does not support) in all its pairs.
  const supportOf = classes.rowsOf.map((members) => members.filter((row) => isSupport[row]));
  const chosen = supportOf.flatMap((members) => [...members]);
  const startOf = supportOf.map((_, i) => supportOf.slice(0, i).reduce((sum, members) => sum + members.length, 0));
  const coefficients = new Float64Array((count - 1) * chosen.length);
  for (const { first, second, coefficients: own } of pairs) {
    const place = (classIndex: number, tableRow: number, offset: number): void => {
      let at = tableRow * chosen.length + startOf[classIndex]!;
      classes.rowsOf[classIndex]!.forEach((row, i) => {
        if (isSupport[row]) coefficients[at++] = own[offset + i]!;
      });
    };
    place(first, second - 1, 0);
    place(second, first, classes.rowsOf[first]!.length);
  }
  return {
    kernel,
    labels: classes.labels,
    supportVectors: selectRows(rows, chosen),
    supportCounts: Int32Array.from(supportOf, (members) => members.length),
    coefficients,
    rho: Float64Array.from(rho),
    ...(options.probability ? { sigmoids: { a: Float64Array.from(a), b: Float64Array.from(b) } } : {}),
  };
};
