/** Face and voice of one video: agreement makes surer, a voice that is not sure changes nothing, silence neither. */
import { describe, expect, it } from 'vitest';
import type { VoiceReading } from '../src/audio/voice-mood.ts';
import { EMOTIONS, type Emotion, type EmotionScores } from '../src/base/emotions.ts';
import { NoAnswerError } from '../src/base/errors.ts';
import type { FaceReading } from '../src/face/read.ts';
import { joinVoice, MOST_DECODED_SECONDS, voiceIn } from './join-voice.ts';

const scoresOf = (emotion: Emotion, share: number): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((name) => [name, name === emotion ? share : (1 - share) / 6])) as EmotionScores;
const face = { scores: scoresOf('sad', 0.6), emotion: 'sad', certain: true, quality: [] } as unknown as FaceReading;
const voice = (emotion: Emotion, share: number, certain: boolean): VoiceReading => ({
  scores: scoresOf(emotion, share),
  emotion,
  certain,
  spans: [],
  voicedSeconds: 2.5,
});

describe('joinVoice', () => {
  it('is surer than either where they agree, and says how much voice counted', () => {
    const joined = joinVoice(face, voice('sad', 0.5, true));
    expect(joined.face.scores.sad).toBeGreaterThan(0.85);
    expect(joined.face).toMatchObject({ emotion: 'sad', certain: true, quality: [] });
    expect(joined.voiceSeconds).toBe(2.5);
  });

  it('keeps the face where the voice is not sure, or there is none', () => {
    for (const heard of [voice('happy', 0.3, false), undefined]) {
      const joined = joinVoice(face, heard);
      expect(joined.face).toMatchObject({ scores: face.scores, certain: true });
      expect(joined.voiceSeconds).toBeUndefined();
    }
  });

  it('follows a sure voice where the face is not sure', () => {
    const joined = joinVoice({ ...face, certain: false }, voice('happy', 0.7, true));
    expect(joined.face).toMatchObject({ emotion: 'happy', certain: true });
    expect(joined.voiceSeconds).toBe(2.5);
  });
});

describe('voiceIn', () => {
  it('is nothing where the sound cannot be read, and passes on what is no error of ours', async () => {
    const never = (): Promise<never> => Promise.reject(new NoAnswerError('audio/no-voice', 'Nobody speaks.'));
    expect(await voiceIn(new Blob([]), 5, never)).toBeUndefined();
    expect(await voiceIn(new Blob(['no video at all, only text']), 5, never)).toBeUndefined();
  });

  it('is not looked for where the sound track is too long to be decoded whole', async () => {
    const film = new Blob(['film']);
    film.slice = () => {
      throw new Error('The film was read.');
    };
    const never = (): Promise<never> => Promise.reject(new Error('The voice was read.'));
    expect(await voiceIn(film, MOST_DECODED_SECONDS + 1, never)).toBeUndefined();
  });
});
