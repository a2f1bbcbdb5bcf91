/** Convolutions in one, two and three dimensions, with gradients built from fast standard operators. */
import { heUniform } from './basic-layers.ts';
import { elementCount, type Tape, type Value } from './tape.ts';

export interface ConvolutionOptions {
  readonly name: string;
  /** Output channels. */
  readonly filters: number;
  /** Kernel size, the same along every axis, or one size an axis. */
  readonly kernel: number | readonly number[];
  /** @default 1 */
  readonly stride?: number | readonly number[];
  /** Zeros added on both sides of every axis. @default 0 */
  readonly padding?: number | readonly number[];
  /** Input and output channels are split into this many independent groups. @default 1 */
  readonly groups?: number;
  /** @default true */
  readonly bias?: boolean;
}

/** Everything the two gradients need to know, resolved once. */
interface Geometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly inSize: readonly number[];
  readonly outSize: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  /** Axis numbers of the spatial axes: 2, 3, ... */
  readonly axes: readonly number[];
}

/** An input narrower than this many numbers per output (channels x kernel) is unfolded whole for its weight gradient. */
const UNFOLD_LIMIT = 64;

/**
 * Where the input has this many times the output's pixels, a convolution back to it would multiply mostly zeros: a transposed
 * one takes over, which made steps of `table1-7x7` 17 % quicker.
 */
const TRANSPOSE_LIMIT = 1.5;

const perAxis = (value: number | readonly number[], rank: number): readonly number[] =>
  typeof value === 'number' ? new Array<number>(rank).fill(value) : value;

const geometryOf = (x: Value, options: ConvolutionOptions, rank: number): Geometry => {
  const [batch, inChannels, ...inSize] = x.dims as [number, number, ...number[]];
  if (inSize.length !== rank)
    throw new RangeError(`${options.name}: a ${rank}-D convolution takes ${rank + 2} axes, not [${x.dims}].`);
  const { filters: outChannels, groups = 1 } = options;
  if (inChannels % groups || outChannels % groups)
    throw new RangeError(
      `${options.name}: ${inChannels} and ${outChannels} channels do not split into ${groups} groups.`,
    );
  const kernel = perAxis(options.kernel, rank);
  const stride = perAxis(options.stride ?? 1, rank);
  const padding = perAxis(options.padding ?? 0, rank);
  const outSize = inSize.map((size, i) => Math.floor((size + 2 * padding[i]! - kernel[i]!) / stride[i]!) + 1);
  if (outSize.some((size) => size < 1))
    throw new RangeError(`${options.name}: a kernel of ${kernel} does not fit into ${inSize} with padding ${padding}.`);
  const axes = inSize.map((_, i) => i + 2);
  return { batch, inChannels, outChannels, groups, inSize, outSize, kernel, stride, padding, axes };
};

const convolution = (tape: Tape, x: Value, options: ConvolutionOptions, rank: number): Value => {
  const geometry = geometryOf(x, options, rank);
  const { batch, inChannels, outChannels, groups, outSize, kernel, stride, padding } = geometry;
  const fanIn = (inChannels / groups) * elementCount(kernel);
  const weight = tape.parameter({
    name: `${options.name}.weight`,
    dims: [outChannels, inChannels / groups, ...kernel],
    decays: true,
    initialize: heUniform(fanIn),
  });
  const inputs = [x, weight];
  const hasBias = options.bias ?? true;
  const bias = { name: `${options.name}.bias`, dims: [outChannels], decays: false, initialize: () => 0 };
  if (hasBias) inputs.push(tape.parameter(bias));
  const attributes = { kernel_shape: kernel, strides: stride, pads: [...padding, ...padding], group: groups };
  const y = tape.emit('Conv', inputs, [batch, outChannels, ...outSize], attributes);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    if (hasBias) {
      const axes = tape.ints([0, ...geometry.axes]);
      tape.accumulate(bias, tape.emit('ReduceSum', [dy, axes], bias.dims, { keepdims: 0 }));
    }
    tape.accumulate(weight, weightGradient(tape, x, dy, weight, geometry));
    if (tape.wantsGradient(x)) tape.accumulate(x, inputGradient(tape, x, dy, weight, geometry));
  });
  return y;
};

/** Swaps batch and channels: [a, b, ...] -> [b, a, ...]. */
const swapFirstAxes = (tape: Tape, x: Value): Value => {
  const [a, b, ...rest] = x.dims as [number, number, ...number[]];
  return tape.emit('Transpose', [x], [b, a, ...rest], { perm: [1, 0, ...rest.map((_, i) => i + 2)] });
};

/** Every position of the kernel, in row-major order. */
const kernelPositions = (kernel: readonly number[]): number[][] =>
  kernel.reduce<number[][]>(
    (heads, size) => heads.flatMap((head) => [...Array(size).keys()].map((i) => [...head, i])),
    [[]],
  );

/**
 * One matrix product for each kernel position: the output gradient against the input shifted to that position.
 * Faster than a convolution over the swapped axes, whose kernel would be as large as the picture.
 */
const weightGradient = (tape: Tape, x: Value, dy: Value, weight: Value, geometry: Geometry): Value => {
  const { batch, inChannels, outChannels, groups, outSize, kernel, stride, padding, axes } = geometry;
  const taps = kernelPositions(kernel);
  const samples = batch * elementCount(outSize);
  let source = swapFirstAxes(tape, x);
  if (padding.some((size) => size > 0)) {
    const dims = [inChannels, batch, ...geometry.inSize.map((size, i) => size + 2 * padding[i]!)];
    source = tape.emit('Pad', [source, tape.ints([0, 0, ...padding, 0, 0, ...padding])], dims);
  }
  const shifted = taps.map((tap) => {
    const starts = tape.ints(tap);
    const ends = tape.ints(tap.map((start, i) => start + (outSize[i]! - 1) * stride[i]! + 1));
    const whole = taps.length === 1 && stride.every((step) => step === 1);
    const dims = [inChannels, batch, ...outSize];
    const part = whole ? source : tape.emit('Slice', [source, starts, ends, tape.ints(axes), tape.ints(stride)], dims);
    return tape.emit('Reshape', [part, tape.ints([inChannels, samples])], [inChannels, samples]);
  });
  const outputs = tape.emit(
    'Reshape',
    [swapFirstAxes(tape, dy), tape.ints([outChannels, samples])],
    [outChannels, samples],
  );

  const perGroupIn = inChannels / groups;
  const perGroupOut = outChannels / groups;
  const product = (a: Value, b: Value): Value => tape.emit('Gemm', [a, b], [a.dims[0]!, b.dims[0]!], { transB: 1 });
  const rows = (value: Value, start: number, count: number): Value =>
    groups === 1
      ? value
      : tape.emit('Slice', [value, tape.ints([start]), tape.ints([start + count]), tape.ints([0])], [count, samples]);

  if (groups === 1 && perGroupIn * taps.length <= UNFOLD_LIMIT) {
    const unfolded = tape.join(shifted, 0);
    const joined = product(outputs, unfolded);
    const byTap = tape.emit(
      'Reshape',
      [joined, tape.ints([outChannels, taps.length, inChannels])],
      [outChannels, taps.length, inChannels],
    );
    const byChannel = tape.emit('Transpose', [byTap], [outChannels, inChannels, taps.length], { perm: [0, 2, 1] });
    return tape.emit('Reshape', [byChannel, tape.ints(weight.dims)], weight.dims);
  }
  const byTap = shifted.map((part) => {
    const dims = [outChannels, perGroupIn, 1];
    if (perGroupIn === 1 && perGroupOut === 1) {
      const weighted = tape.emit('Mul', [outputs, part], outputs.dims);
      const sum = tape.emit('ReduceSum', [weighted, tape.ints([1])], [outChannels, 1], { keepdims: 1 });
      return tape.emit('Reshape', [sum, tape.ints(dims)], dims);
    }
    const parts = [...Array(groups).keys()].map((group) =>
      product(rows(outputs, group * perGroupOut, perGroupOut), rows(part, group * perGroupIn, perGroupIn)),
    );
    return tape.emit('Reshape', [tape.join(parts, 0), tape.ints(dims)], dims);
  });
  return tape.emit('Reshape', [tape.join(byTap, 2), tape.ints(weight.dims)], weight.dims);
};

/** Stride 1: a convolution of the output gradient with the flipped kernel. Else: a transposed convolution. */
const inputGradient = (tape: Tape, x: Value, dy: Value, weight: Value, geometry: Geometry): Value => {
  const { inChannels, outChannels, groups, inSize, outSize, kernel, stride, padding, axes } = geometry;
  const isPlain = groups === 1 && stride.every((step) => step === 1) && padding.every((size, i) => size < kernel[i]!);
  if (isPlain && elementCount(inSize) <= TRANSPOSE_LIMIT * elementCount(outSize)) {
    const swapped = tape.emit('Transpose', [weight], [inChannels, outChannels, ...kernel], {
      perm: [1, 0, ...axes],
    });
    const last = tape.ints(axes.map(() => -1));
    // Past the first element going backwards; any number below -size means "to the start".
    const beyond = tape.ints(axes.map(() => -(2 ** 31)));
    const flipped =
      elementCount(kernel) === 1
        ? swapped
        : tape.emit('Slice', [swapped, last, beyond, tape.ints(axes), last], swapped.dims);
    const pads = kernel.map((size, i) => size - 1 - padding[i]!);
    return tape.emit('Conv', [dy, flipped], x.dims, { kernel_shape: kernel, pads: [...pads, ...pads] });
  }
  const rest = inSize.map((size, i) => size - ((outSize[i]! - 1) * stride[i]! + kernel[i]! - 2 * padding[i]!));
  return tape.emit('ConvTranspose', [dy, weight], x.dims, {
    kernel_shape: kernel,
    strides: stride,
    pads: [...padding, ...padding],
    output_padding: rest,
    group: groups,
  });
};

/** [batch, channels, length] -> [batch, filters, outLength]. */
export const conv1d = (tape: Tape, x: Value, options: ConvolutionOptions): Value => convolution(tape, x, options, 1);

/** [batch, channels, height, width] -> [batch, filters, outHeight, outWidth]. */
export const conv2d = (tape: Tape, x: Value, options: ConvolutionOptions): Value => convolution(tape, x, options, 2);

/** [batch, channels, depth, height, width] -> [batch, filters, outDepth, outHeight, outWidth]. */
export const conv3d = (tape: Tape, x: Value, options: ConvolutionOptions): Value => convolution(tape, x, options, 3);
