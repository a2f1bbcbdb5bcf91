/** Measures where eyes and face stand in FER2013's 48x48 pictures, so that photos can be framed alike. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { loadFaceDetector } from '../node/face-models.ts';
import { packagePath } from '../node/package-root.ts';
import { createRandom } from '../src/base/random.ts';
import { detectFaces, type Face } from '../src/face/detect.ts';
import type { RgbaImage } from '../src/face/image.ts';
import { type FaceQuality, measureQuality } from '../src/face/quality.ts';
import { tensor } from '../src/graph/session.ts';

const SIDE = 48;
/** Width of the black border laid around each picture, so that the detector sees the face whole. */
const BORDER = 24;

const folder = process.argv[2] ?? join(process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data'), 'fer2013');
const sampleCount = Number(process.argv[3] ?? 1500);
const seed = 1;

/** Picture `index` of a packed file (48 px wide, one picture under the other), with its border. */
const bordered = (packed: Uint8Array, index: number): RgbaImage => {
  const side = SIDE + 2 * BORDER;
  const data = new Uint8Array(4 * side * side);
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < SIDE; column++) {
      const at = 4 * ((row + BORDER) * side + column + BORDER);
      data.fill(packed[(index * SIDE + row) * SIDE + column]!, at, at + 3);
    }
  return { width: side, height: side, data };
};

const files = (await readdir(folder)).filter((name) => /^train-\d+\.png$/.test(name)).sort();
const packs: Uint8Array[] = [];
for (const file of files) packs.push(await sharp(join(folder, file)).toColourspace('b-w').raw().toBuffer());
const pictures = packs.flatMap((packed, file) =>
  Array.from({ length: packed.length / SIDE / SIDE }, (_, index) => ({ file, index })),
);
const chosen = createRandom(seed).shuffle(pictures).slice(0, sampleCount);

const detector = await loadFaceDetector();
const faces: Face[] = [];
const qualities: FaceQuality[] = [];
for (const { file, index } of chosen) {
  const picture = bordered(packs[file]!, index);
  const [face] = await detectFaces(picture, detector, { effort: 'quick', minScore: 0.5 });
  if (!face) continue;
  faces.push(face);
  // The quality of FER2013's own pictures, so without framing them anew.
  const pixels = Float32Array.from(packs[file]!.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE));
  qualities.push(measureQuality(picture, face, tensor(pixels, [1, 1, SIDE, SIDE])));
}

const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(part * (sorted.length - 1))]!;
};
const distance = (face: Face, a: number, b: number): number =>
  Math.hypot(face.keypoints[a]!.x - face.keypoints[b]!.x, face.keypoints[a]!.y - face.keypoints[b]!.y);
const middle = ({ eyes: { right, left } }: Face) => ({ x: (right.x + left.x) / 2, y: (right.y + left.y) / 2 });
/** From the middle of the eyes to the mouth. */
const eyesToMouth = (face: Face): number =>
  Math.hypot(middle(face).x - face.keypoints[3]!.x, middle(face).y - face.keypoints[3]!.y);

const MEASURES: Readonly<Record<string, (face: Face) => number>> = {
  'eyes, middle x': (face) => (middle(face).x - BORDER) / SIDE,
  'eyes, middle y': (face) => (middle(face).y - BORDER) / SIDE,
  'eye distance': (face) => distance(face, 0, 1) / SIDE,
  'eyes to mouth': (face) => eyesToMouth(face) / SIDE,
  'geometric mean of both': (face) => Math.sqrt(distance(face, 0, 1) * eyesToMouth(face)) / SIDE,
  'root of their squares': (face) => Math.hypot(distance(face, 0, 1), eyesToMouth(face)) / SIDE,
  'larger of both': (face) => Math.max(distance(face, 0, 1), eyesToMouth(face)) / SIDE,
  'mouth x': (face) => (face.keypoints[3]!.x - BORDER) / SIDE,
  'mouth y': (face) => (face.keypoints[3]!.y - BORDER) / SIDE,
  'box, middle x': (face) => (face.box.x + face.box.width / 2 - BORDER) / SIDE,
  'box, middle y': (face) => (face.box.y + face.box.height / 2 - BORDER) / SIDE,
  'box width': (face) => face.box.width / SIDE,
  'eyes+mouth, middle x': (face) => ((middle(face).x + face.keypoints[3]!.x) / 2 - BORDER) / SIDE,
  'eyes+mouth, middle y': (face) => ((middle(face).y + face.keypoints[3]!.y) / 2 - BORDER) / SIDE,
  'tilt, degrees': ({ eyes: { right, left } }) => (Math.atan2(left.y - right.y, left.x - right.x) * 180) / Math.PI,
};
console.log(`${faces.length} of ${chosen.length} faces found (seed ${seed}); lengths as fractions of the side`);
console.log('measure | median | 25 % | 75 % | spread (75 % - 25 %) / median');
for (const [name, measure] of Object.entries(MEASURES)) {
  const values = faces.map(measure);
  const [low, median, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part)) as [number, number, number];
  console.log([name, ...[median, low, high, (high - low) / Math.abs(median)].map((v) => v.toFixed(3))].join(' | '));
}

/** By how far the nose stands off the middle of the eyes: does a turned head keep its size in the picture? */
console.log('turn from | to | faces | eye distance | eyes to mouth | box width: medians');
const TURNS = [0, 0.1, 0.2, 0.3, 0.45, Number.POSITIVE_INFINITY];
for (const [index, from] of TURNS.slice(0, -1).entries()) {
  const turned = faces.filter((_, at) => qualities[at]!.turn >= from && qualities[at]!.turn < TURNS[index + 1]!);
  const medians = ['eye distance', 'eyes to mouth', 'box width'].map((name) =>
    quantile(turned.map(MEASURES[name]!), 0.5),
  );
  console.log([from, TURNS[index + 1], turned.length, ...medians.map((value) => value.toFixed(3))].join(' | '));
}

console.log('quality | 1 % | 5 % | 50 % | 95 % | 99 %');
for (const name of ['brightness', 'sharpness', 'turn'] as const) {
  const values = qualities.map((quality) => quality[name]);
  console.log([name, ...[0.01, 0.05, 0.5, 0.95, 0.99].map((part) => quantile(values, part).toFixed(2))].join(' | '));
}
