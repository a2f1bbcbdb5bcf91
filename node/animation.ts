/** Takes frames out of an animated GIF or WebP, evenly spread over its length; needs no ffmpeg. */
import sharp from 'sharp';
import type { VideoFrame, VideoFramesOptions } from './video.ts';

/** Formats in which one file can hold a run of pictures that play. (Pages of a TIFF or HEIC are separate pictures.) */
const ANIMATED = new Set(['gif', 'webp']);
/** What browsers take for a frame that says it lasts next to nothing. */
const DEFAULT_DELAY_MS = 100;
const MIN_DELAY_MS = 20;

/**
 * Whether a picture plays: a GIF or WebP of at least two frames. Anything that cannot be read does not.
 * Size is not checked here: `decodePhoto` refuses what is too large by its first frame.
 */
export const isAnimation = async (bytes: Uint8Array): Promise<boolean> => {
  try {
    const { format, pages = 1 } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return pages > 1 && ANIMATED.has(format);
  } catch {
    return false;
  }
};

/**
 * Frames of an animation, one at a time: about two a second, at most 60, evenly spread.
 *
 * A damaged animation gives the frames before the damage.
 *
 * @param bytes an animated GIF or WebP (see `isAnimation`)
 */
export async function* readAnimationFrames(
  bytes: Uint8Array,
  { framesPerSecond = 2, maxFrames = 60, maxSide = 1280 }: VideoFramesOptions = {},
): AsyncGenerator<VideoFrame> {
  const { pages = 1, delay = [] } = await sharp(bytes).metadata();
  const lengths = Array.from({ length: pages }, (_, page) => {
    const ms = delay[page] ?? DEFAULT_DELAY_MS;
    return ms < MIN_DELAY_MS ? DEFAULT_DELAY_MS : ms;
  });
  const seconds = lengths.reduce((sum, ms) => sum + ms, 0) / 1000;
  const count = Math.min(pages, maxFrames, Math.max(1, Math.ceil(seconds * framesPerSecond)));
  let page = 0;
  let pageEndSeconds = lengths[0]! / 1000;
  for (let index = 0; index < count; index++) {
    const at = ((index + 0.5) * seconds) / count;
    while (page < pages - 1 && pageEndSeconds <= at) pageEndSeconds += lengths[++page]! / 1000;
    const picture = sharp(bytes, { page })
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' });
    try {
      const { data, info } = await picture.toBuffer({ resolveWithObject: true });
      yield { image: { width: info.width, height: info.height, data }, index, count };
    } catch (error) {
      if (index === 0) throw error;
      return;
    }
  }
}
