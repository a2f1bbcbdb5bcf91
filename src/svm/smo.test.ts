/** The solver against svm-train's objectives, and what must hold of any solution. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawData, largestDifference, REFERENCE, readOptions, referenceData } from '../../test/reference/svm.ts';
import { createKernelRow, type Kernel } from './kernel.ts';
import { selectRows } from './rows.ts';
import { type BinaryProblem, type SmoSettings, solveBinary } from './smo.ts';

const settings: SmoSettings = {
  kernel: { type: 'rbf', gamma: 0.2 },
  epsilon: 0.001,
  shrinking: true,
  cacheBytes: 2 ** 20,
};

const problemOf = (rowCount: number, seed: number, bound = 1): BinaryProblem => {
  const { rows, labels } = drawData({ rowCount, columnCount: 6, perRow: 4, classCount: 2, seed });
  return {
    rows,
    signs: Int8Array.from(labels, (label, row) => (row === 0 ? 1 : row === 1 ? -1 : label === 1 ? 1 : -1)),
    bounds: new Float64Array(rowCount).fill(bound),
  };
};

/** How far the worst pair is from optimal, computed anew from the whole kernel matrix in double precision. */
const violation = (problem: BinaryProblem, coefficients: Float64Array, kernel: Kernel): number => {
  const { rows, signs, bounds } = problem;
  const ids = Int32Array.from(signs, (_, i) => i);
  const kernelRow = createKernelRow(rows, kernel);
  const row = new Float64Array(rows.rowCount);
  let steepestUp = -Infinity;
  let steepestDown = -Infinity;
  for (let i = 0; i < rows.rowCount; i++) {
    kernelRow(rows, i, ids, 0, rows.rowCount, row);
    const gradient = row.reduce((sum, value, j) => sum + value * coefficients[j]!, -signs[i]!);
    const alpha = coefficients[i]! * signs[i]!;
    const atTop = alpha === bounds[i];
    if (signs[i]! > 0 ? !atTop : alpha > 0) steepestUp = Math.max(steepestUp, -gradient);
    if (signs[i]! > 0 ? alpha > 0 : !atTop) steepestDown = Math.max(steepestDown, gradient);
  }
  return steepestUp + steepestDown;
};

test('reaches the objective that svm-train prints', () => {
  const said = REFERENCE.svc.find(({ data }) => data === 'binary')!;
  const options = readOptions(said.options);
  const { rows, labels } = referenceData('binary');
  // svm-train puts the rows of class +1 before those of -1.
  const order = [1, -1].flatMap((label) => [...labels.keys()].filter((row) => labels[row] === label));
  const solution = solveBinary(
    {
      rows: selectRows(rows, order),
      signs: Int8Array.from(order, (row) => labels[row]!),
      bounds: new Float64Array(labels.length).fill(options.get('c')!),
    },
    { ...settings, kernel: { type: 'rbf', gamma: options.get('g')! }, epsilon: options.get('e')! },
  );
  expect(solution.objective).toBeCloseTo(said.objectives[0]!, 5);
  expect(solution.rho).toBeCloseTo(said.rho[0]!, 7);
});

test('two points have the solution one can work out by hand', () => {
  // Margins at -1 and +3: w = 2 / 4 = 0.5, alpha = w / 4 = 0.125, decision 0.5 x - 0.5.
  const rows = { rowCount: 2, columnCount: 1, starts: Int32Array.of(0, 1, 2), columns: new Int32Array(2) };
  const problem = {
    rows: { ...rows, values: Float64Array.of(3, -1) },
    signs: Int8Array.of(1, -1),
    bounds: Float64Array.of(10, 10),
  };
  const solution = solveBinary(problem, { ...settings, kernel: { type: 'linear' } });
  expect([...solution.coefficients]).toEqual([0.125, -0.125]);
  expect(solution.rho).toBeCloseTo(0.5, 12);
});

test('coefficients keep to their box, sum to 0 and are optimal within epsilon', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.integer(),
      fc.constantFrom(0.01, 0.5, 1, 100),
      fc.constantFrom<Kernel>({ type: 'linear' }, { type: 'rbf', gamma: 0.2 }, { type: 'rbf', gamma: 5 }),
      fc.boolean(),
      (rowCount, seed, bound, kernel, shrinking) => {
        const problem = problemOf(rowCount, seed, bound);
        const { coefficients, converged } = solveBinary(problem, { ...settings, kernel, shrinking });
        const alphas = coefficients.map((value, i) => value * problem.signs[i]!);
        expect(Math.min(...alphas)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...alphas)).toBeLessThanOrEqual(bound);
        expect(Math.abs(coefficients.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9 * bound * rowCount);
        expect(converged).toBe(true);
        // The solver sees kernels as single-precision floats: a little more than epsilon may be left.
        expect(violation(problem, coefficients, kernel)).toBeLessThan(0.001 + 1e-5 * bound * rowCount);
      },
    ),
    { numRuns: 40 },
  );
});

test('a row with twice the bound counts as the row twice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 30 }), fc.integer(), (rowCount, seed) => {
      const problem = problemOf(rowCount, seed);
      const heavy = [0, 1, 2];
      const rows = [...problem.signs.keys(), ...heavy];
      const exact = { ...settings, epsilon: 1e-6 };
      const weighted = solveBinary(
        { ...problem, bounds: problem.bounds.map((bound, i) => (i < 3 ? 2 * bound : bound)) },
        exact,
      );
      const repeated = solveBinary(
        {
          rows: selectRows(problem.rows, rows),
          signs: Int8Array.from(rows, (row) => problem.signs[row]!),
          bounds: Float64Array.from(rows, (row) => problem.bounds[row]!),
        },
        exact,
      );
      expect(weighted.objective).toBeCloseTo(repeated.objective, 4);
      const folded = repeated.coefficients.slice(0, rowCount);
      heavy.forEach((row, i) => {
        folded[row]! += repeated.coefficients[rowCount + i]!;
      });
      expect(largestDifference(weighted.coefficients, folded)).toBeLessThan(1e-3);
    }),
    { numRuns: 20 },
  );
});

test('a cache of two rows gives the very same solution as one that holds all, with more work', () => {
  const problem = problemOf(300, 5);
  const roomy = solveBinary(problem, { ...settings, cacheBytes: 2 ** 22 });
  const tight = solveBinary(problem, { ...settings, cacheBytes: 1 });
  expect(tight.coefficients).toEqual(roomy.coefficients);
  expect(tight.kernelRowsComputed).toBeGreaterThan(2 * roomy.kernelRowsComputed);
});

test('shrinking changes the way, not the goal', () => {
  const problem = problemOf(400, 9, 10);
  const all = solveBinary(problem, { ...settings, shrinking: false, epsilon: 1e-5 });
  const shrunk = solveBinary(problem, { ...settings, shrinking: true, epsilon: 1e-5 });
  expect(shrunk.iterations).toBeGreaterThan(problem.rows.rowCount); // else nothing was ever shrunk
  expect(shrunk.objective).toBeCloseTo(all.objective, 3);
  expect(shrunk.rho).toBeCloseTo(all.rho, 3);
});
