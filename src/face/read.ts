/** Reads every face in a picture: where it is, what it seems to feel, and how far to trust that. */
import { type Emotion, type EmotionScores, rankEmotions } from '../base/emotions.ts';
import { NoAnswerError } from '../base/errors.ts';
import { alignFace } from './align.ts';
import { type DetectOptions, detectFaces, type Face, type FaceDetector } from './detect.ts';
import { type ExpressionModel, readExpressions } from './expression.ts';
import type { RgbaImage } from './image.ts';
import { listQualityNotes, measureQuality, type QualityNote } from './quality.ts';

export type { QualityNote } from './quality.ts';

export interface FaceReading {
  readonly face: Face;
  /** Calibrated probabilities. */
  readonly scores: EmotionScores;
  /** The likeliest emotion. */
  readonly emotion: Emotion;
  /** Whether the likeliest emotion reaches the model's threshold; if not, the answer is "not sure". */
  readonly certain: boolean;
  /** Empty for a face that can be seen well. */
  readonly quality: readonly QualityNote[];
}

export interface FaceModels {
  readonly detector: FaceDetector;
  readonly expression: ExpressionModel;
}

/**
 * Every face in the picture, largest first.
 *
 * @throws {NoAnswerError} `face/none`: no face was found.
 */
export const readFaces = async (
  image: RgbaImage,
  models: FaceModels,
  options: DetectOptions = {},
): Promise<FaceReading[]> => {
  const faces = await detectFaces(image, models.detector, options);
  if (faces.length === 0)
    throw new NoAnswerError(
      'face/none',
      `No face was found in this picture of ${image.width} x ${image.height} pixels: ` +
        'give one where a face is at least 40 pixels wide and looks towards the camera, or pick a mood by hand.',
    );
  return readFoundFaces(image, faces, models);
};

/** The same for faces that were found already, in their order. */
export const readFoundFaces = async (
  image: RgbaImage,
  faces: readonly Face[],
  models: Pick<FaceModels, 'expression'>,
): Promise<FaceReading[]> => {
  const framed = faces.map((face) => alignFace(image, face));
  const scores = await readExpressions(framed, models.expression);
  return faces.map((face, index) => {
    const own = scores[index]!;
    const emotion = rankEmotions(own)[0]!;
    const quality = listQualityNotes(measureQuality(image, face, framed[index]!));
    return { face, scores: own, emotion, certain: own[emotion] >= models.expression.threshold, quality };
  });
};
