/** Layers without spatial structure: dense, activations, dropout, and the joints between branches. */
import { elementCount, type Tape, type Value } from './tape.ts';

/** He's uniform initialisation: keeps the variance of ReLU activations from layer to layer (He et al. 2015). */
export const heUniform = (fanIn: number) => {
  const limit = Math.sqrt(6 / fanIn);
  return (random: { next(): number }): number => (random.next() * 2 - 1) * limit;
};

/** Reshapes without moving data. `dims[0]` 0 keeps the batch. */
export const reshape = (tape: Tape, x: Value, dims: readonly number[]): Value => {
  const y = tape.emit('Reshape', [x, tape.ints(dims)], dims);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (dy) tape.accumulate(x, tape.emit('Reshape', [dy, tape.ints(x.dims)], x.dims));
  });
  return y;
};

/** [batch, ...] -> [batch, features]. */
export const flatten = (tape: Tape, x: Value): Value => reshape(tape, x, [x.dims[0]!, elementCount(x.dims.slice(1))]);

/** Fully connected layer: [batch, in] -> [batch, units], x W^T + b. */
export const dense = (tape: Tape, x: Value, options: { name: string; units: number }): Value => {
  const [batch, features] = x.dims as [number, number];
  const { name, units } = options;
  const weight = tape.parameter({
    name: `${name}.weight`,
    dims: [units, features],
    decays: true,
    initialize: heUniform(features),
  });
  const bias = tape.parameter({ name: `${name}.bias`, dims: [units], decays: false, initialize: () => 0 });
  const y = tape.emit('Gemm', [x, weight, bias], [batch, units], { transB: 1 });
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    tape.accumulate(weight, tape.emit('Gemm', [dy, x], weight.dims, { transA: 1 }));
    tape.accumulate(bias, tape.emit('ReduceSum', [dy, tape.ints([0])], bias.dims, { keepdims: 0 }));
    if (tape.wantsGradient(x)) tape.accumulate(x, tape.emit('Gemm', [dy, weight], x.dims));
  });
  return y;
};

/** max(x, 0). The gradient at 0 is 0. */
export const relu = (tape: Tape, x: Value): Value => {
  const y = tape.emit('Relu', [x], x.dims);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const positive = tape.emit('Greater', [y, tape.float(0)], x.dims);
    tape.accumulate(x, tape.emit('Where', [positive, dy, tape.float(0)], x.dims));
  });
  return y;
};

/** 1 / (1 + e^-x). */
export const sigmoid = (tape: Tape, x: Value): Value => {
  const y = tape.emit('Sigmoid', [x], x.dims);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const slope = tape.emit('Mul', [y, tape.emit('Sub', [tape.float(1), y], x.dims)], x.dims);
    tape.accumulate(x, tape.emit('Mul', [dy, slope], x.dims));
  });
  return y;
};

/** Elementwise product of two values of the same shape. */
export const multiply = (tape: Tape, a: Value, b: Value): Value => {
  const y = tape.emit('Mul', [a, b], a.dims);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    tape.accumulate(a, tape.emit('Mul', [dy, b], a.dims));
    tape.accumulate(b, tape.emit('Mul', [dy, a], b.dims));
  });
  return y;
};

/** Elementwise sum of two values of the same shape: the residual joint (He et al. 2016). */
export const add = (tape: Tape, a: Value, b: Value): Value => {
  const y = tape.emit('Add', [a, b], a.dims);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    tape.accumulate(a, dy);
    tape.accumulate(b, dy);
  });
  return y;
};

/** Joins values along the channel axis (1). */
export const concat = (tape: Tape, parts: readonly Value[]): Value => {
  const y = tape.join(parts, 1);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    let start = 0;
    for (const part of parts) {
      const end = start + part.dims[1]!;
      tape.accumulate(part, sliceChannels(tape, dy, start, end, part.dims));
      start = end;
    }
  });
  return y;
};

const sliceChannels = (tape: Tape, x: Value, start: number, end: number, dims: readonly number[]): Value =>
  tape.emit('Slice', [x, tape.ints([start]), tape.ints([end]), tape.ints([1])], dims);

/** Channels [start, end) of a value [batch, channels, ...]. */
export const channels = (tape: Tape, x: Value, start: number, end: number): Value => {
  const dims = [...x.dims];
  dims[1] = end - start;
  const y = sliceChannels(tape, x, start, end, dims);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const before = x.dims.map((_, axis) => (axis === 1 ? start : 0));
    const after = x.dims.map((dim, axis) => (axis === 1 ? dim - end : 0));
    tape.accumulate(x, tape.emit('Pad', [dy, tape.ints([...before, ...after])], x.dims));
  });
  return y;
};

/** Gated linear unit: the first half of the channels times the sigmoid of the second (Dauphin et al. 2017). */
export const gatedLinearUnit = (tape: Tape, x: Value): Value => {
  const half = x.dims[1]! / 2;
  if (!Number.isInteger(half))
    throw new RangeError(`A gated linear unit needs an even channel count, not ${x.dims[1]}.`);
  return multiply(tape, channels(tape, x, 0, half), sigmoid(tape, channels(tape, x, half, 2 * half)));
};

/** Dropout (Srivastava et al. 2014), scaled while training so that inference needs nothing. */
export const dropout = (tape: Tape, x: Value, options: { name: string; rate: number }): Value => {
  if (!tape.training || options.rate === 0) return x;
  const mask = { name: `${options.name}.mask`, dims: x.dims, rate: options.rate };
  tape.masks.push(mask);
  tape.stopGradient(mask);
  return multiply(tape, x, mask);
};

/** (x - mean) / deviation with two constants: the first layer of a model that takes raw values. */
export const standardize = (tape: Tape, x: Value, options: { mean: number; deviation: number }): Value => {
  const centred = tape.emit('Sub', [x, tape.float(options.mean)], x.dims);
  const y = tape.emit('Mul', [centred, tape.float(1 / options.deviation)], x.dims);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (dy && tape.wantsGradient(x))
      tape.accumulate(x, tape.emit('Mul', [dy, tape.float(1 / options.deviation)], x.dims));
  });
  if (!tape.wantsGradient(x)) tape.stopGradient(y);
  return y;
};
