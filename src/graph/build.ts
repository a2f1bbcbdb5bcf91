/** From a network, written once as a function, to the files that train it and the file that ships. */
import type { Random } from '../base/random.ts';
import { foldNormalization, type StoredArray } from './fold-normalization.ts';
import { softmaxCrossEntropy } from './loss.ts';
import { encodeOnnx, floatToHalf, type OnnxInitializer, type OnnxNode, type OnnxValue } from './onnx.ts';
import { emitUpdate, type Optimizer, optimizerState, SCALAR_INPUTS, type UpdateOptions } from './optimizer.ts';
import { type DropoutMask, elementCount, Tape, type Value } from './tape.ts';

/**
 * A network: input [batch, ...] -> logits [batch, classes]. `auxiliary` is a second head that only training sees.
 * It is called once for each graph built from it, so it must declare the same parameters every time.
 */
export type Network = (tape: Tape, input: Value) => { readonly logits: Value; readonly auxiliary?: Value };

/** Where an array lies in a flat vector. */
export interface Slot {
  readonly name: string;
  readonly dims: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** How a network's arrays lie in the two flat vectors. Parameters that decay come first. */
export interface Layout {
  readonly parameters: readonly Slot[];
  readonly parameterCount: number;
  readonly decayingCount: number;
  readonly statistics: readonly Slot[];
  readonly statisticCount: number;
}

const slotsOf = (items: readonly { name: string; dims: readonly number[] }[]): { slots: Slot[]; count: number } => {
  let count = 0;
  const slots = items.map(({ name, dims }) => {
    const start = count;
    count += elementCount(dims);
    return { name, dims, start, end: count };
  });
  return { slots, count };
};

const decayingFirst = (tape: Tape) => [
  ...tape.parameters.filter(({ decays }) => decays),
  ...tape.parameters.filter(({ decays }) => !decays),
];

const layoutOf = (tape: Tape): Layout => {
  const parameters = slotsOf(decayingFirst(tape));
  const statistics = slotsOf(tape.statistics);
  const decayingCount = slotsOf(tape.parameters.filter(({ decays }) => decays)).count;
  return {
    parameters: parameters.slots,
    parameterCount: parameters.count,
    decayingCount,
    statistics: statistics.slots,
    statisticCount: statistics.count,
  };
};

/** The two flat vectors of a network. */
export interface Weights {
  readonly parameters: Float32Array;
  readonly statistics: Float32Array;
}

/** Runs `network` once, on a tape of its own. */
const record = (network: Network, mode: 'training' | 'inference', inputDims: readonly number[], batch: number) => {
  const tape = new Tape(mode);
  const input: Value = { name: 'input', dims: [batch, ...inputDims] };
  tape.stopGradient(input);
  return { tape, input, ...network(tape, input) };
};

/** How the arrays of a network lie in its two flat vectors; `inputDims` is the shape of one input. */
export const networkLayout = (network: Network, inputDims: readonly number[]): Layout =>
  layoutOf(record(network, 'training', inputDims, 1).tape);

/** First weights, drawn in the order the network declares them: the same seed gives the same weights. */
export const initializeWeights = (network: Network, inputDims: readonly number[], random: Random): Weights => {
  const { tape } = record(network, 'training', inputDims, 1);
  const layout = layoutOf(tape);
  const parameters = new Float32Array(layout.parameterCount);
  for (const { name, initialize } of tape.parameters) {
    const slot = layout.parameters.find((candidate) => candidate.name === name)!;
    for (let i = slot.start; i < slot.end; i++) parameters[i] = initialize(random);
  }
  const statistics = new Float32Array(layout.statisticCount);
  for (const [i, slot] of layout.statistics.entries())
    statistics.fill(tape.statistics[i]!.initial, slot.start, slot.end);
  return { parameters, statistics };
};

/**
 * How arrays of two or more dimensions are stored: as they are, in half precision, or in 8 bits with one scale an output
 * channel; the latter two are widened to 32 bits at load.
 */
export type Storage = 'float32' | 'float16' | 'int8';

export interface ModelOptions {
  readonly network: Network;
  /** Shape of one input, without the batch. */
  readonly inputDims: readonly number[];
  readonly weights: Weights;
  /** Name of the input in the file. @default 'pixels' */
  readonly inputName?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** @default 'float32' */
  readonly storage?: Storage;
  /** Logits are divided by it, so that their softmax is calibrated (Guo et al. 2017). @default 1 */
  readonly temperature?: number;
}

/** Rounds an array to 255 steps, symmetric about zero, with one scale for each index of the first axis. */
const quantize = (values: Float32Array, dims: readonly number[]): { steps: Int8Array; scales: Float32Array } => {
  const length = values.length / dims[0]!;
  const scales = Float32Array.from({ length: dims[0]! }, (_, channel) => {
    const largest = values
      .subarray(channel * length, (channel + 1) * length)
      .reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return largest > 0 ? largest / 127 : 1;
  });
  const steps = Int8Array.from(values, (value, i) => Math.round(value / scales[Math.floor(i / length)]!));
  return { steps, scales };
};

/**
 * The forward model as an .onnx file: input [batch, ...inputDims] -> "logits" [batch, classes].
 *
 * Layers that only training has (an auxiliary head) are left out, and their weights with them.
 */
export const buildModel = (options: ModelOptions): Uint8Array => {
  const { network, inputDims, weights, storage = 'float32', temperature = 1, inputName = 'pixels' } = options;
  const { tape, logits } = record(network, 'inference', inputDims, 0);
  const layout = networkLayout(network, inputDims);
  const calibrated = temperature === 1 ? logits : tape.emit('Mul', [logits, tape.float(1 / temperature)], logits.dims);
  tape.append('Identity', [calibrated], ['logits']);

  const declared = new Set([...tape.parameters, ...tape.statistics].map(({ name }) => name));
  const used = (slots: readonly Slot[], vector: Float32Array): StoredArray[] =>
    slots
      .filter(({ name }) => declared.has(name))
      .map(({ name, dims, start, end }) => ({ name, dims, values: vector.slice(start, end) }));
  const { nodes, arrays } = foldNormalization(tape.nodes, [
    ...used(layout.parameters, weights.parameters),
    ...used(layout.statistics, weights.statistics),
  ]);

  const widening: OnnxNode[] = [{ op: 'Identity', inputs: [inputName], outputs: ['input'], attributes: {} }];
  const constants: OnnxInitializer[] = [];
  for (const { name, dims, values } of arrays) {
    if (storage === 'float16' && dims.length > 1) {
      const raw = new Uint8Array(Uint16Array.from(values, floatToHalf).buffer);
      constants.push({ name: `${name}.half`, type: 'float16', dims, raw });
      widening.push({ op: 'Cast', inputs: [`${name}.half`], outputs: [name], attributes: { to: 1 } });
    } else if (storage === 'int8' && dims.length > 1) {
      const { steps, scales } = quantize(values, dims);
      const scaleDims = dims.map((dim, axis) => (axis === 0 ? dim : 1));
      constants.push({ name: `${name}.int8`, type: 'int8', dims, raw: new Uint8Array(steps.buffer) });
      constants.push({ name: `${name}.scale`, type: 'float32', dims: scaleDims, raw: new Uint8Array(scales.buffer) });
      // Cast and Mul rather than DequantizeLinear: the runtime folds these two into a constant when it loads.
      widening.push({ op: 'Cast', inputs: [`${name}.int8`], outputs: [`${name}.wide`], attributes: { to: 1 } });
      widening.push({ op: 'Mul', inputs: [`${name}.wide`, `${name}.scale`], outputs: [name], attributes: {} });
    } else constants.push({ name, type: 'float32', dims, raw: new Uint8Array(values.buffer) });
  }
  return encodeOnnx({
    nodes: [...widening, ...nodes],
    initializers: [...constants, ...tape.initializers],
    inputs: [{ name: inputName, type: 'float32', dims: ['batch', ...inputDims] }],
    outputs: [{ name: 'logits', type: 'float32', dims: ['batch', logits.dims[1]!] }],
    metadata: options.metadata,
  });
};

export interface TrainingOptions {
  readonly network: Network;
  /** Shape of one input, without the batch. */
  readonly inputDims: readonly number[];
  readonly batch: number;
  /** Weight of the auxiliary head's loss. @default 1 */
  readonly auxiliaryWeight?: number;
}

/** A training graph and what must be fed to it. */
export interface TrainingGraph {
  readonly model: Uint8Array;
  readonly layout: Layout;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly string[];
  readonly masks: readonly DropoutMask[];
}

const floats = (name: string, dims: readonly number[]): OnnxValue => ({ name, type: 'float32', dims });

/** Cuts a flat vector into named arrays; the nodes go before all others. */
const unpack = (tape: Tape, vector: string, slots: readonly Slot[]): OnnxNode[] =>
  slots.flatMap(({ name, dims, start, end }) => [
    {
      op: 'Slice',
      inputs: [vector, tape.ints([start]), tape.ints([end]), tape.ints([0])],
      outputs: [`${name}.flat`],
      attributes: {},
    },
    { op: 'Reshape', inputs: [`${name}.flat`, tape.ints(dims)], outputs: [name], attributes: {} },
  ]);

const recordGradients = (options: TrainingOptions) => {
  const { network, inputDims, batch, auxiliaryWeight = 1 } = options;
  const { tape, input, logits, auxiliary } = record(network, 'training', inputDims, batch);
  const targets: Value = { name: 'targets', dims: logits.dims };
  let loss = softmaxCrossEntropy(tape, logits, targets);
  const inputs = [floats(input.name, input.dims), floats(targets.name, targets.dims)];
  if (auxiliary) {
    const auxiliaryTargets: Value = { name: 'auxiliaryTargets', dims: auxiliary.dims };
    inputs.push(floats(auxiliaryTargets.name, auxiliaryTargets.dims));
    loss = tape.emit('Add', [loss, softmaxCrossEntropy(tape, auxiliary, auxiliaryTargets, auxiliaryWeight)], []);
  }
  tape.backpropagate();
  const layout = layoutOf(tape);
  const flat = (value: Value): Value => tape.emit('Reshape', [value, tape.ints([-1])], [elementCount(value.dims)]);
  const pieces = decayingFirst(tape).map((parameter) => {
    const gradient = tape.gradientOf(parameter);
    if (!gradient) throw new RangeError(`The loss does not depend on ${parameter.name}.`);
    return flat(gradient);
  });
  const gradients = tape.join(pieces, 0);
  inputs.push(floats('parameters', [layout.parameterCount]));
  for (const mask of tape.masks) inputs.push(floats(mask.name, mask.dims));
  const outputs = ['loss', 'nextLogits'];
  tape.append('Identity', [loss], ['loss']);
  tape.append('Identity', [logits], ['nextLogits']);
  if (layout.statisticCount > 0) {
    inputs.push(floats('statistics', [layout.statisticCount]));
    outputs.push('nextStatistics');
    tape.append('Identity', [tape.join(tape.nextStatistics.map(flat), 0)], ['nextStatistics']);
  }
  return { tape, layout, gradients, inputs, outputs };
};

const finish = (
  tape: Tape,
  layout: Layout | undefined,
  inputs: readonly OnnxValue[],
  outputs: readonly string[],
): Uint8Array => {
  const before = layout
    ? [...unpack(tape, 'parameters', layout.parameters), ...unpack(tape, 'statistics', layout.statistics)]
    : [];
  return encodeOnnx({
    nodes: [...before, ...tape.nodes],
    initializers: tape.initializers,
    inputs,
    // Shapes of outputs are inferred at load; only their names and type matter here.
    outputs: outputs.map((name) => ({ name, type: 'float32', dims: undefined })),
    metadata: {},
  });
};

/** Forward and backward: -> "loss", "nextLogits", "nextStatistics", "gradients" (flat, in the layout's order). */
export const buildGradientStep = (options: TrainingOptions): TrainingGraph => {
  const { tape, layout, gradients, inputs, outputs } = recordGradients(options);
  tape.append('Identity', [gradients], ['gradients']);
  const all = [...outputs, 'gradients'];
  return { model: finish(tape, layout, inputs, all), layout, inputs, outputs: all, masks: tape.masks };
};

const updateInputs = (optimizer: Optimizer, count: number): OnnxValue[] => [
  ...optimizerState(optimizer).map((name) => floats(name, [count])),
  floats('average', [count]),
  ...SCALAR_INPUTS.map((name) => floats(name, [])),
];

const appendUpdate = (tape: Tape, gradients: Value, inputs: readonly OnnxValue[], options: UpdateOptions): string[] => {
  const values = Object.fromEntries(inputs.map(({ name, dims }) => [name, { name, dims: dims as number[] }]));
  const next = emitUpdate(tape, values, gradients, options);
  return Object.entries(next).map(([name, value]) => {
    const output = `next${name[0]!.toUpperCase()}${name.slice(1)}`;
    tape.append('Identity', [value], [output]);
    return output;
  });
};

/**
 * The update alone, for data-parallel training: "gradients" and the optimiser's state -> the next state.
 *
 * Every worker runs it on the same mean gradient, so no weights need to travel.
 */
export const buildUpdateStep = (options: UpdateOptions & { parameterCount: number }): Uint8Array => {
  const tape = new Tape('inference');
  const count = options.parameterCount;
  const gradients = floats('gradients', [count]);
  const inputs = [floats('parameters', [count]), gradients, ...updateInputs(options.optimizer, count)];
  const outputs = appendUpdate(tape, { name: 'gradients', dims: [count] }, inputs, options);
  return finish(tape, undefined, inputs, outputs);
};

/** The whole step in one graph (forward, gradients, update), for a device that keeps its state to itself (a GPU). */
export const buildTrainingStep = (
  options: TrainingOptions & { optimizer: Optimizer; clipNorm?: number },
): TrainingGraph => {
  const { tape, layout, gradients, inputs, outputs } = recordGradients(options);
  const all = [...inputs, ...updateInputs(options.optimizer, layout.parameterCount)];
  const names = appendUpdate(tape, gradients, all, { ...options, decayingCount: layout.decayingCount });
  const allOutputs = [...outputs, ...names];
  return { model: finish(tape, layout, all, allOutputs), layout, inputs: all, outputs: allOutputs, masks: tape.masks };
};
