/** How good a classifier is: small functions over labels and probabilities, each with its formula and its edge cases. */

import { InvalidInputError } from '../src/base/errors.ts';

/** The 97.5 % point of the standard normal distribution: a 95 % interval's half width in standard errors. */
const NORMAL_95 = 1.959963984540054;

/** What a classifier said of a set: everything below is computed from this. */
export interface Predictions {
  /** [count], each 0..classes - 1 */
  readonly labels: ArrayLike<number>;
  /** [count, classes], rows summing to 1 */
  readonly probabilities: Float32Array;
  readonly classes: number;
}

/**
 * exp(logit / temperature) / sum, row by row.
 *
 * @param logits [count, classes]
 * @throws {InvalidInputError} `metrics/logits`: a logit is NaN or infinite, so that no figure would mean anything.
 */
export const softmaxRows = (logits: Float32Array, classes: number, temperature = 1): Float32Array => {
  const probabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (const logit of row) sum += Math.exp((logit - largest) / temperature);
    if (!Number.isFinite(sum)) {
      throw new InvalidInputError(
        'metrics/logits',
        `Row ${start / classes} of the logits is ${row.join(', ')}: expected finite numbers. The model is damaged or diverged in training.`,
      );
    }
    for (let i = 0; i < classes; i++) probabilities[start + i] = Math.exp((row[i]! - largest) / temperature) / sum;
  }
  return probabilities;
};

/** The likeliest class of each row, [count]; of equal ones the first. */
export const likeliest = (scores: Float32Array, classes: number): Uint8Array => {
  const best = new Uint8Array(scores.length / classes);
  for (let row = 0; row < best.length; row++) {
    for (let i = 1; i < classes; i++) {
      if (scores[row * classes + i]! > scores[row * classes + best[row]!]!) best[row] = i;
    }
  }
  return best;
};

/**
 * confusion[truth][predicted] = count.
 *
 * @throws {InvalidInputError} `metrics/count`: no label, or another number of predictions.
 */
export const confusionMatrix = (
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] => {
  if (labels.length === 0 || labels.length !== predicted.length) {
    throw new InvalidInputError(
      'metrics/count',
      `${labels.length} labels and ${predicted.length} predictions: expected one prediction for each of at least one label.`,
    );
  }
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) confusion[labels[row]!]![predicted[row]!]!++;
  return confusion;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Right answers / all answers, 0..1. */
export const accuracy = (confusion: readonly (readonly number[])[]): number =>
  share(sum(confusion.map((row, i) => row[i]!)), sum(confusion.map(sum)));

/**
 * Wilson's 95 % interval for `right` of `count`, fractions 0..1; [0, 1] where nothing was counted.
 *
 * @see Wilson, Probable inference, the law of succession, and statistical inference (1927).
 */
export const wilsonInterval = (right: number, count: number): [number, number] => {
  if (count === 0) return [0, 1];
  const rate = right / count;
  const weight = NORMAL_95 ** 2 / count;
  const centre = (rate + weight / 2) / (1 + weight);
  const half = (NORMAL_95 / (1 + weight)) * Math.sqrt((rate * (1 - rate)) / count + weight / (4 * count));
  // At 0 or all right the bound is exactly 0 or 1; rounding must not carry it past.
  return [right === 0 ? 0 : centre - half, right === count ? 1 : centre + half];
};

export interface ClassScore {
  /** Right / predicted as this class; 0 where nothing was. */
  readonly precision: number;
  /** Right / truly of this class; 0 where `support` is 0. */
  readonly recall: number;
  /** 2 precision recall / (precision + recall); 0 where both are. */
  readonly f1: number;
  /** How many are truly of this class. */
  readonly support: number;
}

/** Scores of each class, with scikit-learn's conventions (`zero_division=0`). */
export const scoreClasses = (confusion: readonly (readonly number[])[]): ClassScore[] =>
  confusion.map((row, i) => {
    const right = row[i]!;
    const support = sum(row);
    const predicted = sum(confusion.map((other) => other[i]!));
    return {
      precision: share(right, predicted),
      recall: share(right, support),
      f1: share(2 * right, support + predicted),
      support,
    };
  });

const mean = (values: readonly number[]): number => share(sum(values), values.length);

/** Mean F1 over the classes that occur among the labels or the predictions, as scikit-learn's `f1_score(average='macro')`. */
export const macroF1 = (confusion: readonly (readonly number[])[]): number =>
  mean(
    scoreClasses(confusion)
      .filter(({ support }, i) => support > 0 || confusion.some((row) => row[i]! > 0))
      .map(({ f1 }) => f1),
  );

/** Unweighted average recall over the classes that occur among the labels: scikit-learn's `balanced_accuracy_score`. */
export const unweightedAverageRecall = (confusion: readonly (readonly number[])[]): number =>
  mean(
    scoreClasses(confusion)
      .filter(({ support }) => support > 0)
      .map(({ recall }) => recall),
  );

/** Mean of -ln(probability of the true class); probabilities below 1e-12 count as that. */
export const negativeLogLikelihood = ({ labels, probabilities, classes }: Predictions): number => {
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    total -= Math.log(Math.max(probabilities[row * classes + labels[row]!]!, 1e-12));
  }
  return share(total, labels.length);
};

/** The probability of the likeliest class of each row, and whether that class is right. */
const confidences = ({ labels, probabilities, classes }: Predictions) => {
  const predicted = likeliest(probabilities, classes);
  return Array.from(predicted, (label, row) => ({
    confidence: probabilities[row * classes + label]!,
    right: label === labels[row],
  }));
};

export interface ReliabilityBin {
  /** The bin holds confidences above `low` and up to `high`. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence in the bin; 0 where it is empty. */
  readonly confidence: number;
  /** Share of right answers in the bin; 0 where it is empty. */
  readonly accuracy: number;
}

/** Predictions sorted by confidence into bins of equal width. @see Guo et al., On Calibration of Modern Neural Networks (2017). */
export const reliabilityBins = (predictions: Predictions, binCount = 15): ReliabilityBin[] => {
  const bins = Array.from({ length: binCount }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { confidence, right } of confidences(predictions)) {
    const bin = bins[Math.min(binCount - 1, Math.max(0, Math.ceil(confidence * binCount) - 1))]!;
    bin.count++;
    bin.confidence += confidence;
    bin.right += right ? 1 : 0;
  }
  return bins.map(({ count, confidence, right }, i) => ({
    low: i / binCount,
    high: (i + 1) / binCount,
    count,
    confidence: share(confidence, count),
    accuracy: share(right, count),
  }));
};

/** Expected calibration error, 0..1: |accuracy - confidence| of each bin, weighted by its count. 15 bins, Guo et al. 2017. */
export const expectedCalibrationError = (predictions: Predictions, binCount = 15): number => {
  const bins = reliabilityBins(predictions, binCount);
  const gaps = bins.map((bin) => bin.count * Math.abs(bin.accuracy - bin.confidence));
  return share(sum(gaps), predictions.labels.length);
};

export interface CoveragePoint {
  /** Answers with at least this confidence are kept. */
  readonly threshold: number;
  /** Share of all answers that are kept, above 0 and up to 1. */
  readonly coverage: number;
  /** Share of right ones among the kept. */
  readonly accuracy: number;
}

/** How right the kept answers are when only the most confident are kept; one point a distinct confidence, coverage rising. */
export const coverageCurve = (predictions: Predictions): CoveragePoint[] => {
  const sorted = confidences(predictions).sort((a, b) => b.confidence - a.confidence);
  const points: CoveragePoint[] = [];
  let right = 0;
  for (const [i, answer] of sorted.entries()) {
    if (answer.right) right++;
    if (sorted[i + 1]?.confidence === answer.confidence) continue;
    const kept = i + 1;
    points.push({ threshold: answer.confidence, coverage: kept / sorted.length, accuracy: right / kept });
  }
  return points;
};

/**
 * The confidence from which on an answer is given: the one that keeps the most answers while `wanted` of the kept are right.
 * Choose it on validation data. Where none reaches `wanted`, nothing is kept: threshold 1, coverage and accuracy 0.
 */
export const chooseThreshold = (
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  wanted = 0.8,
): CoveragePoint =>
  coverageCurve({ probabilities, labels, classes }).findLast((point) => point.accuracy >= wanted) ?? {
    threshold: 1,
    coverage: 0,
    accuracy: 0,
  };

/**
 * The temperature that makes softmax(logits / temperature) likeliest to give the labels: the minimum of the negative log
 * likelihood, found to 1e-6 between 0.05 and 20 by golden sections (there is one minimum: the function is convex in
 * 1 / temperature). Fit it on validation data. Accuracy does not change.
 *
 * @param logits [count, classes]
 * @throws {InvalidInputError} `metrics/count`: no label, or another number of rows.
 * @see Guo et al., On Calibration of Modern Neural Networks (2017).
 */
export const fitTemperature = (logits: Float32Array, labels: ArrayLike<number>, classes: number): number => {
  if (labels.length === 0 || logits.length !== labels.length * classes) {
    throw new InvalidInputError(
      'metrics/count',
      `${labels.length} labels and ${logits.length} logits: expected ${classes} logits for each of at least one label.`,
    );
  }
  const golden = (Math.sqrt(5) - 1) / 2;
  const lossAt = (logTemperature: number): number => meanLoss(logits, labels, classes, Math.exp(logTemperature));
  let low = Math.log(0.05);
  let high = Math.log(20);
  let left = high - golden * (high - low);
  let right = low + golden * (high - low);
  let leftLoss = lossAt(left);
  let rightLoss = lossAt(right);
  while (high - low > 1e-6) {
    if (leftLoss < rightLoss) {
      high = right;
      right = left;
      rightLoss = leftLoss;
      left = high - golden * (high - low);
      leftLoss = lossAt(left);
    } else {
      low = left;
      left = right;
      leftLoss = rightLoss;
      right = low + golden * (high - low);
      rightLoss = lossAt(right);
    }
  }
  return Math.exp((low + high) / 2);
};

/** Mean of ln(sum of exp) - logit of the truth, in 64 bits: 32-bit probabilities would blur the minimum. */
const meanLoss = (logits: Float32Array, labels: ArrayLike<number>, classes: number, temperature: number): number => {
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const start = row * classes;
    const truth = logits[start + labels[row]!]!;
    let powers = 0;
    for (let i = 0; i < classes; i++) powers += Math.exp((logits[start + i]! - truth) / temperature);
    total += Math.log(powers);
  }
  return total / labels.length;
};
