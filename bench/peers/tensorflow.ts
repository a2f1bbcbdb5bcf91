/** TensorFlow.js as the peers' own builds for Node use it: its WebAssembly backend, one thread. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Core from '@tensorflow/tfjs-core';

export type TensorFlow = typeof Core;
type Tensor = Core.Tensor;

/** What the peers' packages are found with: they are CommonJS. */
export const requirePeer = createRequire(import.meta.url);

/** The folder of TensorFlow.js's .wasm files, with a slash at its end. */
export const findWasmFolder = (): string =>
  join(dirname(requirePeer.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist', '/');

/**
 * Starts the backend. In Node it has SIMD but no threads; the native package (@tensorflow/tfjs-node) does not install
 * on this version of Node.
 */
export const openTensorFlow = async (): Promise<{ tf: TensorFlow; backend: string }> => {
  const tf = requirePeer('@tensorflow/tfjs-core') as TensorFlow;
  const wasm = requirePeer('@tensorflow/tfjs-backend-wasm') as { setWasmPaths: (folder: string) => void };
  wasm.setWasmPaths(findWasmFolder());
  addChainedOperations(tf);
  tf.io.registerLoadRouter((url) => (typeof url === 'string' && url.startsWith(FILE) ? fileHandler(url) : nothing()));
  await tf.setBackend('wasm');
  await tf.ready();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return { tf, backend: `TensorFlow.js ${tf.version_core} wasm${simd ? ' SIMD' : ''}, one thread` };
};

/**
 * The methods (`tensor.mul(2)`) that the umbrella package @tensorflow/tfjs adds to tensors: it would bring 200 MB more
 * for these alone.
 */
const addChainedOperations = (tf: TensorFlow): void => {
  const methods = tf.Tensor.prototype as unknown as Record<string, unknown>;
  for (const [name, operation] of Object.entries(tf as unknown as Record<string, unknown>)) {
    if (typeof operation !== 'function' || name in methods || !/^[a-z]/.test(name)) continue;
    methods[name] = function (this: Tensor, ...rest: unknown[]) {
      return operation(this, ...rest) as unknown;
    };
  }
  for (const rank of [1, 2, 3, 4, 5])
    methods[`as${rank}D`] = function (this: Tensor, ...dims: number[]) {
      return tf.reshape(this, dims);
    };
};

const FILE = 'file://';

/** What a router answers to addresses that are not its own; its type does not say so. */
const nothing = (): Core.io.IOHandler => null as unknown as Core.io.IOHandler;

interface GraphModelFile {
  readonly format: string;
  readonly signature?: Core.io.ModelArtifacts['signature'];
  readonly userDefinedMetadata?: Core.io.ModelArtifacts['userDefinedMetadata'];
  readonly modelTopology: Core.io.ModelArtifacts['modelTopology'];
  readonly weightsManifest: readonly { paths: readonly string[]; weights: Core.io.WeightsManifestEntry[] }[];
}

/** Reads models from the disk, which only tfjs-node does by itself. */
const fileHandler = (url: string): Core.io.IOHandler => ({
  load: async () => {
    const path = url.slice(FILE.length);
    const { weightsManifest, modelTopology, format, signature, userDefinedMetadata } = JSON.parse(
      readFileSync(path, 'utf8'),
    ) as GraphModelFile;
    const files = weightsManifest.flatMap(({ paths }) => paths);
    const bytes = Uint8Array.from(Buffer.concat(files.map((file) => readFileSync(join(dirname(path), file)))));
    return {
      modelTopology: modelTopology!,
      format,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: bytes.buffer,
      ...(signature && { signature }),
      ...(userDefinedMetadata && { userDefinedMetadata }),
    };
  },
});
