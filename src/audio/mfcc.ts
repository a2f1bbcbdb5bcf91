/** Mel-frequency cepstral coefficients and how they change over time. */
import { InvalidInputError } from '../base/errors.ts';
import { checkWhole, createFrames, type Frames } from './frames.ts';
import { type DecibelOptions, logMelSpectrogram, type MelSpectrogramOptions } from './log-mel.ts';

export interface MfccOptions extends MelSpectrogramOptions, DecibelOptions {
  /** @default 20 */
  readonly coefficientCount?: number;
}

export interface DeltaOptions {
  /** Frames that one slope is fitted to: odd, at least 3. @default 9 */
  readonly width?: number;
  /** 1 for the first derivative, 2 for the second. @default 1 */
  readonly order?: 1 | 2;
}

/**
 * The first coefficients of the orthonormal DCT-II of every frame.
 *
 * @returns [frames, coefficientCount]
 * @throws {InvalidInputError} `audio/setting`: more coefficients than the frame has numbers.
 * @see scipy.fft.dct(type=2, norm='ortho')
 */
export const dctFrames = (frames: Frames, coefficientCount: number): Frames => {
  checkWhole('coefficientCount', coefficientCount);
  const { width } = frames;
  if (coefficientCount > width)
    throw new InvalidInputError(
      'audio/setting',
      `${coefficientCount} coefficients of ${width} bands: lower coefficientCount or raise bandCount.`,
    );
  const basis = new Float64Array(coefficientCount * width);
  for (let k = 0; k < coefficientCount; k++) {
    const gain = Math.sqrt((k === 0 ? 1 : 2) / width);
    for (let n = 0; n < width; n++) basis[k * width + n] = gain * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * width));
  }
  const result = createFrames(frames.frameCount, coefficientCount);
  for (let frame = 0; frame < frames.frameCount; frame++) {
    for (let k = 0; k < coefficientCount; k++) {
      let sum = 0;
      for (let n = 0; n < width; n++) sum += basis[k * width + n]! * frames.data[frame * width + n]!;
      result.data[frame * coefficientCount + k] = sum;
    }
  }
  return result;
};

/**
 * Mel-frequency cepstral coefficients of a sound: the DCT of its log-mel spectrogram.
 *
 * @returns [frames, coefficientCount]
 * @throws {InvalidInputError} as `melSpectrogram` and `dctFrames`
 * @see librosa.feature.mfcc (transposed)
 */
export const mfcc = (samples: Float32Array, options: MfccOptions = {}): Frames =>
  dctFrames(logMelSpectrogram(samples, options), options.coefficientCount ?? 20);

/**
 * Local derivative over time: the slope (or curvature) of a polynomial fitted to `width` frames (Savitzky and Golay).
 * At both ends the polynomial of the outermost `width` frames goes on, which for these orders repeats its derivative.
 *
 * @returns as `frames`, per frame (order 2: per frame squared)
 * @throws {InvalidInputError} `audio/setting`: width not odd or below 3. `audio/too-short`: fewer frames than `width`.
 * @see librosa.feature.delta (mode='interp', transposed)
 */
export const delta = (frames: Frames, { width = 9, order = 1 }: DeltaOptions = {}): Frames => {
  checkWhole('width', width, 3);
  if (width % 2 === 0)
    throw new InvalidInputError(
      'audio/setting',
      `width is ${width}: give an odd number of frames, such as ${width + 1}.`,
    );
  if (frames.frameCount < width)
    throw new InvalidInputError(
      'audio/too-short',
      `${frames.frameCount} frames are too few for a derivative over ${width}: give a longer recording or a smaller width.`,
    );
  const half = (width - 1) / 2;
  const weights = derivativeWeights(half, order);
  const columns = frames.width;
  const result = createFrames(frames.frameCount, columns);
  for (let frame = 0; frame < frames.frameCount; frame++) {
    const centre = Math.min(Math.max(frame, half), frames.frameCount - 1 - half);
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let n = -half; n <= half; n++) sum += weights[n + half]! * frames.data[(centre + n) * columns + column]!;
      result.data[frame * columns + column] = sum;
    }
  }
  return result;
};

/** Least squares: over places -half..half, a line's slope is sum(n x) / sum(n^2); a parabola's curvature likewise. */
const derivativeWeights = (half: number, order: 1 | 2): number[] => {
  const places = Array.from({ length: 2 * half + 1 }, (_, i) => i - half);
  const squares = places.reduce((sum, n) => sum + n * n, 0);
  if (order === 1) return places.map((n) => n / squares);
  const mean = squares / places.length;
  const spread = places.reduce((sum, n) => sum + (n * n - mean) ** 2, 0);
  return places.map((n) => (2 * (n * n - mean)) / spread);
};
