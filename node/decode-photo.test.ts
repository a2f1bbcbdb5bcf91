import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import type { RgbaImage } from '../src/face/image.ts';
import { decodePhoto } from './decode-photo.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-photo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RED = { r: 255, g: 0, b: 0 };
const GREEN = { r: 0, g: 160, b: 0 };
const BLUE = { r: 0, g: 0, b: 255 };

const plain = (width: number, height: number, background: { r: number; g: number; b: number; alpha?: number }) =>
  sharp({ create: { width, height, channels: background.alpha === undefined ? 3 : 4, background } });

/** 40 x 20: red, with a blue top-left and a green top-right quarter. */
const marked = async () =>
  plain(40, 20, RED).composite([
    { input: await plain(10, 10, BLUE).png().toBuffer(), left: 0, top: 0 },
    { input: await plain(10, 10, GREEN).png().toBuffer(), left: 30, top: 0 },
  ]);

const colourAt = ({ width, data }: RgbaImage, x: number, y: number): number[] => [
  ...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4),
];

const expectColour = (colour: number[], expected: readonly number[], tolerance = 6): void => {
  for (const [index, value] of expected.entries())
    expect(Math.abs(colour[index]! - value)).toBeLessThanOrEqual(tolerance);
};

describe('EXIF orientation', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('%i is turned upright', async (orientation) => {
    // What a camera held in that way stores: the upright picture, turned back. By the EXIF standard, orientation
    // 2 is mirrored, 3 upside down, 4 both; 6 and 8 lie on their sides, 5 and 7 are mirrored besides.
    let stored = await (await marked()).png().toBuffer();
    const turned = { 3: 180, 4: 180, 5: 90, 6: 270, 7: 270, 8: 90 }[orientation] ?? 0;
    stored = await sharp(stored).rotate(turned).png().toBuffer();
    if ([2, 4, 5, 7].includes(orientation)) stored = await sharp(stored).flop().png().toBuffer();
    const jpeg = await sharp(stored)
      .withMetadata({ orientation })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const image = await decodePhoto(jpeg);
    expect([image.width, image.height]).toEqual([40, 20]);
    expectColour(colourAt(image, 3, 3), [0, 0, 255, 255]);
    expectColour(colourAt(image, 36, 3), [0, 160, 0, 255]);
    expectColour(colourAt(image, 20, 15), [255, 0, 0, 255]);
  });
});

describe('kinds of photos', () => {
  test('gray becomes RGBA with three equal channels', async () => {
    const gray = await sharp(Buffer.alloc(12, 100), { raw: { width: 4, height: 3, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const image = await decodePhoto(gray);
    expect(image.data.length).toBe(48);
    expect(colourAt(image, 2, 1)).toEqual([100, 100, 100, 255]);
  });

  test('16 bits a channel become 8', async () => {
    const values = Uint16Array.from({ length: 12 }, () => 100 * 257);
    const png = await sharp(values, { raw: { width: 2, height: 2, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expectColour(colourAt(await decodePhoto(png), 1, 1), [100, 100, 100, 255], 1);
  });

  test('CMYK becomes sRGB', async () => {
    const jpeg = await plain(8, 8, RED).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(jpeg).metadata()).space).toBe('cmyk');
    const [red, green, blue, alpha] = colourAt(await decodePhoto(jpeg), 4, 4);
    expect(red).toBeGreaterThan(200);
    expect(Math.max(green!, blue!)).toBeLessThan(70);
    expect(alpha).toBe(255);
  });

  test('transparent parts are laid on white', async () => {
    const clear = await plain(4, 4, { ...RED, alpha: 0 })
      .png()
      .toBuffer();
    expect(colourAt(await decodePhoto(clear), 1, 1)).toEqual([255, 255, 255, 255]);
    const half = await plain(4, 4, { ...RED, alpha: 0.5 })
      .png()
      .toBuffer();
    expectColour(colourAt(await decodePhoto(half), 1, 1), [255, 127, 127, 255], 1);
  });

  test('of an animated GIF the first frame', async () => {
    const frames = Buffer.concat([Buffer.alloc(48, 200), Buffer.alloc(48, 10)]);
    const gif = await sharp(frames, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
      .gif({ delay: [50, 50] })
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    const image = await decodePhoto(gif);
    expect([image.width, image.height]).toEqual([4, 4]);
    expectColour(colourAt(image, 1, 1), [200, 200, 200, 255]);
  });

  test.each(['webp', 'avif', 'tiff', 'gif', 'png', 'jpeg'] as const)('%s', async (format) => {
    const image = await decodePhoto(await plain(16, 8, GREEN).toFormat(format).toBuffer());
    expect([image.width, image.height]).toEqual([16, 8]);
    expectColour(colourAt(image, 8, 4), [0, 160, 0, 255], 8);
  });

  test('one pixel', async () => {
    const image = await decodePhoto(await plain(1, 1, BLUE).png().toBuffer());
    expect(image).toMatchObject({ width: 1, height: 1 });
    expect([...image.data]).toEqual([0, 0, 255, 255]);
  });

  test('the path of a file serves as well as its bytes', async () => {
    const path = join(folder, 'photo.png');
    writeFileSync(path, await plain(3, 2, BLUE).png().toBuffer());
    expect(await decodePhoto(path)).toMatchObject({ width: 3, height: 2 });
  });

  test('maxSide shrinks a larger photo and leaves a smaller one', async () => {
    const photo = await plain(200, 100, BLUE).jpeg().toBuffer();
    expect(await decodePhoto(photo, { maxSide: 50 })).toMatchObject({ width: 50, height: 25 });
    expect(await decodePhoto(photo, { maxSide: 500 })).toMatchObject({ width: 200, height: 100 });
  });
});

/** A PNG that claims to be as large as told, one bit a pixel, all black: small as a file, vast once decoded. */
const pngBomb = (width: number, height: number): Buffer => {
  const crcTable = Int32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  const chunk = (type: string, body: Buffer): Buffer => {
    const content = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    let crc = -1;
    for (const byte of content) crc = crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8);
    const frame = Buffer.alloc(8 + content.length);
    frame.writeUInt32BE(body.length, 0);
    content.copy(frame, 4);
    frame.writeInt32BE(~crc, 4 + content.length);
    return frame;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 1 });
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
};

describe('refused, with a code and a sentence', () => {
  const refusal = (photo: Uint8Array | string) => expect(decodePhoto(photo)).rejects;

  test('30,000 x 30,000 pixels, before they are decoded', async () => {
    const bomb = pngBomb(30_000, 30_000);
    const before = process.memoryUsage().rss;
    await refusal(bomb).toMatchObject({
      name: 'InvalidInputError',
      code: 'photo/too-large',
      message: expect.stringContaining('30000 x 30000'),
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test('a JPEG cut short', async () => {
    const noise = Buffer.from(Array.from({ length: 3 * 64 * 64 }, (_, index) => (index * 7919) % 251));
    const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    for (const part of [0.9, 0.5, 0.1, 0.01])
      await refusal(jpeg.subarray(0, Math.floor(jpeg.length * part))).toMatchObject({ code: 'photo/unreadable' });
  });

  test('text named .jpg', async () => {
    const path = join(folder, 'text.jpg');
    writeFileSync(path, 'This is no photo.');
    await refusal(path).toMatchObject({ code: 'photo/unreadable', message: expect.stringContaining('JPEG') });
  });

  test('an empty file', async () => {
    await refusal(new Uint8Array(0)).toMatchObject({
      code: 'photo/unreadable',
      message: expect.stringContaining('0 bytes'),
    });
  });

  test('a file that is not there', async () => {
    await refusal(join(folder, 'none.jpg')).toMatchObject({ code: 'photo/unreadable' });
  });

  test('a drawing', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>';
    await refusal(Buffer.from(svg)).toMatchObject({
      code: 'photo/unreadable',
      message: expect.stringContaining('svg'),
    });
  });

  test('HEIC, with the way to convert it', async () => {
    // An AVIF file that says it is HEIC: the container is the same, and what is inside does not decode as HEVC.
    const heic = Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1'),
      Buffer.alloc(64),
    ]);
    await refusal(heic).toMatchObject({ code: 'photo/heic', message: expect.stringContaining('JPEG') });
  });
});
