/** Several views of one picture inside a model: mirrored, zoomed and shifted copies whose answers are averaged. */
import type { Network } from './build.ts';
import type { Tape, Value } from './tape.ts';

/** How a network is shown a picture. */
export interface View {
  /** Left and right exchanged. */
  readonly mirrored: boolean;
  /** Above 1 the middle of the picture fills the view. */
  readonly zoom: number;
  /** How far right of the middle the view looks, pixels of the picture. */
  readonly shiftX: number;
}

export const PLAIN_VIEW: View = { mirrored: false, zoom: 1, shiftX: 0 };

/**
 * The matrix [to, from] that samples a line of `from` pixels at `to` points by linear interpolation about pixel centres
 * (ONNX Resize's `half_pixel`); beyond an end the end's pixel goes on.
 */
export const samplingMatrix = (
  from: number,
  to: number,
  { mirrored = false, zoom = 1, shift = 0 }: { mirrored?: boolean; zoom?: number; shift?: number } = {},
): Float32Array => {
  const matrix = new Float32Array(to * from);
  const middle = (from - 1) / 2;
  for (let i = 0; i < to; i++) {
    const offset = ((i + 0.5) * from) / to - 0.5 - middle;
    const at = middle + shift + ((mirrored ? -1 : 1) * offset) / zoom;
    const clamped = Math.min(from - 1, Math.max(0, at));
    const low = Math.min(from - 2, Math.floor(clamped));
    matrix[i * from + low]! += 1 - (clamped - low);
    matrix[i * from + low + 1]! += clamped - low;
  }
  return matrix;
};

/** One view of pictures [batch, 1, height, width] -> [batch, 1, size, size]; it sends no gradient back. */
const see = (tape: Tape, x: Value, size: number, view: View): Value => {
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const rows = tape.floats(samplingMatrix(height, size, { zoom: view.zoom }), [size, height]);
  const across = samplingMatrix(width, size, { mirrored: view.mirrored, zoom: view.zoom, shift: view.shiftX });
  const columns = tape.floats(transpose(across, size, width), [width, size]);
  const tall = tape.emit('MatMul', [rows, x], [batch, channels, size, width]);
  return tape.emit('MatMul', [tall, columns], [batch, channels, size, size]);
};

const transpose = (matrix: Float32Array, rows: number, columns: number): Float32Array =>
  Float32Array.from({ length: matrix.length }, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);

/**
 * A network that looks at each picture through several views of `size` x `size` and gives the mean of their logits.
 * For models in use: it sends no gradient back. One plain view of the picture's own size is the network itself.
 */
export const withViews =
  (network: Network, size: number, views: readonly View[]): Network =>
  (tape, input) => {
    const [batch, , height, width] = input.dims as [number, number, number, number];
    const isPlain = views.length === 1 && JSON.stringify(views[0]) === JSON.stringify(PLAIN_VIEW);
    if (isPlain && size === height && size === width) return network(tape, input);
    tape.stopGradient(input);
    const seen = views.map((view) => see(tape, input, size, view));
    const count = views.length;
    const all = tape.emit('Concat', seen, [count * batch, ...seen[0]!.dims.slice(1)], { axis: 0 });
    const { logits } = network(tape, all);
    const classes = logits.dims[1]!;
    const apart = tape.emit('Reshape', [logits, tape.ints([count, -1, classes])], [count, batch, classes]);
    return { logits: tape.emit('ReduceMean', [apart], [batch, classes], { axes: [0], keepdims: 0 }) };
  };
