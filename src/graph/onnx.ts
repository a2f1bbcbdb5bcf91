/** ONNX files: a model as plain values, written to and read from protobuf without a dependency. */
import { InvalidInputError } from '../base/errors.ts';

/** Element types, by their number in ONNX's `TensorProto.DataType`. */
export const ONNX_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

export type OnnxType = keyof typeof ONNX_TYPES;

/** A graph input or output. A text as dimension is a name for a size known only at run time. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  /** Undefined for an output whose shape the runtime infers. */
  readonly dims: readonly (number | string)[] | undefined;
}

/** A constant: `raw` holds the elements, little-endian, row-major. */
export interface OnnxInitializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly raw: Uint8Array;
}

/** Whole numbers are written as ONNX `INT`, `{ float }` as `FLOAT`, texts as `STRING`, arrays as `INTS`. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  /** An empty name stands for an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The operator set every graph here is written in; ONNX IR version 9 belongs to it. */
const OPSET = 17;
const IR_VERSION = 9;

// Field numbers below are those of onnx.proto (github.com/onnx/onnx).
const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8, metadata: 14 };
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, op: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, int: 3, string: 4, ints: 8, type: 20 };
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 };
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 };
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };

/** Writes protobuf messages; nested messages are built first, so that their length is known. */
class ProtoWriter {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  private push(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  private varint(value: bigint): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    do {
      const low = Number(rest & 127n);
      rest >>= 7n;
      bytes.push(rest ? low | 128 : low);
    } while (rest);
    this.push(Uint8Array.from(bytes));
  }

  int(field: number, value: number): void {
    this.varint(BigInt((field << 3) | WIRE.varint));
    this.varint(BigInt(value));
  }

  float(field: number, value: number): void {
    this.varint(BigInt((field << 3) | WIRE.fixed32));
    this.push(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field: number, value: Uint8Array): void {
    this.varint(BigInt((field << 3) | WIRE.bytes));
    this.varint(BigInt(value.length));
    this.push(value);
  }

  text(field: number, value: string): void {
    this.bytes(field, encodeUtf8(value));
  }

  message(field: number, write: (writer: ProtoWriter) => void): void {
    const nested = new ProtoWriter();
    write(nested);
    this.bytes(field, nested.done());
  }

  done(): Uint8Array {
    const all = new Uint8Array(this.length);
    let offset = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, offset);
      offset += chunk.length;
    }
    return all;
  }
}

const encodeUtf8 = (text: string): Uint8Array =>
  Uint8Array.from(unescape(encodeURIComponent(text)), (char) => char.charCodeAt(0));

const decodeUtf8 = (bytes: Uint8Array): string => {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return decodeURIComponent(escape(binary));
};

const writeValue = (graph: ProtoWriter, field: number, value: OnnxValue): void =>
  graph.message(field, (info) => {
    info.text(1, value.name);
    info.message(2, (type) =>
      type.message(1, (tensor) => {
        tensor.int(1, ONNX_TYPES[value.type]);
        if (!value.dims) return;
        const dims = value.dims;
        tensor.message(2, (shape) => {
          for (const dim of dims)
            shape.message(1, (entry) => (typeof dim === 'number' ? entry.int(1, dim) : entry.text(2, dim)));
        });
      }),
    );
  });

const writeAttribute = (node: ProtoWriter, name: string, value: OnnxAttribute): void =>
  node.message(NODE.attribute, (attribute) => {
    attribute.text(ATTRIBUTE.name, name);
    if (typeof value === 'number') {
      attribute.int(ATTRIBUTE.int, value);
      attribute.int(ATTRIBUTE.type, ATTRIBUTE_TYPE.int);
    } else if (typeof value === 'string') {
      attribute.text(ATTRIBUTE.string, value);
      attribute.int(ATTRIBUTE.type, ATTRIBUTE_TYPE.string);
    } else if ('float' in value) {
      attribute.float(ATTRIBUTE.float, value.float);
      attribute.int(ATTRIBUTE.type, ATTRIBUTE_TYPE.float);
    } else {
      for (const item of value) attribute.int(ATTRIBUTE.ints, item);
      attribute.int(ATTRIBUTE.type, ATTRIBUTE_TYPE.ints);
    }
  });

/** The bytes of an .onnx file (operator set 17). Constants that no node takes are left out. */
export const encodeOnnx = (model: OnnxModel): Uint8Array => {
  const file = new ProtoWriter();
  file.int(MODEL.irVersion, IR_VERSION);
  file.text(MODEL.producer, 'attune');
  file.message(MODEL.graph, (graph) => {
    for (const node of model.nodes)
      graph.message(GRAPH.node, (writer) => {
        for (const input of node.inputs) writer.text(NODE.input, input);
        for (const output of node.outputs) writer.text(NODE.output, output);
        writer.text(NODE.op, node.op);
        for (const [name, value] of Object.entries(node.attributes)) writeAttribute(writer, name, value);
      });
    graph.text(GRAPH.name, 'attune');
    const used = new Set(model.nodes.flatMap(({ inputs }) => inputs));
    for (const initializer of model.initializers.filter(({ name }) => used.has(name)))
      graph.message(GRAPH.initializer, (writer) => {
        for (const dim of initializer.dims) writer.int(TENSOR.dims, dim);
        writer.int(TENSOR.type, ONNX_TYPES[initializer.type]);
        writer.text(TENSOR.name, initializer.name);
        writer.bytes(TENSOR.raw, initializer.raw);
      });
    for (const input of model.inputs) writeValue(graph, GRAPH.input, input);
    for (const output of model.outputs) writeValue(graph, GRAPH.output, output);
  });
  file.message(MODEL.opset, (opset) => {
    opset.text(1, '');
    opset.int(2, OPSET);
  });
  for (const [key, value] of Object.entries(model.metadata))
    file.message(MODEL.metadata, (entry) => {
      entry.text(1, key);
      entry.text(2, value);
    });
  return file.done();
};

/** The fields of one protobuf message, in file order; a length-delimited field gives its bytes, a varint its number. */
function* readFields(bytes: Uint8Array): Generator<{ field: number; number: number; bytes: Uint8Array }> {
  let offset = 0;
  const damaged = () =>
    new InvalidInputError('model/damaged', 'This is no ONNX file, or it is cut short: fetch or build it again.');
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = bytes[offset++];
      if (byte === undefined) throw damaged();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw damaged();
  };
  while (offset < bytes.length) {
    const key = varint();
    const wire = key & 7;
    const field = Math.floor(key / 8);
    const empty = new Uint8Array(0);
    if (wire === WIRE.varint) yield { field, number: varint(), bytes: empty };
    else {
      const length = wire === WIRE.bytes ? varint() : wire === WIRE.fixed32 ? 4 : wire === WIRE.fixed64 ? 8 : -1;
      if (length < 0 || field === 0 || offset + length > bytes.length) throw damaged();
      yield { field, number: 0, bytes: bytes.subarray(offset, offset + length) };
      offset += length;
    }
  }
}

/**
 * The metadata of an .onnx file (ONNX `metadata_props`).
 *
 * @throws {InvalidInputError} `model/damaged`: the bytes are no ONNX file, or cut short.
 */
export const readOnnxMetadata = (file: Uint8Array): Record<string, string> => {
  const entries: [string, string][] = [];
  let hasGraph = false;
  for (const { field, bytes } of readFields(file)) {
    if (field === MODEL.graph) hasGraph = true;
    if (field !== MODEL.metadata) continue;
    const [key = '', value = ''] = [1, 2].map((part) => {
      for (const entry of readFields(bytes)) if (entry.field === part) return decodeUtf8(entry.bytes);
      return '';
    });
    entries.push([key, value]);
  }
  if (!hasGraph)
    throw new InvalidInputError('model/damaged', 'This is no ONNX file: it holds no graph. Fetch or build it again.');
  // Not by assignment: a key named "__proto__" would be lost.
  return Object.fromEntries(entries);
};

/** The constants of an .onnx file, by name, as 32-bit floats; constants that are no floats are left out. */
export const readOnnxWeights = (file: Uint8Array): Map<string, { dims: number[]; data: Float32Array }> => {
  const weights = new Map<string, { dims: number[]; data: Float32Array }>();
  for (const part of readFields(file)) {
    if (part.field !== MODEL.graph) continue;
    for (const item of readFields(part.bytes)) {
      if (item.field !== GRAPH.initializer) continue;
      const dims: number[] = [];
      let type = 0;
      let name = '';
      let raw = new Uint8Array(0);
      for (const { field, number, bytes } of readFields(item.bytes)) {
        if (field === TENSOR.dims) dims.push(number);
        else if (field === TENSOR.type) type = number;
        else if (field === TENSOR.name) name = decodeUtf8(bytes);
        else if (field === TENSOR.raw) raw = bytes.slice();
      }
      if (type === ONNX_TYPES.float32) weights.set(name, { dims, data: new Float32Array(raw.buffer) });
      if (type === ONNX_TYPES.float16)
        weights.set(name, { dims, data: Float32Array.from(new Uint16Array(raw.buffer), halfToFloat) });
    }
  }
  return weights;
};

/** IEEE 754 half precision -> number. */
export const halfToFloat = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** Number -> IEEE 754 half precision, rounded to nearest, ties to even; beyond 65,504 it is infinite. */
export const floatToHalf = (value: number): number => {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -24)));
  const steps = size / 2 ** (exponent - 10);
  const floor = Math.floor(steps);
  const rest = steps - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  // `rounded` counts from 0 for subnormal numbers and from 1024 for normal ones, so both fall out of one sum.
  return sign | (rounded + (exponent + 14) * 1024);
};
