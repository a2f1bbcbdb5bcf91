/** Mel filterbank: folds FFT power bins into perceptual bands, the input of every audio model here. */
import { InvalidInputError } from '../base/errors.ts';
import { checkWhole } from './frames.ts';
import { fftFrequencies } from './stft.ts';

/** 'slaney': linear below 1 kHz, logarithmic above. 'htk': 2595 log10(1 + f / 700) throughout. */
export type MelScale = 'slaney' | 'htk';

export interface MelOptions {
  /** Hz. @default 16000 */
  readonly sampleRate?: number;
  /** @default 2048 */
  readonly fftSize?: number;
  /** @default 128 */
  readonly bandCount?: number;
  /** Lower edge of the lowest band, Hz. @default 0 */
  readonly minHz?: number;
  /** Upper edge of the highest band, Hz. @default sampleRate / 2 */
  readonly maxHz?: number;
  /** @default 'slaney' */
  readonly scale?: MelScale;
  /** 'slaney' gives every triangle unit area over Hz; 'none' leaves its top at 1. @default 'slaney' */
  readonly norm?: 'slaney' | 'none';
}

const LINEAR_HZ = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = 15;
const LOG_STEP = Math.log(6.4) / 27;

/** @see librosa.hz_to_mel */
export const hzToMel = (hz: number, scale: MelScale = 'slaney'): number => {
  if (scale === 'htk') return 2595 * Math.log10(1 + hz / 700);
  return hz < BREAK_HZ ? hz / LINEAR_HZ : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
};

/** @see librosa.mel_to_hz */
export const melToHz = (mel: number, scale: MelScale = 'slaney'): number => {
  if (scale === 'htk') return 700 * (10 ** (mel / 2595) - 1);
  return mel < BREAK_MEL ? mel * LINEAR_HZ : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
};

/**
 * Triangular filters from minHz to maxHz, evenly spaced on the mel scale, each of unit area (librosa's default).
 *
 * @returns shape [bandCount, fftSize / 2 + 1], row-major. Times a power spectrum [fftSize / 2 + 1]
 *   it gives band energies in the spectrum's own unit.
 * @throws {InvalidInputError} `mel/empty-band`: a band is narrower than one FFT bin.
 *   `mel/range`: minHz and maxHz are no range within 0 to sampleRate / 2.
 * @see Slaney, Auditory Toolbox (1998): linear below 1 kHz, logarithmic above; librosa.filters.mel.
 */
export const createMelFilterbank = (options: MelOptions = {}): Float32Array => {
  const { sampleRate = 16_000, fftSize = 2048, bandCount = 128, minHz = 0 } = options;
  const { maxHz = sampleRate / 2, scale = 'slaney', norm = 'slaney' } = options;
  checkWhole('bandCount', bandCount);
  if (!(minHz >= 0 && maxHz > minHz && maxHz <= sampleRate / 2))
    throw new InvalidInputError(
      'mel/range',
      `Mel bands from ${minHz} to ${maxHz} Hz: minHz and maxHz must lie within 0 to ${sampleRate / 2} Hz, in this order.`,
    );
  const frequencies = fftFrequencies(sampleRate, fftSize);
  const lowest = hzToMel(minHz, scale);
  const step = (hzToMel(maxHz, scale) - lowest) / (bandCount + 1);
  const edges = Array.from({ length: bandCount + 2 }, (_, i) => melToHz(lowest + i * step, scale));
  const weights = new Float32Array(bandCount * frequencies.length);
  for (let band = 0; band < bandCount; band++) {
    const [low, middle, high] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
    const gain = norm === 'slaney' ? 2 / (high - low) : 1;
    let reaches = false;
    for (const [bin, hz] of frequencies.entries()) {
      const weight = Math.min((hz - low) / (middle - low), (high - hz) / (high - middle));
      if (weight <= 0) continue;
      weights[band * frequencies.length + bin] = weight * gain;
      reaches = true;
    }
    if (!reaches)
      throw new InvalidInputError(
        'mel/empty-band',
        `Mel band ${band} (${low.toFixed(0)}-${high.toFixed(0)} Hz) lies between two FFT bins ` +
          `${(sampleRate / fftSize).toFixed(1)} Hz apart: lower bandCount (${bandCount}) or raise fftSize (${fftSize}).`,
      );
  }
  return weights;
};

/** Folds one power spectrum into bands. Skips the zeros of the filterbank: a band reaches over few bins. */
export const createMelFolder = (
  options: MelOptions = {},
): ((power: Float64Array, bands: Float32Array, offset: number) => void) => {
  const { fftSize = 2048, bandCount = 128 } = options;
  const binCount = fftSize / 2 + 1;
  const weights = createMelFilterbank(options);
  const first = new Uint32Array(bandCount);
  const end = new Uint32Array(bandCount);
  for (let band = 0; band < bandCount; band++) {
    const row = weights.subarray(band * binCount, (band + 1) * binCount);
    first[band] = row.findIndex((weight) => weight > 0);
    end[band] = first[band]! + row.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  }
  return (power, bands, offset) => {
    for (let band = 0; band < bandCount; band++) {
      const row = band * binCount;
      let sum = 0;
      for (let bin = first[band]!; bin < end[band]!; bin++) sum += weights[row + bin]! * power[bin]!;
      bands[offset + band] = sum;
    }
  };
};
