/** Voice statistics: a pitch that is known, a pitch that rises, pauses, silence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VOICE_BLOCKS, VOICE_STATISTIC_COUNT, voiceStatistics } from './voice-statistics.ts';

/** A voice of so many overtones; `hertz` may follow time. */
const voice = (hertz: (seconds: number) => number, seconds = 1, level = 0.1): Float32Array => {
  const samples = new Float32Array(16_000 * seconds);
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    phase += (2 * Math.PI * hertz(i / 16_000)) / 16_000;
    for (let k = 1; k <= 8; k++) samples[i]! += (level / k) * Math.sin(k * phase);
  }
  return samples;
};

const blockOf = (statistics: Float32Array, name: (typeof VOICE_BLOCKS)[number]['name']): Float32Array => {
  let start = 0;
  for (const block of VOICE_BLOCKS) {
    if (block.name === name) return statistics.subarray(start, start + block.length);
    start += block.length;
  }
  throw new RangeError(name);
};

describe('voiceStatistics', () => {
  it('finds the pitch of a voice to a quarter of a semitone', () => {
    fc.assert(
      fc.property(fc.double({ min: 90, max: 400, noNaN: true }), (hertz) => {
        const median = blockOf(voiceStatistics(voice(() => hertz, 0.5)), 'pitch')[3]!;
        expect(Math.abs(median - 12 * Math.log2(hertz / 100))).toBeLessThan(0.25);
      }),
      { numRuns: 20 },
    );
  });

  it('tells a rising from a falling tune', () => {
    // The first cosine coefficient falls from 1 to -1: negative where the pitch rises.
    const rising = blockOf(voiceStatistics(voice((t) => 120 + 120 * t)), 'pitch')[10]!;
    const falling = blockOf(voiceStatistics(voice((t) => 240 - 120 * t)), 'pitch')[10]!;
    expect(rising).toBeLessThan(-1);
    expect(falling).toBeGreaterThan(1);
  });

  it('measures pace: a pause in the middle makes two pieces of voice', () => {
    const whole = voice(() => 150);
    const broken = whole.map((value, i) => (i > 6000 && i < 10_000 ? 0 : value));
    const [pieces, pieces2] = [whole, broken].map((samples) => blockOf(voiceStatistics(samples), 'pace')[3]!);
    expect(pieces2! / pieces!).toBeGreaterThan(1.8);
  });

  it('follows the level: half as loud is 6 dB less', () => {
    const [loud, soft] = [0.2, 0.1].map((level) => blockOf(voiceStatistics(voice(() => 150, 1, level)), 'level')[0]!);
    expect(loud! - soft!).toBeCloseTo(6.02, 1);
  });

  it('follows the colour: a voice that fades out and one that swells run opposite courses, and a steady one runs none', () => {
    const swell = voice(() => 150).map((value, i) => value * 10 ** (-1 + i / 16_000));
    const [rising, falling, steady] = [swell, swell.slice().reverse(), voice(() => 150)].map(
      (samples) => blockOf(voiceStatistics(samples), 'course')[0]!,
    );
    // The first coefficient is the level's: 20 dB over the whole, on a cosine from 1 to -1.
    expect(rising).toBeLessThan(-10);
    expect(falling).toBeGreaterThan(10);
    expect(Math.abs(steady!)).toBeLessThan(1);
  });

  it('gives finite numbers for anything that is not empty, and refuses nothing', () => {
    for (const samples of [new Float32Array(100), new Float32Array(16_000), voice(() => 150, 0.05)]) {
      const statistics = voiceStatistics(samples);
      expect(statistics.length).toBe(VOICE_STATISTIC_COUNT);
      expect(statistics.every(Number.isFinite)).toBe(true);
    }
    expect(() => voiceStatistics(new Float32Array(0))).toThrow(expect.objectContaining({ code: 'audio/empty' }));
  });
});
