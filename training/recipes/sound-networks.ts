/** The networks over sound: pictures of speech for the digits and the voice's mood, gated convolutions over time for songs. */
import { add, concat, dense, dropout, gatedLinearUnit, relu, standardize } from '../../src/graph/basic-layers.ts';
import type { Network } from '../../src/graph/build.ts';
import { conv1d, conv2d } from '../../src/graph/convolution.ts';
import { batchNorm } from '../../src/graph/normalization.ts';
import { globalAveragePool, globalMaxPool } from '../../src/graph/pooling.ts';
import type { Tape, Value } from '../../src/graph/tape.ts';

/** About the mean and deviation of log-mel numbers, dB. */
const DECIBELS = { mean: -45, deviation: 25 };

const convolve2d = (
  tape: Tape,
  x: Value,
  options: { name: string; filters: number; kernel: number; stride?: number },
): Value => {
  const { name, filters, kernel, stride = 1 } = options;
  const padding = (kernel - 1) / 2;
  return batchNorm(tape, conv2d(tape, x, { name, filters, kernel, stride, padding, bias: false }), {
    name: `${name}.norm`,
  });
};

const residualBlock2d = (tape: Tape, x: Value, options: { name: string; filters: number; stride: number }): Value => {
  const { name, filters, stride } = options;
  const inner = relu(tape, convolve2d(tape, x, { name: `${name}.a`, filters, kernel: 3, stride }));
  const branch = convolve2d(tape, inner, { name: `${name}.b`, filters, kernel: 3 });
  const shortcut = convolve2d(tape, x, { name: `${name}.shortcut`, filters, kernel: 1, stride });
  return relu(tape, add(tape, branch, shortcut));
};

export interface SpeechNetworkOptions {
  readonly classes: number;
  /** Filters of the stem, then of each residual stage; all halve the picture. */
  readonly widths: readonly number[];
  readonly dropout: number;
}

/**
 * Speech as a picture: log-mel [batch, 1, bands, frames], dB, through residual stages that each halve both axes, to the
 * joined global average and maximum.
 */
export const speechNetwork =
  (options: SpeechNetworkOptions): Network =>
  (tape, input) => {
    const [stem, ...stages] = options.widths;
    let x = standardize(tape, input, DECIBELS);
    x = relu(tape, convolve2d(tape, x, { name: 'stem', filters: stem!, kernel: 3, stride: 2 }));
    for (const [i, filters] of stages.entries())
      x = residualBlock2d(tape, x, { name: `stage${i + 1}`, filters, stride: 2 });
    const pooled = concat(tape, [globalAveragePool(tape, x), globalMaxPool(tape, x)]);
    const features = dropout(tape, pooled, { name: 'features', rate: options.dropout });
    return { logits: dense(tape, features, { name: 'classifier', units: options.classes }) };
  };

export interface SongNetworkOptions {
  readonly classes: number;
  /** Classes of the second head that only training sees; 0 for none. */
  readonly auxiliaryClasses?: number;
  /** Filters of the stem, then of each block; the stem and every second block from the first halve time. */
  readonly widths: readonly number[];
  /** Whether half of each convolution's channels gate the other half (GLU). */
  readonly gated: boolean;
  /** Whether a shortcut leads past each block. */
  readonly residual: boolean;
  /** Global pooling over time. @default 'average' */
  readonly pooling?: 'average' | 'joined';
  readonly dropout: number;
}

const songBlock = (
  tape: Tape,
  x: Value,
  options: { name: string; filters: number; stride: number; gated: boolean; residual: boolean },
): Value => {
  const { name, filters, stride, gated, residual } = options;
  const width = gated ? 2 * filters : filters;
  const convolved = conv1d(tape, x, { name, filters: width, kernel: 3, stride, padding: 1, bias: false });
  const normal = batchNorm(tape, convolved, { name: `${name}.norm` });
  const branch = gated ? gatedLinearUnit(tape, normal) : relu(tape, normal);
  if (!residual) return branch;
  if (stride === 1 && x.dims[1] === filters) return add(tape, branch, x);
  const shortcut = conv1d(tape, x, { name: `${name}.shortcut`, filters, kernel: 1, stride, bias: false });
  return add(tape, branch, batchNorm(tape, shortcut, { name: `${name}.shortcut.norm` }));
};

/** The song's description before the classifier: [batch, bands, frames] -> [batch, width], twice that where joined. */
export const songFeatures = (tape: Tape, input: Value, options: SongNetworkOptions): Value => {
  const { widths, gated, residual } = options;
  let x = batchNorm(tape, standardize(tape, input, DECIBELS), { name: 'input.norm' });
  for (const [i, filters] of widths.entries())
    x = songBlock(tape, x, { name: `block${i}`, filters, stride: i === 0 || i % 2 === 1 ? 2 : 1, gated, residual });
  const average = globalAveragePool(tape, x);
  return options.pooling === 'joined' ? concat(tape, [average, globalMaxPool(tape, x)]) : average;
};

/** One-dimensional convolutions over time on mel bands: plain, gated, residual or both (P11). */
export const songNetwork =
  (options: SongNetworkOptions): Network =>
  (tape, input) => {
    const features = dropout(tape, songFeatures(tape, input, options), { name: 'features', rate: options.dropout });
    const logits = dense(tape, features, { name: 'classifier', units: options.classes });
    if (!tape.training || !options.auxiliaryClasses) return { logits };
    return { logits, auxiliary: dense(tape, features, { name: 'auxiliary', units: options.auxiliaryClasses }) };
  };
