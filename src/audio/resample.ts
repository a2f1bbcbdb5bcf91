/** Changes the sample rate of a sound without letting in what the new rate cannot hold. */
import { InvalidInputError } from '../base/errors.ts';
import { checkWhole } from './frames.ts';

/** Resamples a sound that comes piece by piece. */
export interface Resampler {
  /** @returns the samples that are settled by now; the next piece goes on from there. */
  push(samples: Float32Array): Float32Array;
  /** @returns the rest, once all has been pushed. In all: ceil(samples * toRate / fromRate). */
  flush(): Float32Array;
}

const MIN_RATE = 1000;
const MAX_RATE = 768_000;
/** Above this share of the lower rate's half, the filter begins to fall. */
const PASSBAND = 0.9;
const ATTENUATION_DB = 100;
const KAISER_BETA = 0.1102 * (ATTENUATION_DB - 8.7);
/** Uncommon ratios share this many phases and interpolate: the error, (pi / 1024)^2 / 8, is -118 dB. */
const MAX_PHASES = 1024;

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** Modified Bessel function of the first kind, order 0, by its power series. */
const bessel0 = (x: number): number => {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

/** One row of taps for each place between two input samples, [phases + 1, 2 * half], each row summing to 1. */
const createTaps = (cutoff: number, half: number, phases: number): Float32Array => {
  const taps = new Float32Array((phases + 1) * 2 * half);
  for (let phase = 0; phase <= phases; phase++) {
    const row = taps.subarray(phase * 2 * half, (phase + 1) * 2 * half);
    let sum = 0;
    for (let k = 0; k < 2 * half; k++) {
      const distance = k - (half - 1) - phase / phases;
      const x = Math.PI * cutoff * distance;
      const edge = distance / half;
      const window = Math.abs(edge) > 1 ? 0 : bessel0(KAISER_BETA * Math.sqrt(1 - edge * edge));
      row[k] = window * (x === 0 ? 1 : Math.sin(x) / x);
      sum += row[k]!;
    }
    for (let k = 0; k < 2 * half; k++) row[k] = row[k]! / sum;
  }
  return taps;
};

/**
 * Band-limited change of rate by any ratio of whole numbers: a windowed sinc (Kaiser), one set of taps a phase.
 * Flat up to 0.9 of half the lower rate, 100 dB down from half the lower rate on. No delay: sample n of the output
 * lies at n / toRate seconds. Before and after the sound it takes zeros.
 *
 * @throws {InvalidInputError} `audio/setting`: a rate is no whole number from 1000 to 768000.
 * @see Smith, Digital Audio Resampling (CCRMA); Kaiser's formulas for the window's length and shape.
 */
export const createResampler = (fromRate: number, toRate: number): Resampler => {
  for (const [name, rate] of [['fromRate', fromRate] as const, ['toRate', toRate] as const]) {
    checkWhole(name, rate);
    // The filter grows with the ratio; beyond any real rate it would fill the memory.
    if (rate < MIN_RATE || rate > MAX_RATE)
      throw new InvalidInputError(
        'audio/setting',
        `${name} is ${rate} Hz: give one from ${MIN_RATE} to ${MAX_RATE} Hz.`,
      );
  }
  if (fromRate === toRate) return { push: (samples) => samples.slice(), flush: () => new Float32Array(0) };
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const up = toRate / divisor;
  const down = fromRate / divisor;
  const nyquistShare = Math.min(1, toRate / fromRate); // of the input's own half rate
  const length = (ATTENUATION_DB - 8) / (2.285 * Math.PI * nyquistShare * (1 - PASSBAND));
  const half = 2 * Math.ceil(length / 4);
  const phases = Math.min(up, MAX_PHASES);
  const taps = createTaps((nyquistShare * (1 + PASSBAND)) / 2, half, phases);
  const width = 2 * half;

  // held[i] is input sample start + i; zeros stand before the sound.
  let held = new Float32Array(4 * width);
  let heldCount = half - 1;
  let start = -(half - 1);
  let total = 0;
  let produced = 0;

  const append = (samples: Float32Array): void => {
    if (heldCount + samples.length > held.length) {
      const larger = new Float32Array(2 * (heldCount + samples.length));
      larger.set(held.subarray(0, heldCount));
      held = larger;
    }
    held.set(samples, heldCount);
    heldCount += samples.length;
  };

  const sampleAt = (offset: number, phase: number): number => {
    // Four sums side by side: one alone would wait for itself at every step.
    let [a, b, c, d] = [0, 0, 0, 0];
    const sound = held;
    for (let k = 0, tap = phase * width, at = offset; k < width; k += 4, tap += 4, at += 4) {
      a += taps[tap]! * sound[at]!;
      b += taps[tap + 1]! * sound[at + 1]!;
      c += taps[tap + 2]! * sound[at + 2]!;
      d += taps[tap + 3]! * sound[at + 3]!;
    }
    return a + b + c + d;
  };

  const take = (limit: number): Float32Array => {
    // Output n needs input up to floor(n * down / up) + half.
    const settled = Math.ceil(((start + heldCount - half) * up) / down);
    const count = Math.max(0, Math.min(settled, limit) - produced);
    const output = new Float32Array(count);
    let base = Math.floor((produced * down) / up);
    let rest = produced * down - base * up;
    for (let i = 0; i < count; i++) {
      const offset = base - (half - 1) - start;
      if (phases === up) {
        output[i] = sampleAt(offset, rest);
      } else {
        const place = (rest / up) * phases;
        const phase = Math.floor(place);
        const low = sampleAt(offset, phase);
        output[i] = low + (place - phase) * (sampleAt(offset, phase + 1) - low);
      }
      rest += down;
      const whole = Math.floor(rest / up);
      base += whole;
      rest -= whole * up;
    }
    produced += count;
    const dropped = Math.min(heldCount, Math.max(0, base - (half - 1) - start));
    held.copyWithin(0, dropped, heldCount);
    heldCount -= dropped;
    start += dropped;
    return output;
  };

  return {
    push: (samples) => {
      append(samples);
      total += samples.length;
      return take(Number.POSITIVE_INFINITY);
    },
    flush: () => {
      append(new Float32Array(width));
      return take(Math.ceil((total * up) / down));
    },
  };
};

/** Joins pieces of sound end to end. */
export const joinSamples = (pieces: readonly Float32Array[]): Float32Array => {
  const joined = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
};

/** A whole sound at another rate: ceil(samples * toRate / fromRate) samples. @throws {InvalidInputError} as `createResampler` */
export const resample = (samples: Float32Array, fromRate: number, toRate: number): Float32Array => {
  const resampler = createResampler(fromRate, toRate);
  return joinSamples([resampler.push(samples), resampler.flush()]);
};

/** Louder than any sound: what lies beyond is damage. */
const LOUDEST = 8;

/** Broken files hold numbers that are none, and floats beyond any sound; either would spoil all that is computed. */
export const cleanSamples = (samples: Float32Array): Float32Array =>
  samples.every((value) => Math.abs(value) <= LOUDEST)
    ? samples
    : samples.map((value) => (Number.isNaN(value) ? 0 : Math.max(-LOUDEST, Math.min(LOUDEST, value))));

/** A smaller constant stays: none of the recordings that the models learnt from has more than 0.002. */
const LEAST_CONSTANT = 3e-3;

/**
 * A recording without the constant (DC) that poor microphones add: it is no sound, but fills the lowest bands.
 *
 * @returns `samples` itself where there is none to speak of, else a copy
 */
export const removeConstant = (samples: Float32Array): Float32Array => {
  let sum = 0;
  for (const value of samples) sum += value;
  const mean = sum / samples.length;
  return Math.abs(mean) > LEAST_CONSTANT ? samples.map((value) => value - mean) : samples;
};

/** The mean of all channels, each of the same length. @see librosa.to_mono */
export const mixToMono = (channels: readonly Float32Array[]): Float32Array => {
  const [first] = channels;
  if (first === undefined) return new Float32Array(0);
  if (channels.length === 1) return first;
  const mono = new Float32Array(first.length);
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels.length; channel++) sum += channels[channel]![i]!;
    mono[i] = sum / channels.length;
  }
  return mono;
};
