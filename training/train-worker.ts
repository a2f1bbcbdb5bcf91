/** One training worker: makes its share of each batch, computes gradients, agrees on the mean with the others, updates. */
import { parentPort, workerData } from 'node:worker_threads';
import { EMOTIONS } from '../src/base/emotions.ts';
import { createRandom, type Random } from '../src/base/random.ts';
import {
  buildGradientStep,
  buildModel,
  buildTrainingStep,
  buildUpdateStep,
  type TrainingGraph,
} from '../src/graph/build.ts';
import { encodeOnnx } from '../src/graph/onnx.ts';
import { type Optimizer, optimizerScalars, optimizerState } from '../src/graph/optimizer.ts';
import { elementCount } from '../src/graph/tape.ts';
import { augmentBatch, mixBatch, NO_AUGMENTATION } from './augment.ts';
import { breakBarrier, waitForAll } from './barrier.ts';
import type { TrainingState } from './checkpoint.ts';
import { PICTURE_SIDE } from './datasets/face-set.ts';
import { FERPLUS_COLUMNS, voteShares } from './datasets/ferplus.ts';
import { networkInUse } from './recipes/in-use.ts';
import { findRecipe } from './recipes/index.ts';
import type { Settings } from './recipes/settings.ts';

/** What every worker is started with. Everything shared is read only but `gradients`, `statistics` and `barrier`. */
export interface WorkerSetup {
  readonly recipe: string;
  readonly settings: Settings;
  readonly device: 'cpu' | 'webgpu';
  readonly rank: number;
  readonly workers: number;
  /** [count, 48, 48] in shared memory. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly votes: Uint8Array | undefined;
  /** [count, 7], in shared memory: what the teacher says of each picture of Training. */
  readonly teacher: Float32Array | undefined;
  readonly validation: Int32Array;
  /** One vector a worker: where it leaves its gradient and its running statistics for the others. */
  readonly exchange: readonly SharedArrayBuffer[];
  readonly barrier: SharedArrayBuffer;
}

export type WorkerRequest =
  | { kind: 'load'; state: TrainingState }
  | { kind: 'run'; size: number; rows: Int32Array; firstStep: number; learningRates: Float32Array }
  | { kind: 'state' }
  /** `asShipped`: through all views, as the model file will be used; else through one. */
  | { kind: 'validate'; asShipped: boolean }
  | { kind: 'close' };

export type WorkerReply =
  | { kind: 'loaded' }
  | { kind: 'closed' }
  | { kind: 'ran'; loss: number; correct: number; count: number }
  | { kind: 'state'; state: TrainingState }
  | { kind: 'validated'; logits: Float32Array; rows: Int32Array }
  | { kind: 'failed'; message: string; step: number | undefined }
  /** Another worker failed, so that this one could not go on. */
  | { kind: 'called-off' };

const CLASSES = EMOTIONS.length;
/** Shares of the votes columns that the second head learns: all ten, "unknown" and "not a face" included. */
const VOTE_COLUMNS = FERPLUS_COLUMNS.length;
const VALIDATION_BATCH = 64;

const setup = workerData as WorkerSetup;
const { settings, rank, workers } = setup;
const network = findRecipe(setup.recipe).network(settings);
const localBatch = Math.floor(settings.batch / workers);
const ort = await import('onnxruntime-node');
type OrtTensor = InstanceType<typeof ort.Tensor>;

const optimizerOf = (chosen: Settings): Optimizer =>
  chosen.optimizer === 'sgd'
    ? { kind: 'sgd', momentum: chosen.momentum, weightDecay: chosen.weightDecay }
    : { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: chosen.weightDecay };

const optimizer = optimizerOf(settings);
const clip = settings.clipNorm > 0 ? { clipNorm: settings.clipNorm } : {};
const onGpu = setup.device === 'webgpu';
/** What a step carries to the next, beside the running statistics. */
const CARRIED = ['parameters', ...optimizerState(optimizer), 'average'];

const open = (model: Uint8Array, keepOnGpu: readonly string[] = []) =>
  ort.InferenceSession.create(model, {
    executionProviders: [setup.device],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(keepOnGpu.length > 0
      ? { preferredOutputLocation: Object.fromEntries(keepOnGpu.map((name) => [name, 'gpu-buffer' as const])) }
      : {}),
  });

const float = (data: Float32Array, dims: readonly number[] = [data.length]): OrtTensor =>
  new ort.Tensor('float32', data, dims);
const nextName = (name: string): string => `next${name[0]!.toUpperCase()}${name.slice(1)}`;

/** The state between steps; on a GPU it stays there. */
let state: Record<string, OrtTensor> = {};
let averageStatistics = new Float32Array(0);

interface OpenStep {
  readonly size: number;
  readonly graph: TrainingGraph;
  /** Undefined when another worker has failed. */
  readonly run: (feeds: Record<string, OrtTensor>) => Promise<StepResult | undefined>;
  readonly sessions: readonly { release(): Promise<void> }[];
}

let steps: OpenStep | undefined;

interface StepResult {
  readonly loss: number;
  readonly logits: Float32Array;
}

/** CPU: gradients of this worker's share, the mean over all workers, then the same update in each. */
const openCpuStep = async (size: number): Promise<OpenStep> => {
  const graph = buildGradientStep({ network, inputDims: [1, size, size], batch: localBatch, ...auxiliary });
  const { parameterCount, decayingCount, statisticCount } = graph.layout;
  const gradientSession = await open(graph.model);
  const updateSession = await open(buildUpdateStep({ optimizer, ...clip, parameterCount, decayingCount }));
  const vectors = setup.exchange.map((memory) => new Float32Array(memory));
  const mean = new Float32Array(parameterCount + statisticCount);
  const run = async (feeds: Record<string, OrtTensor>): Promise<StepResult | undefined> => {
    const { parameters, statistics } = state;
    const inputs = { parameters: parameters!, ...(statisticCount > 0 ? { statistics: statistics! } : {}) };
    const { scalars, data } = splitScalars(feeds);
    const out = await gradientSession.run({ ...data, ...inputs });
    const mine = vectors[rank]!;
    mine.set(out.gradients!.data as Float32Array);
    if (statisticCount > 0) mine.set(out.nextStatistics!.data as Float32Array, parameterCount);
    if (workers === 1) mean.set(mine);
    else {
      if (!waitForAll(setup.barrier, workers)) return undefined;
      mean.set(vectors[0]!);
      for (const other of vectors.slice(1)) for (let i = 0; i < mean.length; i++) mean[i]! += other[i]!;
      for (let i = 0; i < mean.length; i++) mean[i]! /= workers;
      // Nobody may write its next gradient before all have read this one.
      if (!waitForAll(setup.barrier, workers)) return undefined;
    }
    const carried = Object.fromEntries(CARRIED.map((name) => [name, state[name]!]));
    const gradients = float(mean.slice(0, parameterCount));
    const next = await updateSession.run({ ...carried, gradients, ...scalars });
    for (const name of CARRIED) state[name] = next[nextName(name)]!;
    state.statistics = float(mean.slice(parameterCount));
    return { loss: out.loss!.data[0] as number, logits: out.nextLogits!.data as Float32Array };
  };
  return { size, graph, run, sessions: [gradientSession, updateSession] };
};

const splitScalars = (feeds: Record<string, OrtTensor>) => {
  const scalars: Record<string, OrtTensor> = {};
  const data: Record<string, OrtTensor> = {};
  for (const [name, value] of Object.entries(feeds)) (value.dims.length === 0 ? scalars : data)[name] = value;
  return { scalars, data };
};

/** WebGPU: one graph for the whole step; weights and optimiser state never leave the device. */
const openGpuStep = async (size: number): Promise<OpenStep> => {
  const graph = buildTrainingStep({
    network,
    inputDims: [1, size, size],
    batch: localBatch,
    ...auxiliary,
    optimizer,
    ...clip,
  });
  const session = await open(graph.model, CARRIED.map(nextName));
  const run = async (feeds: Record<string, OrtTensor>): Promise<StepResult> => {
    const wanted = Object.fromEntries(graph.inputs.map(({ name }) => [name, feeds[name] ?? state[name]!]));
    const next = await session.run(wanted);
    for (const name of CARRIED) {
      const before = state[name]!;
      state[name] = next[nextName(name)]!;
      if (before.location === 'gpu-buffer') before.dispose();
    }
    if (next.nextStatistics) state.statistics = next.nextStatistics;
    return { loss: next.loss!.data[0] as number, logits: next.nextLogits!.data as Float32Array };
  };
  return { size, graph, run, sessions: [session] };
};

const auxiliary = settings.auxiliaryWeight > 0 ? { auxiliaryWeight: settings.auxiliaryWeight } : {};

/** Targets [count, 7]: the label, smoothed, mixed with the votes and the teacher as the settings say. */
const writeTargets = (rows: Int32Array, targets: Float32Array, votesTargets: Float32Array | undefined): void => {
  const { labelSmoothing, votesShare } = settings;
  targets.fill(labelSmoothing / CLASSES);
  for (const [i, row] of rows.entries()) {
    const shares = setup.votes && votesShare > 0 ? voteShares(setup.votes, row) : undefined;
    const labelShare = (1 - labelSmoothing) * (shares ? 1 - votesShare : 1);
    targets[i * CLASSES + setup.labels[row]!]! += labelShare;
    for (const [k, value] of shares?.entries() ?? [])
      targets[i * CLASSES + k]! += (1 - labelSmoothing) * votesShare * value;
    if (setup.teacher)
      for (let k = 0; k < CLASSES; k++) {
        const own = targets[i * CLASSES + k]!;
        targets[i * CLASSES + k] = own + settings.teacherShare * (setup.teacher[row * CLASSES + k]! - own);
      }
    if (!votesTargets) continue;
    const votes = setup.votes!.subarray(row * VOTE_COLUMNS, (row + 1) * VOTE_COLUMNS);
    const total = votes.reduce((sum, count) => sum + count, 0);
    // A row without votes teaches the second head nothing: its targets stay zero.
    for (const [k, count] of votes.entries()) votesTargets[i * VOTE_COLUMNS + k] = total > 0 ? count / total : 0;
  }
};

/** This worker's share of one batch. */
const makeFeeds = (rows: Int32Array, size: number, random: Random, graph: TrainingGraph): Record<string, OrtTensor> => {
  const count = rows.length;
  const input = new Float32Array(count * size * size);
  augmentBatch({ images: setup.images, indices: rows, size, random, options: settings }, input);
  const targets = new Float32Array(count * CLASSES);
  const hasVotes = settings.auxiliaryWeight > 0;
  const votesTargets = hasVotes ? new Float32Array(count * VOTE_COLUMNS) : undefined;
  writeTargets(rows, targets, votesTargets);
  const heads = votesTargets ? [targets, votesTargets] : [targets];
  if (settings.mixupAlpha > 0) mixBatch(input, heads, { count, alpha: settings.mixupAlpha, random });
  const feeds: Record<string, OrtTensor> = {
    input: float(input, [count, 1, size, size]),
    targets: float(targets, [count, CLASSES]),
  };
  if (votesTargets) feeds.auxiliaryTargets = float(votesTargets, [count, VOTE_COLUMNS]);
  for (const { name, dims, rate } of graph.masks) {
    const kept = 1 / (1 - rate);
    feeds[name] = float(
      Float32Array.from({ length: elementCount(dims) }, () => (random.next() < rate ? 0 : kept)),
      dims,
    );
  }
  return feeds;
};

const load = (given: TrainingState): void => {
  state = {};
  for (const [name, vector] of Object.entries(given)) {
    if (name === 'averageStatistics') averageStatistics = vector.slice();
    else state[name] = float(vector.slice());
  }
};

/**
 * A copy of a vector that lies on the GPU. onnxruntime-node 1.30 aborts on `Tensor.getData` for WebGPU buffers, so the
 * vector goes through a graph (times one) whose output comes to the CPU.
 */
const download = async (value: OrtTensor): Promise<Float32Array> => {
  const model = encodeOnnx({
    nodes: [{ op: 'Mul', inputs: ['vector', 'one'], outputs: ['copy'], attributes: {} }],
    initializers: [{ name: 'one', type: 'float32', dims: [], raw: new Uint8Array(Float32Array.of(1).buffer) }],
    inputs: [{ name: 'vector', type: 'float32', dims: value.dims }],
    outputs: [{ name: 'copy', type: 'float32', dims: value.dims }],
    metadata: {},
  });
  const session = await open(model);
  const { copy } = await session.run({ vector: value });
  await session.release();
  return copy!.data as Float32Array;
};

const save = async (): Promise<TrainingState> => {
  const saved: Record<string, Float32Array> = { averageStatistics: averageStatistics.slice() };
  for (const [name, value] of Object.entries(state))
    saved[name] = value.location === 'gpu-buffer' ? await download(value) : (value.data as Float32Array).slice();
  return saved;
};

/** Lets go of the device: a process that ends with a session open on a GPU crashes in the driver. */
const close = async (): Promise<void> => {
  await Promise.all(steps?.sessions.map((session) => session.release()) ?? []);
  steps = undefined;
};

const run = async (request: Extract<WorkerRequest, { kind: 'run' }>): Promise<WorkerReply> => {
  if (steps?.size !== request.size) {
    await close();
    steps = onGpu ? await openGpuStep(request.size) : await openCpuStep(request.size);
  }
  const { graph, run: runStep } = steps;
  const prepare = (i: number) => {
    const learningRate = request.learningRates[i];
    if (learningRate === undefined) return undefined;
    const step = request.firstStep + i;
    const start = i * settings.batch + rank * localBatch;
    const rows = request.rows.subarray(start, start + localBatch);
    // Young averages follow faster, so that they do not drag the first weights along (as TensorFlow's EMA does).
    const averageDecay = Math.min(settings.averageDecay, (1 + step) / (10 + step));
    const scalars = optimizerScalars(optimizer, { step: step + 1, learningRate, averageDecay });
    const random = createRandom(`${settings.seed}/step ${step}/worker ${rank}`);
    const feeds = makeFeeds(rows, request.size, random, graph);
    for (const [name, value] of Object.entries(scalars)) feeds[name] = float(Float32Array.of(value), []);
    return { step, rows, averageDecay, feeds };
  };
  const total = { loss: 0, correct: 0, count: 0 };
  let current = prepare(0);
  for (let i = 1; current; i++) {
    const { step, rows, averageDecay, feeds } = current;
    const running = runStep(feeds);
    // The runtime computes in a thread of its own: the next pictures are made meanwhile.
    current = prepare(i);
    const result = await running;
    if (!result) return { kind: 'called-off' };
    const { loss, logits } = result;
    if (!Number.isFinite(loss)) return { kind: 'failed', message: `The loss is ${loss}`, step };
    const statistics = state.statistics?.data as Float32Array | undefined;
    if (statistics)
      for (let k = 0; k < statistics.length; k++)
        averageStatistics[k]! += (statistics[k]! - averageStatistics[k]!) * (1 - averageDecay);
    total.loss += loss * localBatch;
    total.count += localBatch;
    for (const [k, row] of rows.entries()) if (argmax(logits, k) === setup.labels[row]) total.correct++;
  }
  return { kind: 'ran', ...total };
};

const argmax = (logits: Float32Array, row: number): number => {
  let best = 0;
  for (let k = 1; k < CLASSES; k++) if (logits[row * CLASSES + k]! > logits[row * CLASSES + best]!) best = k;
  return best;
};

/** Logits of the averaged weights for this worker's share of validation. */
const validate = async (asShipped: boolean): Promise<WorkerReply> => {
  const { average } = await save();
  const size = asShipped ? PICTURE_SIDE : settings.size;
  const weights = { parameters: average!, statistics: averageStatistics };
  const model = buildModel({
    network: asShipped ? networkInUse(network, settings) : network,
    inputDims: [1, size, size],
    weights,
    storage: asShipped ? settings.storage : 'float32',
    metadata: {},
  });
  const session = await open(model);
  const rows = setup.validation.filter((_, i) => i % workers === rank);
  const logits = new Float32Array(rows.length * CLASSES);
  const random = createRandom(0);
  for (let start = 0; start < rows.length; start += VALIDATION_BATCH) {
    const indices = rows.subarray(start, start + VALIDATION_BATCH);
    const input = new Float32Array(indices.length * size * size);
    augmentBatch({ images: setup.images, indices, size, random, options: NO_AUGMENTATION }, input);
    const out = await session.run({ pixels: float(input, [indices.length, 1, size, size]) });
    logits.set(out.logits!.data as Float32Array, start * CLASSES);
  }
  await session.release();
  return { kind: 'validated', logits, rows };
};

const answer = async (request: WorkerRequest): Promise<WorkerReply> => {
  if (request.kind === 'run') return run(request);
  if (request.kind === 'validate') return validate(request.asShipped);
  if (request.kind === 'state') return { kind: 'state', state: await save() };
  if (request.kind === 'close') {
    await close();
    return { kind: 'closed' };
  }
  load(request.state);
  return { kind: 'loaded' };
};

parentPort!.on('message', (request: WorkerRequest) => {
  answer(request)
    .catch(
      (error: unknown): WorkerReply => ({
        kind: 'failed',
        message: error instanceof Error ? error.message : String(error),
        step: undefined,
      }),
    )
    .then((reply) => {
      if (reply.kind === 'failed') breakBarrier(setup.barrier);
      parentPort!.postMessage(reply);
    });
});
