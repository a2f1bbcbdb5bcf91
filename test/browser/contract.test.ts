/** The same photo gives the same numbers in Chromium as in Node; and what a browser decodes, and refuses. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp, { type Sharp } from 'sharp';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePhoto } from '../../node/decode-photo.ts';
import { loadFaceDetector } from '../../node/face-models.ts';
import { findRuntime, openSession, type Runtime } from '../../node/open-session.ts';
import { packagePath } from '../../node/package-root.ts';
import { alignFace } from '../../src/face/align.ts';
import { detectFaces } from '../../src/face/detect.ts';
import { openExpressionModel } from '../../src/face/expression.ts';
import { samplePhoto } from './media.ts';
import { openBrowser, openPage, openStand, type Stand } from './stand.ts';

type Decoded =
  | { width: number; height: number; corners: number[][]; code?: undefined }
  | { code: string; message: string };

let stand: Stand;
let browser: Browser;
let page: Page;
let folder: string;

const put = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return name;
};
const decode = (name: string): Promise<Decoded> => page.evaluate(`contract.decode(${JSON.stringify(name)})`);

beforeAll(async () => {
  stand = await openStand();
  folder = join(stand.root, 'dist', 'web', 'contract');
  mkdirSync(folder);
  await build({
    configFile: false,
    logLevel: 'error',
    root: packagePath('test', 'browser', 'page'),
    base: './',
    build: { outDir: folder, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  browser = await openBrowser();
  page = (await openPage(browser, new URL('/contract/index.html', stand.url).href)).page;
});

afterAll(async () => {
  await browser?.close();
  await stand?.close();
});

const hasNative = (await findRuntime()) === 'native';

/** The same way in Node, from the bytes of a picture to the logits of its largest face. */
const readInNode = async (png: Uint8Array, runtime: Runtime) => {
  const open = (bytes: Uint8Array) => openSession(bytes, { runtime });
  const [detector, expression] = await Promise.all([
    loadFaceDetector({ runtime }),
    openExpressionModel(
      new Uint8Array(await (await fetch(new URL('/models/expression.onnx', stand.url))).arrayBuffer()),
      open,
    ),
  ]);
  const image = await decodePhoto(png);
  const face = (await detectFaces(image, detector))[0]!;
  const pixels = alignFace(image, face);
  const { logits } = await expression.session.run({ pixels });
  return { box: face.box, pixels: [...pixels.data], logits: [...logits!.data] };
};

type Read = Awaited<ReturnType<typeof readInNode>>;

const apart = (a: readonly number[], b: readonly number[]): number => {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));
};

describe.each([3, 5] as const)('the largest face of sample%i', (number) => {
  // PNG keeps the pixels apart from how each platform undoes JPEG.
  const golden = (): Promise<Buffer> => sharp(samplePhoto(number)).resize(900).png().toBuffer();

  it('has the same box, framed picture and logits in Chromium as in Node, by WebAssembly', async () => {
    const png = await golden();
    const name = put(`golden-${number}.png`, png);
    const [here, there] = [
      await readInNode(png, 'wasm'),
      (await page.evaluate(`contract.readLargest('${name}')`)) as Read,
    ];
    for (const side of ['x', 'y', 'width', 'height'] as const) expect(there.box[side]).toBeCloseTo(here.box[side], 3);
    expect(apart(there.pixels, here.pixels)).toBeLessThan(1e-3);
    expect(apart(there.logits, here.logits)).toBeLessThan(1e-4);
  });

  it.skipIf(!hasNative)(
    'has the same logits in Chromium as in Node by its native runtime (needs onnxruntime-node)',
    async () => {
      const png = await golden();
      const name = put(`golden-${number}.png`, png);
      const here = await readInNode(png, 'native');
      const framed = (await page.evaluate(`contract.readFramed(${JSON.stringify(here.pixels)})`)) as number[];
      expect(apart(framed, here.logits)).toBeLessThan(1e-4);
      const there = (await page.evaluate(`contract.readLargest('${name}')`)) as Read;
      expect(apart(there.logits, here.logits)).toBeLessThan(1e-4);
    },
  );
});

describe('decodePhoto in a browser', () => {
  // Red, green, blue, white: the quarters of an upright picture, row by row.
  const COLOURS = [
    [220, 20, 20],
    [20, 200, 20],
    [20, 20, 220],
    [250, 250, 250],
  ];
  const quarters = (): Sharp => {
    const data = Buffer.alloc(60 * 40 * 3);
    for (let y = 0; y < 40; y++)
      for (let x = 0; x < 60; x++) data.set(COLOURS[(y < 20 ? 0 : 2) + (x < 30 ? 0 : 1)]!, (y * 60 + x) * 3);
    return sharp(data, { raw: { width: 60, height: 40, channels: 3 } });
  };
  const expectQuarters = (seen: Decoded, tolerance: number): void => {
    expect(seen).toMatchObject({ width: 60, height: 40 });
    if (seen.code !== undefined) return;
    for (const [index, corner] of seen.corners.entries())
      for (const [channel, value] of corner.entries())
        expect(Math.abs(value - COLOURS[index]![channel]!), `corner ${index}: ${corner}`).toBeLessThanOrEqual(
          tolerance,
        );
  };
  /** How to store an upright picture so that EXIF's orientation 1 to 8 turns it back; sharp mirrors before it rotates. */
  const TURNS: Readonly<Record<number, (picture: Sharp) => Sharp>> = {
    1: (picture) => picture,
    2: (picture) => picture.flop(),
    3: (picture) => picture.rotate(180),
    4: (picture) => picture.flip(),
    5: (picture) => picture.flip().rotate(90),
    6: (picture) => picture.rotate(270),
    7: (picture) => picture.flip().rotate(270),
    8: (picture) => picture.rotate(90),
  };

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a photo with EXIF orientation %i upright', async (orientation) => {
    const stored = await sharp(await TURNS[orientation]!(quarters()).png().toBuffer())
      .withMetadata({ orientation })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer();
    expectQuarters(await decode(put(`turn-${orientation}.jpg`, stored)), 12);
  });

  it.each([
    ['16-bit PNG', 'deep.png', () => quarters().toColourspace('rgb16').png().toBuffer()],
    ['PNG with a palette', 'palette.png', () => quarters().png({ palette: true }).toBuffer()],
    ['lossless WebP', 'plain.webp', () => quarters().webp({ lossless: true }).toBuffer()],
    ['GIF', 'plain.gif', () => quarters().gif().toBuffer()],
    ['AVIF', 'plain.avif', () => quarters().avif({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['CMYK JPEG', 'cmyk.jpg', () => quarters().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
  ])('reads a %s', async (_name, file, encode) => {
    // Inks cannot show these colours exactly, so CMYK comes back duller.
    expectQuarters(await decode(put(file, await encode())), file === 'cmyk.jpg' ? 130 : 20);
  });

  it('reads a gray picture, a transparent one on white, and a single pixel', async () => {
    const gray = await decode(put('gray.png', await quarters().grayscale().png().toBuffer()));
    expect(gray).toMatchObject({ width: 60, height: 40 });
    const clear = { create: { width: 9, height: 9, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } } };
    expect(await decode(put('clear.png', await sharp(clear).png().toBuffer()))).toMatchObject({
      corners: Array(4).fill([255, 255, 255]),
    });
    const pixel = { create: { width: 1, height: 1, channels: 3 as const, background: '#fff' } };
    expect(await decode(put('pixel.png', await sharp(pixel).png().toBuffer()))).toMatchObject({ width: 1, height: 1 });
  });

  it('refuses what it cannot read, with the reason', async () => {
    const jpeg = await sharp(samplePhoto(1)).jpeg().toBuffer();
    const bomb = Buffer.alloc(64);
    bomb.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
    bomb.writeUInt32BE(30_000, 16);
    bomb.writeUInt32BE(30_000, 20);
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic and nothing that follows', 'latin1');
    expect(await decode(put('empty.jpg', ''))).toMatchObject({ code: 'photo/unreadable' });
    expect(await decode(put('letter.jpg', 'Dear all, this is a letter.'))).toMatchObject({ code: 'photo/unreadable' });
    expect(await decode(put('cut.jpg', jpeg.subarray(0, 900)))).toMatchObject({ code: 'photo/unreadable' });
    expect(await decode(put('half.jpg', jpeg.subarray(0, jpeg.length / 2)))).toMatchObject({
      code: 'photo/unreadable',
    });
    expect(await decode(put('bomb.png', bomb))).toMatchObject({ code: 'photo/too-large' });
    expect(await decode(put('apple.heic', heic))).toMatchObject({ code: 'photo/heic' });
  });
});

describe("the browser's database", () => {
  it('keeps the contract of places to keep things', async () => {
    expect(await page.evaluate('contract.checkDatabase()')).toEqual({ kind: 'device', wrong: [] });
  });
});
