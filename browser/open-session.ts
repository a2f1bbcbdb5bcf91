/** Opens ONNX models in a browser: onnxruntime-web's WebAssembly build, one thread, SIMD, fetched from the page's own origin. */
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web/wasm';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import { readOnnxMetadata } from '../src/graph/onnx.ts';
import type { Session, Tensor } from '../src/graph/session.ts';

// One thread needs no SharedArrayBuffer, so the page needs no cross-origin isolation headers.
env.wasm.numThreads = 1;
env.wasm.proxy = false;

/**
 * Says where `ort-wasm-simd-threaded.wasm` lies. Only needed where the bundler does not copy it beside the script
 * (Vite and webpack do). Call it before the first model is opened.
 */
export const setWasmUrl = (url: string): void => {
  env.wasm.wasmPaths = { wasm: url };
};

/** Hands over the engine's bytes where they were fetched already, so that they can be counted. Call it before the first model is opened. */
export const setWasmBytes = (bytes: Uint8Array): void => {
  env.wasm.wasmBinary = bytes;
};

/**
 * Loads a model from the bytes of an .onnx file.
 *
 * @throws {InvalidInputError} `model/damaged`: the bytes are no ONNX model, or one that does not load.
 * @throws {UnavailableError} `browser/wasm`: this browser has no WebAssembly, or the page's rules forbid it.
 */
export const openSession = async (model: Uint8Array): Promise<Session> => {
  if (typeof WebAssembly !== 'object')
    throw new UnavailableError(
      'browser/wasm',
      'This browser cannot run WebAssembly: use a current Chrome, Edge, Firefox or Safari.',
    );
  const metadata = readOnnxMetadata(model);
  const session = await create(model);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    metadata,
    run: async (feeds) => {
      const inputs: Record<string, OrtTensor> = {};
      for (const [name, { data, dims }] of Object.entries(feeds)) inputs[name] = new OrtTensor('float32', data, dims);
      const results = await session.run(inputs);
      const outputs: Record<string, Tensor> = {};
      for (const [name, value] of Object.entries(results)) outputs[name] = toTensor(name, value);
      return outputs;
    },
    release: () => session.release(),
  };
};

const create = async (model: Uint8Array): Promise<InferenceSession> => {
  try {
    return await InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (/backend|wasm|fetch|CompileError/i.test(reason) && !/ModelProto|graph|node|protobuf/i.test(reason))
      throw new UnavailableError(
        'browser/wasm',
        `The engine that runs the models did not start (${reason}): reload the page, or use a current browser.`,
        { cause },
      );
    throw new InvalidInputError(
      'model/damaged',
      `This ONNX model does not load (${reason}): fetch or build it again.`,
      {
        cause,
      },
    );
  }
};

const toTensor = (name: string, value: OrtTensor): Tensor => {
  if (!(value.data instanceof Float32Array))
    throw new InvalidInputError(
      'model/damaged',
      `The model's output "${name}" holds ${value.type}, expected float32: build it again.`,
    );
  return { dims: value.dims, data: value.data };
};
