/** Several views of one picture inside a model: whole, cropped and mirrored copies whose answers are averaged. */
import type { Network } from './build.ts';
import type { Tape, Value } from './tape.ts';

/** Which part of a picture a network is shown, and whether left and right are exchanged. */
export interface View {
  /** Side of the square that is cut out, pixels of the picture. */
  readonly side: number;
  /** Left edge of that square, pixels; it lies in the middle from top to bottom. */
  readonly left: number;
  readonly mirrored: boolean;
}

/** A whole square picture as it is. */
export const wholeView = (side: number): View => ({ side, left: 0, mirrored: false });

/** One view of pictures [batch, 1, side, side] -> [batch, 1, size, size]; it sends no gradient back. */
const see = (tape: Tape, picture: Value, size: number, { side, left, mirrored }: View): Value => {
  const [batch, channels, height] = picture.dims as [number, number, number];
  let x = picture;
  const slice = (from: number[], to: number[], axes: number[], steps: number[]): Value =>
    tape.emit(
      'Slice',
      [x, tape.ints(from), tape.ints(to), tape.ints(axes), tape.ints(steps)],
      [batch, channels, side, side],
    );
  if (side < height) {
    const top = Math.floor((height - side) / 2);
    x = slice([top, left], [top + side, left + side], [2, 3], [1, 1]);
  }
  // From the last column to before the first, backwards.
  if (mirrored) x = slice([side - 1], [-side - 1], [3], [-1]);
  return side === size ? x : resize(tape, x, size);
};

/** Linear interpolation about pixel centres. */
const resize = (tape: Tape, x: Value, size: number): Value => {
  const [batch, channels, height] = x.dims as [number, number, number];
  // A hair more than the ratio: rounded to 32 bits, 36 / 44 of 44 pixels is otherwise 35.
  const scale = (size / height) * (1 + 5e-7);
  const scales = tape.floats(Float32Array.of(1, 1, scale, scale), [4]);
  return tape.emit('Resize', [x, '', scales], [batch, channels, size, size], {
    mode: 'linear',
    coordinate_transformation_mode: 'half_pixel',
  });
};

/**
 * A network that looks at each square picture through several views of `size` x `size` and gives the mean of their
 * logits. For models in use: it sends no gradient back. One whole view of the picture's own size is the network itself.
 */
export const withViews =
  (network: Network, size: number, views: readonly View[]): Network =>
  (tape, input) => {
    const [batch] = input.dims as [number];
    tape.stopGradient(input);
    const seen = views.map((view) => see(tape, input, size, view));
    const { logits } = network(tape, tape.join(seen, 0));
    if (views.length === 1) return { logits };
    const count = views.length;
    const classes = logits.dims[1]!;
    const apart = tape.emit('Reshape', [logits, tape.ints([count, -1, classes])], [count, batch, classes]);
    return { logits: tape.emit('ReduceMean', [apart], [batch, classes], { axes: [0], keepdims: 0 }) };
  };
