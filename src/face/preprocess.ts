/** The image preprocessing the first paper lists (row P1): six pure functions from gray picture to gray picture. */
import { InvalidInputError } from '../base/errors.ts';
import { checkGray, type GrayImage } from './image.ts';

const clampLevel = (value: number): number => Math.min(255, Math.max(0, value));

/** To the nearest whole number, halves to the even one, as OpenCV's cvRound does. */
const roundHalfEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
};

/**
 * Histogram equalisation over 256 levels: the darkest level becomes 0, the share of darker pixels decides the rest.
 * A picture of one level stays as it is. Values are rounded to whole levels first.
 *
 * @throws {InvalidInputError} `photo/shape`: the array does not hold width * height pixels.
 * @see OpenCV `equalizeHist`, the convention followed.
 */
export const equalizeHistogram = (image: GrayImage): GrayImage => {
  checkGray(image);
  const levels = Uint8Array.from(image.data, (value) => roundHalfEven(clampLevel(value)));
  const histogram = new Uint32Array(256);
  for (const level of levels) histogram[level] = histogram[level]! + 1;
  const darkest = histogram.findIndex((count) => count > 0);
  const others = levels.length - histogram[darkest]!;
  if (others === 0) return { ...image, data: Float32Array.from(levels) };
  const newLevels = new Float32Array(256);
  for (let level = darkest + 1, below = 0; level < 256; level++) {
    below += histogram[level]!;
    newLevels[level] = roundHalfEven((below * 255) / others);
  }
  return { ...image, data: Float32Array.from(levels, (level) => newLevels[level]!) };
};

/**
 * Each pixel becomes the median of the `size` x `size` pixels around it; beyond the edge the outermost pixel continues.
 *
 * @param size odd, at least 1, px. @default 3
 * @throws {InvalidInputError} `photo/setting`: `size` is even, below 1 or no whole number.
 * @see OpenCV `medianBlur`, scipy `ndimage.median_filter(mode='nearest')`: the same.
 */
export const medianFilter = (image: GrayImage, size = 3): GrayImage => {
  checkGray(image);
  if (!Number.isInteger(size) || size < 1 || size % 2 === 0)
    throw new InvalidInputError('photo/setting', `The median filter's size is ${size} px: give an odd number from 1.`);
  const { width, height, data } = image;
  const reach = (size - 1) / 2;
  const window = new Float32Array(size * size);
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let count = 0;
      for (let dy = -reach; dy <= reach; dy++) {
        const row = Math.min(height - 1, Math.max(0, y + dy)) * width;
        for (let dx = -reach; dx <= reach; dx++)
          window[count++] = data[row + Math.min(width - 1, Math.max(0, x + dx))]!;
      }
      out[y * width + x] = window.sort()[(count - 1) / 2]!;
    }
  return { ...image, data: out };
};

export interface StretchGrayOptions {
  /** Percentile of the levels that becomes 0, 0..100. @default 0 */
  readonly lowPercent?: number;
  /** Percentile of the levels that becomes 255, 0..100. @default 100 */
  readonly highPercent?: number;
}

/** The value below which `percent` of the sorted values lie, interpolated linearly as NumPy's `percentile` does. */
const percentile = (sorted: Float32Array, percent: number): number => {
  const place = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - low);
};

/**
 * Gray stretching: levels between two percentiles are spread linearly over 0..255, levels beyond them cut off. A
 * picture of one level stays as it is.
 *
 * @throws {InvalidInputError} `photo/setting`: not 0 <= lowPercent < highPercent <= 100.
 * @see scikit-image `exposure.rescale_intensity` with percentiles as `in_range`: the same.
 */
export const stretchGray = (
  image: GrayImage,
  { lowPercent = 0, highPercent = 100 }: StretchGrayOptions = {},
): GrayImage => {
  checkGray(image);
  if (!(lowPercent >= 0 && lowPercent < highPercent && highPercent <= 100))
    throw new InvalidInputError(
      'photo/setting',
      `Gray stretching from percentile ${lowPercent} to ${highPercent}: give 0 <= lowPercent < highPercent <= 100.`,
    );
  const sorted = image.data.slice().sort();
  const low = percentile(sorted, lowPercent);
  const range = percentile(sorted, highPercent) - low;
  if (range === 0) return { ...image, data: image.data.slice() };
  return { ...image, data: image.data.map((value) => clampLevel(((value - low) * 255) / range)) };
};

export interface HomomorphicFilterOptions {
  /** Gain of what changes slowly: the light. @default 0.5 */
  readonly lowGain?: number;
  /** Gain of what changes fast: the surface. @default 1.5 */
  readonly highGain?: number;
  /** Where one passes into the other, in cycles per picture. @default 10 */
  readonly cutoff?: number;
}

/**
 * Homomorphic filter: light times surface becomes a sum by the logarithm, then slow changes are damped and fast ones
 * raised: H(u, v) = (highGain - lowGain) (1 - exp(-(u^2 + v^2) / cutoff^2)) + lowGain on the Fourier transform of
 * ln(1 + f), u and v in cycles per picture; then exp(.) - 1, cut to 0..255.
 *
 * Work: width * height * (width + height).
 *
 * @throws {InvalidInputError} `photo/setting`: a gain is negative or the cutoff is not above 0.
 * @see Gonzalez and Woods, Digital Image Processing, 3rd edition, section 4.9.6 (there with the constant c = 1).
 */
export const homomorphicFilter = (
  image: GrayImage,
  { lowGain = 0.5, highGain = 1.5, cutoff = 10 }: HomomorphicFilterOptions = {},
): GrayImage => {
  checkGray(image);
  if (!(lowGain >= 0 && highGain >= 0 && cutoff > 0))
    throw new InvalidInputError(
      'photo/setting',
      `The homomorphic filter's gains are ${lowGain} and ${highGain}, its cutoff ${cutoff}: ` +
        'give gains from 0 and a cutoff above 0.',
    );
  const { width, height } = image;
  const logs = Float64Array.from(image.data, (value) => Math.log1p(clampLevel(value)));
  // The Gaussian is a product of one in u and one in v, so no Fourier transform is needed: a row and a column blur do.
  const blurred = blurAlong(
    blurAlong(logs, periodicGaussian(width, cutoff), { length: width, step: 1, lines: height, lineStep: width }),
    periodicGaussian(height, cutoff),
    { length: height, step: width, lines: width, lineStep: 1 },
  );
  const data = Float32Array.from(logs, (log, index) =>
    clampLevel(Math.expm1(highGain * log - (highGain - lowGain) * blurred[index]!)),
  );
  return { width, height, data };
};

/** The periodic kernel whose discrete Fourier transform is exp(-u^2 / cutoff^2), u in cycles per `length`. */
const periodicGaussian = (length: number, cutoff: number): Float64Array =>
  Float64Array.from({ length }, (_, place) => {
    let sum = 0;
    for (let index = 0; index < length; index++) {
      const frequency = index <= length / 2 ? index : index - length;
      sum += Math.exp(-(frequency ** 2) / cutoff ** 2) * Math.cos((2 * Math.PI * index * place) / length);
    }
    return sum / length;
  });

interface Lines {
  readonly length: number;
  readonly step: number;
  readonly lines: number;
  readonly lineStep: number;
}

/** Circular convolution of every line with a symmetric kernel. */
const blurAlong = (
  values: Float64Array,
  kernel: Float64Array,
  { length, step, lines, lineStep }: Lines,
): Float64Array => {
  const out = new Float64Array(values.length);
  for (let line = 0; line < lines; line++)
    for (let place = 0; place < length; place++) {
      let sum = 0;
      for (let other = 0; other < length; other++)
        sum += values[line * lineStep + other * step]! * kernel[Math.abs(place - other)]!;
      out[line * lineStep + place * step] = sum;
    }
  return out;
};

const checkSize = (width: number, height: number): void => {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return;
  throw new InvalidInputError('photo/setting', `The new size is ${width} x ${height} px: give whole numbers from 1.`);
};

/**
 * Scaling by the nearest pixel: output pixel x shows input pixel floor((x + 0.5) * oldWidth / newWidth).
 *
 * @throws {InvalidInputError} `photo/setting`: the new size is no whole number of at least 1.
 * @see OpenCV `resize` with INTER_NEAREST_EXACT, Pillow's NEAREST: the same.
 */
export const resizeNearest = (image: GrayImage, width: number, height: number): GrayImage => {
  checkGray(image);
  checkSize(width, height);
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * image.height) / height) * image.width;
    for (let x = 0; x < width; x++)
      data[y * width + x] = image.data[row + Math.floor(((x + 0.5) * image.width) / width)]!;
  }
  return { width, height, data };
};

/**
 * Bilinear scaling between pixel centres; beyond the outermost centres the edge continues. No averaging when it shrinks.
 *
 * @throws {InvalidInputError} `photo/setting`: the new size is no whole number of at least 1.
 * @see OpenCV `resize` with INTER_LINEAR, scipy `ndimage.zoom(order=1, mode='nearest', grid_mode=True)`: the same.
 */
export const resizeBilinear = (image: GrayImage, width: number, height: number): GrayImage => {
  checkGray(image);
  checkSize(width, height);
  const columns = neighbours(image.width, width);
  const rows = neighbours(image.height, height);
  const data = new Float32Array(width * height);
  for (const [y, { low: top, high: bottom, part: down }] of rows.entries())
    for (const [x, { low: left, high: right, part: across }] of columns.entries()) {
      const at = (row: number, column: number): number => image.data[row * image.width + column]!;
      const upper = at(top, left) + across * (at(top, right) - at(top, left));
      const lower = at(bottom, left) + across * (at(bottom, right) - at(bottom, left));
      data[y * width + x] = upper + down * (lower - upper);
    }
  return { width, height, data };
};

/** The two old pixels each new pixel lies between, and how far it is from the first to the second. */
const neighbours = (oldLength: number, newLength: number): { low: number; high: number; part: number }[] =>
  Array.from({ length: newLength }, (_, index) => {
    const place = Math.min(oldLength - 1, Math.max(0, ((index + 0.5) * oldLength) / newLength - 0.5));
    const low = Math.floor(place);
    return { low, high: Math.min(low + 1, oldLength - 1), part: place - low };
  });
