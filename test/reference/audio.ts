/** Reference values for src/audio, made by audio.py, and the sound that they were made from. */
import { readFileSync } from 'node:fs';

export interface Reference {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const REFERENCE = JSON.parse(readFileSync(new URL('audio.json', import.meta.url), 'utf8')) as Record<
  string,
  Reference
>;

/** The sound of audio.py, out of the same formula in whole numbers. */
export const makeSound = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => {
    const noise = (Math.floor((n * 1103515245 + 12345) / 65536) % 2001) - 1000;
    const ramp = (Math.floor((n * n) / 40) % 16000) - 8000;
    const square = Math.floor(n / 37) % 2 === 0 ? 5000 : -5000;
    return (ramp + square + noise) / 32768;
  });

/**
 * Largest relative difference from a reference, value by value. Next to nothing is measured against a
 * millionth of the largest value: what is left of two large numbers that cancel has no relative precision.
 */
export const relativeDifference = (actual: ArrayLike<number>, name: string): number => {
  const { data } = REFERENCE[name]!;
  if (actual.length !== data.length) throw new Error(`${name}: ${actual.length} values instead of ${data.length}`);
  const least = 1e-6 * data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return data.reduce((worst, expected, i) => {
    const difference = Math.abs(actual[i]! - expected) / Math.max(Math.abs(expected), least);
    return difference > worst || Number.isNaN(difference) ? difference : worst;
  }, 0);
};

/** Largest difference between two arrays of the same length. */
export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) throw new Error(`${a.length} values beside ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
};

/** A tone that starts at phase 0. */
export const sine = (hz: number, sampleRate: number, count: number, amplitude = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / sampleRate));
