/** Cuts a face out of a picture, turned upright and framed as FER2013's pictures are. */
import { type Tensor, tensor } from '../graph/session.ts';
import type { Face } from './detect.ts';
import type { Point, RgbaImage } from './image.ts';
import { type Region, type SampleOptions, sampleGray } from './sample.ts';

/** Side of the pictures the expression model sees, px. */
export const FACE_SIZE = 48;

/**
 * Where the eyes are put and how wide the face's box is made, as fractions of the side, so that framed photos measure as
 * FER2013's pictures do. Tilt is 0.5 degrees there and counts as none.
 *
 * @see docs/decisions/0002-framing.md
 */
export const FRAMING = { eyesX: 0.496, eyesY: 0.393, boxWidth: 0.95 } as const;

/**
 * Runtimes round differently, so that their boxes differ by up to some 1e-3 px. Snapped to a grid of 1/256 to 1/512 of
 * the face's width (a tenth of a framed pixel), below what the detector can tell, the framed face is nearly always the
 * same to the last pixel everywhere.
 */
const snapTo = (boxWidth: number): ((px: number) => number) => {
  const step = 2 ** Math.floor(Math.log2(boxWidth / 256));
  return (px) => Math.round(px / step) * step;
};

/**
 * The square of the picture that is cut out for a face; it may reach beyond the picture.
 *
 * It stands and turns with the eyes. Its size comes from the face's box, not from the distance of the eyes: a head
 * turned aside has its eyes closer together, yet FER2013 shows it as large as any other.
 */
export const faceRegion = ({ box, eyes }: Face): Region => {
  const snap = snapTo(box.width);
  const [right, left] = [eyes.right, eyes.left].map(({ x, y }) => ({ x: snap(x), y: snap(y) })) as [Point, Point];
  const angle = Math.atan2(left.y - right.y, left.x - right.x);
  const side = snap(box.width) / FRAMING.boxWidth;
  const across = (0.5 - FRAMING.eyesX) * side;
  const down = (0.5 - FRAMING.eyesY) * side;
  return {
    x: (right.x + left.x) / 2 + across * Math.cos(angle) - down * Math.sin(angle),
    y: (right.y + left.y) / 2 + across * Math.sin(angle) + down * Math.cos(angle),
    side,
    angle,
  };
};

/** Sixteen samples a side average all of a face up to 768 px wide; there is no need for more. */
const SAMPLING: SampleOptions = { outside: 'edge', maxTaps: 16 };

/** The face as a gray picture: shape [1, 1, 48, 48], luma 0..255. */
export const alignFace = (image: RgbaImage, face: Face): Tensor =>
  tensor(sampleGray(image, faceRegion(face), FACE_SIZE, SAMPLING), [1, 1, FACE_SIZE, FACE_SIZE]);
