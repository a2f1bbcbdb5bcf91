/** Measures how far the eyes move when the close look at a face is shifted a little, by how close that look is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePhoto } from '../node/decode-photo.ts';
import { loadFaceDetector } from '../node/face-models.ts';
import { packagePath } from '../node/package-root.ts';
import { createRandom } from '../src/base/random.ts';
import { lookAt } from '../src/face/blazeface.ts';
import { detectFaces, type Face } from '../src/face/detect.ts';
import type { RgbaImage } from '../src/face/image.ts';
import { dropRepeats, mergeDetections } from '../src/face/merge.ts';

const folder = process.argv[2] ?? join(process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data'), 'face-photos');
const seed = 1;
const looks = 10;

const detector = await loadFaceDetector();
const rows = (await readFile(join(folder, 'index.csv'), 'utf8')).trim().split('\n').slice(1);
const photos: { image: RgbaImage; faces: Face[] }[] = [];
for (const row of rows) {
  const [file] = row.split(',');
  if (!/\.(jpe?g|png)$/.test(file!)) continue;
  const image = await decodePhoto(join(folder, file!));
  photos.push({ image, faces: (await detectFaces(image, detector)).slice(0, 3) });
}

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

/** Mean score of a face, and by how much its eyes move, as a fraction of their distance, over `looks` shifted looks. */
const measure = async (image: RgbaImage, face: Face, widths: number, merge: typeof mergeDetections) => {
  const random = createRandom(seed);
  const shift = (reach: number): number => reach * (2 * random.next() - 1);
  const { box, eyes } = face;
  const angle = Math.atan2(eyes.left.y - eyes.right.y, eyes.left.x - eyes.right.x);
  const places: number[][] = [[], [], [], []];
  let score = 0;
  for (let look = 0; look < looks; look++) {
    const region = {
      x: box.x + box.width / 2 + shift(0.02 * widths * box.width),
      y: box.y + box.height / 2 + shift(0.02 * widths * box.width),
      side: widths * box.width * (1 + shift(0.1)),
      angle: angle + shift(0.1),
    };
    const isThisFace = ({ box: seen }: Pick<Face, 'box'>): boolean =>
      Math.hypot(seen.x + seen.width / 2 - box.x - box.width / 2, seen.y + seen.height / 2 - box.y - box.height / 2) <
      box.width / 2;
    const best = merge(await lookAt(image, region, detector, 0.05), 0.3).find(isThisFace);
    if (!best) continue;
    score += best.score / looks;
    const [right, left] = best.keypoints;
    for (const [index, value] of [right!.x, right!.y, left!.x, left!.y].entries()) places[index]!.push(value);
  }
  const distance = Math.hypot(eyes.left.x - eyes.right.x, eyes.left.y - eyes.right.y);
  return { score, movement: places.reduce((sum, values) => sum + deviation(values), 0) / 4 / distance };
};

console.log(
  'side of the look in face widths | non-maximum suppression | mean score | movement of the eyes / their distance',
);
for (const [name, merge] of [
  ['weighted', mergeDetections],
  ['plain', dropRepeats],
] as const)
  for (const widths of [2, 3, 4, 5, 6, 8]) {
    const results: { score: number; movement: number }[] = [];
    for (const { image, faces } of photos)
      for (const face of faces) results.push(await measure(image, face, widths, merge));
    const mean = (pick: (result: { score: number; movement: number }) => number): string =>
      (results.reduce((sum, result) => sum + pick(result), 0) / results.length).toFixed(3);
    console.log([widths, name, mean(({ score }) => score), mean(({ movement }) => movement)].join(' | '));
  }
console.log(
  `over ${photos.reduce((count, { faces }) => count + faces.length, 0)} faces, ${looks} looks each, seed ${seed}`,
);
