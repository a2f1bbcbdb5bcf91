/** Loads the models that read a face in a browser: a detector, and a model of expressions. */
import { type FaceDetector, openFaceDetector } from '../src/face/detect.ts';
import { type ExpressionModel, openExpressionModel } from '../src/face/expression.ts';
import type { FaceModels } from '../src/face/read.ts';
import { download } from './download.ts';
import { openSession, setWasmBytes } from './open-session.ts';

/** `expression` is the most accurate, `expression-tiny` a tenth of its size: for phones, and for the first second. */
export type ExpressionModelName = 'expression' | 'expression-tiny';

export interface LoadExpressionModelOptions {
  /** The folder that holds the models' files. @default 'models/', beside the page */
  readonly baseUrl?: string | URL;
  /** @default 'expression' */
  readonly expression?: ExpressionModelName;
  readonly signal?: AbortSignal;
}

export interface LoadFaceModelsOptions extends LoadExpressionModelOptions {
  /**
   * Where the engine (`ort-wasm-simd-threaded.wasm`) lies, where it is to be fetched with the models and counted in their
   * progress. @default onnxruntime-web finds and fetches it itself
   */
  readonly wasmUrl?: string | URL;
  /** Sizes of the files, bytes, by their names: servers that compress do not tell them. @default what the server says */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Bytes of all files that have arrived, and the whole once every size is known. */
  readonly onProgress?: (loadedBytes: number, totalBytes: number | undefined) => void;
}

const folder = (baseUrl: string | URL = 'models/'): string => String(baseUrl).replace(/\/*$/, '/');

/**
 * A model of expressions alone, to take the place of one that is there already.
 *
 * @throws {UnavailableError} `download/…`: the file cannot be loaded.
 * @throws {InvalidInputError} `model/…`: it is damaged, or is another model.
 */
export const loadExpressionModel = async (options: LoadExpressionModelOptions = {}): Promise<ExpressionModel> => {
  const { baseUrl, expression = 'expression', signal } = options;
  const bytes = await download(`${folder(baseUrl)}${expression}.onnx`, signal && { signal });
  return openExpressionModel(bytes, openSession);
};

/**
 * @throws {UnavailableError} `download/…`: a file cannot be loaded. `browser/wasm`: the engine does not start.
 * @throws {InvalidInputError} `model/…`: a file is damaged, or is another model.
 */
export const loadFaceModels = async (options: LoadFaceModelsOptions = {}): Promise<FaceModels> => {
  const { baseUrl, expression = 'expression', wasmUrl, sizes = {}, onProgress, signal } = options;
  const files = ['face-detector-full.onnx', `${expression}.onnx`];
  const urls = [...files.map((file) => folder(baseUrl) + file), ...(wasmUrl === undefined ? [] : [String(wasmUrl)])];
  const loaded = urls.map(() => 0);
  const totals = urls.map((url): number | undefined => sizes[url.split('/').pop() ?? '']);
  const [detectorBytes, expressionBytes, wasmBytes] = await Promise.all(
    urls.map((url, index) =>
      download(url, {
        ...(signal && { signal }),
        onProgress: (bytes, total) => {
          loaded[index] = bytes;
          // What the server says is right; a size given beforehand may be of an older file.
          totals[index] = Math.max(bytes, total ?? totals[index] ?? 0) || undefined;
          onProgress?.(sum(loaded), totals.every((size) => size !== undefined) ? sum(totals) : undefined);
        },
      }),
    ),
  );
  if (wasmBytes) setWasmBytes(wasmBytes);
  const detector: FaceDetector = await openFaceDetector(detectorBytes!, openSession);
  return { detector, expression: await openExpressionModel(expressionBytes!, openSession) };
};

const sum = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);
