/** Reads what kind of picture a file is and how many pixels it has, from its first bytes, before anything is decoded. */

export type PhotoFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'bmp' | 'avif' | 'heic';

export interface PhotoHeader {
  readonly format: PhotoFormat;
  /** px as stored, before any turn; undefined where the header does not say it in a simple place. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/** How much of a file `readPhotoHeader` wants to see: a JPEG may carry a large preview before its size. */
export const HEADER_BYTES = 512 * 1024;

/** The header of a picture, or undefined for bytes that are none of the formats above. */
export const readPhotoHeader = (bytes: Uint8Array): PhotoHeader | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (offset: number, length: number): string =>
    String.fromCharCode(...bytes.subarray(offset, offset + length));
  if (bytes.length < 12) return undefined;
  if (text(0, 8) === '\x89PNG\r\n\x1a\n')
    return {
      format: 'png',
      size: bytes.length < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) },
    };
  if (text(0, 4) === 'GIF8')
    return { format: 'gif', size: { width: view.getUint16(6, true), height: view.getUint16(8, true) } };
  if (text(0, 2) === 'BM')
    return {
      format: 'bmp',
      size:
        bytes.length < 26
          ? undefined
          : { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) },
    };
  if (text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP') return { format: 'webp', size: readWebpSize(view, text(12, 4)) };
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { format: 'jpeg', size: readJpegSize(view) };
  if (text(4, 4) === 'ftyp') {
    const brands = text(8, Math.min(view.getUint32(0), 64, bytes.length) - 8);
    if (/avif|avis/.test(brands)) return { format: 'avif', size: readIspe(view) };
    if (/heic|heix|hevc|hevx|heim|heis|mif1|msf1/.test(brands)) return { format: 'heic', size: readIspe(view) };
  }
  return undefined;
};

/** Walks the marker segments up to the frame header (SOF0 to SOF15 without DHT, JPG and DAC). ITU-T T.81, B.2.2. */
const readJpegSize = (view: DataView): PhotoHeader['size'] => {
  let offset = 2;
  while (offset + 9 <= view.byteLength) {
    if (view.getUint8(offset) !== 0xff) return undefined;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) };
    offset += marker >= 0xd0 && marker <= 0xd9 ? 2 : 2 + view.getUint16(offset + 2);
  }
  return undefined;
};

/** The three kinds of WebP: extended, lossless, lossy. RFC 9649, 2.5 to 2.7. */
const readWebpSize = (view: DataView, chunk: string): PhotoHeader['size'] => {
  if (view.byteLength < 30) return undefined;
  const uint24 = (offset: number): number => view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
  if (chunk === 'VP8X') return { width: uint24(24) + 1, height: uint24(27) + 1 };
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  return undefined;
};

/** The largest `ispe` property (image size) of an AVIF or HEIC file: its tiles and thumbnails are smaller. ISO 23008-12, 6.5.3. */
const readIspe = (view: DataView): PhotoHeader['size'] => {
  let largest: PhotoHeader['size'];
  const end = Math.min(view.byteLength - 16, 64 * 1024);
  for (let offset = 0; offset <= end; offset++) {
    if (view.getUint32(offset) !== 0x69737065) continue;
    const size = { width: view.getUint32(offset + 8), height: view.getUint32(offset + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
};
