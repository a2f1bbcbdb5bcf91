/** Finds and opens the face models that lie in the package. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../src/base/errors.ts';
import { type FaceDetector, openFaceDetector } from '../src/face/detect.ts';
import { openExpressionModel } from '../src/face/expression.ts';
import type { FaceModels } from '../src/face/read.ts';
import { type OpenSessionOptions, openSession } from './open-session.ts';
import { packagePath } from './package-root.ts';

export interface LoadFaceModelsOptions extends OpenSessionOptions {
  /** A folder that holds all models, instead of the package's own two (models/ and dist/models/). */
  readonly directory?: string;
  /** An expression model to use instead of the shipped one: the path of an .onnx file. */
  readonly expression?: string;
  /** 'full' finds faces from near to 5 m away, 'short' is made for one face close to the camera. @default 'full' */
  readonly detector?: 'full' | 'short';
}

const readModel = async (path: string, command: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UnavailableError('model/missing', `The model ${path} is missing: run "${command}" to make it.`, {
      cause,
    });
  }
};

/**
 * Opens the face detector alone.
 *
 * @throws {UnavailableError} `model/missing`: its file is not there; the message says which command makes it.
 * @throws {InvalidInputError} `model/damaged`, `model/task`: a file that cannot serve.
 */
export const loadFaceDetector = async (options: LoadFaceModelsOptions = {}): Promise<FaceDetector> => {
  const file = `face-detector-${options.detector ?? 'full'}.onnx`;
  const path = options.directory ? join(options.directory, file) : packagePath('dist', 'models', file);
  return openFaceDetector(await readModel(path, 'npm run build'), (model) => openSession(model, options));
};

/**
 * Opens the face detector and the expression model.
 *
 * @throws {UnavailableError} `model/missing`: a model file is not there; the message says which command makes it.
 * @throws {InvalidInputError} `model/damaged`, `model/task`, `model/labels`: a file that cannot serve.
 */
export const loadFaceModels = async (options: LoadFaceModelsOptions = {}): Promise<FaceModels> => {
  const { directory } = options;
  const path =
    options.expression ?? (directory ? join(directory, 'expression.onnx') : packagePath('models', 'expression.onnx'));
  const detector = await loadFaceDetector(options);
  const bytes = await readModel(path, 'npx attune train compact --data FER2013');
  return { detector, expression: await openExpressionModel(bytes, (model) => openSession(model, options)) };
};
