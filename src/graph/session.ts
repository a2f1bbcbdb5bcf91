/** What every room knows of a running model: tensors in, tensors out. `node/` and `browser/` open the real ones. */

/** A dense array of 32-bit floats, row-major. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A loaded ONNX model. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** The model file's own metadata (ONNX `metadata_props`). */
  readonly metadata: Readonly<Record<string, string>>;
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** Loads a model from the bytes of an .onnx file. */
export type OpenSession = (model: Uint8Array) => Promise<Session>;

/**
 * A tensor over `data`.
 *
 * @throws {RangeError} the product of `dims` is not the length of `data`: a mistake in the calling code.
 */
export const tensor = (data: Float32Array, dims: readonly number[]): Tensor => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count !== data.length)
    throw new RangeError(`A tensor of shape [${dims}] holds ${count} numbers, not ${data.length}.`);
  return { dims, data };
};
