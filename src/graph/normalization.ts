/** Batch normalisation (Ioffe and Szegedy 2015): batch statistics in training, running ones in use. */
import type { Tape, Value } from './tape.ts';

export interface BatchNormOptions {
  readonly name: string;
  /** Added to the variance. @default 1e-3 */
  readonly epsilon?: number;
  /** How far the running statistics move towards each batch's. @default 0.1 */
  readonly momentum?: number;
  /** First value of the gain; 0 lets a residual branch begin as nothing (Goyal et al. 2017). @default 1 */
  readonly gain?: number;
}

/**
 * [batch, channels, ...] -> same shape, each channel with mean `offset` and deviation `gain`.
 *
 * The variance is the biased one, in training and in the running statistics (PyTorch keeps the unbiased one for use;
 * with thousands of numbers a channel the two differ by less than rounding).
 */
export const batchNorm = (tape: Tape, x: Value, options: BatchNormOptions): Value => {
  const { name, epsilon = 1e-3, momentum = 0.1, gain: firstGain = 1 } = options;
  const channelCount = x.dims[1]!;
  const perChannel = [channelCount];
  const gain = tape.parameter({ name: `${name}.gain`, dims: perChannel, decays: false, initialize: () => firstGain });
  const offset = tape.parameter({ name: `${name}.offset`, dims: perChannel, decays: false, initialize: () => 0 });
  const runningMean = tape.statistic({ name: `${name}.mean`, dims: perChannel, initial: 0 });
  const runningVariance = tape.statistic({ name: `${name}.variance`, dims: perChannel, initial: 1 });
  const affine = (values: readonly Value[]): Value =>
    tape.emit('BatchNormalization', values, x.dims, { epsilon: { float: epsilon } });
  if (!tape.training) return affine([x, gain, offset, runningMean, runningVariance]);

  const op = (name_: string, ...inputs: Value[]): Value => tape.emit(name_, inputs, perChannel);
  const reduceAxes = [0, ...x.dims.slice(2).map((_, i) => i + 2)];
  const count = x.dims.reduce((product, dim, axis) => (axis === 1 ? product : product * dim), 1);
  const sum = (value: Value): Value =>
    tape.emit('ReduceSum', [value, tape.ints(reduceAxes)], perChannel, { keepdims: 0 });
  const scale = tape.float(1 / count);

  const mean = op('Mul', sum(x), scale);
  const square = op('Mul', sum(tape.emit('Mul', [x, x], x.dims)), scale);
  const variance = op('Sub', square, op('Mul', mean, mean));
  const follow = (running: Value, batch: Value): void => {
    const step = op('Mul', op('Sub', batch, running), tape.float(momentum));
    tape.nextStatistics.push(op('Add', running, step));
  };
  follow(runningMean, mean);
  follow(runningVariance, variance);
  // The operator "for use" fed with batch statistics: one pass over the data instead of two.
  const y = affine([x, gain, offset, mean, variance]);

  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const inverse = op('Reciprocal', op('Sqrt', op('Add', variance, tape.float(epsilon))));
    const dOffset = sum(dy);
    const dyTimesX = sum(tape.emit('Mul', [dy, x], x.dims));
    const dGain = op('Mul', inverse, op('Sub', dyTimesX, op('Mul', mean, dOffset)));
    tape.accumulate(gain, dGain);
    tape.accumulate(offset, dOffset);
    if (!tape.wantsGradient(x)) return;
    // dx = dy * a + x * b + c with one number of each a channel.
    const a = op('Mul', gain, inverse);
    const b = op('Neg', op('Mul', op('Mul', a, inverse), op('Mul', dGain, scale)));
    const c = op('Neg', op('Add', op('Mul', op('Mul', a, dOffset), scale), op('Mul', b, mean)));
    const wide = (value: Value): Value => {
      const dims = [channelCount, ...x.dims.slice(2).map(() => 1)];
      return tape.emit('Reshape', [value, tape.ints(dims)], dims);
    };
    const direct = tape.emit('Mul', [dy, wide(a)], x.dims);
    const through = tape.emit('Add', [tape.emit('Mul', [x, wide(b)], x.dims), wide(c)], x.dims);
    tape.accumulate(x, tape.emit('Add', [direct, through], x.dims));
  });
  return y;
};
