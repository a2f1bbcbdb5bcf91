/** Clips of speech as what the networks learn from: spectrograms at several speeds, cut and changed anew in every round. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resample } from '../src/audio/resample.ts';
import {
  cutPicture,
  describePicture,
  type PictureSettings,
  pictureStarts,
  speechPower,
  toDecibels,
} from '../src/audio/speech-picture.ts';
import { VOICE_BLOCKS, voiceStatistics } from '../src/audio/voice-statistics.ts';
import type { Random } from '../src/base/random.ts';
import type { Network } from '../src/graph/build.ts';
import type { Session } from '../src/graph/session.ts';
import { augmentSpeech } from './augment-sound.ts';
import { loadEmodb } from './datasets/emodb.ts';
import { loadFsdd } from './datasets/fsdd.ts';
import { loadRavdess } from './datasets/ravdess.ts';
import type { SoundClip, SoundSet } from './datasets/sound-set.ts';
import { speechNetwork } from './recipes/sound-networks.ts';
import type { SoundSettings } from './recipes/sound-settings.ts';
import type { SpeechRecipe, SpeechSet } from './recipes/speech.ts';
import { cacheFolder, keepInCache } from './sound-cache.ts';
import { runSound, type SoundProblem } from './train-sound.ts';

export interface SpeechExample {
  readonly id: string;
  /** Set and speaker: nobody stands on both sides of a split. */
  readonly group: string;
  readonly set: SpeechSet;
  /** Place in the recipe's labels. */
  readonly label: number;
  readonly part?: SoundClip['part'];
  /** `voiceStatistics` where the recipe wants them, one a speed; those of the clip as it is come first. */
  readonly manners?: readonly Float32Array[];
  /** Power spectrograms, one a speed; the clip as it is comes first. */
  readonly powers: readonly { readonly frameCount: number; readonly width: number; readonly data: Float32Array }[];
}

/** Loads a set in the layout that its own page describes. */
export const loadSpeechSet = (
  set: SpeechSet,
  path: string,
  onProgress?: (done: number, count: number) => void,
): Promise<SoundSet> =>
  set === 'fsdd' ? loadFsdd(path) : set === 'ravdess' ? loadRavdess(path, onProgress) : loadEmodb(path, onProgress);

/** A clip played `speed` times as fast: tempo and pitch rise together. */
const atSpeed = (samples: Float32Array, speed: number, sampleRate: number): Float32Array =>
  speed === 1 ? samples : resample(samples, Math.round(sampleRate * speed), sampleRate);

/** The clips of a set at each speed, kept between runs: a second run with the same clips and settings reads them back. */
export const makeExamples = async (
  set: SpeechSet,
  { clips, labels, sha256 }: Pick<SoundSet, 'clips' | 'labels' | 'sha256'>,
  {
    picture,
    labels: wanted,
    manner,
  }: Pick<SpeechRecipe, 'picture' | 'labels'> & { readonly manner?: object | undefined },
  speeds: readonly number[] = [1],
): Promise<SpeechExample[]> => {
  const width = picture.bandCount;
  const powers = await readCached(`${describePicture(picture)} ${speeds} ${sha256}`, () =>
    clips.flatMap(({ samples }) =>
      speeds.map((speed) => speechPower(atSpeed(samples, speed, picture.sampleRate), picture).data),
    ),
  );
  const manners =
    manner &&
    (await readCached(`manner ${JSON.stringify(VOICE_BLOCKS)} ${speeds} ${sha256}`, () =>
      clips.flatMap(({ samples }) =>
        speeds.map((speed) => voiceStatistics(atSpeed(samples, speed, picture.sampleRate))),
      ),
    ));
  return clips.map(({ id, group, label, part }, i) => ({
    id,
    group: `${set}/${group}`,
    set,
    label: wanted.indexOf(labels[label]!),
    ...(part && { part }),
    ...(manners && { manners: manners.slice(i * speeds.length, (i + 1) * speeds.length) }),
    powers: speeds.map((_, k) => {
      const data = powers[i * speeds.length + k]!;
      return { frameCount: data.length / width, width, data };
    }),
  }));
};

/** A file of lengths, then numbers. */
const readCached = async (what: string, make: () => Float32Array[]): Promise<Float32Array[]> => {
  const key = createHash('sha256').update(`speech-1 ${what}`).digest('hex');
  const path = join(cacheFolder(), 'speech', `${key}.bin`);
  const known = await readFile(path).catch(() => undefined);
  if (known) {
    const numbers = new Float32Array(known.buffer.slice(known.byteOffset, known.byteOffset + known.length));
    const count = numbers[0]!;
    const lengths = numbers.subarray(1, 1 + count);
    let at = 1 + count;
    return Array.from(lengths, (length) => {
      at += length;
      return numbers.subarray(at - length, at);
    });
  }
  const made = make();
  await keepInCache(path, [Float32Array.from([made.length, ...made.map(({ length }) => length)]), ...made]);
  return made;
};

const dimsOf = ({ bandCount, frameCount }: PictureSettings): [number, number, number] => [1, bandCount, frameCount];

export const networkOf = (recipe: Pick<SpeechRecipe, 'labels'>, settings: SoundSettings): Network =>
  speechNetwork({ classes: recipe.labels.length, widths: settings.widths, dropout: settings.dropout });

/** What is to be learnt from `rows` of the examples; rarer classes come up to twice a round. */
export const speechProblem = (
  examples: readonly SpeechExample[],
  rows: readonly number[],
  recipe: Pick<SpeechRecipe, 'labels' | 'picture'>,
  settings: SoundSettings,
): SoundProblem => {
  const { bandCount, frameCount, floor, hopSize, sampleRate } = recipe.picture;
  const augment = { floor, frameSeconds: hopSize / sampleRate };
  return {
    network: networkOf(recipe, settings),
    inputDims: dimsOf(recipe.picture),
    classes: recipe.labels.length,
    rows,
    labelOf: (row) => examples[row]!.label,
    makeExample: (row, random, input) => {
      const { powers } = examples[row]!;
      const power = powers[random.integer(powers.length)]!;
      const start = anyStart(power.frameCount, frameCount, random);
      augmentSpeech(cutPicture(power, start, frameCount), bandCount, augment, settings, random, input);
    },
  };
};

/** Anywhere within a long clip; a short one anywhere within the picture. */
const anyStart = (frames: number, length: number, random: Random): number =>
  frames > length ? random.integer(frames - length + 1) : -random.integer(length - frames + 1);

/**
 * What a model says of each example: the mean over its pictures, as the reader of voices does.
 *
 * @returns [rows, classes]
 */
export const speechLogits = async (
  session: Session,
  examples: readonly SpeechExample[],
  rows: readonly number[],
  { picture, labels }: Pick<SpeechRecipe, 'labels' | 'picture'>,
): Promise<Float32Array> => {
  const pictures = rows.flatMap((row, at) =>
    pictureStarts(examples[row]!.powers[0]!.frameCount, picture).map((start) => ({ row, at, start })),
  );
  const { bandCount, frameCount, floor } = picture;
  const said = await runSound(session, dimsOf(picture), pictures.length, (index, input) => {
    const { row, start } = pictures[index]!;
    toDecibels(cutPicture(examples[row]!.powers[0]!, start, frameCount), bandCount, floor, input);
  });
  const classes = labels.length;
  const counts = new Float32Array(rows.length);
  for (const { at } of pictures) counts[at]!++;
  const logits = new Float32Array(rows.length * classes);
  for (const [index, { at }] of pictures.entries())
    for (let k = 0; k < classes; k++) logits[at * classes + k]! += said[index * classes + k]! / counts[at]!;
  return logits;
};
