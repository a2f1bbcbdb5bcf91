/** A library of mixed files on a machine without ffmpeg: what needs none is heard, the rest waits for it. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SONG_MODEL, SONG_MOOD_MODEL } from '../../node/sound-models.ts';
import { makeWav } from '../../test/audio/make-wav.ts';
import { makeMp3 } from '../../test/library/make-music.ts';
import { openLibraryStore, openQueue, workLibrary } from './open-library.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-library-'));
  vi.stubEnv('PATH', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(![SONG_MODEL, SONG_MOOD_MODEL].every(existsSync))(
  'ends well, says once what is lacking, and hears the others (needs models/song-sound.onnx and song-mood.onnx)',
  async () => {
    const music = join(folder, 'music');
    mkdirSync(music);
    for (const title of ['One', 'Two'])
      writeFileSync(join(music, `${title}.mp3`), makeMp3({ frames: { TIT2: title, TPE1: 'Artist' } }));
    const tone = Float32Array.from({ length: 6 * 16_000 }, (_, n) => 0.3 * Math.sin(n / 20) * ((n / 9000) % 1));
    writeFileSync(join(music, 'Artist - Tone.wav'), makeWav([tone]));
    const settings = { dataDir: join(folder, 'data') };
    const store = await openLibraryStore(settings);
    const queue = await openQueue(store);
    try {
      await workLibrary(store, queue, settings);
      await queue.wait((await queue.add('add', { source: music })).id);
      const job = await queue.wait((await queue.add('analyse', {})).id);
      expect(job.state).toBe('done');
      const { songs } = await store.listSongs();
      expect(songs).toHaveLength(3);
      const heard = songs.filter(({ evidence }) => evidence.some(({ source }) => source === 'sound'));
      expect(heard.map(({ title }) => title)).toEqual(['Tone']);
      expect(job.problemCount).toBe(1);
    } finally {
      await queue.close();
      await store.close();
    }
  },
);
