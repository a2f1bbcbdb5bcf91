/** Finding, opening and refusing the model files in Node. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadFaceDetector, loadFaceModels } from '../../node/face-models.ts';
import { openSession } from '../../node/open-session.ts';
import { packagePath } from '../../node/package-root.ts';
import { openFaceDetector } from '../../src/face/detect.ts';
import { openExpressionModel } from '../../src/face/expression.ts';
import { untrainedExpressionModel } from './untrained-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the detectors that the build made', async () => {
  expect(await loadFaceDetector()).toMatchObject({ inputSize: 192, grids: [{ cells: 48, anchors: 1 }] });
  expect(await loadFaceDetector({ detector: 'short' })).toMatchObject({
    inputSize: 128,
    grids: [
      { cells: 16, anchors: 2 },
      { cells: 8, anchors: 6 },
    ],
  });
});

test('a missing model is named, with the command that makes it', async () => {
  const missing = { name: 'UnavailableError', code: 'model/missing' };
  await expect(loadFaceModels({ directory: folder })).rejects.toMatchObject({
    ...missing,
    message: expect.stringContaining('npm run build'),
  });
  copyFileSync(packagePath('dist', 'models', 'face-detector-full.onnx'), join(folder, 'face-detector-full.onnx'));
  await expect(loadFaceModels({ directory: folder })).rejects.toMatchObject({
    ...missing,
    message: expect.stringContaining('attune train'),
  });
});

test('a folder of one’s own, and an expression model of one’s own', async () => {
  const path = join(folder, 'expression.onnx');
  writeFileSync(path, untrainedExpressionModel());
  expect((await loadFaceModels({ directory: folder })).expression.threshold).toBe(0.45);
  expect((await loadFaceModels({ expression: path })).expression.threshold).toBe(0.45);
});

test('one model is not taken for the other', async () => {
  await expect(openFaceDetector(untrainedExpressionModel(), openSession)).rejects.toMatchObject({ code: 'model/task' });
  const path = packagePath('dist', 'models', 'face-detector-full.onnx');
  await expect(loadFaceModels({ expression: path })).rejects.toMatchObject({ code: 'model/task' });
  const noGrids = untrainedExpressionModel({ metadata: { 'attune.task': 'face-detection' } });
  await expect(openFaceDetector(noGrids, openSession)).rejects.toMatchObject({ code: 'model/damaged' });
  await expect(openExpressionModel(new Uint8Array(10), openSession)).rejects.toMatchObject({ code: 'model/damaged' });
});
