/** The networks that recipes train, each one function from pictures to logits. */
import { add, concat, dense, dropout, flatten, relu, standardize } from '../../src/graph/basic-layers.ts';
import type { Network } from '../../src/graph/build.ts';
import { conv2d } from '../../src/graph/convolution.ts';
import { batchNorm } from '../../src/graph/normalization.ts';
import { maxPoolAround } from '../../src/graph/overlapping-pool.ts';
import { globalAveragePool, maxPool } from '../../src/graph/pooling.ts';
import type { Tape, Value } from '../../src/graph/tape.ts';

/** Mean and standard deviation of FER2013 Training's pixels, of 0..255. */
const PIXELS = { mean: 129.5, deviation: 65 };

const normalizedConv = (
  tape: Tape,
  x: Value,
  options: { name: string; filters: number; kernel: number; stride?: number; gain?: number },
): Value => {
  const { name, filters, kernel, stride = 1, gain = 1 } = options;
  const padding = (kernel - 1) / 2;
  return batchNorm(tape, conv2d(tape, x, { name, filters, kernel, stride, padding, bias: false }), {
    name: `${name}.norm`,
    gain,
  });
};

/** Two 3x3 convolutions beside a shortcut (He et al. 2016). */
const residualBlock = (tape: Tape, x: Value, options: { name: string; filters: number; stride: number }): Value => {
  const { name, filters, stride } = options;
  const inner = relu(tape, normalizedConv(tape, x, { name: `${name}.a`, filters, kernel: 3, stride }));
  const branch = normalizedConv(tape, inner, { name: `${name}.b`, filters, kernel: 3 });
  const same = stride === 1 && x.dims[1] === filters;
  const shortcut = same ? x : normalizedConv(tape, x, { name: `${name}.shortcut`, filters, kernel: 1, stride });
  return relu(tape, add(tape, branch, shortcut));
};

export interface ResidualOptions {
  readonly classes: number;
  /** Classes of the second head that only training sees; 0 for none. */
  readonly auxiliaryClasses: number;
  /** Filters of the stem, then of each stage; each stage halves the picture. */
  readonly widths: readonly number[];
  readonly blocksPerStage: readonly number[];
  readonly dropout: number;
}

/** A residual network with global average pooling: it takes pictures of any size. */
export const residualNetwork =
  (options: ResidualOptions): Network =>
  (tape, input) => {
    const [stem, ...stages] = options.widths;
    let x = standardize(tape, input, PIXELS);
    x = relu(tape, normalizedConv(tape, x, { name: 'stem', filters: stem!, kernel: 3 }));
    for (const [i, filters] of stages.entries())
      for (let block = 0; block < options.blocksPerStage[i]!; block++)
        x = residualBlock(tape, x, { name: `stage${i + 1}.${block}`, filters, stride: block === 0 ? 2 : 1 });
    const features = dropout(tape, globalAveragePool(tape, x), { name: 'features', rate: options.dropout });
    const logits = dense(tape, features, { name: 'classifier', units: options.classes });
    if (!tape.training || options.auxiliaryClasses === 0) return { logits };
    return { logits, auxiliary: dense(tape, features, { name: 'auxiliary', units: options.auxiliaryClasses }) };
  };

/**
 * The paper's network (003, section 2.3, Table 1): four convolutions, two poolings, two dense layers.
 *
 * Table 1 prints sizes that only 7x7 kernels without padding give, and the text says 3x3: both can be built.
 * The paper names no dropout; without it the network overfits within a few rounds. The second head is ours too, and only
 * training sees it.
 */
export const paperNetwork =
  (options: {
    classes: number;
    auxiliaryClasses: number;
    /** Filters of the convolutions; the paper's are 64, 128, 256, 256. */
    widths: readonly number[];
    kernel: number;
    padding: number;
    dropout: number;
  }): Network =>
  (tape, input) => {
    const { widths, kernel, padding } = options;
    let x = standardize(tape, input, PIXELS);
    for (const [i, filters] of widths.entries()) {
      x = relu(tape, conv2d(tape, x, { name: `conv${i + 1}`, filters, kernel, padding }));
      if (i % 2 === 1) x = maxPool(tape, x, 2);
    }
    x = relu(tape, dense(tape, flatten(tape, x), { name: 'dense1', units: 512 }));
    x = dropout(tape, x, { name: 'dense1', rate: options.dropout });
    const logits = dense(tape, x, { name: 'dense2', units: options.classes });
    if (!tape.training || options.auxiliaryClasses === 0) return { logits };
    return { logits, auxiliary: dense(tape, x, { name: 'auxiliary', units: options.auxiliaryClasses }) };
  };

/** Filters of an Inception block's branches (Szegedy et al. 2015): 1x1; 1x1 then 3x3; 1x1 then 5x5; pooling then 1x1. */
interface InceptionWidths {
  readonly one: number;
  readonly three: readonly [number, number];
  readonly five: readonly [number, number];
  readonly pooled: number;
}

const inceptionBlock = (tape: Tape, x: Value, { name, widths }: { name: string; widths: InceptionWidths }): Value => {
  const conv = (from: Value, part: string, filters: number, kernel: number): Value =>
    relu(tape, normalizedConv(tape, from, { name: `${name}.${part}`, filters, kernel }));
  return concat(tape, [
    conv(x, 'one', widths.one, 1),
    conv(conv(x, 'three.a', widths.three[0], 1), 'three.b', widths.three[1], 3),
    conv(conv(x, 'five.a', widths.five[0], 1), 'five.b', widths.five[1], 5),
    conv(maxPoolAround(tape, x), 'pooled', widths.pooled, 1),
  ]);
};

/**
 * Mollahosseini, Chan and Mahoor, Going deeper in facial expression recognition using deep neural networks (2016), at 48x48:
 * two convolutions, two Inception blocks, one more, two dense layers (GoogLeNet's widths times `width`).
 *
 * Different from theirs: windows of 2x2 pool where theirs of 3x3 overlap, the last pooling (3x3 to 1x1) is left out, every
 * convolution is normalised, and the first dense layer has 1,024 units instead of 4,096, times `width`.
 */
export const inceptionNetwork =
  (options: { classes: number; width: number; dropout: number }): Network =>
  (tape, input) => {
    const scaled = (filters: number): number => Math.max(1, Math.round(filters * options.width));
    const block = (
      x: Value,
      name: string,
      filters: readonly [number, number, number, number, number, number],
    ): Value => {
      const [one, threeA, threeB, fiveA, fiveB, pooled] = filters.map(scaled) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      return inceptionBlock(tape, x, { name, widths: { one, three: [threeA, threeB], five: [fiveA, fiveB], pooled } });
    };
    let x = standardize(tape, input, PIXELS);
    x = relu(tape, normalizedConv(tape, x, { name: 'conv1', filters: scaled(64), kernel: 7, stride: 2 }));
    x = maxPool(tape, x, 2);
    x = relu(tape, normalizedConv(tape, x, { name: 'conv2', filters: scaled(192), kernel: 3 }));
    x = maxPool(tape, x, 2);
    x = block(x, 'inception3a', [64, 96, 128, 16, 32, 32]);
    x = block(x, 'inception3b', [128, 128, 192, 32, 96, 64]);
    x = maxPool(tape, x, 2);
    x = block(x, 'inception4a', [192, 96, 208, 16, 48, 64]);
    x = relu(tape, dense(tape, flatten(tape, x), { name: 'dense1', units: scaled(1024) }));
    x = dropout(tape, x, { name: 'dense1', rate: options.dropout });
    return { logits: dense(tape, x, { name: 'dense2', units: options.classes }) };
  };
