/** Files as a scan meets them: music gives evidence and a vector; silence, a text called .mp3 and a cut file give one error each, never an end. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SONG_MODEL, SONG_MOOD_MODEL } from '../../node/sound-models.ts';
import { makeWav } from '../../test/audio/make-wav.ts';
import type { StoredSong } from '../store/store.ts';
import { createSoundAnalyser } from './sound-analyser.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-sounds-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array | string): StoredSong => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path } as StoredSong;
};

it.skipIf(![SONG_MODEL, SONG_MOOD_MODEL].every(existsSync))(
  'tells one file after another (needs models/song-sound.onnx and song-mood.onnx)',
  async () => {
    const { analyse, source, having } = await createSoundAnalyser();
    expect([source, having]).toEqual(['sound', 'file']);
    const tone = Float32Array.from({ length: 20 * 16_000 }, (_, i) => 0.2 * Math.sin(i / 10) * ((i / 8000) % 1));
    const music = makeWav([tone]);
    await expect(analyse(put('silent.wav', makeWav([new Float32Array(32_000)])))).rejects.toMatchObject({
      code: 'audio/silent',
    });
    await expect(analyse(put('text.mp3', 'no sound at all'))).rejects.toMatchObject({ code: 'audio/unreadable' });
    await expect(analyse(put('cut.wav', music.subarray(0, 40)))).rejects.toMatchObject({ code: 'audio/unreadable' });
    await expect(analyse({ path: join(folder, 'gone.wav') } as StoredSong)).rejects.toMatchObject({
      code: 'audio/unreadable',
    });
    const finding = await analyse(put('music.wav', music));
    expect(finding?.confidence).toBeGreaterThan(0);
    expect(finding?.vector?.length).toBeGreaterThan(9);
    expect(await analyse({} as StoredSong)).toBeUndefined();
  },
);
