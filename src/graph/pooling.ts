/** Pooling: the largest or the mean value of windows, or of whole channels. */
import { elementCount, type Tape, type Value } from './tape.ts';

const windowed = (tape: Tape, op: string, x: Value, size: number): { y: Value; split: number[]; kept: number[] } => {
  const [batch, channelCount, ...space] = x.dims as [number, number, ...number[]];
  if (space.some((length) => length % size))
    throw new RangeError(`Pooling by ${size} needs sizes that divide by ${size}, not ${space}.`);
  const outSize = space.map((length) => length / size);
  const kernel = space.map(() => size);
  const y = tape.emit(op, [x], [batch, channelCount, ...outSize], { kernel_shape: kernel, strides: kernel });
  return {
    y,
    split: [batch, channelCount, ...outSize.flatMap((length) => [length, size])],
    kept: [batch, channelCount, ...outSize.flatMap((length) => [length, 1])],
  };
};

/** The largest value of each window of `size` along every axis. Where several share it, each gets the gradient. */
export const maxPool = (tape: Tape, x: Value, size: number): Value => {
  const { y, split, kept } = windowed(tape, 'MaxPool', x, size);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const as = (value: Value, dims: number[]): Value => tape.emit('Reshape', [value, tape.ints(dims)], dims);
    const isLargest = tape.emit('Equal', [as(x, split), as(y, kept)], split);
    const spread = tape.emit('Where', [isLargest, as(dy, kept), tape.float(0)], split);
    tape.accumulate(x, as(spread, [...x.dims]));
  });
  return y;
};

/** The mean of each window of `size` along every axis. */
export const averagePool = (tape: Tape, x: Value, size: number): Value => {
  const { y, split, kept } = windowed(tape, 'AveragePool', x, size);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const share = tape.emit('Mul', [dy, tape.float(1 / size ** (x.dims.length - 2))], dy.dims);
    const narrow = tape.emit('Reshape', [share, tape.ints(kept)], kept);
    const spread = tape.emit('Expand', [narrow, tape.ints(split)], split);
    tape.accumulate(x, tape.emit('Reshape', [spread, tape.ints(x.dims)], x.dims));
  });
  return y;
};

const onesPerAxis = (x: Value): number[] => [x.dims[0]!, x.dims[1]!, ...x.dims.slice(2).map(() => 1)];

/** The mean of each channel: [batch, channels, ...] -> [batch, channels]. */
export const globalAveragePool = (tape: Tape, x: Value): Value => {
  const wide = onesPerAxis(x);
  const pooled = tape.emit('GlobalAveragePool', [x], wide);
  const y = tape.emit('Flatten', [pooled], [x.dims[0]!, x.dims[1]!], { axis: 1 });
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const share = tape.emit('Mul', [dy, tape.float(1 / elementCount(x.dims.slice(2)))], dy.dims);
    const narrow = tape.emit('Reshape', [share, tape.ints(wide)], wide);
    tape.accumulate(x, tape.emit('Expand', [narrow, tape.ints(x.dims)], x.dims));
  });
  return y;
};

/** The largest value of each channel: [batch, channels, ...] -> [batch, channels]. Ties share the gradient each. */
export const globalMaxPool = (tape: Tape, x: Value): Value => {
  const wide = onesPerAxis(x);
  const pooled = tape.emit('GlobalMaxPool', [x], wide);
  const y = tape.emit('Flatten', [pooled], [x.dims[0]!, x.dims[1]!], { axis: 1 });
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const isLargest = tape.emit('Equal', [x, pooled], x.dims);
    const narrow = tape.emit('Reshape', [dy, tape.ints(wide)], wide);
    tape.accumulate(x, tape.emit('Where', [isLargest, narrow, tape.float(0)], x.dims));
  });
  return y;
};
