/** The RBF kernel as a dot product: random features that let a linear machine learn from all of Training what a kernel machine would. */
import { InvalidInputError } from '../../src/base/errors.ts';
import { createRandom } from '../../src/base/random.ts';

export interface RandomFeatureOptions {
  /** Numbers in a row. */
  readonly columnCount: number;
  /** exp(-gamma |x - y|^2) is what the dot products come near to. */
  readonly gamma: number;
  /** At least this many features; the next multiple of the padded row's length is taken. @default 4096 */
  readonly featureCount?: number;
  readonly seed: number | string;
}

/**
 * The Walsh-Hadamard transform, in place, not normalised: values times the matrix of +1 and -1 in natural order
 * (scipy.linalg.hadamard).
 *
 * @param values a power of two of them
 */
export const hadamard = (values: Float64Array): void => {
  for (let half = 1; half < values.length; half *= 2)
    for (let start = 0; start < values.length; start += 2 * half)
      for (let i = start; i < start + half; i++) {
        const [a, b] = [values[i]!, values[i + half]!];
        values[i] = a + b;
        values[i + half] = a - b;
      }
};

/**
 * A map z with z(x) . z(y) near exp(-gamma |x - y|^2): cosines of random projections with random phases. The projections are
 * products of Hadamard transforms and random signs: nothing but the seed needs to be kept, and a row costs n log n.
 *
 * @returns the number of features, and the map; it writes into `out` ([featureCount]).
 * @throws {InvalidInputError} `baselines/features`: gamma is not above 0, or the row has no numbers.
 * @see Rahimi and Recht, Random features for large-scale kernel machines (2007); Yu et al., Orthogonal random features (2016),
 *   section 4: structured orthogonal random features.
 */
export const createRandomFeatures = ({
  columnCount,
  gamma,
  featureCount: wanted = 4096,
  seed,
}: RandomFeatureOptions): { featureCount: number; map: (row: Float32Array, out: Float32Array) => void } => {
  if (!(gamma > 0 && gamma < Number.POSITIVE_INFINITY && Number.isInteger(columnCount) && columnCount > 0))
    throw new InvalidInputError(
      'baselines/features',
      `Random features of ${columnCount} columns with gamma ${gamma}: expected at least one column and a gamma above 0.`,
    );
  const padded = 2 ** Math.ceil(Math.log2(columnCount));
  const blocks = Math.max(1, Math.ceil(wanted / padded));
  const featureCount = blocks * padded;
  const random = createRandom(seed);
  const signs = Int8Array.from({ length: 3 * featureCount }, () => (random.next() < 0.5 ? -1 : 1));
  const phases = Float64Array.from({ length: featureCount }, () => 2 * Math.PI * random.next());
  // Three transforms not normalised are padded^1.5 too large; the projections' deviation is to be sqrt(2 gamma).
  const scale = (Math.sqrt(2 * gamma) * Math.sqrt(padded)) / padded ** 1.5;
  const height = Math.sqrt(2 / featureCount);
  const work = new Float64Array(padded);
  const map = (row: Float32Array, out: Float32Array): void => {
    for (let block = 0; block < blocks; block++) {
      work.fill(0);
      work.set(row);
      for (let round = 0; round < 3; round++) {
        const at = (block * 3 + round) * padded;
        for (let i = 0; i < padded; i++) work[i]! *= signs[at + i]!;
        hadamard(work);
      }
      for (let i = 0; i < padded; i++) {
        const k = block * padded + i;
        out[k] = height * Math.cos(scale * work[i]! + phases[k]!);
      }
    }
  };
  return { featureCount, map };
};
