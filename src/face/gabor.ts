/** Gabor features: how strongly lines of each direction and width show at each place of a face. */
import { InvalidInputError } from '../base/errors.ts';
import { checkGray, type GrayImage } from './image.ts';

export interface GaborOptions {
  /** Distances from light line to light line, px, each above 2. @default [3, 4.24, 6, 8.49, 12] */
  readonly wavelengths?: readonly number[];
  /** Directions, evenly spaced over half a turn. @default 8 */
  readonly orientations?: number;
  /** The answers are read at points x points places, evenly spaced. @default 8 */
  readonly points?: number;
}

/** One octave of bandwidth: the Gaussian's deviation is this share of the wavelength. */
const DEVIATION = 0.56;
/** Beyond so many deviations a Gaussian counts for nothing. */
const REACH = 3;

/** A wavelet as products of one function along x and one along y. */
interface Wavelet {
  readonly cosX: Float64Array;
  readonly sinX: Float64Array;
  readonly cosY: Float64Array;
  readonly sinY: Float64Array;
  /** What plain light of level 1 would answer, were it not taken out. */
  readonly constant: number;
}

interface Scale {
  readonly envelope: Float64Array;
  readonly wavelets: readonly Wavelet[];
}

const sumOf = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

const makeScale = (wavelength: number, orientations: number): Scale => {
  const deviation = DEVIATION * wavelength;
  const reach = Math.ceil(REACH * deviation);
  const bell = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)),
  );
  const sum = sumOf(bell);
  const envelope = bell.map((value) => value / sum);
  const wavelets = Array.from({ length: orientations }, (_, turn) => {
    const angle = (Math.PI * turn) / orientations;
    const wave = (part: (phase: number) => number, share: number): Float64Array =>
      envelope.map((value, i) => value * part((2 * Math.PI * share * (i - reach)) / wavelength));
    const cosX = wave(Math.cos, Math.cos(angle));
    const cosY = wave(Math.cos, Math.sin(angle));
    const [sinX, sinY] = [wave(Math.sin, Math.cos(angle)), wave(Math.sin, Math.sin(angle))];
    // Sines add up to 0 by symmetry, so only the cosines answer to plain light.
    return { cosX, sinX, cosY, sinY, constant: sumOf(cosX) * sumOf(cosY) };
  });
  return { envelope, wavelets };
};

/**
 * A function from pictures to the sizes of the answers of Gabor wavelets. A wavelet of wavelength L and direction a is a
 * Gaussian of deviation 0.56 L and sum 1 (cut off at 3 deviations) times exp(2 pi i (x cos a + y sin a) / L), less as much of
 * the Gaussian as makes its sum 0: plain light gives no answer. Beyond the edge the outermost pixel continues.
 *
 * A round Gaussian makes each wavelet a product of one along x and one along y, so a row and a column pass do.
 *
 * @returns image -> [wavelengths, orientations, points, points], in levels
 * @throws {InvalidInputError} `photo/setting`: a wavelength is not above 2 px, or a count no whole number of at least 1; the
 *   function: `photo/shape` where the array does not fit the picture's size.
 * @see Lyons, Akamatsu, Kamachi, Gyoba, Coding facial expressions with Gabor wavelets (1998).
 */
export const createGaborBank = ({
  wavelengths = [3, 4.24, 6, 8.49, 12],
  orientations = 8,
  points = 8,
}: GaborOptions = {}): ((image: GrayImage) => Float32Array) => {
  for (const count of [orientations, points])
    if (!(Number.isInteger(count) && count >= 1))
      throw new InvalidInputError('photo/setting', `${count} directions or points: give a whole number from 1.`);
  const wrong = wavelengths.find((wavelength) => !(wavelength > 2 && wavelength < Number.POSITIVE_INFINITY));
  if (wrong !== undefined)
    throw new InvalidInputError(
      'photo/setting',
      `A wavelength of ${wrong} px: pixels cannot show one of 2 px or less.`,
    );
  const scales = wavelengths.map((wavelength) => makeScale(wavelength, orientations));

  return (image) => {
    checkGray(image);
    const out = new Float32Array(scales.length * orientations * points * points);
    let at = 0;
    for (const { envelope, wavelets } of scales) {
      const read = openPasses(image, points, (envelope.length - 1) / 2);
      const blurred = read.columns(read.rows(envelope), envelope);
      for (const { cosX, sinX, cosY, sinY, constant } of wavelets) {
        const [rowsCos, rowsSin] = [read.rows(cosX), read.rows(sinX)];
        const realCos = read.columns(rowsCos, cosY);
        const realSin = read.columns(rowsSin, sinY);
        const imaginaryCos = read.columns(rowsCos, sinY);
        const imaginarySin = read.columns(rowsSin, cosY);
        for (let i = 0; i < blurred.length; i++) {
          const real = realCos[i]! - realSin[i]! - constant * blurred[i]!;
          const imaginary = imaginaryCos[i]! + imaginarySin[i]!;
          out[at++] = Math.sqrt(real * real + imaginary * imaginary);
        }
      }
    }
    return out;
  };
};

/** The two passes over a picture continued by `reach` pixels beyond each edge, read at points x points places. */
const openPasses = ({ width, height, data }: GrayImage, points: number, reach: number) => {
  const [wide, high] = [width + 2 * reach, height + 2 * reach];
  const padded = new Float64Array(wide * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < wide; x++)
      padded[y * wide + x] = data[y * width + Math.min(width - 1, Math.max(0, x - reach))]!;
  // A place's window begins `reach` before it, which is at the place itself once the picture is continued by `reach`.
  const columnsAt = Int32Array.from({ length: points }, (_, i) => Math.floor(((i + 0.5) * width) / points));
  const rowsAt = Int32Array.from({ length: points }, (_, i) => Math.floor(((i + 0.5) * height) / points));
  return {
    /** [points, high]: along x at each wanted column, for all rows, continued at both ends. */
    rows: (kernel: Float64Array): Float64Array => {
      const out = new Float64Array(points * high);
      for (let point = 0; point < points; point++) {
        for (let y = 0; y < height; y++) {
          const start = y * wide + columnsAt[point]!;
          let sum = 0;
          for (let i = 0; i < kernel.length; i++) sum += kernel[i]! * padded[start + i]!;
          out[point * high + reach + y] = sum;
        }
        const [first, last] = [out[point * high + reach]!, out[point * high + reach + height - 1]!];
        out.fill(first, point * high, point * high + reach);
        out.fill(last, point * high + reach + height, (point + 1) * high);
      }
      return out;
    },
    /** [points, points], row-major: along y at each wanted row. */
    columns: (rows: Float64Array, kernel: Float64Array): Float64Array => {
      const out = new Float64Array(points * points);
      for (let row = 0; row < points; row++)
        for (let point = 0; point < points; point++) {
          const start = point * high + rowsAt[row]!;
          let sum = 0;
          for (let i = 0; i < kernel.length; i++) sum += kernel[i]! * rows[start + i]!;
          out[row * points + point] = sum;
        }
      return out;
    },
  };
};
