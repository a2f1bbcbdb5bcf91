/** Says what makes a face hard to read: measured on the framed picture, judged by what the training set holds. */
import type { Tensor } from '../graph/session.ts';
import { FACE_SIZE } from './align.ts';
import type { Face } from './detect.ts';
import type { RgbaImage } from './image.ts';

/** A reason to trust a reading less. */
export type QualityNote = 'too small' | 'too dark' | 'too bright' | 'blurred' | 'turned away' | 'cut off';

export interface FaceQuality {
  /** Width of the face's box, px. */
  readonly width: number;
  /** Mean luma of the inner face, 0..255. */
  readonly brightness: number;
  /**
   * How much finer detail the inner face shows than coarse detail: the mean size of the Laplacian over that of the one
   * taken two pixels apart. About 0.25 where all is smooth, whatever the light.
   */
  readonly sharpness: number;
  /** How far the nose stands off the middle of the eyes, as a fraction of their distance: 0 from the front. */
  readonly turn: number;
  /** Part of the face's box that lies outside the picture, 0..1. */
  readonly outside: number;
}

/** The inner face within the framed picture: brows to chin, without hair and background, px. */
const INNER = { from: 10, to: 40 } as const;

// docs/decisions/0002-framing.md has the measurements.
const LIMITS = {
  /** The framed picture is then enlarged more than 1.5 times: less than half the pixels the model has learned from. */
  width: 30,
  /** Darker than 99 of 100 of FER2013's Training pictures, so beyond what the model has seen. */
  dark: 55,
  /** Brighter than 99 of 100 of them. */
  bright: 206,
  /** What sharp photos keep (0.31 to 0.36) after a Gaussian blur of one framed pixel; 99 of 100 Training pictures have 0.41. */
  sharpness: 0.34,
  /** Turned further than 95 of 100 of them; from here on their framing differs too. */
  turn: 0.45,
  /** A tenth of the face is missing. */
  outside: 0.1,
} as const;

/** @param framed the same face as `alignFace` gives it, shape [1, 1, 48, 48]. */
export const measureQuality = (image: RgbaImage, face: Face, framed: Tensor): FaceQuality => ({
  width: face.box.width,
  ...measureInner(framed.data),
  turn: measureTurn(face),
  outside: outsidePart(image, face),
});

export const listQualityNotes = ({ width, brightness, sharpness, turn, outside }: FaceQuality): QualityNote[] => {
  const notes: QualityNote[] = [];
  if (width < LIMITS.width) notes.push('too small');
  if (brightness < LIMITS.dark) notes.push('too dark');
  if (brightness > LIMITS.bright) notes.push('too bright');
  if (sharpness < LIMITS.sharpness) notes.push('blurred');
  if (turn > LIMITS.turn) notes.push('turned away');
  if (outside > LIMITS.outside) notes.push('cut off');
  return notes;
};

/**
 * Brightness and sharpness of the inner face.
 *
 * @param pixels a framed face, [48, 48], luma 0..255
 */
export const measureInner = (pixels: Float32Array): Pick<FaceQuality, 'brightness' | 'sharpness'> => {
  let sum = 0;
  let near = 0;
  let far = 0;
  /** Size of the Laplacian at a pixel, from its four neighbours `reach` pixels away. */
  const laplacian = (at: number, reach: number): number =>
    Math.abs(
      pixels[at - reach]! +
        pixels[at + reach]! +
        pixels[at - reach * FACE_SIZE]! +
        pixels[at + reach * FACE_SIZE]! -
        4 * pixels[at]!,
    );
  for (let row = INNER.from; row < INNER.to; row++)
    for (let column = INNER.from; column < INNER.to; column++) {
      const at = row * FACE_SIZE + column;
      sum += pixels[at]!;
      near += laplacian(at, 1);
      far += laplacian(at, 2);
    }
  return { brightness: sum / (INNER.to - INNER.from) ** 2, sharpness: far === 0 ? 0 : near / far };
};

const measureTurn = ({ eyes: { right, left }, keypoints }: Face): number => {
  const nose = keypoints[2]!;
  const across = left.x - right.x;
  const down = left.y - right.y;
  const squared = across ** 2 + down ** 2;
  if (squared === 0) return Number.POSITIVE_INFINITY;
  const middle = { x: (right.x + left.x) / 2, y: (right.y + left.y) / 2 };
  return Math.abs((nose.x - middle.x) * across + (nose.y - middle.y) * down) / squared;
};

const outsidePart = ({ width, height }: RgbaImage, { box }: Face): number => {
  const insideX = Math.min(width, box.x + box.width) - Math.max(0, box.x);
  const insideY = Math.min(height, box.y + box.height) - Math.max(0, box.y);
  return 1 - (Math.max(0, insideX) * Math.max(0, insideY)) / (box.width * box.height);
};
