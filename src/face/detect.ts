/** Finds the faces in a picture. */
import { type Detection, type FaceDetector, lookAt } from './blazeface.ts';
import { checkRgba, type RgbaImage } from './image.ts';
import { mergeDetections } from './merge.ts';

export { type FaceDetector, openFaceDetector } from './blazeface.ts';

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

export interface DetectOptions {
  /** Faces below this score are left out, 0..1. @default 0.5 */
  readonly minScore?: number;
  /** At most so many faces, the largest ones. @default 100 */
  readonly maxFaces?: number;
}

const toFace = ({ box, keypoints, score }: Detection): Face => ({
  box,
  eyes: { right: keypoints[0]!, left: keypoints[1]! },
  keypoints,
  score,
});

/** Every face found, largest first; an empty list where there is none. */
export const detectFaces = async (
  image: RgbaImage,
  detector: FaceDetector,
  { minScore = 0.5, maxFaces = 100 }: DetectOptions = {},
): Promise<Face[]> => {
  checkRgba(image);
  const whole = { x: image.width / 2, y: image.height / 2, side: Math.max(image.width, image.height), angle: 0 };
  const found = mergeDetections(await lookAt(image, [whole], detector, minScore), 0.3);
  return found
    .map(toFace)
    .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
    .slice(0, maxFaces);
};
