/** Makes a model's probabilities mean what they say: fitted on validation alone, weighted so that it stands for all of Training. */
import { EMOTIONS } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { createRandom } from '../src/base/random.ts';
import type { Network } from '../src/graph/build.ts';
import type { FaceSet } from './datasets/face-set.ts';
import { voteShares } from './datasets/ferplus.ts';
import { markNearCopies } from './datasets/near-copies.ts';

/** softmax(scale[k] * logits[k] + offset[k]) is calibrated. */
export interface Calibration {
  /** One temperature: all scales are equal, all offsets 0. `vector`: each class has its own. */
  readonly kind: 'temperature' | 'vector';
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Logits of pictures that nothing was trained on, and how much each counts. */
export interface CalibrationData {
  /** [count, classes] */
  readonly logits: Float32Array;
  /** [count] */
  readonly labels: ArrayLike<number>;
  /** [count], 0 or above. @default all 1 */
  readonly weights?: Float64Array;
  readonly classes: number;
}

const checkData = ({ logits, labels, weights, classes }: CalibrationData): Float64Array => {
  const counted = weights ?? new Float64Array(labels.length).fill(1);
  const total = counted.reduce((sum, weight) => sum + weight, 0);
  if (logits.length === labels.length * classes && counted.length === labels.length && total > 0) return counted;
  throw new InvalidInputError(
    'calibrate/count',
    `${labels.length} labels, ${logits.length} logits and ${counted.length} weights adding up to ${total}: expected ${classes} logits for each label, and weights that are not all 0.`,
  );
};

/** Probabilities of one row under a calibration, into `out`. */
const softmaxInto = (logits: Float32Array, start: number, { scale, offset }: Calibration, out: Float64Array): void => {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < out.length; k++) {
    out[k] = scale[k]! * logits[start + k]! + offset[k]!;
    largest = Math.max(largest, out[k]!);
  }
  let sum = 0;
  for (let k = 0; k < out.length; k++) {
    out[k] = Math.exp(out[k]! - largest);
    sum += out[k]!;
  }
  for (let k = 0; k < out.length; k++) out[k]! /= sum;
};

/** Calibrated logits, [count, classes]: scale * logits + offset. */
export const applyCalibration = (logits: Float32Array, { scale, offset }: Calibration): Float32Array =>
  logits.map((value, at) => scale[at % scale.length]! * value + offset[at % scale.length]!);

/** Weighted mean of -ln(probability of the label). */
export const calibratedLoss = (data: CalibrationData, calibration: Calibration): number => {
  const weights = checkData(data);
  const row = new Float64Array(data.classes);
  let loss = 0;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    softmaxInto(data.logits, i * data.classes, calibration, row);
    loss -= weights[i]! * Math.log(Math.max(row[data.labels[i]!]!, 1e-300));
    total += weights[i]!;
  }
  return loss / total;
};

/** Keeps the minimum finite and unique where a class is told apart without error, and offsets from drifting together. */
const RIDGE = 1e-6;

/**
 * The calibration of the given kind with the lowest weighted loss, by Newton's method: the loss is convex in scales and offsets.
 *
 * @throws {InvalidInputError} `calibrate/count`: the arrays do not fit, or all weights are 0.
 * @see Guo et al., On Calibration of Modern Neural Networks (2017): temperature and vector scaling.
 */
export const fitCalibration = (data: CalibrationData, kind: Calibration['kind']): Calibration => {
  const weights = checkData(data);
  const { logits, labels, classes } = data;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const count = kind === 'temperature' ? 1 : 2 * classes;
  const asCalibration = (x: Float64Array): Calibration => ({
    kind,
    scale: Array.from({ length: classes }, (_, k) => x[kind === 'temperature' ? 0 : k]!),
    offset: Array.from({ length: classes }, (_, k) => (kind === 'temperature' ? 0 : x[classes + k]!)),
  });
  const lossAt = (x: Float64Array): number =>
    calibratedLoss(data, asCalibration(x)) +
    (RIDGE / 2) * x.reduce((sum, value, i) => sum + (value - START(i)) ** 2, 0);
  /** Without change: scales 1, offsets 0. */
  const START = (i: number): number => (kind === 'temperature' || i < classes ? 1 : 0);

  let x = Float64Array.from({ length: count }, (_, i) => START(i));
  let loss = lossAt(x);
  const row = new Float64Array(classes);
  for (let round = 0; round < 50; round++) {
    const gradient = Float64Array.from(x, (value, i) => RIDGE * (value - START(i)));
    const hessian = new Float64Array(count * count);
    for (let i = 0; i < count; i++) hessian[i * count + i] = RIDGE;
    const calibration = asCalibration(x);
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] === 0) continue;
      const weight = weights[i]! / total;
      softmaxInto(logits, i * classes, calibration, row);
      addRow({ logits, start: i * classes, label: labels[i]!, weight, row, kind }, gradient, hessian);
    }
    const step = solve(hessian, gradient);
    let size = 1;
    let next = x.map((value, i) => value - size * step[i]!);
    let nextLoss = lossAt(next);
    while (!(nextLoss <= loss) && size > 1e-6) {
      size /= 2;
      next = x.map((value, i) => value - size * step[i]!);
      nextLoss = lossAt(next);
    }
    const gain = loss - nextLoss;
    if (!(gain > 0)) break;
    x = next;
    loss = nextLoss;
    if (gain < 1e-12) break;
  }
  return asCalibration(x);
};

interface RowTerm {
  readonly logits: Float32Array;
  readonly start: number;
  readonly label: number;
  readonly weight: number;
  /** Probabilities of the row. */
  readonly row: Float64Array;
  readonly kind: Calibration['kind'];
}

/** Adds one row's part of gradient and Hessian. */
const addRow = (term: RowTerm, gradient: Float64Array, hessian: Float64Array): void => {
  const { logits, start, label, weight, row, kind } = term;
  const classes = row.length;
  if (kind === 'temperature') {
    let mean = 0;
    let square = 0;
    for (let k = 0; k < classes; k++) {
      const logit = logits[start + k]!;
      mean += row[k]! * logit;
      square += row[k]! * logit * logit;
    }
    gradient[0]! += weight * (mean - logits[start + label]!);
    hessian[0]! += weight * (square - mean * mean);
    return;
  }
  const size = 2 * classes;
  for (let k = 0; k < classes; k++) {
    const logitK = logits[start + k]!;
    const slope = weight * (row[k]! - (k === label ? 1 : 0));
    gradient[k]! += slope * logitK;
    gradient[classes + k]! += slope;
    for (let l = 0; l < classes; l++) {
      const logitL = logits[start + l]!;
      const bend = weight * row[k]! * ((k === l ? 1 : 0) - row[l]!);
      hessian[k * size + l]! += bend * logitK * logitL;
      hessian[k * size + classes + l]! += bend * logitK;
      hessian[(classes + k) * size + l]! += bend * logitL;
      hessian[(classes + k) * size + classes + l]! += bend;
    }
  }
};

/** Solves matrix x = right for a positive definite matrix, by Gauss with the largest pivot. */
const solve = (matrix: Float64Array, right: Float64Array): Float64Array => {
  const size = right.length;
  const a = matrix.slice();
  const x = right.slice();
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++)
      if (Math.abs(a[i * size + column]!) > Math.abs(a[pivot * size + column]!)) pivot = i;
    for (let j = 0; j < size; j++)
      [a[column * size + j], a[pivot * size + j]] = [a[pivot * size + j]!, a[column * size + j]!];
    [x[column], x[pivot]] = [x[pivot]!, x[column]!];
    for (let i = column + 1; i < size; i++) {
      const factor = a[i * size + column]! / a[column * size + column]!;
      for (let j = column; j < size; j++) a[i * size + j]! -= factor * a[column * size + j]!;
      x[i]! -= factor * x[column]!;
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let j = i + 1; j < size; j++) x[i]! -= a[i * size + j]! * x[j]!;
    x[i]! /= a[i * size + i]!;
  }
  return x;
};

export interface ChosenCalibration extends Calibration {
  /** Weighted loss by cross-validation within the data, for each kind: what the choice was made by. */
  readonly crossValidated: Readonly<Record<Calibration['kind'], number>>;
}

/** Fits both kinds and keeps the one with the lower loss by cross-validation (ten folds, dealt by `seed`). */
export const chooseCalibration = (data: CalibrationData, seed: number | string = 1, folds = 10): ChosenCalibration => {
  const weights = checkData(data);
  const { logits, labels, classes } = data;
  const foldOf = createRandom(seed).shuffle(Int32Array.from({ length: labels.length }, (_, i) => i % folds));
  const part = (inside: (fold: number) => boolean): CalibrationData => {
    const rows = [...foldOf.keys()].filter((i) => inside(foldOf[i]!) && weights[i]! > 0);
    return {
      logits: Float32Array.from(rows.flatMap((i) => [...logits.subarray(i * classes, (i + 1) * classes)])),
      labels: rows.map((i) => labels[i]!),
      weights: Float64Array.from(rows, (i) => weights[i]!),
      classes,
    };
  };
  const lossOf = (kind: Calibration['kind']): number => {
    let loss = 0;
    let total = 0;
    for (let fold = 0; fold < folds; fold++) {
      const held = part((other) => other === fold);
      const rest = part((other) => other !== fold);
      if (held.labels.length === 0 || rest.labels.length === 0) continue;
      const weight = held.weights!.reduce((sum, value) => sum + value, 0);
      loss += weight * calibratedLoss(held, fitCalibration(rest, kind));
      total += weight;
    }
    return loss / total;
  };
  const crossValidated = { temperature: lossOf('temperature'), vector: lossOf('vector') };
  const kind = crossValidated.vector < crossValidated.temperature ? 'vector' : 'temperature';
  return { ...fitCalibration(data, kind), crossValidated };
};

/**
 * How much each validation picture should count, so that validation stands for pictures never seen of the same source:
 * 0 for a near copy of a picture that was trained on; the others so that each pair of label and "FERPlus's majority agrees
 * with it" has the share that it has in all of Training. A small validation part draws cleaner or dirtier labels by luck,
 * and a model is twice as often right where the two agree.
 *
 * @param trained rows the model was trained on
 * @param validation rows it was not
 * @returns [validation], mean 1; all 1 where every picture has a near copy.
 */
export const validationWeights = (
  set: FaceSet,
  { trained, validation }: { readonly trained: Int32Array; readonly validation: Int32Array },
): Float64Array => {
  const stratumOf = (row: number): number => {
    const shares = set.votes ? voteShares(set.votes, row) : undefined;
    const agrees = shares !== undefined && shares.indexOf(Math.max(...shares)) === set.labels[row];
    return 2 * set.labels[row]! + (agrees ? 1 : 0);
  };
  const copied = markNearCopies(set.images, validation, { images: set.images, rows: trained });
  const wanted = new Float64Array(2 * EMOTIONS.length);
  for (const rows of [trained, validation]) for (const row of rows) wanted[stratumOf(row)]!++;
  const held = new Float64Array(wanted.length);
  for (const [i, row] of validation.entries()) if (!copied[i]) held[stratumOf(row)]!++;
  const weights = Float64Array.from(validation, (row, i) =>
    copied[i] ? 0 : wanted[stratumOf(row)]! / held[stratumOf(row)]!,
  );
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return mean > 0 ? weights.map((weight) => weight / mean) : weights.fill(1);
};

/**
 * The confidence from which on answers are kept so that `wanted` of the kept weight is right and the most is kept; 1 where
 * nothing reaches it. Rows of equal confidence stay together.
 *
 * @param calibrated [count, classes] logits after calibration
 */
export const chooseWeightedThreshold = (
  { logits, labels, weights, classes }: CalibrationData,
  calibration: Calibration,
  wanted = 0.8,
): number => {
  const counted = checkData({ logits, labels, classes, ...(weights && { weights }) });
  const row = new Float64Array(classes);
  const answers = Array.from(counted, (weight, i) => {
    softmaxInto(logits, i * classes, calibration, row);
    const confidence = Math.max(...row);
    return { confidence, right: row.indexOf(confidence) === labels[i], weight };
  }).sort((a, b) => b.confidence - a.confidence);
  let threshold = 1;
  let right = 0;
  let kept = 0;
  for (const [i, answer] of answers.entries()) {
    kept += answer.weight;
    if (answer.right) right += answer.weight;
    if (answers[i + 1]?.confidence !== answer.confidence && kept > 0 && right / kept >= wanted)
      threshold = answer.confidence;
  }
  return threshold;
};

/** The network with its calibration built in: softmax of its logits is calibrated. */
export const calibratedNetwork =
  (network: Network, { scale, offset }: Calibration): Network =>
  (tape, input) => {
    const heads = network(tape, input);
    const { dims } = heads.logits;
    const vector = (values: readonly number[]) => tape.floats(Float32Array.from(values), [values.length]);
    const scaled = tape.emit('Mul', [heads.logits, vector(scale)], dims);
    return { ...heads, logits: tape.emit('Add', [scaled, vector(offset)], dims) };
  };
