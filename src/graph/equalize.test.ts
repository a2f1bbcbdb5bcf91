/** Equalisation in the graph against the same in JavaScript, which is pinned against OpenCV. */
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { equalizeHistogram } from '../face/preprocess.ts';
import { flatten } from './basic-layers.ts';
import { buildModel, type Network } from './build.ts';
import { equalized } from './equalize.ts';

const SIDE = 12;
const COUNT = SIDE * SIDE;
const network: Network = (tape, input) => ({ logits: flatten(tape, equalized(tape, input)) });
const empty = { parameters: new Float32Array(), statistics: new Float32Array() };
const session = await ort.InferenceSession.create(
  buildModel({ network, inputDims: [1, SIDE, SIDE], weights: empty, metadata: {} }),
  { logSeverityLevel: 3 },
);

const inGraph = async (...pictures: Float32Array[]): Promise<Float32Array> => {
  const pixels = new Float32Array(pictures.length * COUNT);
  for (const [i, picture] of pictures.entries()) pixels.set(picture, i * COUNT);
  const { logits } = await session.run({
    pixels: new ort.Tensor('float32', pixels, [pictures.length, 1, SIDE, SIDE]),
  });
  return logits!.data as Float32Array;
};
const inJavaScript = (picture: Float32Array): Float32Array =>
  equalizeHistogram({ width: SIDE, height: SIDE, data: picture }).data;

describe('equalized', () => {
  it('gives what equalizeHistogram gives, within one level, for each picture of a batch', async () => {
    const picture = fc
      .array(fc.float({ min: -3, max: 260, noNaN: true }), { minLength: COUNT, maxLength: COUNT })
      .map((values) => Float32Array.from(values));
    await fc.assert(
      fc.asyncProperty(picture, picture, async (first, second) => {
        const found = await inGraph(first, second);
        const wanted = [...inJavaScript(first), ...inJavaScript(second)];
        for (const [i, value] of wanted.entries()) expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  it('spreads two levels to the ends', async () => {
    const halves = Float32Array.from({ length: COUNT }, (_, i) => (i < COUNT / 2 ? 100 : 101));
    expect([...new Set(await inGraph(halves))]).toEqual([0, 255]);
  });

  it('leaves a picture of one level as it is', async () => {
    expect([...new Set(await inGraph(new Float32Array(COUNT).fill(77)))]).toEqual([77]);
  });
});
