import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sine } from '../../test/reference/audio.ts';
import { createRandom } from '../base/random.ts';
import { findVoice, requireVoice } from './voice-activity.ts';

const RATE = 16_000;
const SECOND = 16_000;

/** Something like a vowel: overtones of a gliding pitch, stronger about 700 Hz, swelling as a syllable does. */
const vowel = (pitchHz: number, count = SECOND / 2): Float32Array => {
  const sound = new Float32Array(count);
  let phase = 0;
  for (let n = 0; n < count; n++) {
    phase += (2 * Math.PI * pitchHz * (1 + (0.1 * n) / count)) / RATE;
    for (let k = 1; k <= 12; k++) sound[n] = sound[n]! + Math.sin(k * phase) / (1 + Math.abs(k * pitchHz - 700) / 300);
    sound[n] = sound[n]! * 0.1 * Math.sin((Math.PI * n) / count);
  }
  return sound;
};

const random = createRandom(3);
const noise = (level: number, count = 2 * SECOND): Float32Array =>
  Float32Array.from({ length: count }, () => level * random.normal());

let rumble = 0;
const SILENT: readonly [string, Float32Array][] = [
  ['silence', new Float32Array(2 * SECOND)],
  ['a constant', new Float32Array(2 * SECOND).fill(0.5)],
  ['one sample', new Float32Array(1)],
  ['20 ms', noise(0.1, 320)],
  ['loud hiss', noise(0.1)],
  ['soft hiss', noise(0.001)],
  ['rumble', noise(0.02).map((value) => (rumble = 0.99 * rumble + value))],
  ['a tone', sine(440, RATE, 2 * SECOND, 0.3)],
  ['a dial tone', sine(350, RATE, 2 * SECOND, 0.2).map((v, n) => v + 0.2 * Math.sin((2 * Math.PI * 440 * n) / RATE))],
  ['clicks', new Float32Array(2 * SECOND).map((_, n) => (n % 4000 < 3 ? 0.8 : 0))],
];

describe('no voice', () => {
  test.each(SILENT)('%s', (_, sound) => {
    expect(() => requireVoice(sound)).toThrow(expect.objectContaining({ code: 'audio/no-voice' }));
  });
});

test('a syllable is found where it is, at any level and pitch of a voice', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 90, max: 350 }),
      fc.double({ min: 0.05, max: 3, noNaN: true }),
      fc.double({ min: 0.2, max: 1.2, noNaN: true }),
      (pitchHz, gain, atSeconds) => {
        const sound = noise(0.0005);
        const syllable = vowel(pitchHz);
        for (const [n, value] of syllable.entries()) sound[Math.round(atSeconds * RATE) + n]! += gain * value;
        const { spans, voicedSeconds } = requireVoice(sound);
        expect(voicedSeconds).toBeGreaterThan(0.2);
        expect(spans).toHaveLength(1);
        expect(Math.abs(spans[0]!.startSeconds - atSeconds)).toBeLessThan(0.2);
        expect(Math.abs(spans[0]!.endSeconds - (atSeconds + 0.5))).toBeLessThan(0.2);
      },
    ),
    { numRuns: 6 },
  );
});

test('two syllables far apart are two spans', () => {
  const sound = noise(0.0005, 3 * SECOND);
  for (const start of [0.3, 2]) for (const [n, value] of vowel(120).entries()) sound[start * RATE + n]! += value;
  expect(findVoice(sound).spans).toHaveLength(2);
});

test('a rate that carries no voice', () => {
  for (const sampleRate of [4000, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => findVoice(noise(0.1), { sampleRate })).toThrow(expect.objectContaining({ code: 'audio/setting' }));
});

test('no samples', () => {
  expect(() => findVoice(new Float32Array(0))).toThrow(expect.objectContaining({ code: 'audio/empty' }));
});
