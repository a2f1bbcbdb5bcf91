/** Short-time Fourier transform: sound cut into overlapping, windowed frames, each turned into its spectrum. */
import { InvalidInputError } from '../base/errors.ts';
import { createRealFft } from './fft.ts';
import { checkSamples, checkWhole, createFrames, type Frames } from './frames.ts';

/** What stands before the first and after the last sample: the sound mirrored, zeros, or the outermost sample. */
export type PadMode = 'reflect' | 'constant' | 'edge';

export interface StftOptions {
  /** Samples in a frame and points of its transform: a power of two. @default 2048 */
  readonly fftSize?: number;
  /** Samples from one frame to the next. @default fftSize / 4 */
  readonly hopSize?: number;
  /**
   * Frame t is centred on sample t * hopSize; this fills the half frames at both ends.
   * librosa's default is 'reflect' up to 0.8 and 'constant' (zeros) in 0.10. @default 'reflect'
   */
  readonly padMode?: PadMode;
}

/** Hann window, periodic: 0.5 - 0.5 cos(2 pi n / size). @see scipy.signal.get_window('hann', size) */
export const hannWindow = (size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));

/** Where to read for a place before or after the sound; -1 for a zero. Reflection goes to and fro, as numpy.pad's. */
const padIndex = (index: number, length: number, mode: PadMode): number => {
  if (index >= 0 && index < length) return index;
  if (mode === 'constant') return -1;
  if (mode === 'edge' || length === 1) return index < 0 ? 0 : length - 1;
  const period = 2 * (length - 1);
  const within = ((index % period) + period) % period;
  return within < length ? within : period - within;
};

/** Copies frame after frame out of a sound; allocates nothing once made. */
export interface FrameReader {
  readonly frameCount: number;
  /** The frame last read, not windowed. */
  readonly frame: Float64Array;
  read(index: number): void;
}

/**
 * Centred frames of a sound: of an odd size, with its middle sample.
 *
 * @throws {InvalidInputError} `audio/empty`; `audio/setting`: a size is no whole number above 0, a sample no finite one.
 * @see librosa.util.frame after numpy.pad by half a frame, rounded down
 */
export const createFrameReader = (
  samples: Float32Array,
  frameSize: number,
  hopSize: number,
  padMode: PadMode,
): FrameReader => {
  checkSamples(samples);
  checkWhole('frameSize', frameSize);
  checkWhole('hopSize', hopSize);
  const frame = new Float64Array(frameSize);
  const before = Math.floor(frameSize / 2);
  const read = (index: number): void => {
    const start = index * hopSize - before;
    if (start >= 0 && start + frameSize <= samples.length) {
      for (let n = 0; n < frameSize; n++) frame[n] = samples[start + n]!;
      return;
    }
    for (let n = 0; n < frameSize; n++) {
      const at = padIndex(start + n, samples.length, padMode);
      frame[n] = at < 0 ? 0 : samples[at]!;
    }
  };
  return { frameCount: 1 + Math.floor((samples.length + 2 * before - frameSize) / hopSize), frame, read };
};

/** Reads spectrum after spectrum out of a sound; allocates nothing once made. */
export interface SpectrumReader {
  readonly frameCount: number;
  /** fftSize / 2 + 1, from 0 Hz to half the sample rate. */
  readonly binCount: number;
  /** The spectrum last read. */
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  /** |X|^2 of the spectrum last read. */
  readonly power: Float64Array;
  read(frame: number): void;
}

/**
 * @throws {InvalidInputError} `fft/size`, `audio/setting`: a size cannot be used. `audio/empty`: no samples.
 */
export const createSpectrumReader = (samples: Float32Array, options: StftOptions = {}): SpectrumReader => {
  const { fftSize = 2048, hopSize = fftSize / 4, padMode = 'reflect' } = options;
  const fft = createRealFft(fftSize);
  const reader = createFrameReader(samples, fftSize, hopSize, padMode);
  const window = hannWindow(fftSize);
  const binCount = fftSize / 2 + 1;
  const real = new Float64Array(binCount);
  const imaginary = new Float64Array(binCount);
  const power = new Float64Array(binCount);
  const read = (index: number): void => {
    reader.read(index);
    const { frame } = reader;
    for (let n = 0; n < fftSize; n++) frame[n] = frame[n]! * window[n]!;
    fft.forward(frame, real, imaginary);
    for (let k = 0; k < binCount; k++) power[k] = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!;
  };
  return { frameCount: reader.frameCount, binCount, real, imaginary, power, read };
};

/**
 * Short-time Fourier transform, complex.
 *
 * @param samples mono
 * @returns real and imaginary parts, each [1 + floor(samples / hopSize), fftSize / 2 + 1].
 * @throws {InvalidInputError} as `createSpectrumReader`
 * @see librosa.stft (transposed)
 */
export const stft = (samples: Float32Array, options: StftOptions = {}): { real: Frames; imaginary: Frames } => {
  const reader = createSpectrumReader(samples, options);
  const real = createFrames(reader.frameCount, reader.binCount);
  const imaginary = createFrames(reader.frameCount, reader.binCount);
  for (let frame = 0; frame < reader.frameCount; frame++) {
    reader.read(frame);
    real.data.set(reader.real, frame * reader.binCount);
    imaginary.data.set(reader.imaginary, frame * reader.binCount);
  }
  return { real, imaginary };
};

/** Power spectrum |stft|^2 of every frame: [frames, fftSize / 2 + 1]. @throws {InvalidInputError} as `stft` */
export const powerSpectrogram = (samples: Float32Array, options: StftOptions = {}): Frames => {
  const reader = createSpectrumReader(samples, options);
  const result = createFrames(reader.frameCount, reader.binCount);
  for (let frame = 0; frame < reader.frameCount; frame++) {
    reader.read(frame);
    result.data.set(reader.power, frame * reader.binCount);
  }
  return result;
};

/** The frequency of each bin, Hz. @see librosa.fft_frequencies */
export const fftFrequencies = (sampleRate: number, fftSize: number): Float64Array => {
  if (!(sampleRate > 0))
    throw new InvalidInputError('audio/setting', `sampleRate is ${sampleRate}: give a number of Hz above 0.`);
  return Float64Array.from({ length: fftSize / 2 + 1 }, (_, k) => (k * sampleRate) / fftSize);
};
