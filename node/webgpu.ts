/** Whether onnxruntime-node can compute on this machine's GPU through WebGPU. */
import { execFile } from 'node:child_process';
import { packagePath, packageRoot } from './package-root.ts';

/** Opens a model on the GPU; prints nothing itself, but graphics drivers do. */
const TRY = `
const [model] = process.argv.slice(1);
const { InferenceSession } = await import('onnxruntime-node');
const session = await InferenceSession.create(model, { executionProviders: ['webgpu'], logSeverityLevel: 4 });
// A process that ends with a session open on the GPU crashes in the driver.
await session.release();
process.exit(0);
`;
const LIMIT_MS = 30_000;

/**
 * Tries it in a process of its own: a graphics driver that is missing something writes to the screen, or crashes.
 *
 * @returns false too where onnxruntime-node is not installed
 */
export const hasWebGpu = (): Promise<boolean> =>
  new Promise((resolve) => {
    const model = packagePath('dist', 'models', 'face-detector-short.onnx');
    const args = ['--input-type=module', '--eval', TRY, model];
    execFile(process.execPath, args, { cwd: packageRoot, timeout: LIMIT_MS }, (error) => resolve(error === null));
  });
