/** A folded graph says what the graph with its normalisations says, and what cannot be folded stays. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { add } from './basic-layers.ts';
import { conv2d } from './convolution.ts';
import { foldNormalization, type StoredArray } from './fold-normalization.ts';
import { batchNorm } from './normalization.ts';
import { encodeOnnx, type OnnxNode } from './onnx.ts';
import { elementCount, Tape, type Value } from './tape.ts';

const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');

const record = (layers: (tape: Tape, input: Value) => Value) => {
  const tape = new Tape('inference');
  const output = layers(tape, { name: 'input', dims: [0, 4, 6, 6] });
  tape.append('Identity', [output], ['output']);
  const random = createRandom('fold');
  const arrays: StoredArray[] = [...tape.parameters, ...tape.statistics].map(({ name, dims }) => {
    const positive = name.endsWith('variance');
    const values = Float32Array.from({ length: elementCount(dims) }, () =>
      positive ? 0.2 + random.next() : random.next() * 2 - 1,
    );
    return { name, dims, values };
  });
  return { tape, arrays };
};

const run = async (tape: Tape, nodes: readonly OnnxNode[], arrays: readonly StoredArray[]): Promise<number[]> => {
  const stored = arrays.map(({ name, dims, values }) => ({
    name,
    type: 'float32' as const,
    dims,
    raw: new Uint8Array(values.slice().buffer),
  }));
  const model = encodeOnnx({
    nodes,
    initializers: [...stored, ...tape.initializers],
    inputs: [{ name: 'input', type: 'float32', dims: ['batch', 4, 6, 6] }],
    outputs: [{ name: 'output', type: 'float32', dims: undefined }],
    metadata: {},
  });
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
  const pixels = Float32Array.from({ length: 2 * 144 }, (_, i) => Math.sin(i * 0.7));
  const { output } = await session.run({ input: new ort.Tensor('float32', pixels, [2, 4, 6, 6]) });
  await session.release();
  return [...(output!.data as Float32Array)];
};

const compare = async (layers: (tape: Tape, input: Value) => Value) => {
  const { tape, arrays } = record(layers);
  const folded = foldNormalization(tape.nodes, arrays);
  const plain = await run(tape, tape.nodes, arrays);
  const said = await run(tape, folded.nodes, folded.arrays);
  expect(said.length).toBe(plain.length);
  for (const [i, value] of said.entries()) expect(Math.abs(value - plain[i]!)).toBeLessThan(1e-4);
  return folded;
};
const countOf = (nodes: readonly OnnxNode[]): number => nodes.filter(({ op }) => op === 'BatchNormalization').length;

describe('foldNormalization', () => {
  it('folds plain, grouped and chained convolutions', async () => {
    const { nodes, arrays } = await compare((tape, input) => {
      const wide = conv2d(tape, input, { name: 'a', filters: 8, kernel: 1, bias: false });
      const spread = conv2d(tape, batchNorm(tape, wide, { name: 'a.norm' }), {
        name: 'b',
        filters: 8,
        kernel: 3,
        padding: 1,
        groups: 8,
        bias: false,
      });
      return batchNorm(tape, spread, { name: 'b.norm', epsilon: 0.5 });
    });
    expect(countOf(nodes)).toBe(0);
    expect(arrays.map(({ name }) => name)).toEqual(['a.weight', 'b.weight', 'a.weight.bias', 'b.weight.bias']);
  });

  it('keeps the normalisation of a convolution with a bias', async () => {
    const { nodes } = await compare((tape, input) =>
      batchNorm(tape, conv2d(tape, input, { name: 'a', filters: 4, kernel: 1 }), { name: 'n' }),
    );
    expect(countOf(nodes)).toBe(1);
  });

  it('keeps it where something else reads what the convolution says', async () => {
    const { nodes } = await compare((tape, input) => {
      const x = conv2d(tape, input, { name: 'a', filters: 4, kernel: 1, bias: false });
      return add(tape, batchNorm(tape, x, { name: 'n' }), x);
    });
    expect(countOf(nodes)).toBe(1);
  });

  it('keeps one that follows no convolution', async () => {
    const { nodes } = await compare((tape, input) => batchNorm(tape, input, { name: 'n' }));
    expect(countOf(nodes)).toBe(1);
  });
});
