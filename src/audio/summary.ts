/** One row of numbers for a whole clip, the input of the support vector machines. */
import { type FrameOptions, rms, type SpectralOptions, spectralShape, zeroCrossingRate } from './features.ts';
import type { Frames } from './frames.ts';
import { mfcc } from './mfcc.ts';

export interface SummaryOptions {
  /** Hz. @default 16000 */
  readonly sampleRate?: number;
  /** Samples in a frame: a power of two. @default 2048 */
  readonly fftSize?: number;
  /** @default fftSize / 4 */
  readonly hopSize?: number;
  /** @default 20 */
  readonly coefficientCount?: number;
}

/** Mean and population variance over the frames, column by column. @returns [mean, variance] pairs */
const meanAndVariance = ({ frameCount, width, data }: Frames): [number, number][] =>
  Array.from({ length: width }, (_, column) => {
    let sum = 0;
    for (let frame = 0; frame < frameCount; frame++) sum += data[frame * width + column]!;
    const mean = sum / frameCount;
    let squares = 0;
    for (let frame = 0; frame < frameCount; frame++) squares += (data[frame * width + column]! - mean) ** 2;
    return [mean, squares / frameCount];
  });

/**
 * Mean and variance over the clip of loudness, brightness, noisiness and MFCCs, under the names of the usual table of
 * GTZAN's features: rms_mean, rms_var, spectral_centroid_mean, ..., mfcc20_var. The table's numbers come from sound at
 * 22,050 Hz with other padding, so they are no drop-in for these.
 *
 * @param samples mono; any level, the measures of loudness follow it
 * @returns name -> value, always in the same order: 10 + 2 * coefficientCount
 * @throws {InvalidInputError} as `mfcc`
 */
export const summarizeClip = (samples: Float32Array, options: SummaryOptions = {}): ReadonlyMap<string, number> => {
  const { sampleRate = 16_000, fftSize = 2048, hopSize = fftSize / 4, coefficientCount = 20 } = options;
  const framing: FrameOptions = { frameSize: fftSize, hopSize };
  const spectral: SpectralOptions = { sampleRate, fftSize, hopSize };
  const columns: [readonly string[], Frames][] = [
    [['rms'], rms(samples, framing)],
    [['spectral_centroid', 'spectral_bandwidth', 'rolloff'], spectralShape(samples, spectral)],
    [['zero_crossing_rate'], zeroCrossingRate(samples, framing)],
    [
      Array.from({ length: coefficientCount }, (_, i) => `mfcc${i + 1}`),
      mfcc(samples, { sampleRate, fftSize, hopSize, coefficientCount }),
    ],
  ];
  const summary = new Map<string, number>();
  for (const [names, frames] of columns) {
    for (const [column, [mean, variance]] of meanAndVariance(frames).entries()) {
      summary.set(`${names[column]}_mean`, mean);
      summary.set(`${names[column]}_var`, variance);
    }
  }
  return summary;
};
