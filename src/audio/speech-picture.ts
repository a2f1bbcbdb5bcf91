/** From speech to the pictures that the speech models look at: log-mel windows of a fixed size, cut where there is sound. */
import type { Frames } from './frames.ts';
import { type DecibelOptions, describeMelSettings, type MelSpectrogramOptions, melSpectrogram } from './log-mel.ts';

export interface PictureSettings extends MelSpectrogramOptions, DecibelOptions {
  readonly sampleRate: number;
  readonly hopSize: number;
  readonly bandCount: number;
  readonly floor: number;
  /** Frames of one picture. */
  readonly frameCount: number;
  /** Frames from one picture of a long recording to the next. */
  readonly step: number;
}

/** 2.56 s, fine enough in frequency to show a voice's overtones. */
export const VOICE_PICTURE = {
  sampleRate: 16_000,
  fftSize: 1024,
  hopSize: 512,
  bandCount: 64,
  minHz: 50,
  floor: 1e-7,
  topDb: Number.POSITIVE_INFINITY,
  frameCount: 80,
  step: 40,
} as const satisfies PictureSettings;

/** 0.82 s up to 4 kHz, all that a telephone or the 8 kHz recordings of the digits carry. */
export const DIGIT_PICTURE = {
  sampleRate: 16_000,
  fftSize: 512,
  hopSize: 205,
  bandCount: 40,
  minHz: 60,
  maxHz: 4000,
  floor: 1e-7,
  topDb: Number.POSITIVE_INFINITY,
  frameCount: 64,
  step: 32,
} as const satisfies PictureSettings;

/** The settings of a model's pictures in one line, for its file and its card. */
export const describePicture = (settings: PictureSettings): string =>
  `${describeMelSettings(settings)}, pictures of ${settings.frameCount} frames`;

/** Quieter than the loudest frame by more than this, at the ends, is no part of the speech: a factor on power, 30 dB. */
const LEAST_POWER = 1e-3;
const MARGIN_FRAMES = 3;

/**
 * Mel power of the part of a clip from its first to its last loud frame, with a margin.
 *
 * @returns [frames, bandCount], power; `firstFrame` tells where in the clip it begins
 * @throws {InvalidInputError} `audio/empty` and what else `melSpectrogram` throws
 */
export const speechPower = (
  samples: Float32Array,
  settings: PictureSettings,
): Frames & { readonly firstFrame: number } => {
  const { frameCount, width, data } = melSpectrogram(samples, settings);
  const power = new Float64Array(frameCount);
  for (let frame = 0; frame < frameCount; frame++)
    for (let band = 0; band < width; band++) power[frame] = power[frame]! + data[frame * width + band]!;
  const least = power.reduce((most, value) => Math.max(most, value), 0) * LEAST_POWER;
  let first = 0;
  let last = frameCount - 1;
  while (first < last && power[first]! < least) first++;
  while (last > first && power[last]! < least) last--;
  first = Math.max(0, first - MARGIN_FRAMES);
  last = Math.min(frameCount - 1, last + MARGIN_FRAMES);
  return {
    frameCount: last - first + 1,
    width,
    data: data.slice(first * width, (last + 1) * width),
    firstFrame: first,
  };
};

/** Where the pictures of so many frames begin: one in the middle of a short clip (then at most 0), else evenly from end to end. */
export const pictureStarts = (frames: number, { frameCount, step }: PictureSettings): number[] => {
  const spare = frames - frameCount;
  if (spare <= 0) return [Math.ceil(spare / 2)];
  const count = 1 + Math.ceil(spare / step);
  return Array.from({ length: count }, (_, i) => Math.round((i * spare) / (count - 1)));
};

/**
 * Frames [start, start + frameCount) of a spectrogram; where it has none, no power.
 *
 * @returns [frameCount, bandCount], power, a copy
 */
export const cutPicture = (
  { frameCount: frames, width, data }: Frames,
  start: number,
  length: number,
): Float32Array => {
  const picture = new Float32Array(length * width);
  const from = Math.max(0, start);
  const to = Math.min(frames, start + length);
  if (to > from) picture.set(data.subarray(from * width, to * width), (from - start) * width);
  return picture;
};

/**
 * Power to decibels over 1, turned as the networks take it.
 *
 * @param power [frames, bands]
 * @param out [bands, frames], written
 */
export const toDecibels = (power: Float32Array, bands: number, floor: number, out: Float32Array): void => {
  const frames = power.length / bands;
  for (let frame = 0; frame < frames; frame++)
    for (let band = 0; band < bands; band++)
      out[band * frames + frame] = 10 * Math.log10(Math.max(floor, power[frame * bands + band]!));
};
