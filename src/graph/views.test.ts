/** Views: the sampling matrix against known values, views against pictures turned by hand, and what never changes. */
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { dense } from './basic-layers.ts';
import { buildModel, initializeWeights, type Network } from './build.ts';
import { conv2d } from './convolution.ts';
import { globalAveragePool } from './pooling.ts';
import { PLAIN_VIEW, samplingMatrix, withViews } from './views.ts';

const network: Network = (tape, input) => {
  const x = conv2d(tape, input, { name: 'conv', filters: 4, kernel: 3, padding: 1, stride: 2 });
  return { logits: dense(tape, globalAveragePool(tape, x), { name: 'head', units: 3 }) };
};
const weights = initializeWeights(network, [1, 8, 8], createRandom('views'));
const picture = Float32Array.from({ length: 2 * 64 }, (_, i) => Math.sin(i * 0.7) * 50);
const mirror = (pixels: Float32Array): Float32Array => pixels.map((_, i) => pixels[i - (i % 8) + 7 - (i % 8)]!);

const run = async (inUse: Network, pixels: Float32Array): Promise<number[]> => {
  const model = buildModel({ network: inUse, inputDims: [1, 8, 8], weights, metadata: {} });
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
  const { logits } = await session.run({ pixels: new ort.Tensor('float32', pixels, [2, 1, 8, 8]) });
  await session.release();
  return [...(logits!.data as Float32Array)];
};

describe('samplingMatrix', () => {
  it('halves a line as ONNX Resize (linear, half_pixel) does', () => {
    expect([...samplingMatrix(4, 2)]).toEqual([0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5]);
  });

  it('enlarges about the middle and goes on beyond an end', () => {
    // Points of a line of 3 at zoom 2: 0.5, 1, 1.5; shifted by 5: all the last pixel.
    expect([...samplingMatrix(3, 3, { zoom: 2 })]).toEqual([0.5, 0.5, 0, 0, 1, 0, 0, 0.5, 0.5]);
    expect([...samplingMatrix(3, 3, { zoom: 2, shift: 5 })]).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
  });

  it('has weights of 0 to 1 that sum to 1 in every row', () => {
    const options = {
      mirrored: fc.boolean(),
      zoom: fc.double({ min: 0.5, max: 3, noNaN: true }),
      shift: fc.integer({ min: -9, max: 9 }),
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.record(options),
        (from, to, how) => {
          const matrix = samplingMatrix(from, to, how);
          for (let i = 0; i < to; i++) {
            const row = matrix.subarray(i * from, (i + 1) * from);
            expect(row.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
            expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
          }
        },
      ),
    );
  });
});

describe('withViews', () => {
  it('is the network itself for one plain view of the same size', async () => {
    expect(await run(withViews(network, 8, [PLAIN_VIEW]), picture)).toEqual(await run(network, picture));
  });

  it('gives the mean over a picture and its mirror image', async () => {
    const seen = await run(withViews(network, 8, [PLAIN_VIEW, { mirrored: true, zoom: 1, shiftX: 0 }]), picture);
    const [plain, mirrored] = [await run(network, picture), await run(network, mirror(picture))];
    for (const [i, value] of seen.entries()) expect(value).toBeCloseTo((plain[i]! + mirrored[i]!) / 2, 4);
  });

  it('shows a network that takes any size a smaller picture', async () => {
    const small = await run(
      withViews(network, 4, [PLAIN_VIEW]),
      picture.map(() => 7),
    );
    expect(small).toHaveLength(6);
    expect(small.every(Number.isFinite)).toBe(true);
  });
});
