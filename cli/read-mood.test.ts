/** From files to moods: a voice alone, a face with a voice, and files in which neither is. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFaceModels } from '../node/face-models.ts';
import { findProgram } from '../node/find-program.ts';
import { packagePath } from '../node/package-root.ts';
import { readVoiceInFile } from '../node/read-voice.ts';
import { loadVoiceModel } from '../node/sound-models.ts';
import { fuseReadings } from '../src/base/fuse.ts';
import { makeWav } from '../test/audio/make-wav.ts';
import { dataPath, lacksData, needsData } from '../test/data.ts';
import { type MoodModels, readMoodInFile } from './read-mood.ts';

const VOICE = dataPath('ravdess', 'audio', '03-01-05-02-01-01-03.opus');
const FACE = packagePath('node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg');
const models: MoodModels = { openFaces: () => loadFaceModels(), openVoice: () => loadVoiceModel() };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-mood-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

describe('readMoodInFile', () => {
  it.skipIf(lacksData('ravdess'))(`reads a voice whatever the file is called ${needsData('ravdess')}`, async () => {
    const { kind, mood, voice, faces } = await readMoodInFile(VOICE, models);
    expect(kind).toBe('sound');
    expect(mood).toMatchObject({ emotion: voice!.emotion, sources: ['voice'] });
    expect(faces).toEqual([]);
  });

  it('answers silence and noise with no voice, and a text called .mp3 as no picture and no sound', async () => {
    const silent = put('silent.wav', makeWav([new Float32Array(16_000)]));
    await expect(readMoodInFile(silent, models)).rejects.toMatchObject({ code: 'audio/no-voice' });
    const blink = put('blink.wav', makeWav([new Float32Array(160)]));
    await expect(readMoodInFile(blink, models)).rejects.toMatchObject({ code: 'audio/too-short' });
    await expect(readMoodInFile(put('text.mp3', 'no sound'), models)).rejects.toMatchObject({
      name: 'InvalidInputError',
    });
    await expect(readMoodInFile(join(folder, 'absent.wav'), models)).rejects.toMatchObject({ code: 'file/unreadable' });
  });

  it.skipIf(lacksData('ravdess') || findProgram('ffmpeg') === undefined)(
    `joins the face of a video and its voice (needs ffmpeg) ${needsData('ravdess')}`,
    async () => {
      const video = join(folder, 'both.mp4');
      const picture = ['-loop', '1', '-t', '3', '-r', '2', '-i', FACE];
      const scale = ['-vf', 'scale=640:-2', '-pix_fmt', 'yuv420p', '-c:v', 'mpeg4', '-q:v', '3'];
      execFileSync('ffmpeg', [
        '-v',
        'error',
        '-y',
        ...picture,
        '-i',
        VOICE,
        ...scale,
        '-c:a',
        'aac',
        '-shortest',
        video,
      ]);
      const { kind, faces, voice, mood } = await readMoodInFile(video, models);
      expect(kind).toBe('video');
      const heard = await readVoiceInFile(video, await models.openVoice());
      expect(voice).toEqual(heard);
      expect(heard.voicedSeconds).toBeGreaterThan(0.5);
      const [face] = faces;
      expect(mood).toEqual(
        fuseReadings([
          { name: 'face', scores: face!.scores, certain: face!.certain },
          { name: 'voice', scores: voice!.scores, certain: voice!.certain },
        ]),
      );
    },
  );
});
