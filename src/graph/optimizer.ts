/** Optimisers as graph nodes over flat vectors: one node does for all parameters what others do array by array. */
import type { Tape, Value } from './tape.ts';

/** Stochastic gradient descent with Nesterov momentum, as PyTorch computes it (Sutskever et al. 2013). */
export interface Sgd {
  readonly kind: 'sgd';
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
export interface AdamW {
  readonly kind: 'adamw';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export type Optimizer = Sgd | AdamW;

/** The vectors an optimiser carries from step to step, each as long as the parameters and zero at first. */
export const optimizerState = (optimizer: Optimizer): readonly string[] =>
  optimizer.kind === 'sgd' ? ['velocity'] : ['firstMoment', 'secondMoment'];

/** The scalars an update takes in each step; see `optimizerScalars` for their values. */
export const SCALAR_INPUTS = ['learningRate', 'averageDecay', 'correction1', 'correction2'] as const;

/** Values of the scalar inputs at update `step` (the first is 1). `averageDecay` is the decay of the EMA of weights. */
export const optimizerScalars = (
  optimizer: Optimizer,
  options: { step: number; learningRate: number; averageDecay: number },
): Record<(typeof SCALAR_INPUTS)[number], number> => ({
  learningRate: options.learningRate,
  averageDecay: options.averageDecay,
  correction1: optimizer.kind === 'adamw' ? 1 / (1 - optimizer.beta1 ** options.step) : 1,
  correction2: optimizer.kind === 'adamw' ? 1 / (1 - optimizer.beta2 ** options.step) : 1,
});

export interface UpdateOptions {
  readonly optimizer: Optimizer;
  /** Gradients longer than this (Euclidean norm over all parameters) are shortened to it. @default none */
  readonly clipNorm?: number;
  /** The first so many elements of the vectors are subject to weight decay. */
  readonly decayingCount: number;
}

/**
 * One update of flat vectors [count].
 *
 * @returns the next value of `parameters`, `average` (EMA) and each vector of the optimiser's state, by name.
 */
export const emitUpdate = (
  tape: Tape,
  values: Readonly<Record<string, Value>>,
  gradients: Value,
  options: UpdateOptions,
): Record<string, Value> => {
  const { optimizer, clipNorm, decayingCount } = options;
  const { parameters, average, learningRate, averageDecay } = values as Record<string, Value>;
  const dims = gradients.dims;
  const op = (name: string, ...inputs: Value[]): Value => tape.emit(name, inputs, dims);
  const scalar = (name: string, ...inputs: Value[]): Value => tape.emit(name, inputs, []);

  const clip = (gradient: Value): Value => {
    if (clipNorm === undefined) return gradient;
    const square = tape.emit('ReduceSum', [op('Mul', gradient, gradient), tape.ints([0])], [], { keepdims: 0 });
    const norm = scalar('Add', scalar('Sqrt', square), tape.float(1e-6));
    return op('Mul', gradient, scalar('Min', scalar('Div', tape.float(clipNorm), norm), tape.float(1)));
  };
  /** The parameters that decay, times weightDecay; zero for the others. */
  const decay = (): Value => {
    const decaying = tape.emit(
      'Slice',
      [parameters!, tape.ints([0]), tape.ints([decayingCount]), tape.ints([0])],
      [decayingCount],
    );
    const scaled = tape.emit('Mul', [decaying, tape.float(optimizer.weightDecay)], [decayingCount]);
    return tape.emit('Pad', [scaled, tape.ints([0, dims[0]! - decayingCount])], dims);
  };
  const clipped = clip(gradients);
  const next: Record<string, Value> = {};
  let step: Value;
  if (optimizer.kind === 'sgd') {
    const momentum = tape.float(optimizer.momentum);
    const gradient = op('Add', clipped, decay());
    next.velocity = op('Add', op('Mul', values.velocity!, momentum), gradient);
    step = op('Add', gradient, op('Mul', next.velocity, momentum));
  } else {
    const blend = (name: string, beta: number, target: Value): Value =>
      op('Add', op('Mul', values[name]!, tape.float(beta)), op('Mul', target, tape.float(1 - beta)));
    next.firstMoment = blend('firstMoment', optimizer.beta1, clipped);
    next.secondMoment = blend('secondMoment', optimizer.beta2, op('Mul', clipped, clipped));
    const mean = op('Mul', next.firstMoment, values.correction1!);
    const deviation = op('Sqrt', op('Mul', next.secondMoment, values.correction2!));
    step = op('Add', op('Div', mean, op('Add', deviation, tape.float(optimizer.epsilon))), decay());
  }
  next.parameters = op('Sub', parameters!, op('Mul', step, learningRate!));
  const change = op('Sub', next.parameters, average!);
  next.average = op('Add', average!, op('Mul', change, scalar('Sub', tape.float(1), averageDecay!)));
  return next;
};
