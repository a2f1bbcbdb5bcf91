/** Histogram equalisation inside a model: what src/face/preprocess.ts does to a picture, for each picture of a batch. */
import type { Tape, Value } from './tape.ts';

const LEVELS = 256;

/**
 * Pictures [batch, 1, side, side], 0..255, with their levels spread evenly over 0..255; it sends no gradient back. A picture of
 * one level stays as it is. In 32 bits, where `equalizeHistogram` has 64: a pixel may differ by one level at a tie.
 */
export const equalized = (tape: Tape, pictures: Value): Value => {
  const [batch, , height, width] = pictures.dims as [number, number, number, number];
  const count = height * width;
  const rows = [batch, count];
  const clipped = tape.emit('Clip', [pictures, tape.float(0), tape.float(LEVELS - 1)], pictures.dims);
  const levels = tape.emit('Round', [tape.emit('Reshape', [clipped, tape.ints([-1, count])], rows)], rows);
  const places = tape.emit('Cast', [levels], rows, { to: 7 });
  const size = tape.emit(
    'Concat',
    [tape.emit('Shape', [levels], [1], { start: 0, end: 1 }), tape.ints([LEVELS])],
    [2],
    {
      axis: 0,
    },
  );
  const table = [batch, LEVELS];
  const empty = tape.emit('Expand', [tape.float(0), size], table);
  // One for each pixel, where its level stands.
  const ones = tape.emit('Expand', [tape.float(1), tape.emit('Shape', [levels], [2])], rows);
  const histogram = tape.emit('ScatterElements', [empty, places, ones], table, { axis: 1, reduction: 'add' });
  const upTo = tape.emit('CumSum', [histogram, tape.ints([1])], table);
  const atOrBelow = tape.emit('GatherElements', [upTo, places], rows, { axis: 1 });
  const darkest = tape.emit('ReduceMin', [atOrBelow], [batch, 1], { axes: [1], keepdims: 1 });
  const others = tape.emit('Sub', [tape.float(count), darkest], [batch, 1]);
  const above = tape.emit('Mul', [tape.emit('Sub', [atOrBelow, darkest], rows), tape.float(LEVELS - 1)], rows);
  const divisor = tape.emit('Max', [others, tape.float(1)], [batch, 1]);
  const spread = tape.emit('Round', [tape.emit('Div', [above, divisor], rows)], rows);
  const varied = tape.emit('Greater', [others, tape.float(0)], [batch, 1]);
  const chosen = tape.emit('Where', [varied, spread, levels], rows);
  const back = tape.emit('Reshape', [chosen, tape.ints([-1, 1, height, width])], pictures.dims);
  tape.stopGradient(back);
  return back;
};
