/** Plain measures of a sound, one number a frame: how loud, how bright, how noisy. */
import { InvalidInputError } from '../base/errors.ts';
import { createFrames, type Frames } from './frames.ts';
import { createFrameReader, createSpectrumReader, fftFrequencies, type PadMode } from './stft.ts';

export interface FrameOptions {
  /** Samples in a frame. @default 2048 */
  readonly frameSize?: number;
  /** @default frameSize / 4 */
  readonly hopSize?: number;
}

export interface SpectralOptions {
  /** Hz. @default 16000 */
  readonly sampleRate?: number;
  /** @default 2048 */
  readonly fftSize?: number;
  /** @default fftSize / 4 */
  readonly hopSize?: number;
  /** @default 'reflect' */
  readonly padMode?: PadMode;
  /** The share of the magnitude that lies below the roll-off. @default 0.85 */
  readonly rolloffShare?: number;
}

const measureFrames = (
  samples: Float32Array,
  { frameSize = 2048, hopSize = frameSize / 4 }: FrameOptions,
  padMode: PadMode,
  measure: (frame: Float64Array) => number,
): Frames => {
  const reader = createFrameReader(samples, frameSize, hopSize, padMode);
  const result = createFrames(reader.frameCount, 1);
  for (let i = 0; i < reader.frameCount; i++) {
    reader.read(i);
    result.data[i] = measure(reader.frame);
  }
  return result;
};

/**
 * Share of samples whose sign differs from the one before; values within 1e-10 of zero count as positive.
 *
 * @returns [frames, 1]
 * @see librosa.feature.zero_crossing_rate (the ends continue the outermost sample)
 */
export const zeroCrossingRate = (samples: Float32Array, options: FrameOptions = {}): Frames =>
  measureFrames(samples, options, 'edge', (frame) => {
    let crossings = 0;
    for (let n = 1; n < frame.length; n++) if (frame[n]! < -1e-10 !== frame[n - 1]! < -1e-10) crossings += 1;
    return crossings / frame.length;
  });

/** Root mean square. @returns [frames, 1] @see librosa.feature.rms (from samples, zeros at the ends) */
export const rms = (samples: Float32Array, options: FrameOptions = {}): Frames =>
  measureFrames(samples, options, 'constant', (frame) => {
    let sum = 0;
    for (const value of frame) sum += value * value;
    return Math.sqrt(sum / frame.length);
  });

/**
 * Where the magnitude spectrum lies: its mean (centroid), spread about it (bandwidth, p = 2) and the frequency below
 * which `rolloffShare` of it lies. A silent frame gives 0 for all three.
 *
 * @returns [frames, 3], Hz: centroid, bandwidth, rolloff
 * @throws {InvalidInputError} as `stft`; `audio/setting`: rolloffShare not above 0 and below 1.
 * @see librosa.feature.spectral_centroid, spectral_bandwidth, spectral_rolloff
 */
export const spectralShape = (samples: Float32Array, options: SpectralOptions = {}): Frames => {
  const { sampleRate = 16_000, fftSize = 2048, rolloffShare = 0.85 } = options;
  if (!(rolloffShare > 0 && rolloffShare < 1))
    throw new InvalidInputError(
      'audio/setting',
      `rolloffShare is ${rolloffShare}: give a share above 0 and below 1, such as 0.85.`,
    );
  const frequencies = fftFrequencies(sampleRate, fftSize);
  const reader = createSpectrumReader(samples, options);
  const result = createFrames(reader.frameCount, 3);
  for (let frame = 0; frame < reader.frameCount; frame++) {
    reader.read(frame);
    const magnitude = reader.power;
    let total = 0;
    let moment = 0;
    for (let k = 0; k < magnitude.length; k++) {
      magnitude[k] = Math.sqrt(magnitude[k]!);
      total += magnitude[k]!;
      moment += magnitude[k]! * frequencies[k]!;
    }
    if (total < Number.MIN_VALUE) continue;
    const centroid = moment / total;
    let spread = 0;
    let below = 0;
    let rolloff = -1;
    for (let k = 0; k < magnitude.length; k++) {
      spread += magnitude[k]! * (frequencies[k]! - centroid) ** 2;
      below += magnitude[k]!;
      if (rolloff < 0 && below >= rolloffShare * total) rolloff = frequencies[k]!;
    }
    result.data.set([centroid, Math.sqrt(spread / total), rolloff], frame * 3);
  }
  return result;
};
