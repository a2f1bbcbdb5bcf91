/** Views against pictures cut, halved and turned by hand. */
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { dense, flatten } from './basic-layers.ts';
import { buildModel, initializeWeights, type Network } from './build.ts';
import { conv2d } from './convolution.ts';
import { globalAveragePool } from './pooling.ts';
import { wholeView, withViews } from './views.ts';

const network: Network = (tape, input) => {
  const x = conv2d(tape, input, { name: 'conv', filters: 4, kernel: 3, padding: 1, stride: 2 });
  return { logits: dense(tape, globalAveragePool(tape, x), { name: 'head', units: 3 }) };
};
const weights = initializeWeights(network, [1, 8, 8], createRandom('views'));
const picture = Float32Array.from({ length: 2 * 64 }, (_, i) => Math.sin(i * 0.7) * 50);
const mirror = (pixels: Float32Array): Float32Array => pixels.map((_, i) => pixels[i - (i % 8) + 7 - (i % 8)]!);

const run = async (inUse: Network, pixels: Float32Array, side = 8): Promise<number[]> => {
  const model = buildModel({ network: inUse, inputDims: [1, side, side], weights, metadata: {} });
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
  const { logits } = await session.run({ pixels: new ort.Tensor('float32', pixels, [2, 1, side, side]) });
  await session.release();
  return [...(logits!.data as Float32Array)];
};

describe('withViews', () => {
  it('is the network itself for one whole view of the same size', async () => {
    expect(await run(withViews(network, 8, [wholeView(8)]), picture)).toEqual(await run(network, picture));
  });

  it('gives the mean over a picture and its mirror image', async () => {
    const seen = await run(withViews(network, 8, [wholeView(8), { ...wholeView(8), mirrored: true }]), picture);
    const [plain, mirrored] = [await run(network, picture), await run(network, mirror(picture))];
    for (const [i, value] of seen.entries()) expect(value).toBeCloseTo((plain[i]! + mirrored[i]!) / 2, 4);
  });

  it('cuts out the square it names, in the middle from top to bottom', async () => {
    const [side, left] = [4, 3];
    const seen = await run(withViews(network, side, [{ side, left, mirrored: false }]), picture);
    const cut = Float32Array.from({ length: 2 * side * side }, (_, i) => {
      const [row, column] = [Math.floor(i / side) % side, i % side];
      return picture[Math.floor(i / side ** 2) * 64 + (row + 2) * 8 + column + left]!;
    });
    expect(seen).toEqual(await run(network, cut, side));
  });

  it('halves a picture as ONNX Resize (linear, half_pixel) does: means of two by two', async () => {
    const seen = await run(withViews(network, 4, [wholeView(8)]), picture);
    const halved = Float32Array.from({ length: 32 }, (_, i) => {
      const at = Math.floor(i / 16) * 64 + 2 * Math.floor((i % 16) / 4) * 8 + 2 * (i % 4);
      return (picture[at]! + picture[at + 1]! + picture[at + 8]! + picture[at + 9]!) / 4;
    });
    for (const [i, value] of (await run(network, halved, 4)).entries()) expect(seen[i]).toBeCloseTo(value, 4);
  });

  it('comes to the size it was asked for, whatever the ratio rounds to', async () => {
    const pair: Network = (tape, input) => ({ logits: flatten(tape, input) });
    for (const [side, size] of [
      [44, 36],
      [48, 44],
      [47, 13],
      [44, 47],
    ] as const) {
      const empty = { parameters: new Float32Array(0), statistics: new Float32Array(0) };
      const inUse = withViews(pair, size, [{ side, left: 0, mirrored: false }]);
      const model = buildModel({ network: inUse, inputDims: [1, 48, 48], weights: empty, metadata: {} });
      const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
      const { logits } = await session.run({
        pixels: new ort.Tensor('float32', new Float32Array(2304).fill(7), [1, 1, 48, 48]),
      });
      await session.release();
      expect(logits!.dims).toEqual([1, size * size]);
      expect(logits!.data[size * size - 1]).toBeCloseTo(7, 5);
    }
  });

  it('does not care for left and right when each view has its mirror image', async () => {
    const views = [wholeView(8), { ...wholeView(8), mirrored: true }];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 128, maxLength: 128 }),
        async (pixels) => {
          const there = Float32Array.from(pixels);
          const [seen, turned] = [
            await run(withViews(network, 8, views), there),
            await run(withViews(network, 8, views), mirror(there)),
          ];
          for (const [i, value] of seen.entries()) expect(turned[i]).toBeCloseTo(value, 2);
        },
      ),
      { numRuns: 20 },
    );
  });
});
