/** An expression model that has learned nothing, for tests of everything around it: small, seeded, by the contract. */
import { EMOTIONS } from '../../src/base/emotions.ts';
import { createRandom } from '../../src/base/random.ts';
import { encodeOnnx, type OnnxInitializer } from '../../src/graph/onnx.ts';

export interface UntrainedModelOptions {
  /** Metadata to lay over the right ones. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Side of the pictures it takes. @default 48 */
  readonly side?: number;
  /** Numbers it gives for each face. @default 7 */
  readonly outputs?: number;
  /** Pictures a run must have. @default any number */
  readonly batch?: number;
}

/** The bytes of the .onnx file. */
export const untrainedExpressionModel = ({
  metadata = {},
  side = 48,
  outputs = 7,
  batch,
}: UntrainedModelOptions = {}) => {
  const random = createRandom(7);
  /** Normal, as large as keeps the size of what passes through (He et al. 2015). */
  const weights = (name: string, dims: number[], inputs: number): OnnxInitializer => ({
    name,
    type: 'float32',
    dims,
    raw: new Uint8Array(
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal() * Math.sqrt(2 / inputs))
        .buffer as ArrayBuffer,
    ),
  });
  return encodeOnnx({
    inputs: [{ name: 'pixels', type: 'float32', dims: [batch ?? 'batch', 1, side, side] }],
    outputs: [{ name: 'logits', type: 'float32', dims: [batch ?? 'batch', outputs] }],
    initializers: [
      { name: 'scale', type: 'float32', dims: [], raw: new Uint8Array(Float32Array.of(1 / 255).buffer) },
      weights('filters', [8, 1, 7, 7], 49),
      weights('dense', [outputs, 8], 8),
    ],
    nodes: [
      { op: 'Mul', inputs: ['pixels', 'scale'], outputs: ['scaled'], attributes: {} },
      { op: 'Conv', inputs: ['scaled', 'filters'], outputs: ['maps'], attributes: { strides: [3, 3] } },
      { op: 'Relu', inputs: ['maps'], outputs: ['active'], attributes: {} },
      { op: 'GlobalAveragePool', inputs: ['active'], outputs: ['means'], attributes: {} },
      { op: 'Flatten', inputs: ['means'], outputs: ['flat'], attributes: { axis: 1 } },
      { op: 'Gemm', inputs: ['flat', 'dense'], outputs: ['logits'], attributes: { transB: 1 } },
    ],
    metadata: {
      'attune.task': 'expression',
      'attune.labels': EMOTIONS.join(','),
      'attune.threshold': '0.45',
      ...metadata,
    },
  });
};
