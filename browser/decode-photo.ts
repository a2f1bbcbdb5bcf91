/** Decodes a photo in a browser (page or worker): upright by its EXIF turn, refused before decoding where it is too large. */
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import type { RgbaImage } from '../src/face/image.ts';
import { HEADER_BYTES, readPhotoHeader } from './photo-header.ts';

export interface DecodePhotoOptions {
  /** A larger file is refused, bytes. @default 67_108_864 (64 MiB) */
  readonly maxBytes?: number;
  /** A picture of more pixels is refused before it is decoded. @default 100_000_000 */
  readonly maxPixels?: number;
  /** A picture with a longer side is scaled down to it, px; 0 for never. @default 0 */
  readonly maxSide?: number;
}

const MEBIBYTE = 1024 * 1024;

/**
 * The pixels of a photo: JPEG, PNG, GIF (its first frame), WebP, BMP, AVIF, and HEIC where the platform reads it.
 *
 * @throws {InvalidInputError} `photo/unreadable`: no picture, empty, cut short or damaged.
 * @throws {InvalidInputError} `photo/too-large`: too many bytes or pixels; it is not decoded.
 * @throws {InvalidInputError} `photo/heic`: this browser cannot read HEIC.
 */
export const decodePhoto = async (photo: Blob, options: DecodePhotoOptions = {}): Promise<RgbaImage> => {
  const bitmap = await decodeBitmap(photo, options);
  try {
    return readPixels(bitmap, options.maxSide ?? 0);
  } finally {
    bitmap.close();
  }
};

/** As `decodePhoto`, but gives the bitmap, for showing; the caller closes it. */
export const decodeBitmap = async (photo: Blob, options: DecodePhotoOptions = {}): Promise<ImageBitmap> => {
  const { maxBytes = 64 * MEBIBYTE, maxPixels = 100_000_000 } = options;
  if (photo.size === 0)
    throw new InvalidInputError('photo/unreadable', 'This file is empty (0 bytes): choose another photo.');
  if (photo.size > maxBytes)
    throw new InvalidInputError(
      'photo/too-large',
      `This file has ${Math.ceil(photo.size / MEBIBYTE)} MB, at most ${Math.floor(maxBytes / MEBIBYTE)} MB are read: ` +
        'save the photo smaller and try again.',
    );
  const header = readPhotoHeader(new Uint8Array(await photo.slice(0, HEADER_BYTES).arrayBuffer()));
  if (!header)
    throw new InvalidInputError(
      'photo/unreadable',
      'This file is not a picture Attune knows, whatever its name says: choose a JPEG, PNG, WebP, AVIF, GIF or BMP file.',
    );
  if (header.size && header.size.width * header.size.height > maxPixels)
    throw new InvalidInputError(
      'photo/too-large',
      `This picture has ${header.size.width} x ${header.size.height} pixels, ` +
        `at most ${Math.round(maxPixels / 1e6)} million are read: save it smaller and try again.`,
    );
  try {
    return await createImageBitmap(photo, { imageOrientation: 'from-image', colorSpaceConversion: 'default' });
  } catch (cause) {
    if (header.format === 'heic')
      throw new InvalidInputError(
        'photo/heic',
        'This is a HEIC photo, which this browser cannot read: open it in Safari, save it as JPEG, ' +
          'or on an iPhone choose Settings, Camera, Formats, "Most Compatible".',
        { cause },
      );
    throw new InvalidInputError(
      'photo/unreadable',
      `This ${header.format.toUpperCase()} picture is damaged or cut short: save or send it again, or choose another.`,
      { cause },
    );
  }
};

/**
 * The pixels of a bitmap, scaled down so that its longer side is at most `maxSide` px (0: as it is).
 *
 * @throws {UnavailableError} `browser/canvas`: the browser gives no canvas to read from (out of memory).
 */
export const readPixels = (bitmap: ImageBitmap, maxSide = 0): RgbaImage => createPixelReader(maxSide)(bitmap);

/** `readPixels` for many frames of a video: draws all of them on one canvas instead of making one for each. */
export const createPixelReader = (maxSide = 0): ((bitmap: ImageBitmap) => RgbaImage) => {
  let canvas: OffscreenCanvas | undefined;
  return (bitmap) => {
    const scale = maxSide > 0 ? Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height)) : 1;
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context)
      throw new UnavailableError(
        'browser/canvas',
        'The browser has no memory left to read the picture: close other tabs and try again.',
      );
    // White shows through transparent pixels, as on paper; without it they would turn black.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, data };
  };
};
