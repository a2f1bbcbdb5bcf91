/** Pooling over windows that overlap: the pooling branch of an Inception block. */
import type { Tape, Value } from './tape.ts';

/** Below every value a network computes: what lies beyond the edge never is the largest. */
const NOTHING = -3e38;

/**
 * The largest value of the 3x3 window around each place, the size kept; beyond the edge there is nothing. Where several
 * places share the largest value, each gets the gradient.
 *
 * @param x [batch, channels, height, width]
 */
export const maxPoolAround = (tape: Tape, x: Value): Value => {
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const y = tape.emit('MaxPool', [x], x.dims, { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] });
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    const wideDims = [batch, channels, height + 2, width + 2];
    const wide = tape.emit('Pad', [x, tape.ints([0, 0, 1, 1, 0, 0, 1, 1]), tape.float(NOTHING)], wideDims);
    const cut = (value: Value, top: number, left: number): Value =>
      tape.emit(
        'Slice',
        [value, tape.ints([top, left]), tape.ints([top + height, left + width]), tape.ints([2, 3])],
        x.dims,
      );
    let sum: Value | undefined;
    for (let top = 0; top < 3; top++)
      for (let left = 0; left < 3; left++) {
        const isLargest = tape.emit('Equal', [cut(wide, top, left), y], x.dims);
        const own = tape.emit('Where', [isLargest, dy, tape.float(0)], x.dims);
        const back = tape.emit('Pad', [own, tape.ints([0, 0, top, left, 0, 0, 2 - top, 2 - left])], wideDims);
        sum = sum ? tape.emit('Add', [sum, back], wideDims) : back;
      }
    tape.accumulate(x, cut(sum!, 1, 1));
  });
  return y;
};
