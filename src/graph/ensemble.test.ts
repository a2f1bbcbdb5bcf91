/** An ensemble against its members run one by one. */
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { dense } from './basic-layers.ts';
import { buildModel, initializeWeights, type Network, networkLayout } from './build.ts';
import { conv2d } from './convolution.ts';
import { joinNetworks, type Member } from './ensemble.ts';
import { batchNorm } from './normalization.ts';
import { globalAveragePool } from './pooling.ts';

const DIMS = [1, 8, 8];
const member = (filters: number, seed: number): Member => {
  const network: Network = (tape, input) => {
    const x = batchNorm(tape, conv2d(tape, input, { name: 'conv', filters, kernel: 3, padding: 1 }), { name: 'norm' });
    return { logits: dense(tape, globalAveragePool(tape, x), { name: 'head', units: 3 }) };
  };
  const weights = initializeWeights(network, DIMS, createRandom(seed));
  // Running statistics that differ, so that an exchange would show.
  return {
    network,
    weights: { ...weights, statistics: weights.statistics.map((value, i) => value + 0.1 * (i + seed)) },
  };
};
const pixels = Float32Array.from({ length: 2 * 64 }, (_, i) => Math.sin(i * 0.7) * 5);

const run = async ({ network, weights }: Member, storage: 'float32' | 'int8' = 'float32'): Promise<number[]> => {
  const model = buildModel({ network, inputDims: DIMS, weights, storage, metadata: {} });
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
  const { logits } = await session.run({ pixels: new ort.Tensor('float32', pixels, [2, ...DIMS]) });
  await session.release();
  return [...(logits!.data as Float32Array)];
};

describe('joinNetworks', () => {
  it.each(['float32', 'int8'] as const)('gives the mean of its members, stored as %s', async (storage) => {
    const members = [member(4, 1), member(6, 2), member(4, 3)];
    const apart = await Promise.all(members.map((one) => run(one, storage)));
    const joined = await run(joinNetworks(members, DIMS), storage);
    for (const [i, value] of joined.entries())
      expect(value).toBeCloseTo((apart[0]![i]! + apart[1]![i]! + apart[2]![i]!) / 3, 5);
  });

  it('keeps every number of its members, under names of their own', () => {
    const members = [member(4, 1), member(4, 2)];
    const { network, weights } = joinNetworks(members, DIMS);
    const { parameters } = networkLayout(network, DIMS);
    expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
    expect([...weights.parameters].sort()).toEqual(members.flatMap((one) => [...one.weights.parameters]).sort());
  });

  it('refuses an ensemble of nothing', () => {
    expect(() => joinNetworks([], DIMS)).toThrow(RangeError);
  });
});
