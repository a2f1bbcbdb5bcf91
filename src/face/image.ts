/** Pictures as plain arrays: what every step of reading a face takes and gives. */
import { InvalidInputError } from '../base/errors.ts';

/** Red, green, blue, alpha, 0..255 each, row-major; `data.length` is 4 * width * height. Alpha is ignored. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** Luma, 0..255, row-major; `data.length` is width * height. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** In pixels of the picture; x, y is the top-left corner. Parts may lie outside the picture where a face is cut off. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** In pixels of the picture; the centre of the top-left pixel is (0.5, 0.5). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** ITU-R BT.601's weights for red, green and blue. */
export const LUMA = { red: 0.299, green: 0.587, blue: 0.114 } as const;

/**
 * Luma by ITU-R BT.601, not rounded.
 *
 * @throws {InvalidInputError} `photo/shape`: the array does not hold width * height pixels.
 */
export const toGray = (image: RgbaImage): GrayImage => {
  checkRgba(image);
  const { width, height, data } = image;
  const gray = new Float32Array(width * height);
  for (let pixel = 0, at = 0; pixel < gray.length; pixel++, at += 4)
    gray[pixel] = LUMA.red * data[at]! + LUMA.green * data[at + 1]! + LUMA.blue * data[at + 2]!;
  return { width, height, data: gray };
};

/** @throws {InvalidInputError} `photo/shape`: the array does not hold width * height pixels, or there are none. */
export const checkRgba = ({ width, height, data }: RgbaImage): void => checkShape(width, height, data.length, 4);

/** @throws {InvalidInputError} `photo/shape`: the array does not hold width * height pixels, or there are none. */
export const checkGray = ({ width, height, data }: GrayImage): void => checkShape(width, height, data.length, 1);

const checkShape = (width: number, height: number, length: number, channels: number): void => {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)
    if (length === width * height * channels) return;
  throw new InvalidInputError(
    'photo/shape',
    `A picture of ${width} x ${height} pixels came with ${length} numbers: ` +
      `give whole sizes of at least 1 and ${channels} number${channels > 1 ? 's' : ''} a pixel.`,
  );
};
