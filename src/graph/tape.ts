/** The tape: records ONNX nodes forwards and, when training, how each one sends its gradient back. */
import type { Random } from '../base/random.ts';
import type { OnnxAttribute, OnnxInitializer, OnnxNode } from './onnx.ts';

/** A value in the graph under construction. `dims[0]` is the batch: 0 stands for a batch known only at run time. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
}

/** A trainable array. All of them lie one after another in a single flat vector, `parameters`. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  /** Whether weight decay applies: true for the weights of layers, false for biases and normalisation gains. */
  readonly decays: boolean;
  /** Draws the first value of each element. */
  readonly initialize: (random: Random) => number;
}

/** An array that training updates without a gradient (running mean and variance), in the flat vector `statistics`. */
export interface Statistic {
  readonly name: string;
  readonly dims: readonly number[];
  readonly initial: number;
}

/** A dropout mask the training loop draws for each step: each element is 0 with chance `rate`, else 1 / (1 - rate). */
export interface DropoutMask {
  readonly name: string;
  readonly dims: readonly number[];
  readonly rate: number;
}

/** Whether the graph is one to train (gradients, batch statistics, dropout) or one to use. */
export type TapeMode = 'training' | 'inference';

/** WebGPU guarantees eight storage buffers a shader stage; one is the output. */
const MOST_JOINED = 7;

/** The number of elements of an array of shape `dims`. */
export const elementCount = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

/**
 * Records a graph. Layers are functions that take the tape and a value and give a value; in training mode they also
 * leave a step on `backward`, which `backpropagate` runs in reverse order.
 */
export class Tape {
  readonly mode: TapeMode;
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly parameters: Parameter[] = [];
  readonly statistics: Statistic[] = [];
  readonly masks: DropoutMask[] = [];
  /** The value each statistic takes after this step, in the order of `statistics`. */
  readonly nextStatistics: Value[] = [];
  private readonly steps: (() => void)[] = [];
  private readonly gradients = new Map<string, Value>();
  private readonly untrained = new Set<string>();
  private readonly constants = new Map<string, string>();
  private count = 0;
  private prefix = '';

  constructor(mode: TapeMode) {
    this.mode = mode;
  }

  get training(): boolean {
    return this.mode === 'training';
  }

  /** Appends one node with one output of shape `dims`. */
  emit(
    op: string,
    inputs: readonly (Value | string)[],
    dims: readonly number[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): Value {
    const name = `v${this.count++}`;
    this.append(op, inputs, [name], attributes);
    return { name, dims };
  }

  /** Appends one node with outputs of the given names. */
  append(
    op: string,
    inputs: readonly (Value | string)[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): void {
    const names = inputs.map((input) => (typeof input === 'string' ? input : input.name));
    this.nodes.push({ op, inputs: names, outputs, attributes });
  }

  /** Joins arrays along an axis, a few at a time: a GPU binds only so many buffers to one shader. */
  join(parts: readonly Value[], axis: number): Value {
    if (parts.length === 1) return parts[0]!;
    if (parts.length > MOST_JOINED) {
      const groups: Value[] = [];
      for (let i = 0; i < parts.length; i += MOST_JOINED) groups.push(this.join(parts.slice(i, i + MOST_JOINED), axis));
      return this.join(groups, axis);
    }
    const dims = [...parts[0]!.dims];
    dims[axis] = parts.reduce((sum, part) => sum + part.dims[axis]!, 0);
    return this.emit('Concat', parts, dims, { axis });
  }

  /** A constant of whole numbers, as shapes, axes and slices take. */
  ints(values: readonly number[]): string {
    return this.constant(
      'int64',
      [values.length],
      new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer),
      values,
    );
  }

  /** A constant number (a scalar). */
  float(value: number): Value {
    const raw = new Uint8Array(Float32Array.of(value).buffer);
    return { name: this.constant('float32', [], raw, [value]), dims: [] };
  }

  /** A constant array. */
  floats(values: Float32Array, dims: readonly number[]): Value {
    const raw = new Uint8Array(values.slice().buffer);
    return { name: this.constant('float32', [...dims], raw, [...values]), dims };
  }

  private constant(type: 'int64' | 'float32', dims: number[], raw: Uint8Array, values: readonly number[]): string {
    const key = `${type}:${dims}:${values}`;
    const known = this.constants.get(key);
    if (known) return known;
    const name = `c${this.count++}`;
    this.initializers.push({ name, type, dims, raw });
    this.constants.set(key, name);
    return name;
  }

  /** Declares a trainable array; names must be unique within a model. */
  parameter(parameter: Parameter): Value {
    const name = this.prefix + parameter.name;
    if (this.parameters.some((other) => other.name === name)) throw new RangeError(`Two parameters are named ${name}.`);
    this.parameters.push({ ...parameter, name });
    return { name, dims: parameter.dims };
  }

  /** Declares a running statistic. */
  statistic(statistic: Statistic): Value {
    const name = this.prefix + statistic.name;
    this.statistics.push({ ...statistic, name });
    return { name, dims: statistic.dims };
  }

  /** What `declare` declares bears names that begin with `prefix`: several networks fit in one graph. */
  within<T>(prefix: string, declare: () => T): T {
    const outer = this.prefix;
    this.prefix = outer + prefix;
    try {
      return declare();
    } finally {
      this.prefix = outer;
    }
  }

  /** Marks a value as data: no gradient is computed for it, which saves the first layer half its work. */
  stopGradient(value: Value): void {
    this.untrained.add(value.name);
  }

  wantsGradient(value: Value): boolean {
    return this.training && !this.untrained.has(value.name);
  }

  /** Leaves the step that sends a node's gradient back to its inputs. */
  onBackward(step: () => void): void {
    if (this.training) this.steps.push(step);
  }

  /** Adds `gradient` to what has reached `value` so far. */
  accumulate(value: Value, gradient: Value): void {
    if (!this.wantsGradient(value)) return;
    const before = this.gradients.get(value.name);
    this.gradients.set(value.name, before ? this.emit('Add', [before, gradient], value.dims) : gradient);
  }

  /** The gradient of the loss with respect to `value`; undefined where the loss does not depend on it. */
  gradientOf(value: Value): Value | undefined {
    return this.gradients.get(value.name);
  }

  /** Runs the steps in reverse order, once, after the loss has left its gradient. */
  backpropagate(): void {
    for (const step of this.steps.splice(0).reverse()) step();
  }
}
