/** The whole line on real photos: file -> pixels -> faces -> framed -> seven probabilities. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodePhoto } from '../../node/decode-photo.ts';
import { loadFaceDetector } from '../../node/face-models.ts';
import { openSession } from '../../node/open-session.ts';
import { packagePath } from '../../node/package-root.ts';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { openExpressionModel } from '../../src/face/expression.ts';
import { type FaceModels, readFaces } from '../../src/face/read.ts';
import { dataPath, lacksData, needsData } from '../data.ts';
import { untrainedExpressionModel } from './untrained-model.ts';

const openModels = async (): Promise<FaceModels> => ({
  detector: await loadFaceDetector(),
  expression: await openExpressionModel(untrainedExpressionModel(), openSession),
});

/** A photo inside a dev dependency, so that this runs in a bare checkout: three persons. */
const SAMPLE = packagePath('node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg');

test('a photo gives readings, largest face first, whose probabilities sum to 1', async () => {
  const readings = await readFaces(await decodePhoto(SAMPLE), await openModels());
  expect(readings.length).toBeGreaterThan(0);
  const areas = readings.map(({ face }) => face.box.width * face.box.height);
  expect(areas).toEqual([...areas].sort((a, b) => b - a));
  for (const { scores, emotion } of readings) {
    expect(EMOTIONS.reduce((sum, name) => sum + scores[name], 0)).toBeCloseTo(1, 6);
    expect(scores[emotion]).toBe(Math.max(...Object.values(scores)));
  }
});

test.skipIf(lacksData('face-photos'))(`the astronaut's face ${needsData('face-photos')}`, async () => {
  const image = await decodePhoto(dataPath('face-photos', 'astronaut.png'));
  const readings = await readFaces(image, await openModels());
  expect(readings).toHaveLength(1);
  const { eyes } = readings[0]!.face;
  // Read off the picture by eye.
  expect(Math.abs(eyes.right.x - 205)).toBeLessThan(6);
  expect(Math.abs(eyes.right.y - 105)).toBeLessThan(6);
  expect(Math.abs(eyes.left.x - 245)).toBeLessThan(6);
  expect(Math.abs(eyes.left.y - 108)).toBeLessThan(6);
});

test.skipIf(lacksData('face-photos'))(`a cat is no face ${needsData('face-photos')}`, async () => {
  const image = await decodePhoto(dataPath('face-photos', 'chelsea.png'));
  await expect(readFaces(image, await openModels())).rejects.toMatchObject({
    name: 'NoAnswerError',
    code: 'face/none',
  });
});

test('what makes a face hard to read is said', async () => {
  const models = await openModels();
  const notesOf = async (change: (photo: ReturnType<typeof sharp>) => ReturnType<typeof sharp>) => {
    const bytes = await change(sharp(SAMPLE)).png().toBuffer();
    const [first] = await readFaces(await decodePhoto(bytes), models);
    return first!.quality;
  };
  expect(await notesOf((photo) => photo)).not.toContain('blurred');
  expect(await notesOf((photo) => photo.blur(10))).toContain('blurred');
  expect(await notesOf((photo) => photo.linear(0.2, 0))).toContain('too dark');
  expect(await notesOf((photo) => photo.linear(0.25, 190))).toContain('too bright');
  expect(await notesOf((photo) => photo.resize({ width: 230 }))).toContain('too small');
});
