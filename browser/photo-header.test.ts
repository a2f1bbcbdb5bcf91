/** The sizes a file's header states, against sharp's own encoders and hand-made headers. */
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readPhotoHeader } from './photo-header.ts';

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#808080' } });

describe('readPhotoHeader', () => {
  it.each(['jpeg', 'png', 'gif', 'webp', 'avif'] as const)('reads the size of a %s file', async (format) => {
    const bytes = await blank(123, 45).toFormat(format).toBuffer();
    expect(readPhotoHeader(bytes)).toEqual({ format, size: { width: 123, height: 45 } });
  });

  it('reads lossless and transparent WebP', async () => {
    expect(readPhotoHeader(await blank(300, 20).webp({ lossless: true }).toBuffer())?.size).toEqual({
      width: 300,
      height: 20,
    });
    const transparent = await blank(300, 20).ensureAlpha(0.5).webp().toBuffer();
    expect(readPhotoHeader(transparent)?.size).toEqual({ width: 300, height: 20 });
  });

  it('reads a progressive JPEG behind its metadata', async () => {
    const bytes = await blank(640, 481)
      .withExif({ IFD0: { Copyright: 'x'.repeat(5000) } })
      .jpeg({ progressive: true })
      .toBuffer();
    expect(readPhotoHeader(bytes)?.size).toEqual({ width: 640, height: 481 });
  });

  it('sees the size of a picture far too large to decode', () => {
    const bomb = new Uint8Array(33);
    bomb.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
    new DataView(bomb.buffer).setUint32(16, 30_000);
    new DataView(bomb.buffer).setUint32(20, 30_000);
    expect(readPhotoHeader(bomb)).toEqual({ format: 'png', size: { width: 30_000, height: 30_000 } });
  });

  it('tells HEIC by its brand', () => {
    const bytes = new TextEncoder().encode('\0\0\0\x18ftypheic\0\0\0\0mif1heic');
    expect(readPhotoHeader(bytes)?.format).toBe('heic');
  });

  it('refuses text, and never fails on any bytes or on a cut file', async () => {
    expect(readPhotoHeader(new TextEncoder().encode('this is no picture at all'))).toBeUndefined();
    const jpeg = await blank(64, 64).jpeg().toBuffer();
    const starts = ['', '\x89PNG\r\n\x1a\n', 'GIF89a', 'BM', 'RIFF0000WEBPVP8X', '\xff\xd8\xff', '\0\0\0\x20ftypavif'];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 80 }), (start, rest) => {
        readPhotoHeader(Uint8Array.from([...Array.from(start, (char) => char.charCodeAt(0)), ...rest]));
      }),
    );
    for (let length = 0; length < jpeg.length; length += 7) readPhotoHeader(jpeg.subarray(0, length));
  });
});
