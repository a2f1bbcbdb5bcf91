/** The detectors translated to ONNX give the numbers that the .tflite files give under LiteRT. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { openSession } from '../../node/open-session.ts';
import { packagePath } from '../../node/package-root.ts';
import { buildDetectors } from '../../scripts/build-detectors.ts';
import { readTflite } from '../../scripts/tflite.ts';
import { createRandom } from '../../src/base/random.ts';
import { readOnnxMetadata } from '../../src/graph/onnx.ts';
import { tensor } from '../../src/graph/session.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-parity-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PACKAGE = packagePath('node_modules', '@mediapipe', 'face_detection');
const PHOTO = packagePath('node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg');

const photoInput = async (side: number): Promise<Float32Array> =>
  Float32Array.from(
    await sharp(PHOTO).removeAlpha().resize(side, side, { fit: 'contain' }).raw().toBuffer(),
    (value) => value / 127.5 - 1,
  );

const noiseInput = async (side: number): Promise<Float32Array> => {
  const random = createRandom(3);
  return Float32Array.from({ length: 3 * side * side }, () => 2 * random.next() - 1);
};

const toPlanes = (pixels: Float32Array, side: number): Float32Array =>
  Float32Array.from({ length: pixels.length }, (_, index) => {
    const plane = side * side;
    return pixels[(index % plane) * 3 + Math.floor(index / plane)]!;
  });

/** The outputs of the .tflite file, longest first: boxes, scores. */
const runLiteRt = (file: string, input: Float32Array, side: number): Float32Array[] => {
  const inputPath = join(folder, 'input.bin');
  writeFileSync(inputPath, new Uint8Array(input.buffer));
  const script = packagePath('test', 'face', 'litert-reference.ts');
  const run = spawnSync(
    process.execPath,
    ['--import', 'tsx', script, join(PACKAGE, file), inputPath, String(side), folder],
    { encoding: 'utf8' },
  );
  expect(run.stderr).toBe('');
  return [0, 1]
    .map((index) => new Float32Array(new Uint8Array(readFileSync(join(folder, `${index}.bin`))).buffer))
    .sort((a, b) => b.length - a.length);
};

const largestDifference = (a: Float32Array, b: Float32Array): number => {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);
};

describe.each([
  { kind: 'full', file: 'face_detection_full_range.tflite', side: 192, bytes: 1_100_000 },
  { kind: 'short', file: 'face_detection_short_range.tflite', side: 128, bytes: 230_000 },
])('$kind range', ({ kind, file, side, bytes }) => {
  const path = join(folder, `face-detector-${kind}.onnx`);

  test.each([
    { name: 'a photo', input: photoInput },
    { name: 'noise', input: noiseInput },
  ])('raw outputs of $name differ by less than 1e-3', async ({ input }) => {
    await buildDetectors({ outDirectory: folder });
    const pixels = await input(side);
    const [boxes, scores] = runLiteRt(file, pixels, side);
    const session = await openSession(readFileSync(path));
    const outputs = await session.run({ image: tensor(toPlanes(pixels, side), [1, 3, side, side]) });
    const differences = {
      boxes: largestDifference(boxes!, outputs.boxes!.data),
      scores: largestDifference(scores!, outputs.scores!.data),
    };
    console.log(`${kind}, largest differences:`, differences);
    expect(differences.boxes).toBeLessThan(1e-3);
    expect(differences.scores).toBeLessThan(1e-3);
  });

  test('the file is small and says where it comes from', async () => {
    await buildDetectors({ outDirectory: folder });
    expect(statSync(path).size).toBeLessThan(bytes);
    expect(readOnnxMetadata(readFileSync(path))).toMatchObject({
      'attune.task': 'face-detection',
      'attune.inputSize': String(side),
      'attune.source': `npm @mediapipe/face_detection@0.4.1657300184 ${file}`,
      'attune.licence': 'Apache-2.0',
    });
  });
});

test('a file that is no .tflite model is refused', () => {
  expect(() => readTflite(new TextEncoder().encode('no model at all'))).toThrow(
    expect.objectContaining({ code: 'model/unsupported' }),
  );
});
