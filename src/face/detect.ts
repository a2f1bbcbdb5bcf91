/** Finds the faces in a picture. */
import { type Detection, type FaceDetector, lookAt } from './blazeface.ts';
import { type Box, checkRgba, type Point, type RgbaImage } from './image.ts';
import { dropRepeats, mergeDetections } from './merge.ts';
import type { Region } from './sample.ts';

export { type FaceDetector, openFaceDetector } from './blazeface.ts';

export interface Face {
  readonly box: Box;
  /** The person's own right and left: the right eye is the one further left in the picture of an upright face. */
  readonly eyes: { readonly right: Point; readonly left: Point };
  /** Right eye, left eye, nose tip, mouth centre, right ear, left ear. */
  readonly keypoints: readonly Point[];
  /** How sure the detector is that this is a face, 0..1. */
  readonly score: number;
}

/**
 * - `quick`: one look at the whole picture, for the frames of a camera: faces wider than 6 % of the longer side, and
 *   heads tilted less than 75 degrees.
 * - `auto`: where that finds no face, or only small ones, also a look at each part of the picture, then at turned copies.
 * - `thorough`: always a look at each part: small faces beside a large one.
 */
export type DetectEffort = 'quick' | 'auto' | 'thorough';

export interface DetectOptions {
  /** Faces below this score are left out, 0..1. @default 0.57 */
  readonly minScore?: number;
  /** At most so many faces, the largest ones. @default 100 */
  readonly maxFaces?: number;
  /** How hard to look. @default 'auto' */
  readonly effort?: DetectEffort;
  /**
   * The faces of the frame before, in a film or a camera: only they are looked for, each from close by where it was, which
   * takes half the time. Where one of them is gone, the whole picture is searched. Faces that came in are not seen, so
   * leave this out a few times a second. @default none
   */
  readonly near?: readonly Face[];
}

// The figures below were measured on the photos that scripts/measure-detection.ts lists: docs/decisions/0003-detection.md.

/** Between the weakest true face measured (0.577) and the strongest false one (0.56). */
const MIN_SCORE = 0.57;
/** What a first look must give for a close look to follow: true faces give more, and false ones fail the close look. */
const CANDIDATE_SCORE = 0.3;
/** A narrower face, px, would have to be enlarged more than twice for the expression model: nothing is left to read. */
const LEAST_WIDTH = 22;
/** Overlap above which detections are of the same face. */
const SAME_FACE = 0.3;
/** Side of a close look, in widths of the face: nearer, the score drops; further, the eyes become less exact. */
const CLOSE_LOOK = 4;
/** With the widest face below this part of the longer side, the picture is searched part by part. */
const SMALL_FACE = 0.08;
/** Parts of 480 px show faces of 40 px well; parts of a larger picture grow with it, so that they stay few. */
const PART_SIDE = 480;
const MAX_PARTS_ALONG = 4;
/** Neighbouring parts share this much of their side, so that a small face lies whole in one of them. */
const PART_OVERLAP = 0.25;
/** A close look below this is tried again with the head turned, and one so much better is taken. */
const DOUBTFUL_SCORE = 0.7;
const CLEARLY_BETTER = 0.1;
/** A head turned by more than this many radians in the close look is turned upright once more. */
const STILL_TILTED = 0.35;
const MAX_TURNS = 3;
const QUARTER_TURNS = [Math.PI, Math.PI / 2, -Math.PI / 2];

/**
 * Every face found that is at least 22 px wide, largest first; an empty list where there is none.
 *
 * @throws {InvalidInputError} `photo/shape`: the array does not hold width * height pixels.
 */
export const detectFaces = async (
  image: RgbaImage,
  detector: FaceDetector,
  { minScore = MIN_SCORE, maxFaces = 100, effort = 'auto', near = [] }: DetectOptions = {},
): Promise<Face[]> => {
  checkRgba(image);
  const { width, height } = image;
  const side = Math.max(width, height);
  const whole: Region = { x: width / 2, y: height / 2, side, angle: 0 };

  /** Faces in the regions beside the ones already known, each seen twice: in the region, and close by. */
  const search = async (regions: readonly Region[], known: readonly Detection[]): Promise<Detection[]> => {
    const seen: Detection[] = [];
    for (const region of regions) seen.push(...(await lookAt(image, region, detector, CANDIDATE_SCORE)));
    const candidates = mergeDetections(seen, SAME_FACE).slice(0, 2 * maxFaces);
    const found = [...known];
    for (const candidate of candidates) {
      if (dropRepeats([...known, candidate], SAME_FACE).length === known.length) continue;
      const closer = await lookClosely(image, candidate, detector, effort !== 'quick');
      if (closer && closer.score >= minScore && closer.box.width >= LEAST_WIDTH) found.push(closer);
    }
    return dropRepeats(found, SAME_FACE);
  };

  if (near.length > 0) {
    const followed = await followFaces(image, near, detector, minScore);
    if (followed.length === near.length) return largestFirst(followed, maxFaces);
  }
  let found = await search([whole], []);
  const widest = Math.max(0, ...found.map(({ box }) => box.width));
  const hasParts = side > PART_SIDE;
  if (hasParts && (effort === 'thorough' || (effort === 'auto' && widest < SMALL_FACE * side)))
    found = await search(partsOf(image), found);
  if (found.length === 0 && effort !== 'quick')
    found = await search(
      QUARTER_TURNS.map((angle) => ({ ...whole, angle })),
      [],
    );
  return largestFirst(found, maxFaces);
};

const largestFirst = (found: readonly Detection[], count: number): Face[] =>
  found
    .map(toFace)
    .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
    .slice(0, count);

/** Those of the faces that still are where they were; the score is the mean of this look and of what it was before. */
const followFaces = async (
  image: RgbaImage,
  faces: readonly Face[],
  detector: FaceDetector,
  minScore: number,
): Promise<Detection[]> => {
  const found: Detection[] = [];
  for (const face of faces) {
    const closer = await lookUpright(image, face, tiltOf(face), detector);
    if (!closer || closer.box.width < LEAST_WIDTH) continue;
    const score = (closer.score + face.score) / 2;
    if (score >= minScore) found.push({ ...closer, score });
  }
  return dropRepeats(found, SAME_FACE);
};

const toFace = ({ box, keypoints, score }: Detection): Face => ({
  box,
  eyes: { right: keypoints[0]!, left: keypoints[1]! },
  keypoints,
  score,
});

/** Overlapping squares that cover the picture. */
const partsOf = ({ width, height }: RgbaImage): Region[] => {
  const side = Math.max(PART_SIDE, Math.max(width, height) / MAX_PARTS_ALONG);
  const step = side * (1 - PART_OVERLAP);
  const centres = (length: number): number[] => {
    if (length <= side) return [length / 2];
    const count = Math.ceil((length - side) / step) + 1;
    return Array.from({ length: count }, (_, index) => side / 2 + (index * (length - side)) / (count - 1));
  };
  return centres(height).flatMap((y) => centres(width).map((x) => ({ x, y, side, angle: 0 })));
};

/**
 * A second look at a face from close by, turned upright: it tells faces from things that look like one from afar, and
 * places the eyes more exactly. The score is the mean of both looks.
 */
const lookClosely = async (
  image: RgbaImage,
  candidate: Detection,
  detector: FaceDetector,
  tryTurned: boolean,
): Promise<Detection | undefined> => {
  let best = await lookUpright(image, candidate, tiltOf(candidate), detector);
  // Upside down or lying, a face is still taken for one, but with its eyes in the wrong place and a weak score.
  if (tryTurned && (!best || best.score < DOUBTFUL_SCORE))
    for (const turn of QUARTER_TURNS) {
      const turned = await lookUpright(image, candidate, tiltOf(candidate) + turn, detector);
      if (turned && turned.score > (best?.score ?? 0) + CLEARLY_BETTER) best = turned;
    }
  return best && { ...best, score: (best.score + candidate.score) / 2 };
};

/** Radians by which the line of the eyes is turned clockwise. */
const tiltOf = ({ keypoints: [right, left] }: Pick<Detection, 'keypoints'>): number =>
  Math.atan2(left!.y - right!.y, left!.x - right!.x);

/** Looks at a face from close by, turned by `angle`, and again while that shows that it is turned further. */
const lookUpright = async (
  image: RgbaImage,
  { box }: Pick<Detection, 'box'>,
  angle: number,
  detector: FaceDetector,
): Promise<Detection | undefined> => {
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  const isNear = ({ box: other }: Detection): boolean =>
    Math.hypot(other.x + other.width / 2 - x, other.y + other.height / 2 - y) < box.width / 2;
  let best: Detection | undefined;
  for (let look = 0; look < MAX_TURNS; look++) {
    const region = { x, y, side: CLOSE_LOOK * box.width, angle };
    const seen = await lookAt(image, region, detector, 0.05);
    best = mergeDetections(seen, SAME_FACE).find(isNear);
    if (!best) return undefined;
    const further = tiltOf(best) - angle;
    angle += further;
    if (Math.abs(Math.atan2(Math.sin(further), Math.cos(further))) < STILL_TILTED) break;
  }
  return best;
};
