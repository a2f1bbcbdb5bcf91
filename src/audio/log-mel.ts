/** Mel and log-mel spectrograms, the pictures of sound that the audio models read. */
import { InvalidInputError } from '../base/errors.ts';
import { createFrames, type Frames } from './frames.ts';
import { createMelFolder, type MelOptions } from './mel.ts';
import { createSpectrumReader, type StftOptions } from './stft.ts';

export interface MelSpectrogramOptions extends MelOptions, StftOptions {}

export interface DecibelOptions {
  /** The power that counts as 0 dB. @default 1 */
  readonly reference?: number;
  /** Smaller powers count as this. @default 1e-10 */
  readonly floor?: number;
  /** Nothing lies further below the loudest value, dB; Infinity for no limit. @default 80 */
  readonly topDb?: number;
}

/** The setting of the music paper (P11) at 16 kHz: 5 s give [313, 128]. */
export const PAPER_MEL = {
  sampleRate: 16_000,
  fftSize: 512,
  hopSize: 256,
  bandCount: 128,
} as const satisfies MelSpectrogramOptions;

/**
 * Mel power spectrogram.
 *
 * @param samples mono, -1 to 1
 * @returns [1 + floor(samples / hopSize), bandCount], power
 * @throws {InvalidInputError} `audio/empty`, `audio/setting`, `fft/size`, `mel/empty-band`, `mel/range`
 * @see librosa.feature.melspectrogram (transposed)
 */
export const melSpectrogram = (samples: Float32Array, options: MelSpectrogramOptions = {}): Frames => {
  const spectra = createSpectrumReader(samples, options);
  const fold = createMelFolder(options);
  const { bandCount = 128 } = options;
  const result = createFrames(spectra.frameCount, bandCount);
  for (let frame = 0; frame < spectra.frameCount; frame++) {
    spectra.read(frame);
    fold(spectra.power, result.data, frame * bandCount);
  }
  return result;
};

/**
 * 10 log10(power / reference), in decibels.
 *
 * @throws {InvalidInputError} `audio/setting`: floor or reference not above 0, or topDb negative.
 * @see librosa.power_to_db
 */
export const powerToDb = (power: Frames, options: DecibelOptions = {}): Frames => {
  const { reference = 1, floor = 1e-10, topDb = 80 } = options;
  if (!(floor > 0 && reference > 0 && topDb >= 0))
    throw new InvalidInputError(
      'audio/setting',
      `Decibels with floor ${floor}, reference ${reference}, topDb ${topDb}: the first two must be above 0, topDb not below.`,
    );
  const offset = 10 * Math.log10(Math.max(floor, reference));
  const data = new Float32Array(power.data.length);
  let loudest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const value = 10 * Math.log10(Math.max(floor, power.data[i]!)) - offset;
    data[i] = value;
    if (value > loudest) loudest = value;
  }
  const lowest = loudest - topDb;
  for (let i = 0; i < data.length; i++) if (data[i]! < lowest) data[i] = lowest;
  return { ...power, data };
};

/** `powerToDb(melSpectrogram(samples, options), options)`: [frames, bandCount], dB. */
export const logMelSpectrogram = (
  samples: Float32Array,
  options: MelSpectrogramOptions & DecibelOptions = {},
): Frames => powerToDb(melSpectrogram(samples, options), options);

/** A spectrogram's settings in one line, all defaults filled in; a model's card keeps it. */
export const describeMelSettings = (options: MelSpectrogramOptions & DecibelOptions = {}): string => {
  const { sampleRate = 16_000, fftSize = 2048, hopSize = fftSize / 4, bandCount = 128 } = options;
  const { minHz = 0, maxHz = sampleRate / 2, scale = 'slaney', norm = 'slaney', padMode = 'reflect' } = options;
  const { reference = 1, floor = 1e-10, topDb = 80 } = options;
  return (
    `${sampleRate} Hz, window ${fftSize}, hop ${hopSize}, ${bandCount} mel bands ${minHz}-${maxHz} Hz, ` +
    `scale ${scale}, norm ${norm}, padding ${padMode}, decibels over ${reference} from ${floor}, range ${topDb}`
  );
};

/**
 * @param trained what `describeMelSettings` gave when the model was trained
 * @throws {InvalidInputError} `audio/other-settings`: the model was trained with other settings; both are named.
 */
export const checkMelSettings = (trained: string, options: MelSpectrogramOptions & DecibelOptions): void => {
  const given = describeMelSettings(options);
  if (trained !== given)
    throw new InvalidInputError(
      'audio/other-settings',
      `This model was trained on spectrograms with ${trained}, but would be given ${given}: use the model's own settings.`,
    );
};
