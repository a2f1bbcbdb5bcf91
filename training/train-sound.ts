/** The training loop over sounds, top to bottom: one thread, the whole step in one graph, no checkpoint because runs last minutes. */
import { openSession } from '../node/open-session.ts';
import { AttuneError, InvalidInputError } from '../src/base/errors.ts';
import { createRandom, type Random } from '../src/base/random.ts';
import {
  buildModel,
  buildTrainingStep,
  initializeWeights,
  type Network,
  type Storage,
  type Weights,
} from '../src/graph/build.ts';
import { type Optimizer, optimizerScalars, optimizerState } from '../src/graph/optimizer.ts';
import { type Session, type Tensor, tensor } from '../src/graph/session.ts';
import { elementCount } from '../src/graph/tape.ts';
import { mixBatch } from './augment.ts';
import type { SoundSettings } from './recipes/sound-settings.ts';

/** What is to be learnt: examples are made on demand, each time another way. */
export interface SoundProblem {
  readonly network: Network;
  /** Shape of one input, without the batch. */
  readonly inputDims: readonly number[];
  readonly classes: number;
  /** Examples of one round, numbered as `makeExample` takes them; one may be named more than once. */
  readonly rows: ArrayLike<number>;
  /** Writes an example's input, as augmented as the recipe says. */
  readonly makeExample: (row: number, random: Random, input: Float32Array) => void;
  readonly labelOf: (row: number) => number;
  /** A second target that only training sees, shares of `classes` things: the network must have such a head. */
  readonly auxiliary?: { readonly classes: number; readonly sharesOf: (row: number) => ArrayLike<number> };
}

export interface SoundRound {
  readonly epoch: number;
  readonly loss: number;
  /** Share of augmented training examples that were answered right. */
  readonly accuracy: number;
}

export interface TrainedSound {
  /** Moving averages of weights and statistics. */
  readonly weights: Weights;
  readonly history: readonly SoundRound[];
  readonly parameterCount: number;
  /** Processor time of this process during the run, seconds. */
  readonly cpuSeconds: number;
}

const OPTIMIZER = { kind: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8 } as const;
const CLIP_NORM = 5;

/** Linear warm-up, then a cosine down to 0, over all steps of the run. */
const learningRateAt = (settings: SoundSettings, step: number, stepsPerRound: number): number => {
  const warmup = settings.warmupEpochs * stepsPerRound;
  if (step < warmup) return (settings.learningRate * (step + 1)) / warmup;
  const progress = (step - warmup) / Math.max(1, settings.epochs * stepsPerRound - warmup);
  return settings.learningRate * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
};

/**
 * Trains a network from its first weights to the end of the schedule. The same seed gives the same weights on the same
 * machine.
 *
 * @throws {InvalidInputError} `data/too-few`: the examples do not fill one batch.
 * @throws {AttuneError} `train/diverged`: the loss is no number any more.
 */
export const trainSound = async (
  problem: SoundProblem,
  settings: SoundSettings,
  onRound: (round: SoundRound) => void = () => {},
): Promise<TrainedSound> => {
  const { network, inputDims, rows } = problem;
  const { batch, seed, epochs } = settings;
  const stepsPerRound = Math.floor(rows.length / batch);
  if (stepsPerRound === 0)
    throw new InvalidInputError(
      'data/too-few',
      `${rows.length} examples do not fill one batch of ${batch}: give more sounds or lower batch.`,
    );
  const optimizer: Optimizer = { ...OPTIMIZER, weightDecay: settings.weightDecay };
  const graph = buildTrainingStep({ network, inputDims, batch, optimizer, clipNorm: CLIP_NORM });
  const session = await openSession(graph.model);
  const started = process.cpuUsage();
  const first = initializeWeights(network, inputDims, createRandom(`${seed}/weights`));
  const vector = (data: Float32Array): Tensor => tensor(data, [data.length]);
  let state: Record<string, Tensor> = {
    parameters: vector(first.parameters),
    average: vector(first.parameters.slice()),
    statistics: vector(first.statistics),
  };
  for (const name of optimizerState(optimizer)) state[name] = vector(new Float32Array(first.parameters.length));
  const averageStatistics = first.statistics.slice();
  const history: SoundRound[] = [];
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = createRandom(`${seed}/round ${epoch}`).shuffle(Array.from(rows));
      let lossSum = 0;
      let right = 0;
      for (let i = 0; i < stepsPerRound; i++) {
        const step = epoch * stepsPerRound + i;
        const random = createRandom(`${seed}/step ${step}`);
        const members = order.slice(i * batch, (i + 1) * batch);
        const feeds = makeBatch(problem, settings, members, random);
        for (const { name, dims, rate } of graph.masks) {
          const kept = 1 / (1 - rate);
          const mask = Float32Array.from({ length: elementCount(dims) }, () => (random.next() < rate ? 0 : kept));
          feeds[name] = tensor(mask, dims);
        }
        // Young averages follow faster, so that they do not drag the first weights along.
        const averageDecay = Math.min(settings.averageDecay, (1 + step) / (10 + step));
        const learningRate = learningRateAt(settings, step, stepsPerRound);
        const scalars = optimizerScalars(optimizer, { step: step + 1, learningRate, averageDecay });
        for (const [name, value] of Object.entries(scalars)) feeds[name] = tensor(Float32Array.of(value), []);
        const wanted = Object.fromEntries(graph.inputs.map(({ name }) => [name, (feeds[name] ?? state[name])!]));
        const next = await session.run(wanted);
        const loss = next.loss!.data[0]!;
        if (!Number.isFinite(loss))
          throw new AttuneError('train/diverged', `The loss is ${loss} at step ${step + 1}: lower learningRate.`);
        state = Object.fromEntries(
          Object.keys(state).map((name) => [
            name,
            next[`next${name[0]!.toUpperCase()}${name.slice(1)}`] ?? state[name]!,
          ]),
        );
        const statistics = state.statistics!.data;
        for (let k = 0; k < statistics.length; k++)
          averageStatistics[k]! += (statistics[k]! - averageStatistics[k]!) * (1 - averageDecay);
        lossSum += loss;
        right += countRight(next.nextLogits!.data, problem.classes, members.map(problem.labelOf));
      }
      const round = { epoch: epoch + 1, loss: lossSum / stepsPerRound, accuracy: right / (stepsPerRound * batch) };
      history.push(round);
      onRound(round);
    }
  } finally {
    await session.release();
  }
  const { user, system } = process.cpuUsage(started);
  return {
    weights: { parameters: state.average!.data.slice(), statistics: averageStatistics },
    history,
    parameterCount: graph.layout.parameterCount,
    cpuSeconds: (user + system) / 1e6,
  };
};

const makeBatch = (
  { inputDims, classes, makeExample, labelOf, auxiliary }: SoundProblem,
  { labelSmoothing, mixupAlpha }: SoundSettings,
  members: readonly number[],
  random: Random,
): Record<string, Tensor> => {
  const size = elementCount(inputDims);
  const count = members.length;
  const input = new Float32Array(count * size);
  const targets = new Float32Array(count * classes).fill(labelSmoothing / classes);
  const shares = auxiliary && new Float32Array(count * auxiliary.classes);
  for (const [i, row] of members.entries()) {
    makeExample(row, random, input.subarray(i * size, (i + 1) * size));
    targets[i * classes + labelOf(row)]! += 1 - labelSmoothing;
    if (auxiliary && shares) shares.set(Array.from(auxiliary.sharesOf(row)), i * auxiliary.classes);
  }
  const heads = shares ? [targets, shares] : [targets];
  if (mixupAlpha > 0) mixBatch(input, heads, { count, alpha: mixupAlpha, random });
  return {
    input: tensor(input, [count, ...inputDims]),
    targets: tensor(targets, [count, classes]),
    ...(auxiliary && shares ? { auxiliaryTargets: tensor(shares, [count, auxiliary.classes]) } : {}),
  };
};

const countRight = (logits: Float32Array, classes: number, labels: readonly number[]): number =>
  labels.filter((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return row.every((value) => value <= row[label]!);
  }).length;

/** Opens trained weights as the model that would ship. */
export const openTrained = (
  { network, inputDims }: Pick<SoundProblem, 'network' | 'inputDims'>,
  weights: Weights,
  storage: Storage = 'float16',
): Promise<Session> =>
  openSession(buildModel({ network, inputDims, weights, inputName: 'sound', storage, metadata: {} }));

const RUN_BATCH = 32;

/**
 * What a model says of inputs, in runs of a few.
 *
 * @param count how many inputs there are; `write` fills one
 * @returns [count, outputs]
 */
export const runSound = async (
  session: Session,
  inputDims: readonly number[],
  count: number,
  write: (index: number, input: Float32Array) => void,
): Promise<Float32Array> => {
  const size = elementCount(inputDims);
  const parts: Float32Array[] = [];
  for (let start = 0; start < count; start += RUN_BATCH) {
    const length = Math.min(RUN_BATCH, count - start);
    const data = new Float32Array(length * size);
    for (let i = 0; i < length; i++) write(start + i, data.subarray(i * size, (i + 1) * size));
    parts.push((await session.run({ sound: tensor(data, [length, ...inputDims]) })).logits!.data);
  }
  const width = (parts[0]?.length ?? 0) / Math.min(RUN_BATCH, Math.max(1, count));
  const all = new Float32Array(count * width);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
