/** Kernel ridge regression, and the same as an ONNX file: it reads songs and voices out of statistics of their sound. */
import { InvalidInputError } from '../src/base/errors.ts';
import { encodeOnnx, type OnnxInitializer, type OnnxNode } from '../src/graph/onnx.ts';
import { pearson, solveSymmetric } from './ridge.ts';

/** Numbers further out than this many deviations count as that: one strange song must not lie far from all others. */
const FURTHEST = 4;

/** A kind of number: so many in a row, which weigh in the distance as `weight` kinds do. @default weight 1 */
export interface StatisticBlock {
  readonly length: number;
  readonly weight?: number;
}

/** Brings each block of numbers to mean 0, deviation 1 and its share of the distance. */
export interface BlockScale {
  readonly means: Float64Array;
  /** 1 / deviation; 0 for a number that never varies. */
  readonly scales: Float64Array;
  /** sqrt(the block's share of all / its numbers). */
  readonly weights: Float64Array;
}

export const fitBlockScale = (rows: readonly ArrayLike<number>[], blocks: readonly StatisticBlock[]): BlockScale => {
  const width = rows[0]!.length;
  const means = new Float64Array(width);
  const scales = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    const mean = rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 0) / rows.length;
    means[k] = mean;
    scales[k] = variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  }
  const whole = blocks.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const weights = Float64Array.from(
    blocks.flatMap(({ length, weight = 1 }) => new Array<number>(length).fill(Math.sqrt(weight / (length * whole)))),
  );
  return { means, scales, weights };
};

export const applyBlockScale = ({ means, scales, weights }: BlockScale, row: ArrayLike<number>): Float64Array =>
  means.map((mean, k) => Math.max(-FURTHEST, Math.min(FURTHEST, (row[k]! - mean) * scales[k]!)) * weights[k]!);

/** Steps of a stored number: 127 of them to the furthest. */
const STEPS = 127 / FURTHEST;

/** As the file stores it, in 8 bits: what is learnt from is what will be compared with. */
const roundToSteps = (scale: BlockScale, song: Float64Array): Float64Array =>
  song.map((value, k) => (Math.round((value / scale.weights[k]!) * STEPS) / STEPS) * scale.weights[k]!);

/** exp(-gamma |a - b|^2) of every two. @returns [a, b] */
const kernelOf = (a: readonly Float64Array[], b: readonly Float64Array[], gamma: number): Float64Array[] =>
  a.map((x) =>
    Float64Array.from(b, (y) => {
      let sum = 0;
      for (let k = 0; k < x.length; k++) sum += (x[k]! - y[k]!) ** 2;
      return Math.exp(-gamma * sum);
    }),
  );

export interface KernelRidge {
  readonly scale: BlockScale;
  /** Songs learnt from, scaled. */
  readonly songs: readonly Float64Array[];
  /** [targets, songs] */
  readonly coefficients: readonly Float64Array[];
  /** [targets] */
  readonly intercepts: Float64Array;
  readonly gamma: number;
  readonly lambda: number | readonly number[];
}

const solve = (
  kernel: readonly Float64Array[],
  targets: readonly ArrayLike<number>[],
  lambda: number,
): Pick<KernelRidge, 'coefficients' | 'intercepts'> => {
  const n = kernel.length;
  const outputs = targets[0]!.length;
  const intercepts = Float64Array.from(
    { length: outputs },
    (_, t) => targets.reduce((sum, row) => sum + row[t]!, 0) / n,
  );
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix.set(kernel[i]!, i * n);
    matrix[i * n + i]! += lambda;
  }
  const sides = Array.from({ length: outputs }, (_, t) =>
    Float64Array.from(targets, (row) => row[t]! - intercepts[t]!),
  );
  return { coefficients: solveSymmetric(matrix, n, sides), intercepts };
};

const combine = (
  { coefficients, intercepts }: Pick<KernelRidge, 'coefficients' | 'intercepts'>,
  kernelRow: ArrayLike<number>,
): number[] => coefficients.map((own, t) => own.reduce((sum, value, i) => sum + value * kernelRow[i]!, intercepts[t]!));

const GAMMAS = [0.1, 0.3, 1];
const LAMBDAS = [0.03, 0.1, 0.3, 1, 3];
const INNER_FOLDS = 4;

/**
 * Fits the targets; width of the kernel and price of large coefficients are those with the best mean correlation over
 * the targets by four folds within these very rows.
 *
 * @param rows [songs, numbers]
 * @param targets [songs, targets]
 * @param fixed these two instead of a search
 * @throws {InvalidInputError} `ridge/rows`: too few rows, or not as many as targets.
 */
export const fitKernelRidge = (
  rows: readonly ArrayLike<number>[],
  targets: readonly ArrayLike<number>[],
  blocks: readonly StatisticBlock[],
  fixed?: { readonly gamma: number; readonly lambda: number },
): KernelRidge => {
  // Fewer rows leave an inner fold nothing to learn from.
  if (rows.length < (fixed ? 1 : 2) || rows.length !== targets.length)
    throw new InvalidInputError(
      'ridge/rows',
      `${rows.length} rows and ${targets.length} targets: give as many of both, at least ${fixed ? 1 : 2}.`,
    );
  const scale = fitBlockScale(rows, blocks);
  const songs = rows.map((row) => roundToSteps(scale, applyBlockScale(scale, row)));
  if (fixed) return { scale, songs, ...solve(kernelOf(songs, songs, fixed.gamma), targets, fixed.lambda), ...fixed };
  let best = { score: Number.NEGATIVE_INFINITY, gamma: GAMMAS[0]!, lambda: LAMBDAS[0]! };
  for (const gamma of GAMMAS) {
    const kernel = kernelOf(songs, songs, gamma);
    for (const lambda of LAMBDAS) {
      const score = innerScore(kernel, targets, lambda);
      if (score > best.score) best = { score, gamma, lambda };
    }
  }
  const { gamma, lambda } = best;
  return { scale, songs, ...solve(kernelOf(songs, songs, gamma), targets, lambda), gamma, lambda };
};

/** So little is added to the diagonal that nothing is answered differently, and rows that are nearly the same can be solved for. */
const JITTER = 1e-6;

/**
 * Learns from more rows than the file is to hold: the answer is a sum over `kept` alone, with the coefficients that answer all
 * rows best (subset of regressors: Rasmussen and Williams 2006, section 8.3.1). Where `kept` are the rows it is `fitKernelRidge`.
 *
 * @param kept [songs, numbers]
 * @param rows [rows, numbers]
 * @param targets [rows, targets]
 * @param fixed a lambda for each row: those with a larger one count less
 * @throws {InvalidInputError} `ridge/rows`: nothing is kept, or not as many rows as targets or lambdas.
 */
export const fitKernelRidgeOn = (
  kept: readonly ArrayLike<number>[],
  rows: readonly ArrayLike<number>[],
  targets: readonly ArrayLike<number>[],
  blocks: readonly StatisticBlock[],
  { gamma, lambda }: { readonly gamma: number; readonly lambda: readonly number[] },
): KernelRidge => {
  if (kept.length === 0 || rows.length !== targets.length || rows.length !== lambda.length)
    throw new InvalidInputError(
      'ridge/rows',
      `${kept.length} rows to keep, ${rows.length} rows, ${targets.length} targets and ${lambda.length} lambdas: keep at least one, and give as many of the others.`,
    );
  const scale = fitBlockScale(kept, blocks);
  const songs = kept.map((row) => roundToSteps(scale, applyBlockScale(scale, row)));
  const n = songs.length;
  const outputs = targets[0]!.length;
  const intercepts = Float64Array.from(
    { length: outputs },
    (_, t) => targets.reduce((sum, row) => sum + row[t]!, 0) / rows.length,
  );
  const matrix = new Float64Array(n * n);
  for (const [i, row] of kernelOf(songs, songs, gamma).entries()) {
    matrix.set(row, i * n);
    matrix[i * n + i]! += JITTER;
  }
  const sides = Array.from({ length: outputs }, () => new Float64Array(n));
  for (const [i, row] of rows.entries()) {
    const near = kernelOf([roundToSteps(scale, applyBlockScale(scale, row))], songs, gamma)[0]!;
    const weight = 1 / lambda[i]!;
    for (let a = 0; a < n; a++) {
      const weighted = weight * near[a]!;
      // The lower half is all that is read.
      for (let b = 0, at = a * n; b <= a; b++, at++) matrix[at]! += weighted * near[b]!;
      for (let t = 0; t < outputs; t++) sides[t]![a]! += weighted * (targets[i]![t]! - intercepts[t]!);
    }
  }
  return { scale, songs, coefficients: solveSymmetric(matrix, n, sides), intercepts, gamma, lambda };
};

const innerScore = (kernel: readonly Float64Array[], targets: readonly ArrayLike<number>[], lambda: number): number => {
  const all = [...kernel.keys()];
  const said = new Array<number[]>(kernel.length);
  for (let fold = 0; fold < INNER_FOLDS; fold++) {
    const learnt = all.filter((i) => i % INNER_FOLDS !== fold);
    const pick = (i: number): Float64Array => Float64Array.from(learnt, (j) => kernel[i]![j]!);
    const fitted = solve(
      learnt.map(pick),
      learnt.map((i) => targets[i]!),
      lambda,
    );
    for (let i = fold; i < kernel.length; i += INNER_FOLDS) said[i] = combine(fitted, pick(i));
  }
  const outputs = targets[0]!.length;
  let sum = 0;
  for (let t = 0; t < outputs; t++)
    sum += pearson(
      said.map((row) => row[t]!),
      targets.map((row) => row[t]!),
    );
  return sum / outputs;
};

/** @returns [targets] */
export const predictKernelRidge = (model: KernelRidge, row: ArrayLike<number>): number[] =>
  combine(model, kernelOf([applyBlockScale(model.scale, row)], model.songs, model.gamma)[0]!);

const initializer = (name: string, dims: readonly number[], values: ArrayLike<number>): OnnxInitializer => ({
  name,
  type: 'float32',
  dims: [...dims],
  raw: new Uint8Array(Float32Array.from(values).buffer),
});

/** The model as an .onnx file: "statistics" [batch, numbers] -> "answers" [batch, targets]. Songs are stored in 8 bits. */
export const encodeKernelRidge = (model: KernelRidge, metadata: Readonly<Record<string, string>>): Uint8Array => {
  const { scale, songs, coefficients, intercepts, gamma } = model;
  const width = scale.means.length;
  const count = songs.length;
  const outputs = intercepts.length;
  const steps = Int8Array.from(
    songs.flatMap((song) => Array.from(song, (value, k) => Math.round((value / scale.weights[k]!) * STEPS))),
  );
  const node = (op: string, inputs: string[], output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode => ({
    op,
    inputs,
    outputs: [output],
    attributes,
  });
  return encodeOnnx({
    nodes: [
      node('Sub', ['statistics', 'means'], 'centred'),
      node('Mul', ['centred', 'scales'], 'scaled'),
      node('Min', ['scaled', 'furthest'], 'below'),
      node('Max', ['below', 'nearest'], 'between'),
      node('Mul', ['between', 'weights'], 'song'),
      node('Cast', ['songs.steps'], 'songs.wide', { to: 1 }),
      node('Mul', ['songs.wide', 'stepSizes'], 'songs'),
      // The distance must be to the songs as stored, so their lengths are taken from the rounded numbers.
      node('Mul', ['songs', 'songs'], 'songs.squares'),
      node('ReduceSum', ['songs.squares', 'axis'], 'norms', { keepdims: 0 }),
      node('Gemm', ['song', 'songs'], 'products', { transB: 1 }),
      node('Mul', ['song', 'song'], 'squares'),
      node('ReduceSum', ['squares', 'axis'], 'norm', { keepdims: 1 }),
      node('Mul', ['products', 'minusTwo'], 'crossed'),
      node('Add', ['crossed', 'norm'], 'partly'),
      node('Add', ['partly', 'norms'], 'distance'),
      node('Mul', ['distance', 'minusGamma'], 'exponent'),
      node('Exp', ['exponent'], 'kernel'),
      node('Gemm', ['kernel', 'coefficients', 'intercepts'], 'answers', { transB: 1 }),
    ],
    initializers: [
      initializer('means', [width], scale.means),
      initializer('scales', [width], scale.scales),
      initializer('weights', [width], scale.weights),
      initializer('furthest', [], [FURTHEST]),
      initializer('nearest', [], [-FURTHEST]),
      { name: 'songs.steps', type: 'int8', dims: [count, width], raw: new Uint8Array(steps.buffer) },
      initializer(
        'stepSizes',
        [width],
        scale.weights.map((weight) => weight / STEPS),
      ),
      initializer('minusTwo', [], [-2]),
      initializer('minusGamma', [], [-gamma]),
      initializer(
        'coefficients',
        [outputs, count],
        coefficients.flatMap((own) => Array.from(own)),
      ),
      initializer('intercepts', [outputs], intercepts),
      { name: 'axis', type: 'int64', dims: [1], raw: new Uint8Array(BigInt64Array.of(1n).buffer) },
    ],
    inputs: [{ name: 'statistics', type: 'float32', dims: ['batch', width] }],
    outputs: [{ name: 'answers', type: 'float32', dims: ['batch', outputs] }],
    metadata,
  });
};
