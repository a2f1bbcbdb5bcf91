/** Builds dist/models/face-detector-*.onnx out of the face detectors in npm's @mediapipe/face_detection. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { encodeOnnx } from '../src/graph/onnx.ts';
import { readTflite } from './tflite.ts';
import { tfliteToOnnx } from './tflite-to-onnx.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Grids: cells along a side x anchors in a cell, in the order of the network's outputs. */
const DETECTORS = {
  full: { source: 'face_detection_full_range.tflite', inputSize: 192, grids: '48x1' },
  short: { source: 'face_detection_short_range.tflite', inputSize: 128, grids: '16x2,8x6' },
} as const;

export interface BuildDetectorsOptions {
  /** Where npm put the package. @default node_modules/@mediapipe/face_detection */
  readonly packageDirectory?: string;
  /** @default dist/models */
  readonly outDirectory?: string;
}

/** Writes both detectors; gives the files written. */
export const buildDetectors = async ({
  packageDirectory = join(ROOT, 'node_modules/@mediapipe/face_detection'),
  outDirectory = join(ROOT, 'dist/models'),
}: BuildDetectorsOptions = {}): Promise<string[]> => {
  const { name, version } = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  await mkdir(outDirectory, { recursive: true });
  const written: string[] = [];
  for (const [kind, { source, inputSize, grids }] of Object.entries(DETECTORS)) {
    const file = await readFile(join(packageDirectory, source));
    const model = tfliteToOnnx(readTflite(file), {
      outputNames: ['boxes', 'scores'],
      metadata: {
        'attune.task': 'face-detection',
        'attune.inputSize': String(inputSize),
        'attune.grids': grids,
        'attune.source': `npm ${name}@${version} ${source}`,
        'attune.sourceSha256': createHash('sha256').update(file).digest('hex'),
        'attune.licence': 'Apache-2.0',
      },
    });
    const path = join(outDirectory, `face-detector-${kind}.onnx`);
    await writeFile(path, encodeOnnx(model));
    written.push(path);
  }
  return written;
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const path of await buildDetectors()) console.log(`Wrote ${path}`);
