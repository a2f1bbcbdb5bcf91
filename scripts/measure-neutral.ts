/**
 * Whether three seconds of a person's neutral face make later readings better, on the clips and photos there are:
 *
 *   npx tsx scripts/measure-neutral.ts FACE_PHOTOS FER2013
 *
 * Clips: calibrated on the first three seconds, read on the rest. The photos stock-emotions-a-*.jpg show one person:
 * calibrated on the three neutral ones, read on the five others. Not part of the app: docs/decisions (expression evaluation) says why.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePhoto } from '../node/decode-photo.ts';
import { loadFaceModels } from '../node/face-models.ts';
import { readVideoFrames } from '../node/video.ts';
import { EMOTIONS, type EmotionScores, rankEmotions } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { readExpressions } from '../src/face/expression.ts';
import type { RgbaImage } from '../src/face/image.ts';
import { readFaces } from '../src/face/read.ts';
import { tensor } from '../src/graph/session.ts';
import { pictureAt, rowsOf } from '../training/datasets/face-set.ts';
import { loadFer2013 } from '../training/datasets/fer2013.ts';
import { splitValidation } from '../training/datasets/split.ts';

const [photos, data] = process.argv.slice(2);
if (!photos || !data) {
  console.error('Usage: npx tsx scripts/measure-neutral.ts FACE_PHOTOS FER2013');
  process.exit(2);
}
/** To be added to the logarithm of each emotion's probability, in the order of `EMOTIONS`; they sum to 0. */
type NeutralCorrection = readonly number[];

/** Readings below this probability are taken as this: one wild frame must not outweigh all others. */
const FLOOR = 1e-3;
/** So many readings weigh as much as the belief that the person is like everybody else. */
const PRIOR_READINGS = 6;

const logarithms = (scores: EmotionScores): number[] => {
  const logs = EMOTIONS.map((emotion) => Math.log(Math.max(scores[emotion], FLOOR)));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return logs.map((log) => log - mean);
};

const meanOf = (readings: readonly EmotionScores[]): number[] => {
  const all = readings.map(logarithms);
  return EMOTIONS.map((_, k) => all.reduce((sum, logs) => sum + logs[k]!, 0) / all.length);
};

/**
 * The correction that brings a person's neutral readings to what neutral faces are read as in general, less the more readings
 * are missing: with n readings n / (n + 6) of the way.
 *
 * @param neutral readings of about three seconds of a face at rest
 * @param usual readings of neutral faces of many people by the same model
 * @throws {InvalidInputError} `face/neutral`: one of the lists is empty.
 */
const fitNeutralCorrection = (
  neutral: readonly EmotionScores[],
  usual: readonly EmotionScores[],
): NeutralCorrection => {
  if (neutral.length === 0 || usual.length === 0)
    throw new InvalidInputError(
      'face/neutral',
      `${neutral.length} readings of the person and ${usual.length} of others: look at the camera for three seconds with a face at rest.`,
    );
  const share = neutral.length / (neutral.length + PRIOR_READINGS);
  const [own, others] = [meanOf(neutral), meanOf(usual)];
  return EMOTIONS.map((_, k) => share * (others[k]! - own[k]!));
};

/** A reading after the correction; probabilities still sum to 1. */
const correctReading = (scores: EmotionScores, correction: NeutralCorrection): EmotionScores => {
  const powers = EMOTIONS.map((emotion, k) => scores[emotion] * Math.exp(correction[k]!));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Object.fromEntries(EMOTIONS.map((emotion, k) => [emotion, powers[k]! / sum])) as Record<
    (typeof EMOTIONS)[number],
    number
  >;
};

const models = await loadFaceModels();

/** The largest face's scores; undefined where there is none. */
const readLargest = async (image: RgbaImage): Promise<EmotionScores | undefined> => {
  try {
    return (await readFaces(image, models))[0]?.scores;
  } catch {
    return undefined;
  }
};

/** What neutral faces of many people are read as: validation pictures, never what the model was trained on. */
const readUsual = async (): Promise<EmotionScores[]> => {
  const set = await loadFer2013(data);
  const { validation } = splitValidation(set, rowsOf(set, 'train'), { share: 0.1, seed: 1 });
  const rows = validation.filter((row) => set.labels[row] === EMOTIONS.indexOf('neutral'));
  const faces = [...rows].map((row) => tensor(Float32Array.from(pictureAt(set.images, row)), [1, 1, 48, 48]));
  const readings: EmotionScores[] = [];
  for (let start = 0; start < faces.length; start += 64)
    readings.push(...(await readExpressions(faces.slice(start, start + 64), models.expression)));
  return readings;
};

const FRAMES_PER_SECOND = 4;
const usual = await readUsual();
const mean = (values: readonly number[]): string =>
  (values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)).toFixed(3);

for (const clip of [
  'head-pose-face-detection-female.mp4',
  'head-pose-face-detection-male.mp4',
  'face-demographics-walking.mp4',
]) {
  const readings: { seconds: number; scores: EmotionScores }[] = [];
  for await (const { image, index } of readVideoFrames(join(photos, clip), {
    framesPerSecond: FRAMES_PER_SECOND,
    maxFrames: 200,
  })) {
    const scores = await readLargest(image);
    if (scores) readings.push({ seconds: index / FRAMES_PER_SECOND, scores });
  }
  const first = readings.filter(({ seconds }) => seconds < 3).map(({ scores }) => scores);
  const rest = readings.filter(({ seconds }) => seconds >= 3).map(({ scores }) => scores);
  if (first.length === 0 || rest.length === 0) {
    console.log(`${clip}: ${first.length} readings in three seconds, ${rest.length} after: nothing to measure.`);
    continue;
  }
  const correction = fitNeutralCorrection(first, usual);
  const after = rest.map((scores) => correctReading(scores, correction));
  const isNeutral = (scores: EmotionScores): number => (rankEmotions(scores)[0] === 'neutral' ? 1 : 0);
  const often = (list: readonly EmotionScores[]): string =>
    EMOTIONS.map((emotion) => [emotion, list.filter((scores) => rankEmotions(scores)[0] === emotion).length] as const)
      .filter(([, count]) => count > 0)
      .map(([emotion, count]) => `${emotion} ${count}`)
      .join(', ');
  console.log(`${clip}: likeliest in the first three seconds: ${often(first)}; after: ${often(rest)}`);
  console.log(
    `${clip}: ${first.length} readings to calibrate on, ${rest.length} after. Neutral likeliest in ${mean(rest.map(isNeutral))} of them, with correction ${mean(after.map(isNeutral))}; mean probability ${mean(rest.map(({ neutral }) => neutral))} -> ${mean(after.map(({ neutral }) => neutral))}`,
  );
}

const expected: Record<number, string> = { 4: 'disgust', 5: 'angry', 6: 'happy', 7: 'happy', 8: 'fear' };
const photo = async (number: number): Promise<EmotionScores> =>
  (await readLargest(await decodePhoto(await readFile(join(photos, `stock-emotions-a-${number}.jpg`)))))!;
const neutral = await Promise.all([1, 2, 3].map(photo));
const correction = fitNeutralCorrection(neutral, usual);
for (const [number, emotion] of Object.entries(expected)) {
  const before = await photo(Number(number));
  const after = correctReading(before, correction);
  const name = emotion as keyof EmotionScores;
  console.log(
    `stock-emotions-a-${number}: ${emotion} ${before[name].toFixed(3)} (${rankEmotions(before)[0]}) -> ${after[name].toFixed(3)} (${rankEmotions(after)[0]})`,
  );
}
