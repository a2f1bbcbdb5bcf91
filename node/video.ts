/** Takes frames out of a video file with the ffmpeg on the PATH, evenly spread over its length. */
import { execFile, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import type { RgbaImage } from '../src/face/image.ts';
import { findProgram } from './find-program.ts';

export interface VideoFramesOptions {
  /** Frames for each second of a short video. @default 2 */
  readonly framesPerSecond?: number;
  /** At most so many frames, whatever the length: a longer video is sampled more thinly. @default 60 */
  readonly maxFrames?: number;
  /** A picture with a longer side is scaled down to it, px. @default 1280 */
  readonly maxSide?: number;
}

export interface VideoFrame {
  readonly image: RgbaImage;
  /** Which frame this is, from 0, and of how many at most. */
  readonly index: number;
  readonly count: number;
}

/** Longer videos are read by seeking, one frame a seek, instead of decoding all that lies between. */
const SEEK_FROM_SECONDS = 60;
/** Nothing but the file itself is opened, whatever the video refers to. */
const ONLY_FILES = ['-protocol_whitelist', 'file'];

const run = promisify(execFile);

/** Whether a file's first bytes (16 do) are those of a video container: MP4, MOV, WebM, MKV, AVI, MPEG, FLV, WMV, Ogg. */
export const looksLikeVideo = (head: Uint8Array): boolean => {
  const ascii = String.fromCharCode(...head.subarray(0, 16));
  const starts = (...bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte);
  // HEIC and AVIF photos lie in the same container as MP4 and differ only in the brand.
  if (ascii.slice(4, 8) === 'ftyp') return !/^(heic|heix|hevc|heim|heis|mif1|msf1|avif|avis)/.test(ascii.slice(8, 12));
  return (
    ['moov', 'mdat', 'wide', 'free'].includes(ascii.slice(4, 8)) ||
    starts(0x1a, 0x45, 0xdf, 0xa3) ||
    (ascii.startsWith('RIFF') && ascii.slice(8, 12) === 'AVI ') ||
    starts(0, 0, 1, 0xba) ||
    starts(0, 0, 1, 0xb3) ||
    ascii.startsWith('FLV') ||
    starts(0x30, 0x26, 0xb2, 0x75) ||
    ascii.startsWith('OggS')
  );
};

/** Whether the file at `path` is a video, by its first bytes and not by its name. */
export const isVideoFile = async (path: string): Promise<boolean> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(16), 0, 16, 0);
    return looksLikeVideo(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
};

interface Probe {
  readonly streams?: readonly {
    readonly codec_type?: string;
    readonly disposition?: { readonly attached_pic?: number };
  }[];
  readonly format?: { readonly duration?: string };
}

const findTool = (name: string): string => {
  const found = findProgram(name);
  if (found !== undefined) return found;
  throw new UnavailableError(
    'video/no-ffmpeg',
    `Reading a video needs ${name}, and there is none on the PATH: install ffmpeg (Debian and Ubuntu: ` +
      '"sudo apt-get install ffmpeg", macOS: "brew install ffmpeg", Windows: "winget install ffmpeg"), or give a photo.',
  );
};

const unreadable = (cause?: unknown): InvalidInputError =>
  new InvalidInputError(
    'video/unreadable',
    'This video cannot be read: it is damaged, cut short or in a format that ffmpeg does not know. ' +
      'Save it as MP4 (H.264) and try again, or give a photo.',
    { cause },
  );

/** @returns the length in seconds; `undefined` where the file does not tell it, as recordings made by a browser. */
const probeSeconds = async (path: string): Promise<number | undefined> => {
  const entries = 'stream=codec_type:stream_disposition=attached_pic:format=duration';
  const args = ['-v', 'error', ...ONLY_FILES, '-of', 'json', '-show_entries', entries, `file:${path}`];
  const tool = findTool('ffprobe');
  const { stdout } = await run(tool, args).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  const { streams = [], format } = JSON.parse(stdout) as Probe;
  // The cover of an album is a video stream of one picture; it shows nobody who feels anything now.
  if (!streams.some((stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1))
    throw new InvalidInputError(
      'video/no-picture',
      'This file has sound but no picture: give a video that shows a face, or a photo.',
    );
  const seconds = Number(format?.duration);
  return Number.isFinite(seconds) ? seconds : undefined;
};

/** Cuts PAM pictures (a text header, then RGBA bytes) out of a stream: unlike raw video, each tells its own size. */
async function* readPamPictures(stream: AsyncIterable<Buffer>): AsyncGenerator<RgbaImage> {
  const END = 'ENDHDR\n';
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = 0;
  let size = { width: 0, height: 0, headerBytes: 0 };
  for await (const chunk of stream) {
    chunks.push(chunk);
    held += chunk.length;
    while (held > 0 && held >= needed) {
      const bytes = Buffer.concat(chunks, held);
      chunks = [bytes];
      if (needed === 0) {
        const end = bytes.indexOf(END);
        if (end < 0) break;
        const header = bytes.toString('latin1', 0, end);
        const read = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(header)?.[1]);
        size = { width: read('WIDTH'), height: read('HEIGHT'), headerBytes: end + END.length };
        needed = size.headerBytes + size.width * size.height * 4;
        continue;
      }
      const { width, height, headerBytes } = size;
      yield { width, height, data: new Uint8Array(bytes.subarray(headerBytes, needed)) };
      chunks = [bytes.subarray(needed)];
      held -= needed;
      needed = 0;
    }
  }
}

async function* decode(
  path: string,
  before: readonly string[],
  filter: string,
  count: number,
): AsyncGenerator<RgbaImage> {
  const args = [
    '-v',
    'error',
    '-nostdin',
    ...before,
    ...ONLY_FILES,
    '-i',
    `file:${path}`,
    '-map',
    '0:V:0',
    '-vf',
    filter,
  ];
  const output = ['-frames:v', String(count), '-pix_fmt', 'rgba', '-c:v', 'pam', '-f', 'image2pipe', '-'];
  const child = spawn(findTool('ffmpeg'), [...args, ...output], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    yield* readPamPictures(child.stdout);
  } finally {
    child.kill();
  }
}

/**
 * Frames of a video, one at a time: about two a second, at most 60, evenly spread; a long video is not decoded whole.
 * Turned upright as the file says.
 *
 * @throws {UnavailableError} `video/no-ffmpeg`: ffmpeg or ffprobe is not on the PATH.
 * @throws {InvalidInputError} `video/no-picture`: it has no video track. `video/empty`: it holds no frame.
 *   `video/unreadable`: ffmpeg cannot read it.
 */
export async function* readVideoFrames(path: string, options: VideoFramesOptions = {}): AsyncGenerator<VideoFrame> {
  const { framesPerSecond = 2, maxFrames = 60, maxSide = 1280 } = options;
  const seconds = await probeSeconds(path);
  const scale = `scale=w='min(${maxSide},iw)':h='min(${maxSide},ih)':force_original_aspect_ratio=decrease`;
  let index = 0;
  if (seconds !== undefined && seconds > SEEK_FROM_SECONDS) {
    for (let n = 0; n < maxFrames; n++) {
      const at = ((n + 0.5) * seconds) / maxFrames;
      for await (const image of decode(path, ['-ss', at.toFixed(3)], scale, 1))
        yield { image, index: index++, count: maxFrames };
    }
  } else {
    // A video of unknown length is read from its start.
    const rate = seconds === undefined ? framesPerSecond : Math.min(framesPerSecond, maxFrames / seconds);
    const count = seconds === undefined ? maxFrames : Math.max(1, Math.min(maxFrames, Math.ceil(seconds * rate)));
    for await (const image of decode(path, [], `fps=${rate}:round=up,${scale}`, count))
      yield { image, index: index++, count };
  }
  if (index === 0) {
    if (seconds === undefined || seconds > 0) throw unreadable();
    throw new InvalidInputError('video/empty', 'This video is 0 seconds long: give one that shows a face, or a photo.');
  }
}
