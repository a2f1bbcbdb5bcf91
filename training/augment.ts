/** Random variations of training pictures: one affine sampling, erasing, contrast, mixup. Pure, seeded, one core. */

import { InvalidInputError } from '../src/base/errors.ts';
import type { Random } from '../src/base/random.ts';
import { PICTURE_BYTES, PICTURE_SIDE } from './datasets/face-set.ts';

/** Every picture draws anew, uniformly within the ranges. All off: `NO_AUGMENTATION`. */
export interface AugmentOptions {
  /** Probability of mirroring left and right. @default 0.5 */
  readonly flip?: number;
  /** Largest shift on each axis, as a share of the side. @default 0.08 */
  readonly shift?: number;
  /** Largest change of size: 0.15 gives 0.85 to 1.15 times. @default 0.15 */
  readonly scale?: number;
  /** Largest turn to either side, degrees. @default 11 */
  readonly rotation?: number;
  /** Probability that one rectangle is filled with one random gray. @default 0.4 */
  readonly erasing?: number;
  /** Shortest and longest side of that rectangle, as a share of the picture's. @default [0.08, 0.3] */
  readonly erasingSides?: readonly [number, number];
  /** Largest brightness added or taken, as a share of 255. @default 0 */
  readonly brightness?: number;
  /** Largest change of contrast about middle gray: 0.2 gives 0.8 to 1.2 times. @default 0 */
  readonly contrast?: number;
}

/** The ranges of the first try whose figures are known: turn, size and shift about as loose as FER2013's own framing. */
export const DEFAULT_AUGMENTATION: Required<AugmentOptions> = {
  flip: 0.5,
  shift: 0.08,
  scale: 0.15,
  rotation: 11,
  erasing: 0.4,
  erasingSides: [0.08, 0.3],
  brightness: 0,
  contrast: 0,
};

/** Only copies (and scales to the asked size): what validation and evaluation use. */
export const NO_AUGMENTATION: Required<AugmentOptions> = {
  flip: 0,
  shift: 0,
  scale: 0,
  rotation: 0,
  erasing: 0,
  erasingSides: [0.08, 0.3],
  brightness: 0,
  contrast: 0,
};

export interface AugmentRequest {
  /** [count, 48, 48], 0..255 */
  readonly images: Uint8Array;
  /** Rows of `images`; the batch is as long as this. */
  readonly indices: ArrayLike<number>;
  /** Side of the pictures that come out, px. Any size sees the same framing: the whole picture. @default 48 */
  readonly size?: number;
  readonly random: Random;
  /** Missing fields take `DEFAULT_AUGMENTATION`'s. */
  readonly options?: AugmentOptions;
}

const MIDDLE_GRAY = 127.5;

/**
 * Fills `out` with one variation of each indexed picture.
 *
 * The affine map (flip, turn, scale, shift about the centre) is sampled once, bilinearly; beyond the border the border's
 * pixels go on. Size 48 with all options off copies exactly.
 *
 * @param out [indices.length, 1, size, size], 0..255; longer is allowed, the rest stays as it is.
 * @returns the part of `out` that was filled.
 * @throws {InvalidInputError} `augment/options`: an option out of its range. `augment/batch`: `out` too short or an index
 *   beyond `images`.
 */
export const augmentBatch = (request: AugmentRequest, out: Float32Array): Float32Array => {
  const { images, indices, size = PICTURE_SIDE, random } = request;
  const options = { ...DEFAULT_AUGMENTATION, ...request.options };
  checkOptions(options, size);
  const pixels = size * size;
  const filled = indices.length * pixels;
  if (out.length < filled) {
    throw new InvalidInputError(
      'augment/batch',
      `A batch of ${indices.length} pictures of ${size}x${size} needs ${filled} numbers, out holds ${out.length}.`,
    );
  }
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!(index >= 0 && (index + 1) * PICTURE_BYTES <= images.length)) {
      throw new InvalidInputError(
        'augment/batch',
        `Picture ${index} is not among the ${images.length / PICTURE_BYTES} given.`,
      );
    }
    const start = i * pixels;
    sampleAffine(images, index * PICTURE_BYTES, out, start, size, random, options);
    if (options.contrast > 0 || options.brightness > 0) adjustLight(out, start, start + pixels, random, options);
    if (options.erasing > 0 && random.next() < options.erasing) erase(out, start, size, random, options.erasingSides);
  }
  return out.subarray(0, filled);
};

const between = (random: Random, range: number): number => (range === 0 ? 0 : (random.next() * 2 - 1) * range);

const sampleAffine = (
  images: Uint8Array,
  from: number,
  out: Float32Array,
  start: number,
  size: number,
  random: Random,
  options: Required<AugmentOptions>,
): void => {
  const mirrored = options.flip > 0 && random.next() < options.flip;
  const angle = (between(random, options.rotation) * Math.PI) / 180;
  // Source pixels per output pixel: a face drawn larger is sampled more finely.
  const step = PICTURE_SIDE / size / (1 + between(random, options.scale));
  const shiftX = between(random, options.shift) * PICTURE_SIDE;
  const shiftY = between(random, options.shift) * PICTURE_SIDE;
  const cos = Math.cos(angle) * step;
  const sin = Math.sin(angle) * step;
  const stepX = mirrored ? -cos : cos;
  const stepY = mirrored ? -sin : sin;
  const centre = (size - 1) / 2;
  const last = PICTURE_SIDE - 1;
  const originX = last / 2 + shiftX - stepX * centre + sin * centre;
  const originY = last / 2 + shiftY - stepY * centre - cos * centre;
  let at = start;
  for (let y = 0; y < size; y++) {
    const rowX = originX - sin * y;
    const rowY = originY + cos * y;
    for (let x = 0; x < size; x++) {
      let sourceX = rowX + stepX * x;
      let sourceY = rowY + stepY * x;
      sourceX = sourceX < 0 ? 0 : Math.min(sourceX, last);
      sourceY = sourceY < 0 ? 0 : Math.min(sourceY, last);
      // The cell's corner stays inside at the far border, where the fraction becomes 1.
      let left = sourceX | 0;
      let top = sourceY | 0;
      if (left === last) left = last - 1;
      if (top === last) top = last - 1;
      const fractionX = sourceX - left;
      const fractionY = sourceY - top;
      const corner = from + top * PICTURE_SIDE + left;
      const upperLeft = images[corner]!;
      const upper = upperLeft + (images[corner + 1]! - upperLeft) * fractionX;
      const lowerLeft = images[corner + PICTURE_SIDE]!;
      const lower = lowerLeft + (images[corner + PICTURE_SIDE + 1]! - lowerLeft) * fractionX;
      out[at++] = upper + (lower - upper) * fractionY;
    }
  }
};

const adjustLight = (
  out: Float32Array,
  start: number,
  end: number,
  random: Random,
  options: Required<AugmentOptions>,
): void => {
  const gain = 1 + between(random, options.contrast);
  const offset = MIDDLE_GRAY * (1 - gain) + between(random, options.brightness) * 255;
  for (let i = start; i < end; i++) {
    const value = out[i]! * gain + offset;
    out[i] = value < 0 ? 0 : Math.min(value, 255);
  }
};

const erase = (
  out: Float32Array,
  start: number,
  size: number,
  random: Random,
  [shortest, longest]: readonly [number, number],
): void => {
  const side = () => Math.round(size * (shortest + random.next() * (longest - shortest)));
  const width = side();
  const height = side();
  const left = random.integer(size - width + 1);
  const top = random.integer(size - height + 1);
  const gray = random.next() * 255;
  for (let y = top; y < top + height; y++) {
    const row = start + y * size + left;
    out.fill(gray, row, row + width);
  }
};

const checkOptions = (options: Required<AugmentOptions>, size: number): void => {
  const refuse = (name: string, value: unknown, expected: string) => {
    throw new InvalidInputError('augment/options', `Augmentation ${name} is ${value}: expected ${expected}.`);
  };
  if (!Number.isInteger(size) || size < 2) refuse('size', size, 'a whole number of pixels, at least 2');
  for (const name of ['flip', 'shift', 'erasing', 'brightness'] as const) {
    if (!(options[name] >= 0 && options[name] <= 1)) refuse(name, options[name], '0 to 1');
  }
  for (const name of ['scale', 'contrast'] as const) {
    if (!(options[name] >= 0 && options[name] < 1)) refuse(name, options[name], '0 to below 1');
  }
  if (!(options.rotation >= 0 && options.rotation <= 180)) refuse('rotation', options.rotation, '0 to 180 degrees');
  const [shortest, longest] = options.erasingSides;
  if (!(shortest >= 0 && shortest <= longest && longest <= 1)) {
    refuse('erasingSides', `[${options.erasingSides}]`, 'two shares 0 to 1, the smaller first');
  }
};

/**
 * Mixup: blends picture i with picture count - 1 - i, and their targets, in place. Batches are in random order, so the partner
 * is a random one. One share for the whole batch, drawn from Beta(alpha, alpha).
 *
 * @param batch [count, ...], any shape
 * @param targets one or more arrays [count, classes], one for each head
 * @returns the share of the first picture, 0.5..1 (1: nothing was mixed).
 * @throws {InvalidInputError} `augment/options`: alpha is below 0. `augment/batch`: the arrays do not hold `count` rows.
 * @see Zhang et al., mixup: Beyond Empirical Risk Minimization (ICLR 2018).
 */
export const mixBatch = (
  batch: Float32Array,
  targets: readonly Float32Array[],
  { count, alpha, random }: { readonly count: number; readonly alpha: number; readonly random: Random },
): number => {
  if (!(alpha >= 0))
    throw new InvalidInputError('augment/options', `Mixup alpha is ${alpha}: expected 0 (off) or more.`);
  const arrays = [batch, ...targets];
  if (count < 1 || arrays.some(({ length }) => length % count !== 0)) {
    throw new InvalidInputError(
      'augment/batch',
      `Arrays of ${arrays.map(({ length }) => length).join(', ')} numbers are not ${count} rows each.`,
    );
  }
  if (alpha === 0) return 1;
  const first = drawGamma(random, alpha);
  const second = drawGamma(random, alpha);
  const drawn = first + second === 0 ? 1 : first / (first + second);
  // Beta(alpha, alpha) is symmetric and partners are swapped pairs: the larger share loses nothing and keeps row i its own.
  const share = Math.max(drawn, 1 - drawn);
  for (const values of arrays) blendMirrored(values, count, share);
  return share;
};

const blendMirrored = (values: Float32Array, count: number, share: number): void => {
  const width = values.length / count;
  for (let row = 0; row < count >> 1; row++) {
    const here = row * width;
    const there = (count - 1 - row) * width;
    for (let i = 0; i < width; i++) {
      const a = values[here + i]!;
      const b = values[there + i]!;
      values[here + i] = b + (a - b) * share;
      values[there + i] = a + (b - a) * share;
    }
  }
};

/**
 * A draw from the Gamma(shape, 1) distribution.
 *
 * @see Marsaglia and Tsang, A simple method for generating gamma variables (2000); shapes below 1 by their boost.
 */
const drawGamma = (random: Random, shape: number): number => {
  if (shape < 1) return drawGamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = random.normal();
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
};
