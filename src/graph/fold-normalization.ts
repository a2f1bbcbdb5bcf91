/** Batch normalisation folded into the convolution before it: the same answers from fewer numbers. */
import type { OnnxNode } from './onnx.ts';

/** A weight or statistic on its way into a model file. */
export interface StoredArray {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/**
 * gain * (conv(x) - mean) / sqrt(variance + epsilon) + offset is a convolution with other weights and a bias.
 *
 * A runtime does the same when it loads a file; done before, the file holds one number a channel instead of four, and names
 * for them, which is a twentieth of a file of 120 KB. A convolution keeps its normalisation where it has a bias of its own,
 * where something else reads its output, or where its weights serve a second convolution.
 *
 * @param nodes of a graph for use: its normalisations read running statistics.
 */
export const foldNormalization = (
  nodes: readonly OnnxNode[],
  arrays: readonly StoredArray[],
): { nodes: OnnxNode[]; arrays: StoredArray[] } => {
  const stored = new Map(arrays.map((array) => [array.name, array]));
  const readers = new Map<string, number>();
  for (const input of nodes.flatMap(({ inputs }) => inputs)) readers.set(input, (readers.get(input) ?? 0) + 1);
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const folded = new Map<OnnxNode, OnnxNode>();
  const dropped = new Set<OnnxNode>();

  for (const node of nodes) {
    if (node.op !== 'BatchNormalization') continue;
    const [input, ...names] = node.inputs as [string, ...string[]];
    const conv = makers.get(input);
    const weight = conv && stored.get(conv.inputs[1]!);
    if (conv?.op !== 'Conv' || conv.inputs.length > 2 || !weight) continue;
    if (readers.get(input) !== 1 || readers.get(weight.name) !== 1) continue;
    const [gain, offset, mean, variance] = names.map((name) => stored.get(name)!.values) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const { float: epsilon } = node.attributes.epsilon as { readonly float: number };
    const factors = gain.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon));
    const perChannel = weight.values.length / factors.length;
    const bias = offset.map((value, channel) => value - mean[channel]! * factors[channel]!);
    const values = weight.values.map((value, i) => value * factors[Math.floor(i / perChannel)]!);
    const biasName = `${conv.inputs[1]}.bias`;
    for (const name of names) stored.delete(name);
    stored.set(weight.name, { ...weight, values });
    stored.set(biasName, { name: biasName, dims: [bias.length], values: bias });
    folded.set(conv, { ...conv, inputs: [...conv.inputs, biasName], outputs: node.outputs });
    dropped.add(node);
  }
  return {
    nodes: nodes.filter((node) => !dropped.has(node)).map((node) => folded.get(node) ?? node),
    arrays: [...stored.values()],
  };
};
