/** The loop over sounds learns what can be learnt, the same every time; folds keep speakers apart; augmentation changes what it should. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/base/random.ts';
import { addNoise, addRoom, changeLevel, maskSpectrogram, warpBands } from './augment-sound.ts';
import { speechNetwork } from './recipes/sound-networks.ts';
import { resolveSoundSettings } from './recipes/sound-settings.ts';
import type { SpeechExample } from './speech-examples.ts';
import { openTrained, runSound, type SoundProblem, trainSound } from './train-sound.ts';
import { speakerFolds } from './train-speech.ts';

const DIMS = [1, 16, 16] as const;
/** Class 1 is broken up in time, class 0 is steady. */
const draw = (label: number, random: ReturnType<typeof createRandom>, input: Float32Array): void => {
  for (let i = 0; i < input.length; i++)
    input[i] = -45 + 5 * random.normal() + (label === 1 ? ((i % 16) % 4 < 2 ? 20 : -20) : 0);
};
const problem: SoundProblem = {
  network: speechNetwork({ classes: 2, widths: [4, 8], dropout: 0 }),
  inputDims: DIMS,
  classes: 2,
  rows: Array.from({ length: 64 }, (_, i) => i),
  labelOf: (row) => row % 2,
  makeExample: (row, random, input) => draw(row % 2, random, input),
};
const settings = resolveSoundSettings({ widths: [4, 8], epochs: 10, batch: 16, averageDecay: 0.8, warmupEpochs: 0 });

describe('trainSound', () => {
  it('learns what is broken up and what is steady, and the same weights from the same seed', async () => {
    const [first, second] = [await trainSound(problem, settings), await trainSound(problem, settings)];
    expect(first.weights.parameters).toEqual(second.weights.parameters);
    expect(first.history.at(-1)!.loss).toBeLessThan(first.history[0]!.loss);
    const session = await openTrained(problem, first.weights);
    const random = createRandom('fresh');
    const logits = await runSound(session, DIMS, 40, (i, input) => draw(i % 2, random, input));
    const right = Array.from({ length: 40 }, (_, i) => (logits[2 * i + 1]! > logits[2 * i]! ? 1 : 0) === i % 2);
    expect(right.filter(Boolean).length).toBeGreaterThan(36);
    await session.release();
  });

  it('refuses fewer examples than a batch, and settings that do not exist', async () => {
    await expect(trainSound({ ...problem, rows: [0, 1] }, settings)).rejects.toMatchObject({ code: 'data/too-few' });
    expect(() => resolveSoundSettings({ widths: [4] }, ['colour=3'])).toThrow(
      expect.objectContaining({ code: 'recipe/setting' }),
    );
    expect(() => resolveSoundSettings({ widths: [4] }, ['dropout=2'])).toThrow(
      expect.objectContaining({ code: 'recipe/setting' }),
    );
    expect(resolveSoundSettings({ widths: [4] }, ['epochs=3', 'noiseDb=1,9']).noiseDb).toEqual([1, 9]);
  });
});

describe('speakerFolds', () => {
  it('never parts the clips of one speaker, and deals all folds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 30, maxLength: 60 }), (speakers) => {
        const examples = speakers.map(
          (speaker) =>
            ({ group: `ravdess/actor ${String(speaker).padStart(2, '0')}`, set: 'ravdess' }) as SpeechExample,
        );
        const folds = speakerFolds(examples, 3);
        const of = new Map<string, number>();
        for (const [i, { group }] of examples.entries()) {
          expect(of.get(group) ?? folds[i]).toBe(folds[i]);
          of.set(group, folds[i]!);
        }
      }),
    );
  });
});

describe('augmentation of sound', () => {
  const random = createRandom('augment');
  it('adds noise of the power asked for', () => {
    const power = new Float32Array(200 * 64).fill(1);
    addNoise(power, 64, [10, 10], random);
    const mean = power.reduce((sum, value) => sum + value, 0) / power.length;
    // 10 dB below 1 is 0.1.
    expect(mean).toBeCloseTo(1.1, 2);
  });

  it('leaves a tail after a sound, never before it, and takes nothing away', () => {
    const power = new Float32Array(60 * 2);
    power[20] = 1; // frame 10, band 0
    const before = power.slice();
    addRoom(power, 2, 0.016, random);
    for (const [i, value] of power.entries()) expect(value).toBeGreaterThanOrEqual(before[i]!);
    expect(power[18]).toBe(0);
    expect(power[22]).toBeGreaterThan(power[42]!);
    expect(power[23]).toBe(0);
  });

  it('stretches bands, masks some, and tilts about a gain', () => {
    const ramp = Float32Array.from({ length: 8 * 3 }, (_, i) => Math.floor(i / 3));
    warpBands(ramp, 8, 0.5);
    expect(Array.from(ramp.filter((_, i) => i % 3 === 0))).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
    const flat = new Float32Array(8 * 10);
    changeLevel(flat, 8, { gainDb: 0, tiltDb: 4 }, random);
    expect(flat[0]! + flat.at(-1)!).toBeCloseTo(0, 5);
    const marked = Float32Array.from({ length: 80 }, () => random.normal());
    const kept = marked.slice();
    maskSpectrogram(marked, 8, { bandMask: 0, frameMask: 0, masks: 3 }, random);
    expect(marked).toEqual(kept);
  });
});
