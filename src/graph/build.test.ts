/** The whole training step against PyTorch's numbers (test/reference/training_step.py), and the files it is built into. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { add, dense, relu } from './basic-layers.ts';
import {
  buildGradientStep,
  buildModel,
  buildTrainingStep,
  buildUpdateStep,
  initializeWeights,
  type Network,
} from './build.ts';
import { conv2d } from './convolution.ts';
import { batchNorm } from './normalization.ts';
import { readOnnxMetadata, readOnnxWeights } from './onnx.ts';
import { type Optimizer, optimizerScalars } from './optimizer.ts';
import { globalAveragePool, maxPool } from './pooling.ts';

const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');
type Feeds = Record<string, InstanceType<typeof ort.Tensor>>;
type Reference = Record<'losses' | 'firstGradient' | 'parameters' | 'average' | 'statistics', number[]>;

const reference = JSON.parse(
  readFileSync(new URL('./fixtures/training-steps.json', import.meta.url), 'utf8'),
) as Record<'sgd' | 'adamw', Reference>;

const network: Network = (tape, input) => {
  const first = conv2d(tape, input, { name: 'a', filters: 6, kernel: 3, padding: 1, bias: false });
  const x = relu(tape, batchNorm(tape, first, { name: 'a.norm' }));
  const second = conv2d(tape, x, { name: 'b', filters: 6, kernel: 3, padding: 1, bias: false });
  const y = relu(tape, add(tape, batchNorm(tape, second, { name: 'b.norm' }), x));
  const third = relu(tape, conv2d(tape, y, { name: 'c', filters: 8, kernel: 3, stride: 2, padding: 1 }));
  return { logits: dense(tape, globalAveragePool(tape, maxPool(tape, third, 2)), { name: 'd', units: 5 }) };
};
const inputDims = [2, 8, 8];
const batch = 4;
const clipNorm = 0.5;
const OPTIMIZERS: Record<'sgd' | 'adamw', { optimizer: Optimizer; learningRate: number }> = {
  sgd: { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 }, learningRate: 0.05 },
  adamw: {
    optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    learningRate: 0.01,
  },
};

const wave = (count: number, step: number, size: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => size * Math.sin(i * step + 0.3));
const every13th = (values: Float32Array): number[] => [...values].filter((_, i) => i % 13 === 0);
const float = (data: Float32Array, dims: readonly number[]) => new ort.Tensor('float32', data, dims);
const floats = (value: { data: unknown } | undefined) => value!.data as Float32Array;
const expectClose = (actual: Iterable<number>, expected: readonly number[], tolerance: number): void => {
  const values = [...actual];
  expect(values.length).toBe(expected.length);
  for (const [i, value] of values.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
};

const data = (): Feeds => {
  const targets = wave(batch * 5, 2.1, 1).map((value) => value + 1.01);
  for (let row = 0; row < batch; row++) {
    const sum = targets.subarray(row * 5, row * 5 + 5).reduce((total, value) => total + value, 0);
    for (let k = 0; k < 5; k++) targets[row * 5 + k]! /= sum;
  }
  return { input: float(wave(batch * 128, 0.37, 1), [batch, ...inputDims]), targets: float(targets, [batch, 5]) };
};
const scalars = (optimizer: Optimizer, learningRate: number, step: number): Feeds =>
  Object.fromEntries(
    Object.entries(optimizerScalars(optimizer, { step, learningRate, averageDecay: 0.8 })).map(([name, value]) => [
      name,
      float(Float32Array.of(value), []),
    ]),
  );

for (const kind of ['sgd', 'adamw'] as const) {
  describe(`five steps with ${kind}`, () => {
    const { optimizer, learningRate } = OPTIMIZERS[kind];
    const expected = reference[kind];

    it("equal PyTorch's, in one graph", async () => {
      const graph = buildTrainingStep({ network, inputDims, batch, optimizer, clipNorm });
      const session = await ort.InferenceSession.create(graph.model, { logSeverityLevel: 3 });
      const { parameterCount: count, statisticCount } = graph.layout;
      const carried = ['parameters', 'average', ...(kind === 'sgd' ? ['velocity'] : ['firstMoment', 'secondMoment'])];
      const state: Feeds = Object.fromEntries(carried.map((name) => [name, float(new Float32Array(count), [count])]));
      state.parameters = float(wave(count, 1.7, 0.3), [count]);
      state.average = float(wave(count, 1.7, 0.3), [count]);
      const first = initializeWeights(network, inputDims, createRandom(0));
      let statistics: Feeds[string] = float(first.statistics, [statisticCount]);
      const losses: number[] = [];
      for (let step = 1; step <= 5; step++) {
        const out = await session.run({ ...data(), ...state, statistics, ...scalars(optimizer, learningRate, step) });
        losses.push(floats(out.loss)[0]!);
        for (const name of carried)
          state[name] = out[`next${name[0]!.toUpperCase()}${name.slice(1)}`]! as Feeds[string];
        statistics = out.nextStatistics! as Feeds[string];
      }
      await session.release();
      expectClose(losses, expected.losses, 2e-6);
      expectClose(every13th(floats(state.parameters)), expected.parameters, 2e-5);
      expectClose(every13th(floats(state.average)), expected.average, 2e-5);
      expectClose(floats(statistics), expected.statistics, 2e-5);
    });

    it('are the same when gradients and update are two graphs, as data-parallel workers run them', async () => {
      const graph = buildGradientStep({ network, inputDims, batch });
      const { parameterCount: count, decayingCount, statisticCount } = graph.layout;
      const gradientSession = await ort.InferenceSession.create(graph.model, { logSeverityLevel: 3 });
      const update = buildUpdateStep({ optimizer, clipNorm, parameterCount: count, decayingCount });
      const updateSession = await ort.InferenceSession.create(update, { logSeverityLevel: 3 });
      const parameters = float(wave(count, 1.7, 0.3), [count]);
      const statistics = float(new Float32Array(statisticCount), [statisticCount]);
      const out = await gradientSession.run({ ...data(), parameters, statistics });
      expectClose(every13th(floats(out.gradients)), expected.firstGradient, 2e-6);
      const zeros = (): Feeds[string] => float(new Float32Array(count), [count]);
      const moments = kind === 'sgd' ? { velocity: zeros() } : { firstMoment: zeros(), secondMoment: zeros() };
      const next = await updateSession.run({
        parameters,
        average: parameters,
        gradients: out.gradients!,
        ...moments,
        ...scalars(optimizer, learningRate, 1),
      });
      const again = await gradientSession.run({ ...data(), parameters: next.nextParameters!, statistics });
      expect(floats(again.loss)[0]).toBeCloseTo(expected.losses[1]!, 5);
    });
  });
}

describe('buildModel', () => {
  const weights = initializeWeights(network, inputDims, createRandom('model'));
  const options = { network, inputDims, weights, metadata: { 'attune.task': 'test', clé: '情绪' } };
  const logits = async (model: Uint8Array, rows: number): Promise<Float32Array> => {
    const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
    const out = await session.run({ pixels: float(wave(rows * 128, 0.37, 1), [rows, ...inputDims]) });
    await session.release();
    return floats(out.logits);
  };

  it('takes any batch and gives each row the same answer', async () => {
    const model = buildModel(options);
    const one = await logits(model, 1);
    const three = await logits(model, 3);
    expectClose(three.subarray(0, 5), [...one], 1e-5);
  });

  it('divides by the temperature', async () => {
    const plain = await logits(buildModel(options), 1);
    const cooled = await logits(buildModel({ ...options, temperature: 2 }), 1);
    expectClose(cooled, [...plain.map((value) => value / 2)], 1e-6);
  });

  it('halves the file with half-precision storage and stays within its rounding', async () => {
    const whole = buildModel(options);
    const half = buildModel({ ...options, storage: 'float16' });
    expect(half.length).toBeLessThan(whole.length * 0.75);
    expectClose(await logits(half, 1), [...(await logits(whole, 1))], 5e-3);
  });

  it('stores 8 bits a weight with one scale an output channel, exact to half a step', async () => {
    const small = buildModel({ ...options, storage: 'int8' });
    expectClose(await logits(small, 1), [...(await logits(buildModel(options), 1))], 2e-2);
    // A weight array whose channels are whole multiples of largest / 127 comes back as it was.
    const line: Network = (tape, input) => ({
      logits: dense(tape, globalAveragePool(tape, input), { name: 'line', units: 2 }),
    });
    const exact = { parameters: Float32Array.of(127, -3, 0.5, 63.5, 0, 0), statistics: new Float32Array(0) };
    const model = buildModel({ network: line, inputDims: [2, 1, 1], weights: exact, metadata: {}, storage: 'int8' });
    const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
    const out = await session.run({ pixels: float(Float32Array.of(1, 0, 0, 1), [2, 2, 1, 1]) });
    await session.release();
    const plain = buildModel({ network: line, inputDims: [2, 1, 1], weights: exact, metadata: {} });
    const wide = await ort.InferenceSession.create(plain, { logSeverityLevel: 3 });
    const expected = await wide.run({ pixels: float(Float32Array.of(1, 0, 0, 1), [2, 2, 1, 1]) });
    await wide.release();
    expectClose(floats(out.logits), [...floats(expected.logits)], 1e-6);
  });

  it('keeps metadata and weights readable', () => {
    const model = buildModel(options);
    expect(readOnnxMetadata(model)).toEqual(options.metadata);
    const stored = readOnnxWeights(model).get('c.weight')!;
    expect(stored.dims).toEqual([8, 6, 3, 3]);
    // After the weights of a and b.
    expect([...stored.data]).toEqual([...weights.parameters.subarray(432, 864)]);
  });

  it('leaves the auxiliary head out', () => {
    const twoHeads: Network = (tape, input) => {
      const features = globalAveragePool(tape, conv2d(tape, input, { name: 'a', filters: 4, kernel: 1 }));
      const main = { logits: dense(tape, features, { name: 'main', units: 3 }) };
      return tape.training ? { ...main, auxiliary: dense(tape, features, { name: 'side', units: 9 }) } : main;
    };
    const both = initializeWeights(twoHeads, inputDims, createRandom(1));
    const names = [...readOnnxWeights(buildModel({ ...options, network: twoHeads, weights: both })).keys()];
    expect(names).toContain('main.weight');
    expect(names).not.toContain('side.weight');
  });
});

describe('mistakes in a network', () => {
  it('two parameters of one name', () => {
    const twice: Network = (tape, input) => ({
      logits: dense(tape, dense(tape, input, { name: 'd', units: 3 }), { name: 'd', units: 3 }),
    });
    expect(() => initializeWeights(twice, [4], createRandom(0))).toThrow('Two parameters are named d.weight.');
  });

  it('a parameter the loss does not depend on', () => {
    const unused: Network = (tape, input) => {
      dense(tape, input, { name: 'idle', units: 2 });
      return { logits: dense(tape, input, { name: 'd', units: 3 }) };
    };
    expect(() => buildGradientStep({ network: unused, inputDims: [4], batch: 2 })).toThrow('idle.weight');
  });

  it('a kernel larger than its input', () => {
    const large: Network = (tape, input) => ({ logits: conv2d(tape, input, { name: 'c', filters: 2, kernel: 9 }) });
    expect(() => initializeWeights(large, inputDims, createRandom(0))).toThrow('c: a kernel of 9,9 does not fit');
  });
});
