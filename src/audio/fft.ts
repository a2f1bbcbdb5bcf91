/** Fourier transform of real numbers, sizes that are powers of two. */
import { InvalidInputError } from '../base/errors.ts';

export interface RealFft {
  readonly size: number;
  /**
   * X[k] = sum over n of input[n] * exp(-2 pi i k n / size), for k from 0 to size / 2 (the rest mirrors it).
   * Allocates nothing.
   *
   * @param input length `size`, left as it is
   * @param real, imaginary length size / 2 + 1, written
   */
  forward(input: ArrayLike<number>, real: Float64Array, imaginary: Float64Array): void;
}

/** exp(-2 pi i k / size), k from 0 to count - 1. */
const createTwiddles = (size: number, count: number): { cos: Float64Array; sin: Float64Array } => ({
  cos: Float64Array.from({ length: count }, (_, k) => Math.cos((2 * Math.PI * k) / size)),
  sin: Float64Array.from({ length: count }, (_, k) => -Math.sin((2 * Math.PI * k) / size)),
});

const reverseBits = (size: number): Uint32Array => {
  const places = new Uint32Array(size);
  for (let i = 1; i < size; i++) places[i] = (places[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
  return places;
};

/**
 * Makes the tables for one size; the transform itself is `forward`.
 *
 * @throws {InvalidInputError} `fft/size`: not a power of two from 4 to 2^20.
 * @see Press et al., Numerical Recipes, 12.3: the real transform from a complex one of half the size.
 */
export const createRealFft = (size: number): RealFft => {
  if (!Number.isInteger(Math.log2(size)) || size < 4 || size > 2 ** 20)
    throw new InvalidInputError(
      'fft/size',
      `A Fourier transform of ${size} points: give a power of two, 4 to 1048576.`,
    );
  const half = size / 2;
  const places = reverseBits(half);
  const { cos, sin } = createTwiddles(half, half / 2 || 1);
  const turn = createTwiddles(size, half / 2 + 1);
  const re = new Float64Array(half);
  const im = new Float64Array(half);

  const transformHalf = (): void => {
    for (let span = 1, stride = half / 2; span < half; span *= 2, stride /= 2) {
      for (let k = 0, at = 0; k < span; k++, at += stride) {
        const c = cos[at]!;
        const s = sin[at]!;
        for (let a = k; a < half; a += 2 * span) {
          const b = a + span;
          const x = re[b]! * c - im[b]! * s;
          const y = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a] = re[a]! + x;
          im[a] = im[a]! + y;
        }
      }
    }
  };

  const forward = (input: ArrayLike<number>, real: Float64Array, imaginary: Float64Array): void => {
    for (let i = 0; i < half; i++) {
      const from = 2 * places[i]!;
      re[i] = input[from]!;
      im[i] = input[from + 1]!;
    }
    transformHalf();
    real[0] = re[0]! + im[0]!;
    imaginary[0] = 0;
    real[half] = re[0]! - im[0]!;
    imaginary[half] = 0;
    for (let k = 1; k <= half / 2; k++) {
      const m = half - k;
      const evenRe = (re[k]! + re[m]!) / 2;
      const evenIm = (im[k]! - im[m]!) / 2;
      const oddRe = (im[k]! + im[m]!) / 2;
      const oddIm = (re[m]! - re[k]!) / 2;
      const x = oddRe * turn.cos[k]! - oddIm * turn.sin[k]!;
      const y = oddRe * turn.sin[k]! + oddIm * turn.cos[k]!;
      real[k] = evenRe + x;
      imaginary[k] = evenIm + y;
      real[m] = evenRe - x;
      imaginary[m] = y - evenIm;
    }
  };
  return { size, forward };
};
