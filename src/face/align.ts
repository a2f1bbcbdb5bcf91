/** Cuts a face out of a picture, turned upright and framed as FER2013's pictures are. */
import { type Tensor, tensor } from '../graph/session.ts';
import type { Face } from './detect.ts';
import type { RgbaImage } from './image.ts';
import { type Region, sampleGray } from './sample.ts';

/** Side of the pictures the expression model sees, px. */
export const FACE_SIZE = 48;

/** Where the eyes stand in FER2013's pictures, as fractions of the side. */
export const FRAMING = { eyesX: 0.5, eyesY: 0.39, eyeDistance: 0.4 } as const;

/** The square of the picture that is cut out for a face: it stands as the eyes do, and may reach beyond the picture. */
export const faceRegion = ({ eyes: { right, left } }: Face): Region => {
  const across = left.x - right.x;
  const down = left.y - right.y;
  const angle = Math.atan2(down, across);
  const side = Math.hypot(across, down) / FRAMING.eyeDistance;
  const u = (0.5 - FRAMING.eyesX) * side;
  const v = (0.5 - FRAMING.eyesY) * side;
  return {
    x: (right.x + left.x) / 2 + u * Math.cos(angle) - v * Math.sin(angle),
    y: (right.y + left.y) / 2 + u * Math.sin(angle) + v * Math.cos(angle),
    side,
    angle,
  };
};

/** The face as a gray picture: shape [1, 1, 48, 48], luma 0..255. */
export const alignFace = (image: RgbaImage, face: Face): Tensor =>
  tensor(sampleGray(image, faceRegion(face), FACE_SIZE, { outside: 'edge', maxTaps: 16 }), [
    1,
    1,
    FACE_SIZE,
    FACE_SIZE,
  ]);
