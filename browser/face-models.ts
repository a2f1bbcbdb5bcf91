/** Loads the two models that read a face in a browser. */
import { type FaceDetector, openFaceDetector } from '../src/face/detect.ts';
import { openExpressionModel } from '../src/face/expression.ts';
import type { FaceModels } from '../src/face/read.ts';
import { download } from './download.ts';
import { openSession } from './open-session.ts';

export interface LoadFaceModelsOptions {
  /** The folder that holds `face-detector-full.onnx` and `expression.onnx`. @default 'models/', beside the page */
  readonly baseUrl?: string | URL;
  /** Bytes of both files that have arrived, and the whole once the server has said both sizes. */
  readonly onProgress?: (loadedBytes: number, totalBytes: number | undefined) => void;
  readonly signal?: AbortSignal;
}

const FILES = ['face-detector-full.onnx', 'expression.onnx'] as const;

/**
 * @throws {UnavailableError} `download/…`: a file cannot be loaded. `browser/wasm`: the engine does not start.
 * @throws {InvalidInputError} `model/…`: a file is damaged, or is another model.
 */
export const loadFaceModels = async (options: LoadFaceModelsOptions = {}): Promise<FaceModels> => {
  const base = String(options.baseUrl ?? 'models/').replace(/\/*$/, '/');
  const loaded: number[] = FILES.map(() => 0);
  const totals: (number | undefined)[] = FILES.map(() => undefined);
  const [detectorBytes, expressionBytes] = await Promise.all(
    FILES.map((file, index) =>
      download(base + file, {
        ...(options.signal && { signal: options.signal }),
        onProgress: (bytes, total) => {
          loaded[index] = bytes;
          totals[index] = total;
          options.onProgress?.(sum(loaded), totals.every((size) => size !== undefined) ? sum(totals) : undefined);
        },
      }),
    ),
  );
  const detector: FaceDetector = await openFaceDetector(detectorBytes!, openSession);
  return { detector, expression: await openExpressionModel(expressionBytes!, openSession) };
};

const sum = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);
