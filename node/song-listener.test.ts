/** Songs heard in a thread: the answers of the analysis itself, errors with their class, at a lower priority, and nobody kept waiting. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyseSong } from '../src/audio/song-sound.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { createRandom } from '../src/base/random.ts';
import { makeWav } from '../test/audio/make-wav.ts';
import { decodeAudio } from './decode-audio.ts';
import { openSongListener, type SongListener } from './song-listener.ts';
import { loadSongModel } from './sound-models.ts';

describe('openSongListener', () => {
  let folder: string;
  let listener: SongListener;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'attune-listener-'));
    listener = await openSongListener();
  });
  afterAll(async () => {
    await listener?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const put = (name: string, bytes: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const random = createRandom('listener');
  const song = (seconds: number): Uint8Array =>
    makeWav([
      Float32Array.from(
        { length: seconds * 16_000 },
        (_, n) => Math.sin(n / 20) * ((n / 9000) % 1) * 0.3 + 0.01 * random.normal(),
      ),
    ]);

  it('says what the analysis says, while this thread goes on', async () => {
    const path = put('song.wav', song(20));
    const model = await loadSongModel();
    const expected = await analyseSong(await decodeAudio(path), model);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const heard = await listener.hear(path);
    clearInterval(timer);
    expect(heard).toEqual(expected);
    expect(listener.version).toBe(model.version);
    expect(turns).toBeGreaterThan(3);
    await model.session.release();
    await model.mood.release();
  });

  it('hears one after the other, and a bad file is told without ending the thread', async () => {
    const paths = [
      put('a.wav', song(3)),
      put('text.mp3', 'no sound at all'),
      put('b.wav', song(4)),
      join(folder, 'gone.wav'),
    ];
    const told = await Promise.allSettled(paths.map((path) => listener.hear(path)));
    expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    for (const one of told)
      if (one.status === 'rejected') {
        expect(one.reason).toBeInstanceOf(InvalidInputError);
        expect(one.reason).toMatchObject({ code: 'audio/unreadable' });
      }
  });

  it.skipIf(process.platform !== 'linux')('is lower in priority than the program (on Linux)', () => {
    const least = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);
    const niceness = readdirSync('/proc/self/task').map((thread) => {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
      // The 19th field; the second, the name, may hold spaces.
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    });
    expect(Math.max(...niceness)).toBe(least);
    expect(getPriority()).toBe(Math.min(...niceness));
  });

  it('has another thread where one was ended', async () => {
    await listener.close();
    expect((await listener.hear(put('c.wav', song(3)))).evidence.source).toBe('sound');
  });
});
