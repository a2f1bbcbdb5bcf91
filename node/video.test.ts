import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAnimation, readAnimationFrames } from './animation.ts';
import { findProgram } from './find-program.ts';
import { isVideoFile, looksLikeVideo, readVideoFrames, type VideoFrame } from './video.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-video-'));
const inFolder = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const collect = async (frames: AsyncIterable<VideoFrame>): Promise<VideoFrame[]> => {
  const all: VideoFrame[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
};
const make = (name: string, ...args: readonly string[]): string => {
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args, inFolder(name)], { stdio: ['ignore', 'ignore', 'pipe'] });
  return inFolder(name);
};
/** The mean of a frame's red, green and blue. */
const meanColour = ({ image: { data } }: VideoFrame): number[] =>
  [0, 1, 2].map((channel) => {
    let sum = 0;
    for (let at = channel; at < data.length; at += 4) sum += data[at]!;
    return Math.round(sum / (data.length / 4));
  });

describe.skipIf(findProgram('ffmpeg') === undefined)('videos (needs ffmpeg)', () => {
  test('three seconds give six upright frames of the size of the video', async () => {
    const path = make('short.mp4', '-f', 'lavfi', '-i', 'color=red:s=320x200:r=25:d=3', '-c:v', 'mpeg4');
    expect(await isVideoFile(path)).toBe(true);
    const frames = await collect(readVideoFrames(path));
    expect(frames.map(({ index, count }) => [index, count])).toEqual([0, 1, 2, 3, 4, 5].map((index) => [index, 6]));
    expect(frames[0]!.image).toMatchObject({ width: 320, height: 200 });
    expect(frames[5]!.image.data).toHaveLength(320 * 200 * 4);
    const [red, green, blue] = meanColour(frames[3]!) as [number, number, number];
    expect(red).toBeGreaterThan(240);
    expect(Math.max(green, blue)).toBeLessThan(15);
  });

  test('a video of one frame gives it', async () => {
    const path = make('one.mp4', '-f', 'lavfi', '-i', 'color=red:s=64x64:r=25', '-frames:v', '1', '-c:v', 'mpeg4');
    expect(await collect(readVideoFrames(path))).toHaveLength(1);
  });

  test('a four-hour video gives frames from start to end and is not decoded whole', async () => {
    // Blue for two hours, then green.
    const halves = [
      '-f',
      'lavfi',
      '-i',
      'color=blue:s=32x32:r=1:d=7200',
      '-f',
      'lavfi',
      '-i',
      'color=lime:s=32x32:r=1:d=7200',
    ];
    const path = make('long.mp4', ...halves, '-filter_complex', 'concat', '-c:v', 'mpeg4', '-g', '10');
    const frames = await collect(readVideoFrames(path, { maxFrames: 6 }));
    const names = frames.map((frame) => (meanColour(frame)[2]! > 200 ? 'blue' : 'green'));
    expect(names).toEqual(['blue', 'blue', 'blue', 'green', 'green', 'green']);
  });

  test('a large picture is scaled down, keeping its shape', async () => {
    const path = make('large.mp4', '-f', 'lavfi', '-i', 'color=red:s=1920x1080:r=5:d=0.2', '-c:v', 'mpeg4');
    expect((await collect(readVideoFrames(path)))[0]!.image).toMatchObject({ width: 1280, height: 720 });
  });

  test('sound without a picture, and a cut file, are refused with the way out', async () => {
    const sound = make('sound.mp4', '-f', 'lavfi', '-i', 'sine=d=1');
    await expect(collect(readVideoFrames(sound))).rejects.toMatchObject({ code: 'video/no-picture' });
    writeFileSync(inFolder('cut.mp4'), readFileSync(inFolder('short.mp4')).subarray(0, 500));
    await expect(collect(readVideoFrames(inFolder('cut.mp4')))).rejects.toMatchObject({ code: 'video/unreadable' });
  });

  test('a caller who stops early leaves no ffmpeg behind', async () => {
    for await (const frame of readVideoFrames(inFolder('short.mp4'))) {
      expect(frame.index).toBe(0);
      break;
    }
  });
});

test('without ffmpeg on the PATH the error says what to install', async () => {
  const path = process.env.PATH;
  process.env.PATH = '';
  try {
    await expect(collect(readVideoFrames('any.mp4'))).rejects.toMatchObject({
      code: 'video/no-ffmpeg',
      message: expect.stringContaining('apt-get install ffmpeg'),
    });
  } finally {
    process.env.PATH = path;
  }
});

test.each([
  ['ftypisom', true],
  ['ftypqt  ', true],
  ['ftypheic', false],
  ['ftypavif', false],
])('a file that begins with %s is a video: %s', (brand, expected) => {
  expect(looksLikeVideo(new Uint8Array([0, 0, 0, 24, ...Buffer.from(brand), 0, 0, 0, 0]))).toBe(expected);
});

describe('animations', () => {
  let gif: Buffer;
  beforeAll(async () => {
    const square = (background: string) =>
      sharp({ create: { width: 20, height: 10, channels: 3, background } })
        .png()
        .toBuffer();
    const pictures = await Promise.all(['red', 'red', 'blue', 'blue'].map(square));
    gif = await sharp(pictures, { join: { animated: true } })
      .gif({ delay: [500, 500, 500, 500], keepDuplicateFrames: true })
      .toBuffer();
  });

  test('a GIF of two seconds gives four frames in order', async () => {
    expect(await isAnimation(gif)).toBe(true);
    const frames = await collect(readAnimationFrames(gif));
    expect(frames.map((frame) => (meanColour(frame)[0]! > 200 ? 'red' : 'blue'))).toEqual([
      'red',
      'red',
      'blue',
      'blue',
    ]);
    expect(frames[0]!.image).toMatchObject({ width: 20, height: 10 });
  });

  test('a still GIF, a photo and text are no animations', async () => {
    expect(await isAnimation(await sharp(gif, { page: 0 }).gif().toBuffer())).toBe(false);
    expect(await isAnimation(await sharp(gif).jpeg().toBuffer())).toBe(false);
    expect(await isAnimation(Buffer.from('no picture at all'))).toBe(false);
  });
});
