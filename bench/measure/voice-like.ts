/** A sound for benchmarks with a pitch, overtones and syllables, so that a voice is found in it. */
import { createRandom } from '../../src/base/random.ts';

/** @returns mono, 16 kHz */
export const voiceLike = (seconds: number): Float32Array => {
  const random = createRandom(1);
  return Float32Array.from({ length: seconds * 16_000 }, (_, i) => {
    const time = i / 16_000;
    const loudness = 0.1 * Math.max(0.02, Math.sin(2 * Math.PI * 3 * time));
    const phase = 2 * Math.PI * 140 * time + 3 * Math.sin(2 * Math.PI * 0.7 * time);
    return loudness * (Math.sin(phase) + Math.sin(2 * phase) / 2 + Math.sin(3 * phase) / 3) + 0.001 * random.normal();
  });
};
