/** Opens ONNX models in Node: with onnxruntime-node where it is installed, else with onnxruntime-web's WebAssembly. */
import type * as Ort from 'onnxruntime-web';
import { AttuneError, InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import { readOnnxMetadata } from '../src/graph/onnx.ts';
import type { Session, Tensor } from '../src/graph/session.ts';

export interface OpenSessionOptions {
  /** Threads for one run of the native runtime; WebAssembly always uses one. @default 1 */
  readonly threads?: number;
  /** 'native' is onnxruntime-node, 'wasm' onnxruntime-web. @default 'native' where it is installed, else 'wasm' */
  readonly runtime?: Runtime;
}

export type Runtime = 'native' | 'wasm';

/** What both packages share of onnxruntime's JavaScript interface. */
type OrtPackage = Pick<typeof Ort, 'InferenceSession' | 'Tensor'>;

interface LoadedRuntime {
  readonly name: Runtime;
  readonly ort: OrtPackage;
}

const loadNative = async (): Promise<LoadedRuntime> => {
  const ort = await import('onnxruntime-node');
  return { name: 'native', ort: ort as unknown as OrtPackage };
};

const loadWasm = async (): Promise<LoadedRuntime> => {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  return { name: 'wasm', ort };
};

/** Each package is loaded once; the promise is kept, so that calls side by side share it. */
const loaded = new Map<Runtime, Promise<LoadedRuntime>>();

const load = (runtime: Runtime): Promise<LoadedRuntime> => {
  const known = loaded.get(runtime);
  if (known) return known;
  const loading = runtime === 'native' ? loadNative() : loadWasm();
  loaded.set(runtime, loading);
  return loading;
};

const loadAny = async (runtime: Runtime | undefined): Promise<LoadedRuntime> => {
  try {
    if (runtime) return await load(runtime);
    // onnxruntime-node is optional and has no binary for some machines: any failure to load it leads to WebAssembly.
    return await load('native').catch(() => load('wasm'));
  } catch (error) {
    throw new UnavailableError(
      'model/runtime',
      `The ${runtime === 'native' ? 'onnxruntime-node' : 'onnxruntime-web'} package does not load here: run "npm install" again.`,
      { cause: error },
    );
  }
};

/** The runtime that `openSession` uses on this machine when none is named. */
export const findRuntime = async (): Promise<Runtime> => (await loadAny(undefined)).name;

/** onnxruntime-node throws on memory shared between threads, so that is copied. */
const ownMemory = (data: Float32Array): Float32Array =>
  typeof SharedArrayBuffer !== 'undefined' && data.buffer instanceof SharedArrayBuffer ? data.slice() : data;

const wrap = (ort: OrtPackage, session: Ort.InferenceSession, metadata: Record<string, string>): Session => ({
  inputNames: session.inputNames,
  outputNames: session.outputNames,
  metadata,
  run: async (feeds) => {
    const inputs: Record<string, Ort.Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(feeds))
      inputs[name] = new ort.Tensor('float32', ownMemory(data), dims);
    const outputs: Record<string, Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(await session.run(inputs)))
      outputs[name] = { data: data instanceof Float32Array ? data : Float32Array.from(data as Iterable<number>), dims };
    return outputs;
  },
  release: () => session.release(),
});

/**
 * Loads a model from the bytes of an .onnx file. Both runtimes give the same results (within 1e-4, tested).
 *
 * @throws {InvalidInputError} `model/damaged`: the bytes are no ONNX file, are cut short, or do not load.
 * @throws {UnavailableError} `model/runtime`: neither runtime is installed, or not the one asked for.
 */
export const openSession = async (
  model: Uint8Array,
  { threads = 1, runtime }: OpenSessionOptions = {},
): Promise<Session> => {
  const metadata = readOnnxMetadata(model);
  const { ort } = await loadAny(runtime);
  try {
    const session = await ort.InferenceSession.create(ownBytes(model), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Only errors: warnings would go straight to the screen.
      logSeverityLevel: 3,
    });
    return wrap(ort, session, metadata);
  } catch (error) {
    if (error instanceof AttuneError) throw error;
    throw new InvalidInputError(
      'model/damaged',
      'This model file does not load: it is damaged or made for another version. Fetch or build it again.',
      { cause: error },
    );
  }
};

/** The bytes in memory of their own: both runtimes look at a view's whole buffer or refuse shared memory. */
const ownBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
