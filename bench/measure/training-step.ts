/** Attune's training step of one recipe on one device: pictures a second and memory. Started by bench/training.ts. */
import { EMOTIONS } from '../../src/base/emotions.ts';
import { createRandom } from '../../src/base/random.ts';
import { buildGradientStep, buildTrainingStep, buildUpdateStep, initializeWeights } from '../../src/graph/build.ts';
import { type Optimizer, optimizerScalars, optimizerState } from '../../src/graph/optimizer.ts';
import { elementCount } from '../../src/graph/tape.ts';
import { findRecipe } from '../../training/recipes/index.ts';
import { resolveSettings } from '../../training/recipes/settings.ts';
import { printSkipped } from './fresh-process.ts';
import { type Time, timed } from './statistics.ts';

const [recipeName, device, batchText, stepsText] = process.argv.slice(2);
const batch = Number(batchText);
const recipe = findRecipe(recipeName!);
const settings = resolveSettings(recipe.settings);
const network = recipe.network(settings);
const inputDims = [1, settings.size, settings.size];
const optimizer: Optimizer = { kind: 'sgd', momentum: settings.momentum, weightDecay: settings.weightDecay };
const options = { network, inputDims, batch, auxiliaryWeight: settings.auxiliaryWeight };
const onGpu = device === 'webgpu';
const CARRIED = ['parameters', ...optimizerState(optimizer), 'average'];
const nextName = (name: string): string => `next${name[0]!.toUpperCase()}${name.slice(1)}`;

const ort = await import('onnxruntime-node').catch(() => undefined);
if (!ort) {
  printSkipped('onnxruntime-node is not installed: "npm install" brings it where it has a build for this machine.');
  process.exit(0);
}
type OrtTensor = InstanceType<typeof ort.Tensor>;
const float = (data: Float32Array, dims: readonly number[] = [data.length]): OrtTensor =>
  new ort.Tensor('float32', data, dims);
const open = (model: Uint8Array, keepOnGpu: readonly string[] = []) =>
  ort.InferenceSession.create(model, {
    executionProviders: [device!],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(keepOnGpu.length > 0 && {
      preferredOutputLocation: Object.fromEntries(keepOnGpu.map((name) => [name, 'gpu-buffer' as const])),
    }),
  });

const random = createRandom(1);
const weights = initializeWeights(network, inputDims, random);
const graph = onGpu ? buildTrainingStep({ ...options, optimizer }) : buildGradientStep(options);
const { parameterCount, decayingCount, statisticCount } = graph.layout;
const stepSession = await open(graph.model, onGpu ? CARRIED.map(nextName) : []);
const updateSession = onGpu ? undefined : await open(buildUpdateStep({ optimizer, parameterCount, decayingCount }));

/** Vectors from step to step. */
const state: Record<string, OrtTensor> = {
  parameters: float(weights.parameters),
  velocity: float(new Float32Array(parameterCount)),
  average: float(weights.parameters.slice()),
  ...(statisticCount > 0 && { statistics: float(weights.statistics) }),
};
/** What a batch brings: made-up pictures and targets, and the masks of dropout. */
const data: Record<string, OrtTensor> = {};
for (const { name, dims } of graph.inputs) {
  const shape = dims as readonly number[];
  const mask = graph.masks.find((candidate) => candidate.name === name);
  const values = new Float32Array(elementCount(shape));
  if (name === 'input') for (let i = 0; i < values.length; i++) values[i] = random.integer(256);
  else if (name === 'targets') for (let i = 0; i < batch; i++) values[i * EMOTIONS.length + (i % EMOTIONS.length)] = 1;
  else if (name === 'auxiliaryTargets') values.fill(batch / values.length);
  else if (mask)
    for (let i = 0; i < values.length; i++) values[i] = random.next() < mask.rate ? 0 : 1 / (1 - mask.rate);
  else continue;
  data[name] = float(values, shape);
}
const scalars: Record<string, OrtTensor> = {};
for (const [name, value] of Object.entries(
  optimizerScalars(optimizer, { step: 1, learningRate: 0.01, averageDecay: 0.999 }),
))
  scalars[name] = float(Float32Array.of(value), []);

const step = async (): Promise<number> => {
  const { statistics, parameters, ...others } = state;
  const forward = { ...data, parameters: parameters!, ...(statistics && { statistics }) };
  const first = await stepSession.run(onGpu ? { ...forward, ...others, ...scalars } : forward);
  const next = updateSession
    ? await updateSession.run({ parameters: parameters!, ...others, ...scalars, gradients: first.gradients! })
    : first;
  for (const name of CARRIED) {
    const before = state[name]!;
    state[name] = next[nextName(name)]!;
    if (before.location === 'gpu-buffer') before.dispose();
  }
  if (first.nextStatistics) state.statistics = first.nextStatistics;
  return first.loss!.data[0] as number;
};

// Not timed: buffers are laid out and kernels compiled.
await step();
const times: Time[] = [];
let loss = 0;
for (let i = 0; i < Number(stepsText); i++) {
  const { result, time } = await timed(step);
  loss = result;
  times.push(time);
}
const peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(
  JSON.stringify({ version: `onnxruntime ${ort.env.versions.node}`, parameterCount, loss, times, peakBytes }),
);
process.exit(0);
