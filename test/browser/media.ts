/** Pictures, videos and a fake camera for the browser tests, made from photos that come with a dev dependency. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { findProgram } from '../../node/find-program.ts';
import { packagePath } from '../../node/package-root.ts';

/** sample1.jpg to sample6.jpg hold three, one, one, one, one and one faces that fill enough of the picture. */
export const samplePhoto = (number: 1 | 2 | 3 | 4 | 5 | 6): string =>
  packagePath('node_modules', '@vladmandic', 'face-api', 'demo', `sample${number}.jpg`);

export const hasFfmpeg = findProgram('ffmpeg') !== undefined;

export interface Media {
  /** 3 s of one person, WebM (VP8), as browsers without licensed codecs play it. */
  readonly video: () => Promise<string>;
  /** The same person with a sound track. */
  readonly speakingVideo: (sound: string) => Promise<string>;
  /** One person for two hours, a picture every ten seconds. */
  readonly longVideo: () => Promise<string>;
  /** What a camera would send, in a form Chromium plays in its place. @param width px @default 640 @param height px @default 480 */
  readonly camera: (photo: string, width?: number, height?: number) => Promise<string>;
  /** A camera with a hand on its lens. */
  readonly coveredCamera: () => string;
  /** A WebM file with a tone and no picture. */
  readonly sound: () => string;
  /** A WebM video of darkness. */
  readonly dark: () => string;
  readonly file: (name: string, bytes: Uint8Array | string) => string;
  /** A picture without a face. */
  readonly landscape: () => Promise<string>;
  readonly remove: () => void;
}

export const createMedia = (): Media => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-media-'));
  const at = (name: string): string => join(folder, name);
  const ffmpeg = (...args: readonly string[]): void => {
    const program = findProgram('ffmpeg');
    if (!program) throw new Error('ffmpeg is not installed.');
    const { status, stderr } = spawnSync(program, ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`ffmpeg ${args.join(' ')} failed: ${stderr}`);
  };
  /** A photo as a camera would see it; ffmpeg would else shrink the whole photo again for every frame. */
  const still = async (photo: string, width = 640, height = 480): Promise<string> => {
    await sharp(photo).resize(width, height, { fit: 'cover' }).png().toFile(at('still.png'));
    return at('still.png');
  };
  return {
    video: async () => {
      const quick = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M'];
      ffmpeg('-loop', '1', '-t', '3', '-r', '15', '-i', await still(samplePhoto(2)), ...quick, at('face.webm'));
      return at('face.webm');
    },
    speakingVideo: async (sound) => {
      const picture = [
        '-loop',
        '1',
        '-r',
        '15',
        '-i',
        await still(samplePhoto(2)),
        '-i',
        sound,
        '-shortest',
        '-t',
        '4',
      ];
      const quick = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M', '-c:a', 'libopus'];
      ffmpeg(...picture, ...quick, at('speaking.webm'));
      return at('speaking.webm');
    },
    longVideo: async () => {
      const quick = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '30', '-b:v', '40k'];
      const picture = await still(samplePhoto(2), 320, 240);
      ffmpeg('-loop', '1', '-framerate', '1/10', '-t', '7200', '-i', picture, '-r', '1/10', ...quick, at('long.webm'));
      return at('long.webm');
    },
    camera: async (photo, width = 640, height = 480) => {
      const colours = ['-pix_fmt', 'yuvj420p', '-q:v', '3'];
      const name = at(`camera-${width}x${height}.mjpeg`);
      const rate = width * height > 1e6 ? '5' : '15';
      ffmpeg('-loop', '1', '-t', '2', '-r', rate, '-i', await still(photo, width, height), ...colours, name);
      return name;
    },
    coveredCamera: () => {
      ffmpeg('-f', 'lavfi', '-i', 'color=c=black:s=640x480:r=15:d=2', '-pix_fmt', 'yuvj420p', at('covered.mjpeg'));
      return at('covered.mjpeg');
    },
    sound: () => {
      ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', '-c:a', 'libvorbis', at('sound.webm'));
      return at('sound.webm');
    },
    dark: () => {
      ffmpeg('-f', 'lavfi', '-i', 'color=c=black:s=320x240:r=5:d=1', '-c:v', 'libvpx', at('dark.webm'));
      return at('dark.webm');
    },
    file: (name, bytes) => {
      writeFileSync(at(name), bytes);
      return at(name);
    },
    landscape: async () => {
      const sky = { create: { width: 640, height: 400, channels: 3 as const, background: '#7aa5c9' } };
      const hill = { create: { width: 640, height: 140, channels: 3 as const, background: '#3d5a2f' } };
      const ground = await sharp(hill).png().toBuffer();
      await sharp(sky)
        .composite([{ input: ground, top: 260, left: 0 }])
        .jpeg()
        .toFile(at('landscape.jpg'));
      return at('landscape.jpg');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
