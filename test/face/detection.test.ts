/** Faces found in real photos: as they are, turned, shrunk, cropped tightly, by the dozen, and where there are none. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodePhoto } from '../../node/decode-photo.ts';
import { loadFaceDetector } from '../../node/face-models.ts';
import { packagePath } from '../../node/package-root.ts';
import { detectFaces, type Face, type FaceDetector } from '../../src/face/detect.ts';
import type { Point, RgbaImage } from '../../src/face/image.ts';
import { dataPath, lacksData, needsData } from '../data.ts';

let detector: FaceDetector;
beforeAll(async () => {
  detector = await loadFaceDetector();
});

/** Photos inside a dev dependency, so that these run in a bare checkout, with the persons in each, counted by eye. */
const SAMPLES = [
  { file: 'sample1.jpg', persons: 3 },
  { file: 'sample4.jpg', persons: 4 },
  { file: 'sample5.jpg', persons: 5 },
];
const sample = (file: string): Promise<RgbaImage> =>
  decodePhoto(packagePath('node_modules', '@vladmandic', 'face-api', 'demo', file));

const toSharp = ({ width, height, data }: RgbaImage): ReturnType<typeof sharp> =>
  sharp(data, { raw: { width, height, channels: 4 } });

const toImage = async (picture: ReturnType<typeof sharp>): Promise<RgbaImage> =>
  decodePhoto(await picture.png().toBuffer());

const between = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** How far both eyes are from where they should be, as a fraction of their distance. */
const eyeError = (found: Face, right: Point, left: Point): number =>
  (between(found.eyes.right, right) + between(found.eyes.left, left)) / 2 / between(right, left);

/** One face with some of what is around it. */
const portrait = async (): Promise<RgbaImage> => {
  const image = await sample('sample1.jpg');
  const [{ box }] = (await detectFaces(image, detector)) as [Face];
  return toImage(
    toSharp(image).extract({
      left: Math.max(0, Math.round(box.x - box.width * 0.7)),
      top: Math.max(0, Math.round(box.y - box.width * 0.7)),
      width: Math.round(box.width * 2.4),
      height: Math.round(box.width * 2.4),
    }),
  );
};

describe('photos in a dev dependency', () => {
  test.each(SAMPLES)('$file: $persons faces', async ({ file, persons }) => {
    expect(await detectFaces(await sample(file), detector)).toHaveLength(persons);
  });

  test.each([0, 30, 60, 90, 135, 180, 225, 270, 315])(
    'a head turned by %i degrees, its eyes in place',
    async (degrees) => {
      const image = await portrait();
      const [upright] = (await detectFaces(image, detector)) as [Face];
      const turned = await toImage(toSharp(image).rotate(degrees, { background: '#808080' }));
      const faces = await detectFaces(turned, detector);
      expect(faces).toHaveLength(1);
      const angle = (degrees * Math.PI) / 180;
      const turn = (point: Point): Point => {
        const x = point.x - image.width / 2;
        const y = point.y - image.height / 2;
        return {
          x: x * Math.cos(angle) - y * Math.sin(angle) + turned.width / 2,
          y: x * Math.sin(angle) + y * Math.cos(angle) + turned.height / 2,
        };
      };
      expect(eyeError(faces[0]!, turn(upright.eyes.right), turn(upright.eyes.left))).toBeLessThan(0.15);
    },
  );

  test.each([30, 40, 80])('a face %i px wide in a picture of 1280 x 960', async (width) => {
    const image = await portrait();
    const small = await toSharp(image)
      .resize({ width: Math.round(2.4 * width) })
      .png()
      .toBuffer();
    const scene = sharp({ create: { width: 1280, height: 960, channels: 3, background: '#7a8899' } });
    const faces = await detectFaces(await toImage(scene.composite([{ input: small, left: 700, top: 500 }])), detector);
    expect(faces).toHaveLength(1);
    expect(Math.abs(faces[0]!.box.width - width)).toBeLessThan(0.25 * width);
  });

  test('a face that fills the picture', async () => {
    const image = await portrait();
    const [{ box }] = (await detectFaces(image, detector)) as [Face];
    const close = toSharp(image).extract({
      left: Math.round(box.x - box.width * 0.05),
      top: Math.round(box.y - box.width * 0.05),
      width: Math.round(box.width * 1.1),
      height: Math.round(box.width * 1.1),
    });
    expect(await detectFaces(await toImage(close), detector)).toHaveLength(1);
  });

  test('forty faces, and no more than asked for', async () => {
    const image = await portrait();
    const tile = await toSharp(image).resize(150, 150).png().toBuffer();
    const crowd = await toImage(
      sharp({ create: { width: 1200, height: 750, channels: 3, background: '#888888' } }).composite(
        Array.from({ length: 40 }, (_, index) => ({
          input: tile,
          left: 150 * (index % 8),
          top: 150 * Math.floor(index / 8),
        })),
      ),
    );
    expect(await detectFaces(crowd, detector)).toHaveLength(40);
    expect(await detectFaces(crowd, detector, { maxFaces: 3 })).toHaveLength(3);
  });
});

describe('no face', () => {
  test.each([1, 2, 50, 1000])('a plain picture of %i px', async (side) => {
    const image = { width: side, height: side, data: new Uint8Array(4 * side * side).fill(128) };
    expect(await detectFaces(image, detector)).toEqual([]);
  });

  test('a narrow strip', async () => {
    const image = { width: 3000, height: 1, data: new Uint8Array(4 * 3000) };
    expect(await detectFaces(image, detector)).toEqual([]);
  });

  test('an array of another length is refused', async () => {
    await expect(detectFaces({ width: 5, height: 5, data: new Uint8Array(99) }, detector)).rejects.toMatchObject({
      code: 'photo/shape',
    });
  });
});

const rows = lacksData('face-photos')
  ? []
  : readFileSync(dataPath('face-photos', 'index.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','))
      .filter(([file]) => /\.(png|jpe?g)$/.test(file!));

describe.skipIf(lacksData('face-photos'))(`the photos ${needsData('face-photos')}`, () => {
  test.each(rows.map(([file, persons]) => ({ file: file!, persons: Number(persons) })))(
    '$file: $persons',
    async ({ file, persons }) => {
      expect(await detectFaces(await decodePhoto(dataPath('face-photos', file)), detector)).toHaveLength(persons);
    },
  );
});

describe('faces of the frame before', () => {
  /** Counts the detector's looks. */
  const counting = (): { detector: FaceDetector; looks: () => number } => {
    let count = 0;
    const run: FaceDetector['session']['run'] = (feeds) => {
      count++;
      return detector.session.run(feeds);
    };
    return { detector: { ...detector, session: { ...detector.session, run } }, looks: () => count };
  };

  test('are found where they were with one look each', async () => {
    const image = await portrait();
    const before = await detectFaces(image, detector, { effort: 'quick' });
    expect(before).toHaveLength(1);
    const { detector: counted, looks } = counting();
    const after = await detectFaces(image, counted, { effort: 'quick', near: before });
    expect(after).toHaveLength(1);
    expect(looks()).toBe(1);
    expect(eyeError(after[0]!, before[0]!.eyes.right, before[0]!.eyes.left)).toBeLessThan(0.08);
  });

  test('that are gone are searched in the whole picture', async () => {
    const image = await portrait();
    const [face] = await detectFaces(image, detector, { effort: 'quick' });
    const far = -image.width;
    const moved: Face = {
      ...face!,
      box: { ...face!.box, x: face!.box.x + far },
      keypoints: face!.keypoints.map(({ x, y }) => ({ x: x + far, y })),
    };
    const found = await detectFaces(image, detector, { effort: 'quick', near: [moved] });
    expect(found).toEqual(await detectFaces(image, detector, { effort: 'quick' }));
  });
});
