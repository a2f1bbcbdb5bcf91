/** The classical baselines of the paper's Table 2: features of a picture, then a support vector machine out of src/svm. */
import { z } from 'zod';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { type LinearModel, predictLinear, trainLinear } from '../../src/svm/linear.ts';
import { denseRows } from '../../src/svm/rows.ts';
import { FEATURE_NAMES, type FeatureName, featureTable } from './features.ts';
import { createRandomFeatures } from './random-features.ts';

export interface SvmSettings {
  /** `linear`, or `rbf` by random features (see random-features.ts). */
  readonly kernel: 'linear' | 'rbf';
  /** rbf: gamma times the mean squared distance of two training rows. */
  readonly gammaShare?: number;
  /** Price of a training error. */
  readonly C: number;
}

/**
 * Chosen on validation with 5,000 pictures of Training (`npx tsx scripts/choose-baselines.ts DATA`): for Gabor and mapped
 * patterns the kernel is worth 2.2 and 1.2 points over a plane, for histograms of patterns nothing.
 */
export const SVM_SETTINGS: Readonly<Record<FeatureName, SvmSettings>> = {
  gabor: { kernel: 'rbf', gammaShare: 0.4, C: 1 },
  lbp: { kernel: 'linear', C: 0.25 },
  'mapped-lbp': { kernel: 'rbf', gammaShare: 0.8, C: 1 },
};

const SEED = 1;
const FEATURE_COUNT = 4096;

/** Says the labels of rows [count, columns]. */
interface RowMachine {
  readonly kernel: 'linear' | 'rbf';
  readonly columnCount: number;
  /** rbf only. */
  readonly gamma?: number;
  readonly model: LinearModel;
}

/**
 * Trains on a feature table. For the linear kernel each column is brought to mean 0 and equal deviations first, so that no
 * column weighs more for being written in larger numbers; the model is written back to plain columns.
 *
 * @param values [labels, columnCount]
 */
export const trainMachine = (
  values: Float32Array,
  columnCount: number,
  labels: ArrayLike<number>,
  { kernel, gammaShare = 1, C }: SvmSettings,
): RowMachine => {
  const { means, deviations } = describeColumns(values, columnCount);
  const options = { C, bias: 1, epsilon: 0.1, maxRounds: 60, seed: SEED } as const;
  if (kernel === 'rbf') {
    const spread = 2 * deviations.reduce((sum, deviation) => sum + deviation ** 2, 0);
    const gamma = gammaShare / Math.max(spread, 1e-12);
    const model = trainLinear(mapRows(values, columnCount, gamma), labels, options);
    return { kernel, columnCount, gamma, model };
  }
  const factors = deviations.map((deviation) => (deviation > 1e-6 ? 1 / (deviation * Math.sqrt(columnCount)) : 0));
  const scaled = values.map((value, at) => (value - means[at % columnCount]!) * factors[at % columnCount]!);
  const model = trainLinear(denseRows(scaled, columnCount), labels, options);
  const planes = model.weights.length / (columnCount + 1);
  const weights = model.weights.slice();
  for (let column = 0; column < columnCount; column++)
    for (let plane = 0; plane < planes; plane++) {
      const weight = weights[column * planes + plane]! * factors[column]!;
      weights[column * planes + plane] = weight;
      weights[columnCount * planes + plane]! -= weight * means[column]!;
    }
  return { kernel, columnCount, model: { ...model, weights } };
};

const describeColumns = (values: Float32Array, columnCount: number) => {
  const rowCount = values.length / columnCount;
  const means = new Float64Array(columnCount);
  const squares = new Float64Array(columnCount);
  for (let at = 0; at < values.length; at++) means[at % columnCount]! += values[at]! / rowCount;
  for (let at = 0; at < values.length; at++)
    squares[at % columnCount]! += (values[at]! - means[at % columnCount]!) ** 2 / rowCount;
  return { means, deviations: squares.map(Math.sqrt) };
};

const mapRows = (values: Float32Array, columnCount: number, gamma: number) => {
  const { featureCount, map } = createRandomFeatures({ columnCount, gamma, featureCount: FEATURE_COUNT, seed: SEED });
  const rowCount = values.length / columnCount;
  const mapped = new Float32Array(rowCount * featureCount);
  for (let row = 0; row < rowCount; row++)
    map(
      values.subarray(row * columnCount, (row + 1) * columnCount),
      mapped.subarray(row * featureCount, (row + 1) * featureCount),
    );
  return denseRows(mapped, featureCount);
};

/** @param values [count, columnCount] of the machine; returns [count] labels. */
export const predictMachine = ({ kernel, columnCount, gamma, model }: RowMachine, values: Float32Array): Int32Array =>
  predictLinear(model, kernel === 'rbf' ? mapRows(values, columnCount, gamma!) : denseRows(values, columnCount));

const modelSchema = z.object({
  format: z.literal('attune-baseline-1'),
  feature: z.enum(FEATURE_NAMES),
  kernel: z.enum(['linear', 'rbf']),
  columnCount: z.number().int().positive(),
  gamma: z.number().positive().optional(),
  C: z.number().positive(),
  emotions: z.array(z.string()),
  labels: z.array(z.number().int()),
  training: z.object({
    count: z.number().int(),
    /** SHA-256 of the pixels of all of Training. */
    dataSha256: z.string(),
    cpuSeconds: z.number(),
  }),
  /** [columns + 1, planes] single-precision numbers, little-endian, base64. */
  weights: z.string(),
});

/** A trained baseline as it lies in models/baselines/FEATURE.json. */
export interface SvmBaseline extends RowMachine {
  readonly feature: FeatureName;
  readonly C: number;
  readonly training: z.output<typeof modelSchema>['training'];
}

export const formatBaseline = ({ feature, kernel, columnCount, gamma, C, model, training }: SvmBaseline): string => {
  const weights = Buffer.from(Float32Array.from(model.weights).buffer).toString('base64');
  const file: z.input<typeof modelSchema> = {
    format: 'attune-baseline-1',
    feature,
    kernel,
    columnCount,
    ...(gamma === undefined ? {} : { gamma }),
    C,
    emotions: [...EMOTIONS],
    labels: [...model.labels],
    training,
    weights,
  };
  return `${JSON.stringify(file)}\n`;
};

/** @throws {InvalidInputError} `model/damaged`: no such model, cut short, or of other emotions. */
export const parseBaseline = (text: string): SvmBaseline => {
  const damaged = (what: string, cause?: unknown) =>
    new InvalidInputError(
      'model/damaged',
      `This is no stored baseline: ${what}. Delete it and train it again: attune evaluate expression-baselines --retrain.`,
      { cause },
    );
  let file: z.output<typeof modelSchema>;
  try {
    file = modelSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged('it does not have the form of one', cause);
  }
  const { feature, kernel, columnCount, gamma, C, labels, training } = file;
  if (file.emotions.join() !== EMOTIONS.join()) throw damaged(`its emotions are ${file.emotions.join(', ')}`);
  const bytes = Buffer.from(file.weights, 'base64');
  const weights = Float64Array.from(
    new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length - (bytes.length % 4))),
  );
  const padded = 2 ** Math.ceil(Math.log2(columnCount));
  const width = kernel === 'rbf' ? Math.max(1, Math.ceil(FEATURE_COUNT / padded)) * padded : columnCount;
  const planes = labels.length === 2 ? 1 : labels.length;
  if (weights.length !== (width + 1) * planes || !weights.every(Number.isFinite) || (kernel === 'rbf' && !gamma))
    throw damaged(`it holds ${weights.length} numbers where ${(width + 1) * planes} belong`);
  const model: LinearModel = {
    loss: 'squared-hinge',
    labels: Int32Array.from(labels),
    columnCount: width,
    bias: 1,
    weights,
  };
  return { feature, kernel, columnCount, C, training, model, ...(gamma === undefined ? {} : { gamma }) };
};

export interface BaselinePictures {
  /** [count, 48, 48] */
  readonly images: Uint8Array;
  readonly rows: ArrayLike<number>;
  readonly onProgress?: (done: number, count: number) => void;
}

/** Trains one baseline on the given rows. */
export const trainBaseline = (
  feature: FeatureName,
  { images, rows, onProgress }: BaselinePictures,
  {
    labels,
    dataSha256,
    settings = SVM_SETTINGS[feature],
  }: { labels: Uint8Array; dataSha256: string; settings?: SvmSettings },
): SvmBaseline => {
  const before = process.cpuUsage();
  const { values, columnCount } = featureTable(feature, images, rows, (done) => onProgress?.(done, rows.length));
  const machine = trainMachine(
    values,
    columnCount,
    Array.from(rows, (row) => labels[row]!),
    settings,
  );
  const { user, system } = process.cpuUsage(before);
  const training = { count: rows.length, dataSha256, cpuSeconds: Math.round((user + system) / 1e5) / 10 };
  // Weights are kept in single precision: answer now as the stored model will.
  return parseBaseline(formatBaseline({ ...machine, feature, C: settings.C, training }));
};

/** Pictures that fit into memory as feature rows at once. */
const CHUNK = 256;

/** Labels of the pictures, [rows]. */
export const predictBaseline = (baseline: SvmBaseline, { images, rows, onProgress }: BaselinePictures): Uint8Array => {
  const predicted = new Uint8Array(rows.length);
  for (let start = 0; start < rows.length; start += CHUNK) {
    const part = Array.from({ length: Math.min(CHUNK, rows.length - start) }, (_, i) => rows[start + i]!);
    predicted.set(predictMachine(baseline, featureTable(baseline.feature, images, part).values), start);
    onProgress?.(start + part.length, rows.length);
  }
  return predicted;
};
