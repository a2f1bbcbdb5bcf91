/** The data of a training run: what is trained on, what is selected on, and what was left out. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { openSession } from '../node/open-session.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { createRandom } from '../src/base/random.ts';
import { openExpressionModel, prepareFace, readExpressions } from '../src/face/expression.ts';
import type { PreprocessorName } from '../src/face/preprocessors.ts';
import { tensor } from '../src/graph/session.ts';
import { type FaceSet, hashPictures, PICTURE_BYTES, PICTURE_SIDE, pictureAt, rowsOf } from './datasets/face-set.ts';
import { loadFer2013 } from './datasets/fer2013.ts';
import { cleanTraining, splitValidation } from './datasets/split.ts';
import type { Settings } from './recipes/settings.ts';

export interface PreparedData {
  readonly set: FaceSet;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly sha256: string;
  readonly teacher: Teacher | undefined;
}

export interface Teacher {
  /** [count, 7]: mean probabilities for the pictures of `train`, zero elsewhere. */
  readonly scores: Float32Array;
  /** Of each file, in the order given. */
  readonly sha256: readonly string[];
}

/**
 * @throws {InvalidInputError} `data/votes-missing`: the recipe needs FERPlus votes. `data/classes`: an emotion has no picture.
 *   `data/*`: see `loadFer2013`.
 */
export const prepareData = async (
  path: string,
  settings: Settings,
  onMessage: (message: string) => void,
): Promise<PreparedData> => {
  const set = await loadFer2013(path);
  for (const note of set.notes) onMessage(note);
  for (const sum of set.checksums) onMessage(`${sum.of}: ${sum.value} (${sum.known ?? 'unknown'})`);
  if (settings.auxiliaryWeight > 0 && !set.votes)
    throw new InvalidInputError(
      'data/votes-missing',
      `This recipe learns from FERPlus votes and ${path} has no fer2013new.csv: put it there, or add --set auxiliaryWeight=0.`,
    );
  const all = rowsOf(set, 'train');
  const { train: uncleaned, validation } = splitValidation(set, all, {
    share: settings.validationShare,
    seed: settings.splitSeed,
    nearCopies: settings.nearCopies,
  });
  const { rows, blank, contradictory } = settings.clean
    ? cleanTraining(set, uncleaned)
    : { rows: uncleaned, blank: [], contradictory: [] };
  const chosen = settings.limit > 0 ? createRandom(settings.seed).shuffle(rows.slice()).slice(0, settings.limit) : rows;
  const present = new Set(chosen.map((row) => set.labels[row]!));
  const missing = EMOTIONS.filter((_, label) => !present.has(label));
  if (missing.length > 0)
    throw new InvalidInputError(
      'data/classes',
      `Training holds no picture of ${missing.join(', ')}: all seven emotions are needed.`,
    );
  onMessage(
    `${chosen.length} pictures to train on, ${validation.length} to select on; left out: ${blank.length} blank, ${contradictory.length} contradictory.`,
  );
  const teacher = settings.teacher === '' ? undefined : await askTeachers(settings.teacher.split(','), set, chosen);
  if (teacher) onMessage(`${settings.teacher} teaches.`);
  const sha256 = hashPictures(set.images, all);
  return { set: preprocessSet(set, settings.preprocess), train: chosen, validation, sha256, teacher };
};

/** The set with every picture put through one of the preprocessors, in whole levels. */
const preprocessSet = (set: FaceSet, preprocess: PreprocessorName): FaceSet => {
  if (preprocess === 'none') return set;
  const images = new Uint8Array(set.images.length);
  for (let row = 0; row < set.labels.length; row++)
    images.set(
      prepareFace(Float32Array.from(pictureAt(set.images, row)), preprocess).map(Math.round),
      row * PICTURE_BYTES,
    );
  return { ...set, images };
};

const TEACHER_BATCH = 64;

/** What models that this project trained say of pictures: the mean of their calibrated probabilities. */
const askTeachers = async (paths: readonly string[], set: FaceSet, rows: Int32Array): Promise<Teacher> => {
  const sha256: string[] = [];
  const scores = new Float32Array(set.labels.length * EMOTIONS.length);
  for (const path of paths) {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new InvalidInputError('recipe/teacher', `The teacher ${path} cannot be read: give an .onnx file.`, {
        cause,
      });
    });
    sha256.push(createHash('sha256').update(bytes).digest('hex'));
    const model = await openExpressionModel(bytes, openSession);
    for (let start = 0; start < rows.length; start += TEACHER_BATCH) {
      const some = [...rows.subarray(start, start + TEACHER_BATCH)];
      const faces = some.map((row) =>
        tensor(Float32Array.from(pictureAt(set.images, row)), [1, 1, PICTURE_SIDE, PICTURE_SIDE]),
      );
      for (const [i, reading] of (await readExpressions(faces, model)).entries())
        for (const [k, emotion] of EMOTIONS.entries())
          scores[some[i]! * EMOTIONS.length + k]! += reading[emotion] / paths.length;
    }
    await model.session.release();
  }
  return { scores, sha256 };
};
