/** Reading the mood of a voice: with the model that ships, what it must and must not answer. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../node/open-session.ts';
import { loadVoiceModel, mannerOf, VOICE_MODEL } from '../../node/sound-models.ts';
import { dataPath, lacksData, needsData } from '../../test/data.ts';
import { loadSound } from '../../training/sound-cache.ts';
import { EMOTIONS } from '../base/emotions.ts';
import { createRandom } from '../base/random.ts';
import { openVoiceModel, readVoice, VOICE_LABELS, type VoiceModel, voiceScores } from './voice-mood.ts';

const random = createRandom('voice');

describe('readVoice', () => {
  let model: VoiceModel;
  beforeAll(async () => {
    model = await loadVoiceModel();
  });

  it('answers silence, noise and a tone with "no voice"', async () => {
    const seconds = 16_000 * 2;
    const sounds = [
      new Float32Array(seconds),
      Float32Array.from({ length: seconds }, () => 0.1 * random.normal()),
      Float32Array.from({ length: seconds }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 440 * i) / 16_000)),
    ];
    for (const samples of sounds)
      await expect(readVoice(samples, model)).rejects.toMatchObject({ code: 'audio/no-voice', name: 'NoAnswerError' });
    await expect(readVoice(sounds[1]!.subarray(0, 320), model)).rejects.toMatchObject({
      code: 'audio/too-short',
      message: 'This sound is 20 ms long: a mood needs a word or two.',
    });
    const late = new Float32Array(130 * 16_000);
    late.fill(0.1, 125 * 16_000);
    await expect(readVoice(late, model)).rejects.toThrow('No voice can be heard in 120.0 s of sound');
    await expect(readVoice(new Float32Array(0), model)).rejects.toMatchObject({ code: 'audio/empty' });
  });

  it.skipIf(lacksData('ravdess'))(`gives seven probabilities, loud or clipped ${needsData('ravdess')}`, async () => {
    const { samples } = await loadSound(dataPath('ravdess', 'audio', '03-01-05-02-01-01-03.opus'));
    for (const level of [1, 0.3, 30]) {
      const heard = samples.map((value) => Math.max(-1, Math.min(1, level * value)));
      const { scores, emotion, voicedSeconds, spans } = await readVoice(heard, model);
      expect(EMOTIONS.reduce((sum, name) => sum + scores[name], 0)).toBeCloseTo(1, 5);
      expect(scores[emotion]).toBe(Math.max(...Object.values(scores)));
      expect(voicedSeconds).toBeGreaterThan(0.3);
      expect(spans.length).toBeGreaterThan(0);
    }
  });

  it.skipIf(lacksData('ravdess'))(`is the same with a constant on top ${needsData('ravdess')}`, async () => {
    const { samples } = await loadSound(dataPath('ravdess', 'audio', '03-01-05-02-01-01-03.opus'));
    const [plain, offset] = [
      await readVoice(samples, model),
      await readVoice(
        samples.map((v) => v + 0.2),
        model,
      ),
    ];
    for (const name of EMOTIONS) expect(offset.scores[name]).toBeCloseTo(plain.scores[name], 2);
  });

  it.skipIf(lacksData('ravdess'))(`is not led astray by a word long before ${needsData('ravdess')}`, async () => {
    const { samples } = await loadSound(dataPath('ravdess', 'audio', '03-01-05-02-01-01-03.opus'));
    const late = new Float32Array(30 * 16_000 + samples.length);
    late.set(samples.subarray(20_000, 26_000));
    late.set(samples, 30 * 16_000);
    const [alone, after] = [await readVoice(samples, model), await readVoice(late, model)];
    expect(after.spans[0]!.startSeconds).toBeLessThan(1);
    expect(after.emotion).toBe(alone.emotion);
    expect(Math.abs(after.scores[alone.emotion] - alone.scores[alone.emotion])).toBeLessThan(0.2);
  });

  it.skipIf(lacksData('ravdess'))(
    `takes no longer for an hour than for its pictures ${needsData('ravdess')}`,
    async () => {
      const { samples } = await loadSound(dataPath('ravdess', 'audio', '03-01-05-02-01-01-03.opus'));
      const long = new Float32Array(samples.length * 30);
      for (let i = 0; i < 30; i++) long.set(samples, i * samples.length);
      const [short, whole] = [await readVoice(samples, model), await readVoice(long, model)];
      expect(whole.voicedSeconds).toBeGreaterThan(20 * short.voicedSeconds);
      expect(whole.emotion).toBe(short.emotion);
    },
  );
});

describe('voiceScores', () => {
  it('counts calm and boredom as neutral', () => {
    const only = (label: string): number[] => VOICE_LABELS.map((name) => (name === label ? 50 : 0));
    for (const label of ['neutral', 'calm', 'bored']) expect(voiceScores(only(label)).neutral).toBeCloseTo(1, 9);
    expect(voiceScores(only('fear')).fear).toBeCloseTo(1, 9);
    // Nine equal logits: three of nine are neutral.
    expect(voiceScores(VOICE_LABELS.map(() => 0)).neutral).toBeCloseTo(1 / 3, 9);
  });
});

describe('openVoiceModel', () => {
  it('refuses halves that do not belong together, and what is no model', async () => {
    const pictures = new Uint8Array(readFileSync(VOICE_MODEL));
    const manner = new Uint8Array(readFileSync(mannerOf(VOICE_MODEL)));
    await expect(openVoiceModel(pictures, pictures, openSession)).rejects.toMatchObject({ code: 'model/labels' });
    await expect(openVoiceModel(manner, manner, openSession)).rejects.toMatchObject({ code: 'model/task' });
    await expect(openVoiceModel(new Uint8Array(3), manner, openSession)).rejects.toMatchObject({
      code: 'model/damaged',
    });
  });
});
