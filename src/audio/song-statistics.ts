/** A song's sound in some five hundred numbers: its colour, how colours go together, and the rhythm of every part of the spectrum. */
import { InvalidInputError } from '../base/errors.ts';
import { createRealFft } from './fft.ts';
import type { Frames } from './frames.ts';
import { dctFrames } from './mfcc.ts';
import { hannWindow } from './stft.ts';

const COEFFICIENTS = 20;
/** Mel bands joined four by four for the levels, eight by eight for the rhythm. */
const LEVEL_GROUPS = 32;
const RHYTHM_GROUPS = 16;
const LEVEL_SHARES = [0.05, 0.5, 0.95] as const;
/** Frames of one look at the rhythm: 8.2 s at a hop of 256. */
const RHYTHM_FRAMES = 512;
/** Bins of its spectrum, 0.122 Hz each, joined into 13 steps from 0.12 to 10.5 Hz: from a phrase to a drum roll. */
const RHYTHM_EDGES = [1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64, 86] as const;

/** Where each kind of number lies. Kinds weigh alike in a comparison of songs, however many numbers they have. */
export const STATISTIC_BLOCKS = [
  { name: 'colour', length: COEFFICIENTS },
  { name: 'spread', length: COEFFICIENTS },
  { name: 'change', length: COEFFICIENTS },
  { name: 'correlation', length: (COEFFICIENTS * (COEFFICIENTS - 1)) / 2 },
  { name: 'levels', length: LEVEL_GROUPS * LEVEL_SHARES.length },
  { name: 'rhythm', length: RHYTHM_GROUPS * (RHYTHM_EDGES.length - 1) },
] as const;

export const STATISTIC_COUNT = STATISTIC_BLOCKS.reduce((sum, { length }) => sum + length, 0);

/** The statistics need this many frames: 1 s. */
const LEAST_FRAMES = 62;

/** The mean of neighbouring bands: [frames, groups]. */
const joinBands = ({ frameCount, width, data }: Frames, groups: number): Float64Array => {
  const each = width / groups;
  const joined = new Float64Array(frameCount * groups);
  for (let frame = 0; frame < frameCount; frame++)
    for (let group = 0; group < groups; group++) {
      let sum = 0;
      for (let i = 0; i < each; i++) sum += data[frame * width + group * each + i]!;
      joined[frame * groups + group] = sum / each;
    }
  return joined;
};

/** Mean, spread, change from frame to frame, and the correlation of every two coefficients. */
const colourStatistics = ({ frameCount, width, data }: Frames): number[] => {
  const means = Float64Array.from({ length: width }, (_, k) => {
    let sum = 0;
    for (let frame = 0; frame < frameCount; frame++) sum += data[frame * width + k]!;
    return sum / frameCount;
  });
  const products = new Float64Array(width * width);
  const changes = new Float64Array(width);
  const own = new Float64Array(width);
  for (let frame = 0; frame < frameCount; frame++) {
    for (let k = 0; k < width; k++) own[k] = data[frame * width + k]! - means[k]!;
    for (let i = 0; i < width; i++) for (let j = 0; j <= i; j++) products[i * width + j]! += own[i]! * own[j]!;
    if (frame < 2 || frame >= frameCount - 2) continue;
    for (let k = 0; k < width; k++) {
      const at = (offset: number): number => data[(frame + offset) * width + k]!;
      changes[k]! += ((2 * (at(2) - at(-2)) + at(1) - at(-1)) / 10) ** 2;
    }
  }
  const spread = Array.from(means, (_, k) => Math.sqrt(products[k * width + k]! / frameCount));
  const correlations: number[] = [];
  for (let i = 0; i < width; i++)
    for (let j = 0; j < i; j++)
      correlations.push(products[i * width + j]! / frameCount / (spread[i]! * spread[j]! + 1e-6));
  return [...means, ...spread, ...Array.from(changes, (sum) => Math.log(sum / frameCount + 1e-6)), ...correlations];
};

/** Quiet, middle and loud of each group of bands. */
const levelStatistics = (frames: Frames): number[] => {
  const joined = joinBands(frames, LEVEL_GROUPS);
  return Array.from({ length: LEVEL_GROUPS }, (_, group) => {
    const values = Float64Array.from(
      { length: frames.frameCount },
      (_, frame) => joined[frame * LEVEL_GROUPS + group]!,
    );
    values.sort();
    return LEVEL_SHARES.map((share) => values[Math.floor(share * (values.length - 1))]!);
  }).flat();
};

/**
 * How strongly each group of bands swells and fades at each pace: the spectrum of its level, mean over looks that overlap by
 * half, as ln(1 + power). @see Pampalk, Rauber, Merkl (2002): fluctuation patterns.
 */
const rhythmStatistics = (frames: Frames): number[] => {
  const joined = joinBands(frames, RHYTHM_GROUPS);
  const steps = RHYTHM_EDGES.length - 1;
  const power = new Float64Array(RHYTHM_GROUPS * steps);
  const fft = createRealFft(RHYTHM_FRAMES);
  const window = hannWindow(RHYTHM_FRAMES);
  const real = new Float64Array(RHYTHM_FRAMES / 2 + 1);
  const imaginary = new Float64Array(RHYTHM_FRAMES / 2 + 1);
  const look = new Float64Array(RHYTHM_FRAMES);
  let looks = 0;
  // A shorter sound gives one look, its end filled up with its mean.
  const last = Math.max(0, frames.frameCount - RHYTHM_FRAMES);
  for (let start = 0; start <= last; start += RHYTHM_FRAMES / 2, looks++) {
    const length = Math.min(RHYTHM_FRAMES, frames.frameCount - start);
    for (let group = 0; group < RHYTHM_GROUPS; group++) {
      let mean = 0;
      for (let i = 0; i < length; i++) mean += joined[(start + i) * RHYTHM_GROUPS + group]! / length;
      for (let i = 0; i < RHYTHM_FRAMES; i++)
        look[i] = i < length ? (joined[(start + i) * RHYTHM_GROUPS + group]! - mean) * window[i]! : 0;
      fft.forward(look, real, imaginary);
      for (let step = 0; step < steps; step++) {
        const from = RHYTHM_EDGES[step]!;
        const to = RHYTHM_EDGES[step + 1]!;
        let sum = 0;
        for (let k = from; k < to; k++) sum += real[k]! ** 2 + imaginary[k]! ** 2;
        power[group * steps + step]! += sum / (to - from);
      }
    }
  }
  return Array.from(power, (sum) => Math.log(1 + sum / looks));
};

/**
 * The statistics of a song or a part of it.
 *
 * @param decibels log-mel of `SONG_MEL`: [frames, 128], dB
 * @returns `STATISTIC_COUNT` numbers, in the order of `STATISTIC_BLOCKS`
 * @throws {InvalidInputError} `audio/too-short`: less than a second of sound.
 */
export const songStatistics = (decibels: Frames): Float32Array => {
  if (decibels.frameCount < LEAST_FRAMES)
    throw new InvalidInputError(
      'audio/too-short',
      `${decibels.frameCount} frames of sound are less than a second: give a longer piece of the song.`,
    );
  return Float32Array.from([
    ...colourStatistics(dctFrames(decibels, COEFFICIENTS)),
    ...levelStatistics(decibels),
    ...rhythmStatistics(decibels),
  ]);
};
