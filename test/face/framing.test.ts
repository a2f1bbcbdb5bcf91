/** Photos framed by `alignFace`, looked at again: eyes and face stand where they stand in FER2013's pictures. */
import { expect, test } from 'vitest';
import { decodePhoto } from '../../node/decode-photo.ts';
import { loadFaceDetector } from '../../node/face-models.ts';
import { packagePath } from '../../node/package-root.ts';
import { alignFace } from '../../src/face/align.ts';
import { detectFaces } from '../../src/face/detect.ts';
import type { RgbaImage } from '../../src/face/image.ts';

/** Medians of FER2013's Training pictures, by scripts/measure-framing.ts. */
const FER2013 = { eyesX: 0.496, eyesY: 0.393, boxWidth: 0.9 };

const SIDE = 48;
/** As in scripts/measure-framing.ts. */
const BORDER = 24;

const bordered = (pixels: Float32Array): RgbaImage => {
  const side = SIDE + 2 * BORDER;
  const data = new Uint8Array(4 * side * side);
  for (const [index, level] of pixels.entries()) {
    const at = 4 * ((Math.floor(index / SIDE) + BORDER) * side + (index % SIDE) + BORDER);
    data.fill(Math.round(level), at, at + 3);
  }
  return { width: side, height: side, data };
};

test('framed photos measure as FER2013 does', async () => {
  const detector = await loadFaceDetector();
  const measured: { eyesX: number; eyesY: number; boxWidth: number; tilt: number }[] = [];
  for (const file of [1, 2, 3, 4, 5, 6].map((number) => `sample${number}.jpg`)) {
    const image = await decodePhoto(packagePath('node_modules', '@vladmandic', 'face-api', 'demo', file));
    for (const face of await detectFaces(image, detector)) {
      const [again] = await detectFaces(bordered(alignFace(image, face).data), detector, {
        effort: 'quick',
        minScore: 0.5,
      });
      if (!again) continue;
      const { right, left } = again.eyes;
      measured.push({
        eyesX: ((right.x + left.x) / 2 - BORDER) / SIDE,
        eyesY: ((right.y + left.y) / 2 - BORDER) / SIDE,
        boxWidth: again.box.width / SIDE,
        tilt: Math.atan2(left.y - right.y, left.x - right.x),
      });
    }
  }
  expect(measured.length).toBeGreaterThan(18);
  const median = (pick: (one: (typeof measured)[number]) => number): number =>
    measured.map(pick).sort((a, b) => a - b)[Math.floor(measured.length / 2)]!;
  expect(Math.abs(median(({ eyesX }) => eyesX) - FER2013.eyesX)).toBeLessThan(0.02);
  expect(Math.abs(median(({ eyesY }) => eyesY) - FER2013.eyesY)).toBeLessThan(0.02);
  expect(Math.abs(median(({ boxWidth }) => boxWidth) - FER2013.boxWidth)).toBeLessThan(0.03);
  for (const { tilt } of measured) expect(Math.abs(tilt)).toBeLessThan(0.2);
});
