/** Every face in the frames of a video or animation, followed from frame to frame; and a reading as JSON shows it. */
import { NoAnswerError } from '../src/base/errors.ts';
import { combineFrames, type FollowedFace } from '../src/face/across-frames.ts';
import { type FaceModels, type FaceReading, readFaces } from '../src/face/read.ts';
import type { VideoFrame } from './video.ts';

/** A face of a photo, or one followed through a video. */
export type ReadFace = FaceReading & Partial<FollowedFace>;

export interface FramesReading {
  /** The one who filled most of it first. */
  readonly faces: readonly ReadFace[];
  /** How many frames were looked at. */
  readonly frames: number;
}

/**
 * @param onFrame called before each frame is read
 * @throws {NoAnswerError} `face/none`: no frame held a face.
 */
export const readFrames = async (
  frames: AsyncIterable<VideoFrame>,
  models: FaceModels,
  onFrame: (index: number, count: number) => void = () => {},
): Promise<FramesReading> => {
  const readings: FaceReading[][] = [];
  for await (const { image, index, count } of frames) {
    onFrame(index, count);
    readings.push(
      await readFaces(image, models).catch((error: unknown) => {
        if (error instanceof NoAnswerError) return []; // nobody in this frame; perhaps in the next
        throw error;
      }),
    );
  }
  const faces = combineFrames(readings, models.expression.threshold);
  if (faces.length === 0)
    throw new NoAnswerError(
      'face/none',
      `No face was found in this video (frames looked at: ${readings.length}): give one where a face looks towards the camera, ` +
        'or pick a mood by hand, for example "attune recommend --mood happy".',
    );
  return { faces, frames: readings.length };
};

/** A face as JSON shows it. */
export const faceJson = ({ face, emotion, certain, scores, quality, frames }: ReadFace) => ({
  box: face.box,
  score: face.score,
  emotion,
  certain,
  scores,
  quality,
  ...(frames === undefined ? {} : { frames }),
});

/** The reading that decides, as JSON shows it. */
export const moodJson = ({ emotion, scores, certain }: FaceReading) => ({ emotion, scores, certain });
