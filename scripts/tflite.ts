/** Reads a TensorFlow Lite model (a flatbuffer) into plain values: only what MediaPipe's face detectors use. */
import { InvalidInputError } from '../src/base/errors.ts';

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: 'float32' | 'float16' | 'int32';
  /** The elements of a constant, little-endian; empty for a value computed at run time. */
  readonly data: Uint8Array;
}

export interface TfliteOperator {
  readonly op: keyof typeof OPERATORS;
  /** Indices of tensors; -1 for an optional input left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The operator's settings by name. Paddings are 'same' or 'valid'; an activation is 'none' or 'relu'. */
  readonly options: TfliteOptions;
}

export interface TfliteOptions {
  readonly padding: 'same' | 'valid';
  readonly activation: 'none' | 'relu';
  readonly strideX: number;
  readonly strideY: number;
  readonly filterX: number;
  readonly filterY: number;
  readonly axis: number;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Operators by name: their number in the schema and the slots their settings lie in (tensorflow/lite/schema/schema.fbs). */
const OPERATORS = {
  add: { code: 0, slots: { activation: 0 } },
  concatenation: { code: 2, slots: { axis: 0, activation: 1 } },
  conv: { code: 3, slots: { padding: 0, strideX: 1, strideY: 2, activation: 3, dilationX: 4, dilationY: 5 } },
  depthwiseConv: {
    code: 4,
    slots: { padding: 0, strideX: 1, strideY: 2, activation: 4, dilationX: 5, dilationY: 6 },
  },
  dequantize: { code: 6, slots: {} },
  maxPool: { code: 17, slots: { padding: 0, strideX: 1, strideY: 2, filterX: 3, filterY: 4, activation: 5 } },
  relu: { code: 19, slots: {} },
  reshape: { code: 22, slots: {} },
  resizeBilinear: { code: 23, slots: { alignCorners: 2, halfPixelCenters: 3 } },
  pad: { code: 34, slots: {} },
} as const satisfies Record<string, { code: number; slots: Record<string, number> }>;

const TYPES: readonly TfliteTensor['type'][] = ['float32', 'float16', 'int32'];

// Slots of the tables in schema.fbs.
const MODEL = { operatorCodes: 1, subgraphs: 2, buffers: 4 };
const OPERATOR_CODE = { byte: 0, int: 3 };
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3 };
const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3 };
const OPERATOR = { code: 0, inputs: 1, outputs: 2, options: 4 };

const unsupported = (what: string) =>
  new InvalidInputError(
    'model/unsupported',
    `The TensorFlow Lite file holds ${what}, which the translation does not know: use the package version in package.json.`,
  );

/** One table of a flatbuffer: its fields are found through the table of offsets it points back to. */
class Table {
  private readonly view: DataView;
  private readonly at: number;

  constructor(view: DataView, at: number) {
    this.view = view;
    this.at = at;
  }

  /** Where a slot's value lies, or 0 where the slot holds its default. */
  private find(slot: number): number {
    const offsets = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + 2 * slot;
    if (entry >= this.view.getUint16(offsets, true)) return 0;
    const offset = this.view.getUint16(offsets + entry, true);
    return offset && this.at + offset;
  }

  byte(slot: number): number {
    const at = this.find(slot);
    return at && this.view.getInt8(at);
  }

  int(slot: number, otherwise = 0): number {
    const at = this.find(slot);
    return at ? this.view.getInt32(at, true) : otherwise;
  }

  table(slot: number): Table | undefined {
    const at = this.find(slot);
    return at ? new Table(this.view, at + this.view.getUint32(at, true)) : undefined;
  }

  private vector(slot: number): { start: number; length: number } {
    const at = this.find(slot);
    if (!at) return { start: 0, length: 0 };
    const start = at + this.view.getUint32(at, true);
    return { start: start + 4, length: this.view.getUint32(start, true) };
  }

  ints(slot: number): number[] {
    const { start, length } = this.vector(slot);
    return Array.from({ length }, (_, index) => this.view.getInt32(start + 4 * index, true));
  }

  tables(slot: number): Table[] {
    const { start, length } = this.vector(slot);
    return Array.from({ length }, (_, index) => {
      const at = start + 4 * index;
      return new Table(this.view, at + this.view.getUint32(at, true));
    });
  }

  bytes(slot: number): Uint8Array {
    const { start, length } = this.vector(slot);
    return new Uint8Array(this.view.buffer, this.view.byteOffset + start, length);
  }
}

const readTensor = (table: Table, buffers: readonly Table[]): TfliteTensor => {
  const name = new TextDecoder().decode(table.bytes(TENSOR.name));
  const type = TYPES[table.byte(TENSOR.type)];
  if (!type) throw unsupported(`the tensor "${name}" of type ${table.byte(TENSOR.type)}`);
  return {
    name,
    shape: table.ints(TENSOR.shape),
    type,
    data: buffers[table.int(TENSOR.buffer)]?.bytes(0) ?? new Uint8Array(0),
  };
};

const readOperator = (table: Table, codes: readonly Table[]): TfliteOperator => {
  const entry = codes[table.int(OPERATOR.code)]!;
  // Old files hold the number in one byte, newer ones in an int; the larger one counts.
  const code = Math.max(entry.byte(OPERATOR_CODE.byte), entry.int(OPERATOR_CODE.int));
  const found = Object.entries(OPERATORS).find(([, operator]) => operator.code === code);
  if (!found) throw unsupported(`operator ${code}`);
  const slots: Record<string, number> = found[1].slots;
  const options = table.table(OPERATOR.options);
  const byte = (name: string): number => (slots[name] === undefined ? 0 : (options?.byte(slots[name]) ?? 0));
  const int = (name: string, otherwise: number): number =>
    slots[name] === undefined ? otherwise : (options?.int(slots[name], otherwise) ?? otherwise);
  if (int('dilationX', 1) !== 1 || int('dilationY', 1) !== 1) throw unsupported('a dilated convolution');
  if (byte('activation') > 1) throw unsupported(`activation ${byte('activation')}`);
  return {
    op: found[0] as keyof typeof OPERATORS,
    inputs: table.ints(OPERATOR.inputs),
    outputs: table.ints(OPERATOR.outputs),
    options: {
      padding: byte('padding') === 1 ? 'valid' : 'same',
      activation: byte('activation') === 1 ? 'relu' : 'none',
      strideX: int('strideX', 1),
      strideY: int('strideY', 1),
      filterX: int('filterX', 1),
      filterY: int('filterY', 1),
      axis: int('axis', 0),
      alignCorners: byte('alignCorners') === 1,
      halfPixelCenters: byte('halfPixelCenters') === 1,
    },
  };
};

/**
 * Reads a .tflite file with one subgraph.
 *
 * @throws {InvalidInputError} `model/unsupported`: no .tflite file, or it uses something the face detectors do not.
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/lite/schema/schema.fbs
 */
export const readTflite = (file: Uint8Array): TfliteModel => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 8 || new TextDecoder().decode(file.subarray(4, 8)) !== 'TFL3') throw unsupported('no model');
  const model = new Table(view, view.getUint32(0, true));
  const [graph, ...others] = model.tables(MODEL.subgraphs);
  if (!graph || others.length > 0) throw unsupported(`${others.length + (graph ? 1 : 0)} subgraphs`);
  const buffers = model.tables(MODEL.buffers);
  const codes = model.tables(MODEL.operatorCodes);
  return {
    tensors: graph.tables(SUBGRAPH.tensors).map((table) => readTensor(table, buffers)),
    operators: graph.tables(SUBGRAPH.operators).map((table) => readOperator(table, codes)),
    inputs: graph.ints(SUBGRAPH.inputs),
    outputs: graph.ints(SUBGRAPH.outputs),
  };
};
