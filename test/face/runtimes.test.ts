/** One contract for both runtimes of Node: the same photo gives the same numbers in onnxruntime-node and in WebAssembly. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodePhoto } from '../../node/decode-photo.ts';
import { loadFaceDetector } from '../../node/face-models.ts';
import { findRuntime, openSession, type Runtime } from '../../node/open-session.ts';
import { packagePath } from '../../node/package-root.ts';
import { alignFace } from '../../src/face/align.ts';
import { detectFaces } from '../../src/face/detect.ts';
import { type Tensor, tensor } from '../../src/graph/session.ts';
import { untrainedExpressionModel } from './untrained-model.ts';

const PHOTO = packagePath('node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg');
const RUNTIMES: readonly Runtime[] = ['native', 'wasm'];

/** Eyes (px) and logits of the largest face in the photo. */
const readGolden = async (runtime: Runtime) => {
  const image = await decodePhoto(PHOTO);
  const [face] = await detectFaces(image, await loadFaceDetector({ runtime }), { effort: 'quick' });
  const session = await openSession(untrainedExpressionModel(), { runtime });
  const { logits } = await session.run({ pixels: alignFace(image, face!) });
  return { eyes: face!.eyes, logits: logits! };
};

describe('the golden photo', () => {
  const results = new Map<Runtime, Awaited<ReturnType<typeof readGolden>>>();
  beforeAll(async () => {
    for (const runtime of RUNTIMES) results.set(runtime, await readGolden(runtime));
  });

  test('logits agree within 1e-4', () => {
    const [native, wasm] = RUNTIMES.map((runtime) => results.get(runtime)!.logits) as [Tensor, Tensor];
    expect(wasm.dims).toEqual([1, 7]);
    expect(wasm.dims).toEqual(native.dims);
    for (const [index, value] of native.data.entries()) expect(Math.abs(value - wasm.data[index]!)).toBeLessThan(1e-4);
  });

  test('eyes agree within a hundredth of a pixel', () => {
    const [native, wasm] = RUNTIMES.map((runtime) => results.get(runtime)!.eyes) as [never, never];
    for (const eye of ['right', 'left'] as const)
      for (const axis of ['x', 'y'] as const)
        expect(Math.abs((native[eye][axis] as number) - (wasm[eye][axis] as number))).toBeLessThan(0.01);
  });
});

describe.each(RUNTIMES)('%s', (runtime) => {
  const open = (model: Uint8Array) => openSession(model, { runtime });

  test('takes memory shared between threads', async () => {
    const session = await open(untrainedExpressionModel());
    const shared = new Float32Array(new SharedArrayBuffer(4 * 48 * 48)).fill(100);
    const { logits } = await session.run({ pixels: tensor(shared, [1, 1, 48, 48]) });
    const own = await session.run({ pixels: tensor(new Float32Array(shared), [1, 1, 48, 48]) });
    expect(logits).toEqual(own.logits);
  });

  test('takes bytes that are part of a larger buffer or of shared memory', async () => {
    const model = untrainedExpressionModel();
    const padded = new Uint8Array(model.length + 20);
    padded.set(model, 10);
    const shared = new Uint8Array(new SharedArrayBuffer(model.length));
    shared.set(model);
    for (const bytes of [padded.subarray(10, 10 + model.length), shared])
      expect((await open(bytes)).outputNames).toEqual(['logits']);
  });

  test('gives the metadata of the file', async () => {
    const session = await open(untrainedExpressionModel());
    expect(session.metadata).toMatchObject({ 'attune.task': 'expression', 'attune.threshold': '0.45' });
  });

  test('refuses a file that is cut short, and one that is no model', async () => {
    const model = untrainedExpressionModel();
    const damaged = { name: 'InvalidInputError', code: 'model/damaged' };
    await expect(open(model.subarray(0, model.length / 2))).rejects.toMatchObject(damaged);
    await expect(open(new TextEncoder().encode('hello'))).rejects.toMatchObject(damaged);
    await expect(open(new Uint8Array(0))).rejects.toMatchObject(damaged);
    await expect(open(readFileSync(PHOTO))).rejects.toMatchObject(damaged);
  });

  test('refuses a file whose weights are damaged beyond loading', async () => {
    const model = untrainedExpressionModel().slice();
    // The operator's name, in the middle of an otherwise whole file.
    const at = Buffer.from(model).indexOf('GlobalAveragePool');
    model[at] = 'X'.charCodeAt(0);
    await expect(open(model)).rejects.toMatchObject({ code: 'model/damaged' });
  });
});

test('the native runtime is found here', async () => {
  expect(await findRuntime()).toBe('native');
});
