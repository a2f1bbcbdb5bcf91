/** Every layer's gradient against central finite differences of the same graph's loss. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import {
  add,
  channels,
  concat,
  dense,
  dropout,
  flatten,
  gatedLinearUnit,
  multiply,
  relu,
  reshape,
  sigmoid,
  standardize,
} from './basic-layers.ts';
import { buildGradientStep, initializeWeights, type Network } from './build.ts';
import { conv1d, conv2d, conv3d } from './convolution.ts';
import { batchNorm } from './normalization.ts';
import { maxPoolAround } from './overlapping-pool.ts';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from './pooling.ts';
import type { Tape, Value } from './tape.ts';

const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');

const BATCH = 3;
const CLASSES = 4;

/** The largest difference between the graph's gradient and finite differences, relative to the largest gradient. */
const gradientError = async (network: Network, inputDims: readonly number[]): Promise<number> => {
  const random = createRandom('gradients');
  const { parameters, statistics } = initializeWeights(network, inputDims, random);
  for (let i = 0; i < parameters.length; i++) parameters[i]! += 0.3 * random.normal();
  const graph = buildGradientStep({ network, inputDims, batch: BATCH });
  const session = await ort.InferenceSession.create(graph.model, { intraOpNumThreads: 1 });
  const feeds: Record<string, InstanceType<typeof ort.Tensor>> = {};
  for (const { name, dims } of graph.inputs) {
    const count = (dims as number[]).reduce((product, dim) => product * dim, 1);
    feeds[name] = new ort.Tensor(
      'float32',
      Float32Array.from({ length: count }, () => random.normal()),
      dims as number[],
    );
  }
  for (const { name, dims, rate } of graph.masks)
    feeds[name] = new ort.Tensor(
      'float32',
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => (random.next() < rate ? 0 : 1 / (1 - rate))),
      dims,
    );
  // Soft targets that do not sum to one, as sample weights make them.
  for (const name of ['targets', 'auxiliaryTargets'])
    for (const [i] of (feeds[name]?.data as Float32Array | undefined)?.entries() ?? [])
      (feeds[name]!.data as Float32Array)[i] = random.next();
  if (statistics.length > 0) feeds.statistics = new ort.Tensor('float32', statistics, [statistics.length]);
  const lossAt = async (values: Float32Array) => {
    feeds.parameters = new ort.Tensor('float32', values, [values.length]);
    return session.run(feeds);
  };
  const gradients = (await lossAt(parameters)).gradients!.data as Float32Array;
  const largest = gradients.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  let worst = 0;
  const indices = [...Array(parameters.length).keys()];
  for (const i of random.shuffle(indices).slice(0, 40)) {
    const step = 2e-3;
    const shifted = async (by: number): Promise<number> => {
      const values = parameters.slice();
      values[i]! += by;
      return (await lossAt(values)).loss!.data[0] as number;
    };
    const slope = ((await shifted(step)) - (await shifted(-step))) / (2 * step);
    worst = Math.max(worst, Math.abs(slope - gradients[i]!) / largest);
  }
  await session.release();
  return worst;
};

/** Wraps a layer so that parameters lie before and after it: then its input gradient is checked too. */
const around2d =
  (layer: (tape: Tape, x: Value) => Value): Network =>
  (tape, input) => {
    const before = conv2d(tape, input, { name: 'before', filters: 4, kernel: 1 });
    return { logits: dense(tape, flatten(tape, layer(tape, before)), { name: 'after', units: CLASSES }) };
  };
const around1d =
  (layer: (tape: Tape, x: Value) => Value): Network =>
  (tape, input) => {
    const before = conv1d(tape, input, { name: 'before', filters: 4, kernel: 1 });
    return { logits: dense(tape, flatten(tape, layer(tape, before)), { name: 'after', units: CLASSES }) };
  };

const LAYERS: Record<string, (tape: Tape, x: Value) => Value> = {
  'conv2d 3x3 padded': (tape, x) => conv2d(tape, x, { name: 'c', filters: 5, kernel: 3, padding: 1 }),
  'conv2d 3x3 valid': (tape, x) => conv2d(tape, x, { name: 'c', filters: 3, kernel: 3 }),
  'conv2d 3x3 stride 2': (tape, x) => conv2d(tape, x, { name: 'c', filters: 5, kernel: 3, stride: 2, padding: 1 }),
  'conv2d 1x1 stride 2': (tape, x) => conv2d(tape, x, { name: 'c', filters: 5, kernel: 1, stride: 2 }),
  'conv2d oblong': (tape, x) =>
    conv2d(tape, x, { name: 'c', filters: 3, kernel: [3, 1], padding: [1, 0], stride: [2, 1], bias: false }),
  'conv2d two groups': (tape, x) => conv2d(tape, x, { name: 'c', filters: 6, kernel: 3, padding: 1, groups: 2 }),
  'conv2d depthwise': (tape, x) => conv2d(tape, x, { name: 'c', filters: 4, kernel: 3, padding: 1, groups: 4 }),
  'conv2d depthwise stride 2': (tape, x) =>
    conv2d(tape, x, { name: 'c', filters: 4, kernel: 3, padding: 1, stride: 2, groups: 4 }),
  'conv2d wide (one product a tap)': (tape, x) =>
    conv2d(tape, conv2d(tape, x, { name: 'w', filters: 16, kernel: 1 }), {
      name: 'c',
      filters: 3,
      kernel: 3,
      padding: 1,
    }),
  'max pool': (tape, x) => maxPool(tape, x, 2),
  'max pool around each place': maxPoolAround,
  'average pool': (tape, x) => averagePool(tape, x, 2),
  'global average pool': globalAveragePool,
  'global max pool': globalMaxPool,
  relu,
  sigmoid,
  'gated linear unit': gatedLinearUnit,
  'batch norm': (tape, x) => batchNorm(tape, x, { name: 'n' }),
  'residual add': (tape, x) => add(tape, x, sigmoid(tape, x)),
  product: (tape, x) => multiply(tape, x, sigmoid(tape, x)),
  concat: (tape, x) => concat(tape, [x, sigmoid(tape, x)]),
  channels: (tape, x) => channels(tape, x, 1, 3),
  reshape: (tape, x) => reshape(tape, x, [x.dims[0]!, 2, 2, 36]),
  dropout: (tape, x) => dropout(tape, x, { name: 'd', rate: 0.4 }),
  standardize: (tape, x) => standardize(tape, x, { mean: 0.2, deviation: 0.7 }),
};

describe('gradients equal finite differences', () => {
  for (const [name, layer] of Object.entries(LAYERS))
    it(name, async () => {
      expect(await gradientError(around2d(layer), [2, 6, 6])).toBeLessThan(5e-3);
    });

  it('conv1d stride 2', async () => {
    const layer = (tape: Tape, x: Value) =>
      conv1d(tape, x, { name: 'c', filters: 5, kernel: 3, stride: 2, padding: 1 });
    expect(await gradientError(around1d(layer), [2, 9])).toBeLessThan(5e-3);
  });

  it('conv3d', async () => {
    const network: Network = (tape, input) => {
      const x = conv3d(tape, input, { name: 'a', filters: 3, kernel: 3, padding: 1 });
      const y = conv3d(tape, x, { name: 'b', filters: 2, kernel: [2, 3, 3], stride: [1, 2, 2] });
      return { logits: dense(tape, flatten(tape, y), { name: 'after', units: CLASSES }) };
    };
    expect(await gradientError(network, [1, 4, 5, 5])).toBeLessThan(5e-3);
  });

  it('two heads on one trunk', async () => {
    const network: Network = (tape, input) => {
      const trunk = sigmoid(tape, dense(tape, flatten(tape, input), { name: 'trunk', units: 6 }));
      return {
        logits: dense(tape, trunk, { name: 'main', units: CLASSES }),
        auxiliary: dense(tape, trunk, { name: 'side', units: 3 }),
      };
    };
    expect(await gradientError(network, [2, 6])).toBeLessThan(5e-3);
  });
});
