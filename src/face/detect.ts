/** Finds faces in a picture with a BlazeFace detector. */
import type { Session } from '../graph/session.ts';
import type { RgbaImage } from './image.ts';

/** In pixels of the picture; x, y is the top-left corner. Parts may lie outside the picture where a face is cut off. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** In pixels of the picture; the centre of the top-left pixel is (0.5, 0.5). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Face {
  readonly box: Box;
  /** The person's own right and left: the right eye is the one further left in the picture of an upright face. */
  readonly eyes: { readonly right: Point; readonly left: Point };
  /** Right eye, left eye, nose tip, mouth centre, right ear, left ear. */
  readonly keypoints: readonly Point[];
  /** How sure the detector is that this is a face, 0..1. */
  readonly score: number;
}

/** A face detector, opened with `openFaceDetector`. */
export interface FaceDetector {
  readonly session: Session;
  /** Side of the square picture the network sees, px. */
  readonly inputSize: number;
  /** Cells along one side of the output grid and anchors in each cell, in the order of the network's outputs. */
  readonly grids: readonly { readonly cells: number; readonly anchors: number }[];
}

export interface DetectOptions {
  /** Faces below this score are left out, 0..1. @default 0.5 */
  readonly minScore?: number;
  /** At most so many faces, the largest ones. @default 100 */
  readonly maxFaces?: number;
}

/** Every face found, largest first; an empty list where there is none. */
export const detectFaces = async (
  _image: RgbaImage,
  _detector: FaceDetector,
  _options: DetectOptions = {},
): Promise<Face[]> => [];
