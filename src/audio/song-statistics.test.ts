/** Song statistics: rhythms and levels that are known, what a louder copy must not change, too short a sound. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { createFrames, type Frames } from './frames.ts';
import { STATISTIC_BLOCKS, STATISTIC_COUNT, songStatistics } from './song-statistics.ts';

const FRAMES_PER_SECOND = 16_000 / 256;

const blockOf = (statistics: Float32Array, name: (typeof STATISTIC_BLOCKS)[number]['name']): Float32Array => {
  let start = 0;
  for (const block of STATISTIC_BLOCKS) {
    if (block.name === name) return statistics.subarray(start, start + block.length);
    start += block.length;
  }
  throw new RangeError(name);
};

/** Noise whose level swings `depth` dB, `hertz` times a second. */
const swinging = (hertz: number, depth: number, frameCount = 1200): Frames => {
  const random = createRandom('songs');
  const frames = createFrames(frameCount, 128);
  for (let i = 0; i < frames.data.length; i++) {
    const at = Math.floor(i / 128) / FRAMES_PER_SECOND;
    frames.data[i] = -40 + depth * Math.sin(2 * Math.PI * hertz * at) + random.normal();
  }
  return frames;
};

describe('songStatistics', () => {
  it('has one number for each of its places', () => {
    expect(songStatistics(swinging(2, 5)).length).toBe(STATISTIC_COUNT);
    expect(STATISTIC_COUNT).toBe(554);
  });

  it('hears four beats a second in the step of 3.3 to 4.4 Hz', () => {
    const rhythm = blockOf(songStatistics(swinging(4, 8)), 'rhythm');
    for (let group = 0; group < 16; group++) {
      const steps = Array.from(rhythm.subarray(group * 13, group * 13 + 13));
      // Edges in bins of 0.122 Hz: ... 27, 36 ...: step 9 reaches from 3.30 to 4.27 Hz.
      expect(steps.indexOf(Math.max(...steps))).toBe(9);
    }
  });

  it('knows the levels and the mean of a flat sound', () => {
    const flat = createFrames(600, 128);
    flat.data.fill(-30);
    const statistics = songStatistics(flat);
    for (const level of blockOf(statistics, 'levels')) expect(level).toBeCloseTo(-30, 4);
    // The first coefficient of the orthonormal DCT of 128 equal numbers is the number times sqrt(128).
    expect(blockOf(statistics, 'colour')[0]).toBeCloseTo(-30 * Math.sqrt(128), 2);
    for (const spread of blockOf(statistics, 'spread')) expect(spread).toBeCloseTo(0, 2);
    for (const value of blockOf(statistics, 'rhythm')) expect(value).toBeCloseTo(0, 4);
  });

  it('changes in level alone when the song is louder', () => {
    const soft = swinging(3, 6);
    const loud = { ...soft, data: soft.data.map((value) => value + 10) };
    const [a, b] = [songStatistics(soft), songStatistics(loud)];
    for (const name of ['spread', 'change', 'correlation', 'rhythm'] as const) {
      const [before, after] = [blockOf(a, name), blockOf(b, name)];
      for (const [i, value] of before.entries()) expect(after[i]).toBeCloseTo(value, 2);
    }
    for (const [i, value] of blockOf(a, 'levels').entries()) expect(blockOf(b, 'levels')[i]).toBeCloseTo(value + 10, 3);
  });

  it('refuses less than a second', () => {
    expect(() => songStatistics(createFrames(61, 128))).toThrow(expect.objectContaining({ code: 'audio/too-short' }));
    expect(songStatistics(swinging(2, 5, 62)).every(Number.isFinite)).toBe(true);
  });
});
