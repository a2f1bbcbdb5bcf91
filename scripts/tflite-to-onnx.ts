/** Translates a TensorFlow Lite face detector to ONNX: same numbers, channels first, weights kept in half precision. */
import { InvalidInputError } from '../src/base/errors.ts';
import type { OnnxInitializer, OnnxModel, OnnxNode, OnnxType } from '../src/graph/onnx.ts';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './tflite.ts';

export interface TranslationOptions {
  /** A name for each output of the .tflite file, in its order. */
  readonly outputNames: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

const unsupported = (what: string) =>
  new InvalidInputError('model/unsupported', `${what} is not translated: use the package version in package.json.`);

/** TensorFlow's SAME padding of one axis: [before, after], the odd one after. */
const samePadding = (inSize: number, filter: number, stride: number): [number, number] => {
  const total = Math.max(0, (Math.ceil(inSize / stride) - 1) * stride + filter - inSize);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
};

/** Elements of a constant moved to the order `axes` names, as NumPy's transpose does; elements of `size` bytes. */
const transpose = (
  tensor: TfliteTensor,
  axes: readonly number[],
  size: number,
): { dims: number[]; raw: Uint8Array } => {
  const dims = axes.map((axis) => tensor.shape[axis]!);
  const strides = tensor.shape.map((_, axis) => tensor.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const raw = new Uint8Array(tensor.data.length);
  for (let index = 0; index * size < raw.length; index++) {
    let rest = index;
    let from = 0;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += (rest % dims[axis]!) * strides[axes[axis]!]!;
      rest = Math.floor(rest / dims[axis]!);
    }
    raw.set(tensor.data.subarray(from * size, (from + 1) * size), index * size);
  }
  return { dims, raw };
};

/** Where each axis of channels-last [batch, height, width, channel] stands once channels come first. */
const CHANNELS_FIRST = [0, 2, 3, 1] as const;

/**
 * The same network as an ONNX model: one input "image" [batch, 3, height, width], outputs as in the .tflite file
 * (its reshapes are of channels-last values, so each is preceded by a transposition).
 *
 * @throws {InvalidInputError} `model/unsupported`: the network uses something the face detectors do not.
 */
export const tfliteToOnnx = (model: TfliteModel, { outputNames, metadata }: TranslationOptions): OnnxModel => {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  /** Half-precision constants by the tensor their dequantisation fills. */
  const constants = new Map<number, TfliteTensor>();
  const shape = (index: number): readonly number[] => model.tensors[index]!.shape;
  const names = new Map<number, string>([[model.inputs[0]!, 'image']]);
  for (const [place, index] of model.outputs.entries()) names.set(index, outputNames[place]!);
  const nameOf = (index: number): string => names.get(index) ?? `t${index}`;
  const emit = (op: string, inputs: string[], output: string, attributes: OnnxNode['attributes'] = {}): void => {
    nodes.push({ op, inputs, outputs: [output], attributes });
  };
  const addConstant = (name: string, type: OnnxType, dims: readonly number[], raw: Uint8Array): string => {
    initializers.push({ name, type, dims, raw });
    return name;
  };
  const addInt64 = (name: string, values: readonly number[]): string =>
    addConstant(name, 'int64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  /** A weight as 32-bit floats: half-precision storage is widened by a Cast, which the runtime folds when it loads. */
  const addWeight = (index: number, axes: readonly number[]): string => {
    const tensor = constants.get(index) ?? model.tensors[index]!;
    if (tensor.data.length === 0 || tensor.type === 'int32') throw unsupported(`The weight "${tensor.name}"`);
    const { dims, raw } = transpose(tensor, axes, tensor.type === 'float16' ? 2 : 4);
    if (tensor.type === 'float32') return addConstant(`w${index}`, 'float32', dims, raw);
    emit('Cast', [addConstant(`h${index}`, 'float16', dims, raw)], `w${index}`, { to: 1 });
    return `w${index}`;
  };
  /** Writes a node, followed by the ReLU where the operator has one built in. */
  const emitActivated = (
    operator: TfliteOperator,
    op: string,
    inputs: string[],
    attributes: OnnxNode['attributes'] = {},
  ): void => {
    const output = nameOf(operator.outputs[0]!);
    if (operator.options.activation === 'none') emit(op, inputs, output, attributes);
    else {
      emit(op, inputs, `${output}_linear`, attributes);
      emit('Relu', [`${output}_linear`], output);
    }
  };
  const window = ({ inputs, options }: TfliteOperator, filterY: number, filterX: number) => {
    const [, height, width] = shape(inputs[0]!);
    const [top, bottom] = options.padding === 'same' ? samePadding(height!, filterY, options.strideY) : [0, 0];
    const [left, right] = options.padding === 'same' ? samePadding(width!, filterX, options.strideX) : [0, 0];
    return {
      kernel_shape: [filterY, filterX],
      strides: [options.strideY, options.strideX],
      pads: [top, left, bottom, right],
    };
  };

  const translate = (operator: TfliteOperator): void => {
    const [first, second, third] = operator.inputs;
    const out = operator.outputs[0]!;
    const input = nameOf(first!);
    switch (operator.op) {
      case 'dequantize':
        constants.set(out, model.tensors[first!]!);
        break;
      case 'conv':
      case 'depthwiseConv': {
        const depthwise = operator.op === 'depthwiseConv';
        // [out, height, width, in] -> [out, in, height, width]; depthwise [1, height, width, channel] -> [channel, 1, height, width].
        const weight = addWeight(second!, depthwise ? [3, 0, 1, 2] : [0, 3, 1, 2]);
        const [, filterY, filterX, channels] = shape(second!);
        emitActivated(operator, 'Conv', [input, weight, addWeight(third!, [0])], {
          ...window(operator, filterY!, filterX!),
          group: depthwise ? channels! : 1,
        });
        break;
      }
      case 'maxPool':
        emitActivated(operator, 'MaxPool', [input], {
          ...window(operator, operator.options.filterY, operator.options.filterX),
        });
        break;
      case 'add':
        emitActivated(operator, 'Add', [input, nameOf(second!)]);
        break;
      case 'relu':
        emit('Relu', [input], nameOf(out));
        break;
      case 'pad': {
        const pads = new Int32Array(model.tensors[second!]!.data.slice().buffer);
        const before = [0, 1, 2, 3].map((axis) => pads[2 * axis]!);
        const after = [0, 1, 2, 3].map((axis) => pads[2 * axis + 1]!);
        // [batch, height, width, channel] -> [batch, channel, height, width].
        const order = [0, 3, 1, 2].map((axis) => [before[axis]!, after[axis]!] as const);
        const name = addInt64(`p${out}`, [...order.map(([start]) => start), ...order.map(([, end]) => end)]);
        emit('Pad', [input, name], nameOf(out));
        break;
      }
      case 'resizeBilinear': {
        const { alignCorners, halfPixelCenters } = operator.options;
        if (alignCorners || !halfPixelCenters) throw unsupported('A resize that is not by half-pixel centres');
        const [, fromHeight, fromWidth] = shape(first!);
        const [, toHeight, toWidth] = shape(out);
        const scales = Float32Array.of(1, 1, toHeight! / fromHeight!, toWidth! / fromWidth!);
        addConstant(`s${out}`, 'float32', [4], new Uint8Array(scales.buffer));
        emit('Resize', [input, '', `s${out}`], nameOf(out), {
          mode: 'linear',
          coordinate_transformation_mode: 'half_pixel',
        });
        break;
      }
      case 'reshape': {
        const dims = shape(out);
        if (shape(first!).length !== 4 || dims.length !== 3) throw unsupported(`A reshape to ${dims.length} axes`);
        emit('Transpose', [input], `${nameOf(out)}_last`, { perm: CHANNELS_FIRST });
        // 0 keeps the batch, -1 counts the anchors.
        emit('Reshape', [`${nameOf(out)}_last`, addInt64(`r${out}`, [0, -1, dims[2]!])], nameOf(out));
        break;
      }
      case 'concatenation': {
        if (shape(out).length !== 3) throw unsupported('A concatenation of pictures');
        emitActivated(operator, 'Concat', operator.inputs.map(nameOf), { axis: operator.options.axis });
        break;
      }
    }
  };
  for (const operator of model.operators) translate(operator);
  const [, height, width] = shape(model.inputs[0]!);
  return {
    nodes,
    initializers,
    inputs: [{ name: 'image', type: 'float32', dims: ['batch', 3, height!, width!] }],
    outputs: model.outputs.map((index) => ({
      name: nameOf(index),
      type: 'float32',
      dims: ['batch', ...shape(index).slice(1)],
    })),
    metadata,
  };
};
