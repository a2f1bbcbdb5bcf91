/** Other microphones, rooms and days for the same sound: changes to a mel spectrogram, cheap enough to be new in every round. */
import { toDecibels } from '../src/audio/speech-picture.ts';
import type { Random } from '../src/base/random.ts';
import type { SoundSettings } from './recipes/sound-settings.ts';

export type SoundAugmentation = Pick<
  SoundSettings,
  'gainDb' | 'tiltDb' | 'noiseShare' | 'noiseDb' | 'roomShare' | 'warp' | 'bandMask' | 'frameMask' | 'masks'
>;

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.next();

/**
 * A room's echo: every frame leaves a tail that falls by 60 dB in 0.2 to 0.9 s, as loud as the sound or up to 15 dB below.
 *
 * @param power [frames, bands], changed in place
 */
export const addRoom = (power: Float32Array, bands: number, frameSeconds: number, random: Random): void => {
  const decay = 10 ** ((-6 * frameSeconds) / between(random, 0.2, 0.9));
  const level = 10 ** (between(random, -15, 0) / 10) * (1 - decay);
  const tail = new Float32Array(bands);
  for (let at = 0; at < power.length; at += bands)
    for (let band = 0; band < bands; band++) {
      const direct = power[at + band]!;
      power[at + band] = direct + tail[band]!;
      tail[band] = (tail[band]! + level * direct) * decay;
    }
};

/**
 * Steady noise, from hiss to rumble, so many dB below the sound's mean. In a mel band power adds up; around its mean it
 * scatters as the sum of a few squared normal numbers.
 *
 * @param power [frames, bands], changed in place
 */
export const addNoise = (
  power: Float32Array,
  bands: number,
  [low, high]: readonly [number, number],
  random: Random,
): void => {
  let mean = 0;
  for (const value of power) mean += value;
  mean /= power.length;
  const slope = between(random, -3, 1); // dB a tenth of the bands
  const level = mean * 10 ** (-between(random, low, high) / 10);
  const shape = Float64Array.from({ length: bands }, (_, band) => 10 ** ((slope * band) / bands));
  const whole = shape.reduce((sum, value) => sum + value, 0) / bands;
  for (let at = 0; at < power.length; at += bands)
    for (let band = 0; band < bands; band++) {
      // The mean of two exponential draws: what a band of a few bins does.
      const scatter = -0.5 * Math.log((1 - random.next()) * (1 - random.next()));
      power[at + band]! += (level * shape[band]! * scatter) / whole;
    }
};

/**
 * Stretches the band axis: a longer or shorter vocal tract (Jaitly and Hinton 2013). Beyond the last band its value goes on.
 *
 * @param decibels [bands, frames], changed in place
 */
export const warpBands = (decibels: Float32Array, bands: number, stretch: number): void => {
  const frames = decibels.length / bands;
  const source = decibels.slice();
  for (let band = 0; band < bands; band++) {
    const place = Math.min(bands - 1, band * stretch);
    const low = Math.floor(place);
    const high = Math.min(bands - 1, low + 1);
    const share = place - low;
    for (let frame = 0; frame < frames; frame++)
      decibels[band * frames + frame] =
        source[low * frames + frame]! * (1 - share) + source[high * frames + frame]! * share;
  }
};

/**
 * SpecAugment (Park et al. 2019): bands and frames blotted out with the picture's mean.
 *
 * @param decibels [bands, frames], changed in place
 */
export const maskSpectrogram = (
  decibels: Float32Array,
  bands: number,
  { bandMask, frameMask, masks }: Pick<SoundAugmentation, 'bandMask' | 'frameMask' | 'masks'>,
  random: Random,
): void => {
  const frames = decibels.length / bands;
  let mean = 0;
  for (const value of decibels) mean += value;
  mean /= decibels.length;
  for (let i = 0; i < masks; i++) {
    const height = random.integer(Math.min(bands, bandMask) + 1);
    const top = random.integer(bands - height + 1);
    decibels.fill(mean, top * frames, (top + height) * frames);
    const width = random.integer(Math.min(frames, frameMask) + 1);
    const left = random.integer(frames - width + 1);
    for (let band = 0; band < bands; band++) decibels.fill(mean, band * frames + left, band * frames + left + width);
  }
};

/**
 * Another level, and another balance of low and high: a straight line over the bands.
 *
 * @param decibels [bands, frames], changed in place
 */
export const changeLevel = (
  decibels: Float32Array,
  bands: number,
  { gainDb, tiltDb }: Pick<SoundAugmentation, 'gainDb' | 'tiltDb'>,
  random: Random,
): void => {
  const frames = decibels.length / bands;
  const gain = between(random, -gainDb, gainDb);
  const tilt = between(random, -tiltDb, tiltDb);
  for (let band = 0; band < bands; band++) {
    const change = gain + tilt * (band / (bands - 1) - 0.5);
    for (let at = band * frames; at < (band + 1) * frames; at++) decibels[at]! += change;
  }
};

/** All of it, as the settings say. @param power [frames, bands], spoilt; `out`: [bands, frames], dB */
export const augmentSpeech = (
  power: Float32Array,
  bands: number,
  { floor, frameSeconds }: { readonly floor: number; readonly frameSeconds: number },
  settings: SoundAugmentation,
  random: Random,
  out: Float32Array,
): void => {
  if (random.next() < settings.roomShare) addRoom(power, bands, frameSeconds, random);
  if (random.next() < settings.noiseShare) addNoise(power, bands, settings.noiseDb, random);
  toDecibels(power, bands, floor, out);
  changeLevel(out, bands, settings, random);
  if (settings.warp > 0) warpBands(out, bands, between(random, 1 - settings.warp, 1 + settings.warp));
  maskSpectrogram(out, bands, settings, random);
};
