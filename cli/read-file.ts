/** From a file's path to what its faces show, whether photo, animation or video. */
import { readFile, stat } from 'node:fs/promises';
import { isAnimation, readAnimationFrames } from '../node/animation.ts';
import { decodePhoto } from '../node/decode-photo.ts';
import { faceJson, moodJson, type ReadFace, readFrames } from '../node/read-frames.ts';
import { isVideoFile, readVideoFrames } from '../node/video.ts';
import { rankEmotions } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { type FaceModels, type FaceReading, readFaces } from '../src/face/read.ts';
import { percent } from './output.ts';

export interface FileReading {
  readonly file: string;
  readonly kind: 'photo' | 'animation' | 'video';
  /** The one that decides first: the largest, in a video the one who filled most of it. */
  readonly faces: readonly ReadFace[];
  /** How many frames were looked at; 1 for a photo. */
  readonly frames: number;
}

/** Larger files are no photos that anyone takes; a video is never read into memory whole. */
const MAX_PHOTO_BYTES = 256 * 1024 * 1024;

const checkFile = async (path: string): Promise<void> => {
  const status = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? `There is no file "${path}"` : `"${path}" cannot be opened (${cause.code})`;
    throw new InvalidInputError('file/unreadable', `${what}: check its name and folder.`, { cause });
  });
  if (!status.isFile())
    throw new InvalidInputError(
      'file/unreadable',
      `"${path}" is no file: name photos or videos, for example ${path}/*.jpg.`,
    );
};

/**
 * Reads every face in a file.
 *
 * @param openModels is called once the file has proved to be a picture
 * @param say is told how far the work is, one short line at a time
 * @throws {InvalidInputError} `file/...`, `photo/...`, `video/...`: the file cannot be used
 * @throws {NoAnswerError} `face/none`
 */
export const readFacesInFile = async (
  path: string,
  openModels: () => Promise<FaceModels>,
  say: (text: string) => void = () => {},
): Promise<FileReading> => {
  await checkFile(path);
  say(path);
  const sayFrame = (index: number, count: number): void => say(`${path}: frame ${index + 1} of ${count}`);
  if (await isVideoFile(path)) {
    return { file: path, kind: 'video', ...(await readFrames(readVideoFrames(path), await openModels(), sayFrame)) };
  }
  if ((await stat(path)).size > MAX_PHOTO_BYTES)
    throw new InvalidInputError(
      'photo/too-large',
      `"${path}" is no video that Attune knows and larger than ${MAX_PHOTO_BYTES / 1024 / 1024} MiB: give a smaller photo.`,
    );
  const bytes = await readFile(path);
  const image = await decodePhoto(bytes);
  if (await isAnimation(bytes)) {
    return {
      file: path,
      kind: 'animation',
      ...(await readFrames(readAnimationFrames(bytes), await openModels(), sayFrame)),
    };
  }
  return { file: path, kind: 'photo', faces: await readFaces(image, await openModels()), frames: 1 };
};

export { faceJson, moodJson };

/** The two likeliest emotions of a reading with their probabilities, for example `sad (31 %) or neutral (28 %)`. */
export const twoLikeliest = ({ scores }: Pick<FaceReading, 'scores'>): string =>
  rankEmotions(scores)
    .slice(0, 2)
    .map((emotion) => `${emotion} (${percent(scores[emotion])})`)
    .join(' or ');
