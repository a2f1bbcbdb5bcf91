/** What a failed worker is told as: the step where a run diverged, one sentence where there is no GPU, the reason of a death. */
import { expect, test } from 'vitest';
import { hireWorkers, trainingFailure } from './crew.ts';
import type { FaceSet } from './datasets/face-set.ts';
import { findRecipe } from './recipes/index.ts';
import { resolveSettings } from './recipes/settings.ts';

const failed = (message: string, step?: number) => ({ kind: 'failed', message, step }) as const;

test('no WebGPU adapter: one sentence without the runtime’s own files and lines', () => {
  const said =
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(' +
    'const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success ' +
    'was false. Failed to get a WebGPU adapter: No supported adapters\n';
  const { code, message } = trainingFailure(failed(said), 'webgpu');
  expect(code).toBe('train/webgpu');
  expect(message).toBe(
    'WebGPU does not work here (Failed to get a WebGPU adapter: No supported adapters): use --device cpu, or install a Vulkan driver.',
  );
});

test('a step that failed is named from 1; any other failure keeps its words, on one line', () => {
  expect(trainingFailure(failed('The loss is NaN', 4), 'webgpu')).toMatchObject({
    code: 'train/diverged',
    message: expect.stringMatching(/^The loss is NaN at step 5: /),
  });
  expect(trainingFailure(failed('one\n two\n'), 'cpu')).toMatchObject({
    code: 'train/worker',
    message: 'A training worker failed: one two.',
  });
});

test('a worker that dies is told of with its reason, and the crew still goes home at once', async () => {
  const settings = resolveSettings(findRecipe('smoke').settings);
  const set = { images: new Uint8Array(0), labels: new Uint8Array(0) } as FaceSet;
  const none = new Int32Array(0);
  const data = { set, train: none, validation: none, sha256: '', teacher: undefined };
  const network = findRecipe('smoke').network(settings);
  const crew = hireWorkers('no such recipe', settings, data, network, 'cpu', 2);
  await expect(crew.all({ kind: 'state' })).rejects.toMatchObject({
    code: 'train/worker',
    message: expect.stringContaining('no such recipe'),
  });
  const before = performance.now();
  await crew.dismiss();
  expect(performance.now() - before).toBeLessThan(5000);
}, 30_000);
