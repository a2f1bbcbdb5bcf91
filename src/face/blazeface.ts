/** Runs a BlazeFace network on square parts of a picture and decodes what it gives. */
import { InvalidInputError } from '../base/errors.ts';
import { type OpenSession, type Session, tensor } from '../graph/session.ts';
import type { Box, Point, RgbaImage } from './image.ts';
import { fromRegion, type Region, type SampleOptions, sampleRegion } from './sample.ts';

/** A face detector, opened with `openFaceDetector`. */
export interface FaceDetector {
  readonly session: Session;
  /** Side of the square picture the network sees, px. */
  readonly inputSize: number;
  /** Cells along one side of each output grid and anchors in each cell, in the order of the network's outputs. */
  readonly grids: readonly { readonly cells: number; readonly anchors: number }[];
}

/** What the network says of one anchor, in pixels of the picture. */
export interface Detection {
  readonly box: Box;
  readonly keypoints: readonly Point[];
  readonly score: number;
}

/** Box (centre, size) and six keypoints. */
const NUMBERS_PER_ANCHOR = 16;
const KEYPOINTS = 6;

/** Scores with three samples a side are within 0.02 of those with all; the time does not grow with the picture. */
const SAMPLING: SampleOptions = { outside: 'black', maxTaps: 3 };

const parseGrids = (text: string): FaceDetector['grids'] =>
  text.split(',').map((part) => {
    const [cells = 0, anchors = 0] = part.split('x').map(Number);
    return { cells, anchors };
  });

const anchorCount = (grids: FaceDetector['grids']): number =>
  grids.reduce((count, { cells, anchors }) => count + cells * cells * anchors, 0);

/**
 * Opens a detector that `scripts/build-detectors.ts` wrote.
 *
 * @throws {InvalidInputError} `model/damaged`: the bytes are no ONNX file, or it does not say what a detector must.
 * @throws {InvalidInputError} `model/task`: the model was made for something else.
 */
export const openFaceDetector = async (bytes: Uint8Array, openSession: OpenSession): Promise<FaceDetector> => {
  const session = await openSession(bytes);
  const { 'attune.task': task, 'attune.inputSize': size, 'attune.grids': layout = '' } = session.metadata;
  const inputSize = Number(size);
  const grids = parseGrids(layout);
  if (task === 'face-detection' && inputSize > 0 && anchorCount(grids) > 0) return { session, inputSize, grids };
  await session.release();
  if (task !== 'face-detection')
    throw new InvalidInputError(
      'model/task',
      `This model is made for ${task ? `"${task}"` : 'an unknown task'}, not for "face-detection": ` +
        'give one that "npm run build" wrote into dist/models.',
    );
  throw new InvalidInputError(
    'model/damaged',
    `This face detector says input size "${size ?? ''}" and grids "${layout}": build it again with "npm run build".`,
  );
};

/** Every anchor with at least `minScore` in the region: many for each face, not yet merged. */
export const lookAt = async (
  image: RgbaImage,
  region: Region,
  detector: FaceDetector,
  minScore: number,
): Promise<Detection[]> => {
  const { inputSize, session, grids } = detector;
  const planes = sampleRegion(image, region, inputSize, SAMPLING);
  for (let index = 0; index < planes.length; index++) planes[index] = planes[index]! / 127.5 - 1;
  const { boxes, scores } = await session.run({ image: tensor(planes, [1, 3, inputSize, inputSize]) });
  const count = anchorCount(grids);
  if (scores?.data.length !== count || boxes?.data.length !== count * NUMBERS_PER_ANCHOR)
    throw new InvalidInputError(
      'model/damaged',
      `The face detector gave ${scores?.data.length ?? 0} scores for ${count} anchors: build it again with "npm run build".`,
    );
  return decode(boxes.data, scores.data, region, detector, minScore);
};

/** Detections in one region, from the network's raw numbers: sizes in its own pixels, scores before the sigmoid. */
const decode = (
  boxes: Float32Array,
  scores: Float32Array,
  region: Region,
  { grids, inputSize }: FaceDetector,
  minScore: number,
): Detection[] => {
  const found: Detection[] = [];
  const leastLogit = Math.log(minScore / (1 - minScore));
  let anchor = 0;
  for (const { cells, anchors } of grids)
    for (let row = 0; row < cells; row++)
      for (let column = 0; column < cells; column++)
        for (let each = 0; each < anchors; each++, anchor++) {
          const logit = scores[anchor]!;
          if (!(logit >= leastLogit)) continue;
          const at = anchor * NUMBERS_PER_ANCHOR;
          // The network gives distances from the centre of the cell, in pixels of its input.
          const point = (offset: number): Point =>
            fromRegion(
              region,
              boxes[at + offset]! / inputSize + (column + 0.5) / cells,
              boxes[at + offset + 1]! / inputSize + (row + 0.5) / cells,
            );
          const centre = point(0);
          const width = (boxes[at + 2]! / inputSize) * region.side;
          const height = (boxes[at + 3]! / inputSize) * region.side;
          found.push({
            box: { x: centre.x - width / 2, y: centre.y - height / 2, width, height },
            keypoints: Array.from({ length: KEYPOINTS }, (_, index) => point(4 + 2 * index)),
            score: 1 / (1 + Math.exp(-logit)),
          });
        }
  return found;
};
