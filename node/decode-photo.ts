/** Photo files -> pixels, upright, in Node. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { InvalidInputError } from '../src/base/errors.ts';
import type { RgbaImage } from '../src/face/image.ts';

export interface DecodePhotoOptions {
  /** Longest side of the picture given back, px; larger photos are shrunk while they are decoded. @default no limit */
  readonly maxSide?: number;
}

/** Photos with more pixels are refused before they are decoded: 100 million take 400 MB. */
const MAX_PIXELS = 100_000_000;

/** What sharp calls the formats of photos; HEIC and AVIF are both 'heif'. Drawings (SVG) and documents (PDF) are none. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'tiff']);

/** Brands in the first box of a HEIC file, whose compression (HEVC) the sharp package does not bring. */
const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

const isHeic = (bytes: Uint8Array): boolean => {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  return text(4, 8) === 'ftyp' && HEIC_BRANDS.has(text(8, 12)) && !text(8, 64).includes('avif');
};

const readPhoto = async (path: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new InvalidInputError('photo/unreadable', `The photo "${path}" cannot be read: check its name.`, { cause });
  }
};

/**
 * Decodes JPEG, PNG, WebP, AVIF, GIF (its first frame) and TIFF, turned upright as its EXIF says, in 8-bit sRGB;
 * transparent parts are laid on white.
 *
 * @param photo the bytes of the file, or its path.
 * @throws {InvalidInputError} `photo/unreadable`: no photo, empty, cut short or damaged.
 * @throws {InvalidInputError} `photo/too-large`: more than 100 million pixels; it is not decoded.
 * @throws {InvalidInputError} `photo/heic`: a HEIC photo where this machine cannot decode it.
 */
export const decodePhoto = async (photo: Uint8Array | string, options: DecodePhotoOptions = {}): Promise<RgbaImage> => {
  const bytes = typeof photo === 'string' ? await readPhoto(photo) : photo;
  if (bytes.length === 0)
    throw new InvalidInputError('photo/unreadable', 'This photo is empty (0 bytes): give another copy of it.');
  try {
    return await decode(bytes, options);
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    if (isHeic(bytes))
      throw new InvalidInputError(
        'photo/heic',
        'This is a HEIC photo, which cannot be decoded here: convert it to JPEG (on an iPhone: Settings, Camera, ' +
          'Formats, Most Compatible; on a computer: open it and export it as JPEG, or run "heif-convert in.heic out.jpg").',
        { cause },
      );
    throw new InvalidInputError(
      'photo/unreadable',
      `This is no photo that can be read, or it is cut short or damaged (${bytes.length} bytes): ` +
        'give a whole JPEG, PNG, WebP, AVIF, GIF or TIFF file.',
      { cause },
    );
  }
};

const decode = async (bytes: Uint8Array, { maxSide }: DecodePhotoOptions): Promise<RgbaImage> => {
  // The header alone: the pixel limit is ours, so that the sentence is too.
  const { width, height, format } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (!FORMATS.has(format))
    throw new InvalidInputError(
      'photo/unreadable',
      `This is a file of kind "${format}", no photo: give a JPEG, PNG, WebP, AVIF, GIF or TIFF file.`,
    );
  if (width * height > MAX_PIXELS)
    throw new InvalidInputError(
      'photo/too-large',
      `This photo has ${width} x ${height} pixels, more than ${MAX_PIXELS / 1e6} million: make it smaller first.`,
    );
  const pipeline = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'truncated' }).autoOrient();
  if (maxSide !== undefined)
    pipeline.resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true });
  const { data, info } = await pipeline
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
};
