/** Takes frames out of a video file in a page, evenly spread, by seeking a hidden <video> element. */
import { InvalidInputError } from '../src/base/errors.ts';

export interface VideoFramesOptions {
  /** At most so many frames, whatever the length. @default 40 */
  readonly maxFrames?: number;
  /** Frames lie at least this far apart, seconds. @default 0.25 */
  readonly stepSeconds?: number;
  readonly signal?: AbortSignal;
}

export interface SampledFrame {
  /** The caller closes it. */
  readonly bitmap: ImageBitmap;
  readonly timeSeconds: number;
  /** Which frame this is of how many, from 0. */
  readonly index: number;
  readonly count: number;
}

/** A seek that takes longer is given up, and with it what lies behind: a film that was cut off ends there. */
const SEEK_LIMIT_MS = 10_000;
const HAVE_CURRENT_DATA = 2;

/**
 * Frames of a video, one at a time: the next is fetched when the caller asks for it, so a long video costs no more
 * memory than a short one. Reads what the browser can play: MP4 with H.264, WebM with VP8 or VP9 (and AV1, HEVC, MOV
 * where the platform has the decoder).
 *
 * @throws {InvalidInputError} `video/empty`, `video/unreadable`, `video/no-picture`.
 */
export async function* sampleVideoFrames(video: Blob, options: VideoFramesOptions = {}): AsyncGenerator<SampledFrame> {
  const { maxFrames = 40, stepSeconds = 0.25, signal } = options;
  if (video.size === 0)
    throw new InvalidInputError('video/empty', 'This video is empty (0 bytes): choose another file.');
  const url = URL.createObjectURL(video);
  const element = document.createElement('video');
  try {
    element.muted = true;
    element.playsInline = true;
    element.preload = 'auto';
    element.src = url;
    await loaded(element, signal);
    if (signal?.aborted) return;
    if (element.videoWidth === 0)
      throw new InvalidInputError(
        'video/no-picture',
        'This file has sound but no picture that this browser can show: choose a video that shows a face, as MP4 (H.264) or WebM.',
      );
    const duration = await findDuration(element);
    const count = Math.max(1, Math.min(maxFrames, Math.floor(duration / stepSeconds)));
    let seen = 0;
    // A part that is damaged or missing ends it: what was read before counts.
    for (let index = 0; index < count && !signal?.aborted && !element.error; index++) {
      const timeSeconds = ((index + 0.5) * duration) / count;
      const reached = await seek(element, timeSeconds, signal);
      if (reached === 'late') break;
      if (reached === 'nothing') continue;
      seen += 1;
      yield { bitmap: await createImageBitmap(element), timeSeconds, index, count };
    }
    if (seen === 0 && !signal?.aborted) throw unreadable();
  } finally {
    element.removeAttribute('src');
    element.load();
    URL.revokeObjectURL(url);
  }
}

const unreadable = (): InvalidInputError =>
  new InvalidInputError(
    'video/unreadable',
    'This browser cannot play this file: choose an MP4 (H.264) or WebM video, or a photo. ' +
      'The file may also be damaged or no video at all.',
  );

/** Until it can be shown, or nobody waits any more: some files are looked at without end. */
const loaded = (element: HTMLVideoElement, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => resolve(), { once: true });
    // A file with sound alone never gets a current frame, so its metadata must do.
    element.onloadedmetadata = () => {
      if (element.videoWidth === 0) resolve();
    };
    element.onloadeddata = () => resolve();
    element.onerror = () => reject(unreadable());
  });

/** Recordings made by a browser carry no length; seeking far beyond the end makes the browser find it. */
const findDuration = async (element: HTMLVideoElement): Promise<number> => {
  if (element.duration === Number.POSITIVE_INFINITY) await seek(element, Number.MAX_SAFE_INTEGER);
  const duration = Number.isFinite(element.duration) ? element.duration : element.currentTime;
  return Number.isFinite(duration) ? Math.max(duration, 0) : 0;
};

/** @returns whether a frame is there to be read, or it took too long. */
const seek = (
  element: HTMLVideoElement,
  timeSeconds: number,
  signal?: AbortSignal,
): Promise<'frame' | 'nothing' | 'late'> =>
  new Promise((resolve) => {
    const end = (reached: 'frame' | 'nothing' | 'late'): void => {
      clearTimeout(timer);
      element.onseeked = null;
      element.onerror = null;
      signal?.removeEventListener('abort', finish);
      resolve(reached);
    };
    const finish = (): void => end(element.readyState >= HAVE_CURRENT_DATA && !element.error ? 'frame' : 'nothing');
    const timer = setTimeout(() => end('late'), SEEK_LIMIT_MS);
    element.onseeked = finish;
    element.onerror = finish;
    signal?.addEventListener('abort', finish);
    element.currentTime = timeSeconds;
  });
