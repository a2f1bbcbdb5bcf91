/**
 * Runs a .tflite model under LiteRT, Google's own runtime, as the reference for the ONNX translation. A program of its
 * own: LiteRT is made for browsers and needs globals that would disturb tests beside it.
 *
 * Arguments: model, input (raw floats, [1, side, side, 3]), side, output folder (gets 0.bin, 1.bin: raw floats).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';

const [modelPath, inputPath, side, outFolder] = process.argv.slice(2) as [string, string, string, string];
const require = createRequire(import.meta.url);
const wasm = join(dirname(require.resolve('@litertjs/core/package.json')), 'wasm');

// What the package expects of a web worker.
Object.assign(globalThis, {
  self: globalThis,
  require,
  __filename: join(wasm, 'x.js'),
  __dirname: wasm,
  importScripts: (path: string) => runInThisContext(readFileSync(path, 'utf8'), { filename: path }),
  fetch: async (path: unknown) =>
    new Response(readFileSync(String(path)), { headers: { 'content-type': 'application/wasm' } }),
});
for (const level of ['info', 'warn', 'error'] as const) console[level] = () => {};

const { loadLiteRt, loadAndCompile, Tensor } = await import('@litertjs/core');
await loadLiteRt(`${wasm}/`);
const model = await loadAndCompile(new Uint8Array(readFileSync(modelPath)), { accelerator: 'wasm' });
const input = new Float32Array(readFileSync(inputPath).buffer.slice(0));
const outputs = await model.run(new Tensor(input, [1, Number(side), Number(side), 3]));
for (const [index, output] of outputs.entries())
  writeFileSync(join(outFolder, `${index}.bin`), new Uint8Array(new Float32Array(await output.data()).buffer));
process.exit(0);
