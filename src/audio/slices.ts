/** Cuts a clip into overlapping slices of equal length, the pieces that the music models judge one by one. */
import { InvalidInputError } from '../base/errors.ts';
import { checkSamples, type Frames } from './frames.ts';
import { logMelSpectrogram, PAPER_MEL } from './log-mel.ts';

export interface SliceOptions {
  /** Hz. @default 16000 */
  readonly sampleRate?: number;
  /** @default 5 */
  readonly sliceSeconds?: number;
  /** Share of a slice that the next one repeats, 0 up to but not 1. @default 0.5 */
  readonly overlap?: number;
}

/** A piece of a clip: samples [start, start + length). */
export interface Slice {
  readonly startSeconds: number;
  readonly samples: Float32Array;
}

/**
 * Slices of a clip in order; 30 s give 11. What is left at the end and fills no slice is dropped. A clip shorter
 * than one slice gives one, filled up with zeros.
 *
 * @returns views of `samples`, not copies, but for the filled-up one.
 * @throws {InvalidInputError} `audio/empty`: no samples. `audio/setting`: no length, or an overlap outside 0 to 1.
 */
export const sliceSamples = (samples: Float32Array, options: SliceOptions = {}): Slice[] => {
  const { sampleRate = 16_000, sliceSeconds = 5, overlap = 0.5 } = options;
  checkSamples(samples);
  const length = Math.round(sliceSeconds * sampleRate);
  const step = Math.round(length * (1 - overlap));
  if (!(length > 0 && step > 0 && overlap >= 0))
    throw new InvalidInputError(
      'audio/setting',
      `Slices of ${sliceSeconds} s overlapping by ${overlap}: give a length above 0 and an overlap from 0 to below 1.`,
    );
  if (samples.length < length) {
    const filled = new Float32Array(length);
    filled.set(samples);
    return [{ startSeconds: 0, samples: filled }];
  }
  const count = 1 + Math.floor((samples.length - length) / step);
  return Array.from({ length: count }, (_, i) => ({
    startSeconds: (i * step) / sampleRate,
    samples: samples.subarray(i * step, i * step + length),
  }));
};

/** Log-mel spectrograms of a clip's slices in the paper's setting: [313, 128] each, of 16 kHz sound. */
export const logMelSlices = (samples: Float32Array, options: SliceOptions = {}): Frames[] =>
  sliceSamples(samples, options).map((slice) => logMelSpectrogram(slice.samples, PAPER_MEL));
