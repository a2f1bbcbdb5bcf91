import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { makeWav } from '../test/audio/make-wav.ts';
import { largestDifference, sine } from '../test/reference/audio.ts';
import { decodeAudio, readAudio } from './decode-audio.ts';
import { findProgram } from './find-program.ts';

const fixture = (name: string): Promise<Buffer> => readFile(new URL(`../test/audio/fixtures/${name}`, import.meta.url));
const lacksFfmpeg = findProgram('ffmpeg') === undefined;
const code = (value: string) => expect.objectContaining({ code: value });

/** Height of a tone within a sound, away from its ends. */
const toneIn = (samples: Float32Array, hz: number): number => {
  let [x, y] = [0, 0];
  const inner = samples.subarray(0.2 * samples.length, 0.8 * samples.length);
  for (const [n, value] of inner.entries()) {
    x += value * Math.cos((2 * Math.PI * hz * n) / 16_000);
    y += value * Math.sin((2 * Math.PI * hz * n) / 16_000);
  }
  return (2 * Math.hypot(x, y)) / inner.length;
};

/** The files hold 440 Hz left and 1000 Hz right at 1/8 of full scale: mixed to mono, 1/16 of each. */
const expectBothTones = (samples: Float32Array, seconds: number): void => {
  expect(samples.length / 16_000 - seconds).toBeGreaterThanOrEqual(0);
  expect(samples.length / 16_000 - seconds).toBeLessThan(0.05);
  for (const hz of [440, 1000]) expect(Math.abs(toneIn(samples, hz) - 1 / 16)).toBeLessThan(0.006);
  for (const hz of [700, 3000]) expect(toneIn(samples, hz)).toBeLessThan(0.003);
};

afterEach(() => vi.unstubAllEnvs());

const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'attune-test-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

describe('each kind gives its sound, whether from bytes or from a file', () => {
  test.each([
    ['flac16.flac', 0.7],
    ['flac24-96k.flac', 0.2],
    ['opus.ogg', 0.7],
    ['opus.webm', 0.7],
  ] as const)('%s, without any program', async (name, seconds) => {
    vi.stubEnv('PATH', '');
    const bytes = await fixture(name);
    const samples = await decodeAudio(bytes);
    expectBothTones(samples, seconds);
    const path = new URL(`../test/audio/fixtures/${name}`, import.meta.url).pathname;
    expect(largestDifference(await decodeAudio(path), samples)).toBe(0);
  });

  test
    .skipIf(lacksFfmpeg)
    .each(['layer3.mp3', 'mpeg2-layer3.mp3', 'vorbis.ogg', 'aac.m4a', 'aac.aac', 'vorbis.webm', 'flac.ogg'])(
    '%s, by ffmpeg (skipped where there is none)',
    async (name) => {
      // ffmpeg 5.1 leaves 128 of this file's 30,870 samples out; its own output is as short.
      const seconds = name === 'vorbis.ogg' ? (30_870 - 128) / 44_100 : 0.7;
      expectBothTones(await decodeAudio(await fixture(name)), seconds);
    },
  );

  test('without ffmpeg, a sentence says what to do', async () => {
    vi.stubEnv('PATH', '');
    for (const name of ['aac.m4a', 'layer3.mp3', 'vorbis.ogg'])
      await expect(decodeAudio(await fixture(name))).rejects.toThrow(code('audio/no-ffmpeg'));
  });
});

describe('WAV', () => {
  test.each([8, 16, 24, 32, -32, -64])('%i bits', async (bits) => {
    const sound = sine(440, 16_000, 1600, 0.5);
    const samples = await decodeAudio(makeWav([sound], { bits }));
    expect(largestDifference(samples, sound)).toBeLessThan(bits === 8 ? 0.01 : 1e-4);
  });

  test('96 kHz in eight channels: all count alike', async () => {
    const tone = sine(1000, 96_000, 19_200, 0.8);
    const quiet = new Float32Array(tone.length);
    const samples = await decodeAudio(
      makeWav([tone, quiet, quiet, quiet, quiet, quiet, quiet, quiet], { sampleRate: 96_000 }),
    );
    expect(samples.length).toBe(3200);
    expect(toneIn(samples, 1000)).toBeCloseTo(0.1, 3);
  });

  test('a length that the writer did not know: the sound goes to the end', async () => {
    const sound = sine(440, 16_000, 1600, 0.5);
    for (const dataLength of [0, 0xffffffff])
      expect(await decodeAudio(makeWav([sound], { dataLength }))).toHaveLength(1600);
  });

  test('clipped, constant and silent sounds come as they are; numbers that are none become 0', async () => {
    for (const value of [1, 0.5, 0]) {
      const samples = await decodeAudio(makeWav([new Float32Array(500).fill(value)], { bits: -32 }));
      expect(samples.every((sample) => sample === value)).toBe(true);
    }
    const broken = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0.25);
    expect([...(await decodeAudio(makeWav([broken], { bits: -32 })))]).toEqual([0, 8, 0.25]);
  });

  test('chained Ogg files are one sound', async () => {
    const once = await fixture('opus.ogg');
    const samples = await decodeAudio(Buffer.concat([once, once]));
    expectBothTones(samples.subarray(0, 11_200), 0.7);
    expect(samples.length).toBe(22_400);
  });

  test('20 ms', async () => expect(await decodeAudio(makeWav([new Float32Array(320)]))).toHaveLength(320));

  test('any samples survive 16 bits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 }),
        async (values) => {
          const sound = Float32Array.from(values);
          expect(largestDifference(await decodeAudio(makeWav([sound])), sound)).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('AU', () => {
  /** Code 3 is 16 bits, 6 floats. */
  const makeAu = (samples: Float32Array, code: number, length?: number): Uint8Array => {
    const bytes = code === 3 ? 2 : 4;
    const file = new Uint8Array(32 + bytes * samples.length);
    const view = new DataView(file.buffer);
    file.set(new TextEncoder().encode('.snd'));
    for (const [i, value] of [32, length ?? bytes * samples.length, code, 16_000, 1].entries())
      view.setUint32(4 + 4 * i, value);
    for (const [n, sample] of samples.entries())
      if (code === 3) view.setInt16(32 + 2 * n, Math.round(sample * 32_767));
      else view.setFloat32(32 + 4 * n, sample);
    return file;
  };

  test.each([3, 6])('kind %i, with a length and without', async (code) => {
    const sound = sine(440, 16_000, 1600, 0.5);
    for (const length of [undefined, 0xffffffff])
      expect(largestDifference(await decodeAudio(makeAu(sound, code, length)), sound)).toBeLessThan(1e-4);
  });

  test('of another compression, and one cut within its header', async () => {
    const file = makeAu(new Float32Array(99), 3);
    file[15] = 27;
    await expect(decodeAudio(file)).rejects.toThrow('1 channels of kind 27 at 16000 Hz');
    await expect(decodeAudio(file.subarray(0, 20))).rejects.toThrow(code('audio/unreadable'));
  });
});

describe('what is no sound, or not enough of one', () => {
  test.each([
    ['0 bytes', new Uint8Array(0)],
    ['a text', new TextEncoder().encode('This is a text that somebody named song.mp3.\n'.repeat(200))],
    ['zeros', new Uint8Array(5000)],
    ['a rate of 4 GHz', makeWav([new Float32Array(9)], { sampleRate: 4_000_000_000 })],
    ['a header alone', makeWav([new Float32Array(0)])],
    ['nothing but empty tags', Buffer.concat(Array(2000).fill(Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1')))],
    [
      'a tag that ends within its picture',
      Uint8Array.of(0x49, 0x44, 0x33, 3, 0, 0, 0x09, 0, 0, 0, ...new Uint8Array(99)),
    ],
  ])('%s', async (_, bytes) => {
    await expect(decodeAudio(bytes)).rejects.toThrow(code('audio/unreadable'));
  });

  test('no file at all', async () => {
    await expect(decodeAudio('nowhere.wav')).rejects.toThrow('The sound "nowhere.wav" cannot be read: check its name.');
  });

  const expectPartOf = async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      const bytes = await fixture(name);
      const whole = await decodeAudio(bytes);
      const part = await decodeAudio(bytes.subarray(0, Math.floor(bytes.length * 0.8))).catch(
        (error: unknown) => error,
      );
      // A short Ogg file is one page, which is whole or not there.
      if (part instanceof Float32Array) expect([name, part.length < whole.length]).toEqual([name, true]);
      else expect(part).toEqual(code('audio/unreadable'));
    }
  };
  test('a file cut short gives what is there', () => expectPartOf(['flac16.flac', 'opus.ogg', 'opus.webm']));
  test.skipIf(lacksFfmpeg)('so it does by ffmpeg (skipped where there is none)', () =>
    expectPartOf(['layer3.mp3', 'vorbis.ogg']),
  );

  test.skipIf(lacksFfmpeg)('an MP3 behind a tag with a picture of 20 MB, and behind two tags (needs ffmpeg)', () =>
    inFolder(async (folder) => {
      const tag = (size: number): Uint8Array => {
        const sevenBits = [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
        const bytes = new Uint8Array(10 + size).fill(0xff, 10);
        bytes.set([0x49, 0x44, 0x33, 3, 0, 0, ...sevenBits]);
        return bytes;
      };
      const sound = await fixture('layer3.mp3');
      const path = join(folder, 'song');
      await writeFile(path, Buffer.concat([tag(20 * 1024 * 1024), sound]));
      expectBothTones(await decodeAudio(path), 0.7);
      expectBothTones(await decodeAudio(Buffer.concat([tag(300_000), tag(9000), sound])), 0.7);
    }),
  );

  test('longer than asked for', async () => {
    const sound = makeWav([new Float32Array(32_001)]);
    await expect(decodeAudio(sound, { maxSeconds: 2 })).rejects.toThrow(code('audio/too-long'));
  });
});

describe('reading stops where asked', () => {
  const countUntil = async (sound: Uint8Array | string, untilSeconds: number): Promise<number> => {
    let count = 0;
    for await (const piece of readAudio(sound, { untilSeconds })) count += piece.length;
    return count;
  };

  test('in the middle of a sound', async () => {
    expect(await countUntil(makeWav([new Float32Array(80_000)]), 1.5)).toBe(24_000);
  });

  test('a recording of ten hours costs no more than its first second', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'ten-hours.wav');
      const bytes = 36_000 * 16_000;
      const file = await open(path, 'w');
      await file.write(makeWav([new Float32Array(16)], { bits: 8, dataLength: bytes }));
      // The rest is a hole in the file: it takes no room and reads as zeros.
      await file.truncate(44 + bytes);
      await file.close();
      expect(await countUntil(path, 1)).toBe(16_000);
      await expect(decodeAudio(path, { maxSeconds: 60 })).rejects.toThrow(
        'This sound is longer than 60 seconds: cut out the part that matters and give that.',
      );
    }));

  test.skipIf(lacksFfmpeg)('in the middle of what ffmpeg decodes (skipped where there is none)', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'long.mp3');
      const tone = ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=60'];
      execFileSync('ffmpeg', ['-v', 'error', ...tone, '-b:a', '32k', path]);
      expect(await countUntil(path, 2)).toBe(32_000);
    }),
  );

  test.skipIf(!existsSync('/proc/self/fd'))('and leaves no file open (needs /proc)', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'long.wav');
      await writeFile(path, makeWav([new Float32Array(600_000)]));
      const openFiles = (): number =>
        readdirSync('/proc/self/fd').filter((number) => {
          try {
            return readlinkSync(`/proc/self/fd/${number}`) === path;
          } catch {
            return false; // the folder was read through one that is closed by now
          }
        }).length;
      await countUntil(path, 1);
      await expect(decodeAudio(path, { maxSeconds: 2 })).rejects.toThrow(code('audio/too-long'));
      for await (const _ of readAudio(path)) break;
      await expect.poll(openFiles).toBe(0);
    }),
  );
});

describe.skipIf(lacksFfmpeg)('sound in other files (skipped where there is no ffmpeg)', () => {
  test.each([
    ['vbr.mp3', ['-f', 'mp3', '-q:a', '5']],
    ['aiff', ['-f', 'aiff']],
    ['wma', ['-f', 'asf']],
    ['avi', ['-f', 'avi', '-c:a', 'pcm_s16le']],
    ['flv', ['-f', 'flv', '-c:a', 'pcm_s16le']],
    ['mpg', ['-f', 'mpeg']],
    ['mov', ['-f', 'mov', '-c:a', 'pcm_s16le']],
    ['wv', ['-f', 'wv']],
    ['mkv', ['-f', 'matroska', '-c:a', 'pcm_s16le']],
  ] as const)('%s', (name, options) =>
    inFolder(async (folder) => {
      const path = join(folder, `sound.${name}`);
      const from = new URL('../test/audio/fixtures/flac16.flac', import.meta.url).pathname;
      execFileSync('ffmpeg', ['-v', 'error', '-i', from, ...options, path]);
      const samples = await decodeAudio(path);
      expect(Math.abs(samples.length / 16_000 - 0.7)).toBeLessThan(0.1);
      for (const hz of [440, 1000]) expect(Math.abs(toneIn(samples, hz) - 1 / 16)).toBeLessThan(0.01);
    }),
  );
});
