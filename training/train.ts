/** The training loop, top to bottom: data, workers, rounds, validation, checkpoints, the model file at the end. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { InvalidInputError } from '../src/base/errors.ts';
import { createRandom } from '../src/base/random.ts';
import { initializeWeights, type Network, networkLayout } from '../src/graph/build.ts';
import { optimizerState } from '../src/graph/optimizer.ts';
import {
  type Checkpoint,
  type Round,
  readCheckpoint,
  type TrainingState,
  writeCheckpoint,
  writeWhole,
} from './checkpoint.ts';
import { type Crew, divergedAt, hireWorkers } from './crew.ts';
import { makeOutFolder } from './out-folder.ts';
import { type PreparedData, prepareData } from './prepare-data.ts';
import { findRecipe } from './recipes/index.ts';
import { resolveSettings, type Settings } from './recipes/settings.ts';
import { scoreLogits, ship, type TrainResult } from './ship.ts';
import { takeOver } from './take-over.ts';

export interface TrainOptions {
  readonly recipe: string;
  /** FER2013 in any of its forms; see `loadFer2013`. */
  readonly dataPath: string;
  /** Folder of the checkpoints, the curves and the model. */
  readonly outPath: string;
  /** Changes to the recipe's settings, as `key=value`. @default none */
  readonly changes?: readonly string[];
  /** @default 'cpu' */
  readonly device?: 'cpu' | 'webgpu';
  /** Worker threads on the CPU. @default 2 */
  readonly workers?: number;
  /** Go on from the checkpoint in `outPath`. @default false */
  readonly resume?: boolean;
  /** Called a few times a round. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Called with each sentence worth keeping: notes on the data, the end of a round. */
  readonly onMessage?: (message: string) => void;
}

export interface TrainProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Share of the whole run that is done, 0..1. */
  readonly done: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** Pictures between two words to the caller, and seconds between two checkpoints within a round. */
const CHUNK_STEPS = 20;
const CHECKPOINT_SECONDS = 120;
/**
 * Trains a recipe and leaves `model.onnx`, `training.json` and the checkpoints in `outPath`.
 *
 * @throws {InvalidInputError} `recipe/unknown`, `recipe/setting`, `data/*`, `train/out-used` (a checkpoint lies there
 *   and `resume` is false), `out/cannot-write`, `checkpoint/damaged`, `checkpoint/other` (it belongs to another run).
 * @throws {AttuneError} `train/diverged`: the loss or a weight is no number any more; the last checkpoint stays.
 */
export const train = async (options: TrainOptions): Promise<TrainResult> => {
  const { dataPath, outPath, device = 'cpu', resume = false, onMessage = () => {} } = options;
  const recipe = findRecipe(options.recipe);
  const settings = resolveSettings(recipe.settings, options.changes);
  const network = recipe.network(settings);
  checkSizes(network, recipe.name, settings);
  const data = await prepareData(dataPath, settings, onMessage);
  await makeOutFolder(outPath);
  const lastPath = join(outPath, 'checkpoint.bin');
  const bestPath = join(outPath, 'best.bin');
  const stepsPerRound = Math.floor(data.train.length / settings.batch);
  if (stepsPerRound === 0)
    throw new InvalidInputError(
      'data/too-few',
      `${data.train.length} pictures do not fill one batch of ${settings.batch}: lower batch or give more pictures.`,
    );

  let run: Checkpoint = {
    recipe: recipe.name,
    settings,
    dataSha256: data.sha256,
    step: 0,
    running: { loss: 0, correct: 0, count: 0, seconds: 0 },
    plateauFactor: 1,
    history: [],
    state: existsSync(lastPath) ? {} : await firstState(network, settings),
  };
  if (existsSync(lastPath)) {
    if (!resume)
      throw new InvalidInputError(
        'train/out-used',
        `${outPath} holds a run already: add --resume to go on with it, or choose another --out.`,
      );
    run = await readCheckpoint(lastPath, startAnew(bestPath));
    checkSameRun(run, { recipe: recipe.name, settings, network, sha256: data.sha256, outPath });
    onMessage(`Goes on at round ${Math.floor(run.step / stepsPerRound) + 1}.`);
  }

  const crew = hireWorkers(
    recipe.name,
    settings,
    data,
    network,
    device,
    device === 'webgpu' ? 1 : (options.workers ?? 2),
  );
  try {
    await crew.all({ kind: 'load', state: run.state });
    const lastRound = (): Round | undefined => run.history.at(-1);
    while (run.history.length < settings.epochs) {
      const epoch = run.history.length;
      run = await runRound(run, crew, { epoch, settings, data, stepsPerRound, lastPath, options });
      const state = await finiteState(crew, run.step - 1);
      const { loss, correct, count, seconds } = run.running;
      let round: Round = {
        epoch: epoch + 1,
        learningRate: learningRateAt(settings, run.step - 1, stepsPerRound, run.plateauFactor),
        trainLoss: loss / count,
        trainAccuracy: correct / count,
        imagesPerSecond: count / seconds,
        seconds,
      };
      const isLast = epoch + 1 === settings.epochs;
      if ((epoch + 1) % settings.validateEvery === 0 || isLast) {
        const seen = await crew.validate();
        round = { ...round, ...scoreLogits(seen.logits, seen.rows, data.set.labels) };
      }
      const history = [...run.history, round];
      const plateauFactor = run.plateauFactor * (hasPlateaued(settings, history) ? 0.5 : 1);
      run = { ...run, state, history, plateauFactor, running: { loss: 0, correct: 0, count: 0, seconds: 0 } };
      if (isBest(history)) await writeCheckpoint(bestPath, run);
      await writeCheckpoint(lastPath, run);
      await writeWhole(
        join(outPath, 'training.json'),
        JSON.stringify({ recipe: recipe.name, settings, history }, null, 1),
      );
      onMessage(describeRound(lastRound()!, settings.epochs));
      if (shouldStop(settings, history)) {
        onMessage(`Validation has not improved for ${settings.patience} looks: stopped.`);
        break;
      }
    }
    const best = existsSync(bestPath)
      ? await readCheckpoint(bestPath, 'delete it and give --resume: the last round ships in its place')
      : run;
    await crew.all({ kind: 'load', state: best.state });
    return await ship(best, run.history, crew, { network, settings, data, outPath });
  } finally {
    await crew.dismiss();
  }
};

/** A network is told that its pictures are too small only when it is built for them, which may be rounds later. */
const checkSizes = (network: Network, recipe: string, { size, startSize }: Settings): void => {
  for (const side of startSize > 0 ? [size, startSize] : [size])
    try {
      networkLayout(network, [1, side, side]);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
      throw new InvalidInputError(
        'recipe/setting',
        `The network of "${recipe}" cannot read pictures of ${side} px (${why}): give a larger size or startSize.`,
        { cause },
      );
    }
};

/** The way out where a run cannot go on; what it had learnt by its best round need not be lost. */
const startAnew = (bestPath: string): string =>
  existsSync(bestPath)
    ? `start again in another --out; --set startFrom=${bestPath} begins with the best weights of this run`
    : 'start again in another --out';

const firstState = async (network: Network, settings: Settings): Promise<TrainingState> => {
  const { size, seed } = settings;
  const fresh = initializeWeights(network, [1, size, size], createRandom(`${seed}/weights`));
  const { parameters, statistics } =
    settings.startFrom === '' ? fresh : await takeOver(settings.startFrom, fresh, { network, settings });
  const zeros = optimizerState(
    settings.optimizer === 'sgd'
      ? { kind: 'sgd', momentum: 0, weightDecay: 0 }
      : { kind: 'adamw', beta1: 0, beta2: 0, epsilon: 0, weightDecay: 0 },
  );
  return {
    parameters,
    statistics,
    average: parameters.slice(),
    averageStatistics: statistics.slice(),
    ...Object.fromEntries(zeros.map((name) => [name, new Float32Array(parameters.length)])),
  };
};

/**
 * What the workers hold, to be saved: a step's loss is that of the weights before it, so that they may be lost already.
 *
 * @throws {AttuneError} `train/diverged`
 */
const finiteState = async (crew: Crew, step: number): Promise<TrainingState> => {
  const state = await crew.state();
  if (!Object.values(state).every((vector) => vector.every(Number.isFinite)))
    throw divergedAt('The weights are no numbers any more', step);
  return state;
};

interface RunContext {
  readonly recipe: string;
  readonly settings: Settings;
  readonly network: Network;
  readonly sha256: string;
  readonly outPath: string;
}

const checkSameRun = (run: Checkpoint, { recipe, settings, network, sha256, outPath }: RunContext): void => {
  // A setting younger than the checkpoint had its default's effect then.
  const before: Record<string, unknown> = { ...resolveSettings({}), ...run.settings };
  // A longer run of the same recipe may go on, and its weights may ship in another form; all else must be as it was.
  const changed = Object.entries(settings)
    .filter(([key]) => !['epochs', 'views', 'storage'].includes(key))
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key]))
    .map(([key, value]) => `${key} was ${JSON.stringify(before[key])}, is ${JSON.stringify(value)}`);
  if (run.recipe !== recipe) changed.unshift(`the recipe was ${run.recipe}, is ${recipe}`);
  if (run.dataSha256 !== sha256) changed.unshift('the pictures are others');
  const { parameterCount } = networkLayout(network, [1, settings.size, settings.size]);
  const held = run.state.parameters?.length ?? 0;
  if (held !== parameterCount) changed.unshift(`the network had ${held} weights, has ${parameterCount}`);
  if (changed.length > 0)
    throw new InvalidInputError(
      'checkpoint/other',
      `The checkpoint in ${outPath} belongs to another run (${changed.join('; ')}): repeat the settings it was started with, or choose another --out.`,
    );
};

/** Linear warm-up, then the schedule, over all steps of the run. */
export const learningRateAt = (
  settings: Settings,
  step: number,
  stepsPerRound: number,
  plateauFactor: number,
): number => {
  const warmupSteps = settings.warmupEpochs * stepsPerRound;
  const warmup = Math.min(1, (step + 1) / Math.max(1, warmupSteps));
  const progress = Math.max(0, step - warmupSteps) / Math.max(1, settings.epochs * stepsPerRound - warmupSteps);
  const shape =
    settings.schedule === 'cosine'
      ? 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)))
      : settings.schedule === 'plateau'
        ? plateauFactor
        : 1;
  return settings.learningRate * warmup * shape;
};

const hasPlateaued = (settings: Settings, history: readonly Round[]): boolean => {
  if (settings.schedule !== 'plateau') return false;
  const losses = history.flatMap(({ validationLoss }) => (validationLoss === undefined ? [] : [validationLoss]));
  const sinceBest = losses.length - 1 - losses.indexOf(Math.min(...losses));
  return sinceBest > 0 && sinceBest % settings.plateauEpochs === 0;
};

const accuracies = (history: readonly Round[]): number[] =>
  history.flatMap(({ validationAccuracy }) => (validationAccuracy === undefined ? [] : [validationAccuracy]));

const isBest = (history: readonly Round[]): boolean => {
  const last = history.at(-1)?.validationAccuracy;
  return last !== undefined && last >= Math.max(...accuracies(history));
};

const shouldStop = (settings: Settings, history: readonly Round[]): boolean => {
  const seen = accuracies(history);
  return settings.patience > 0 && seen.length - 1 - seen.lastIndexOf(Math.max(...seen)) >= settings.patience;
};

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

const describeRound = (round: Round, epochs: number): string =>
  [
    `round ${round.epoch}/${epochs}`,
    `loss ${round.trainLoss.toFixed(4)}`,
    `training ${percent(round.trainAccuracy)}`,
    round.validationAccuracy === undefined ? '' : `validation ${percent(round.validationAccuracy)}`,
    `${round.imagesPerSecond.toFixed(0)} images/s`,
  ]
    .filter(Boolean)
    .join('  ');

interface RoundContext {
  readonly epoch: number;
  readonly settings: Settings;
  readonly data: PreparedData;
  readonly stepsPerRound: number;
  readonly lastPath: string;
  readonly options: TrainOptions;
}

/** The rest of one round, from where `run` stands in it. */
const runRound = async (before: Checkpoint, crew: Crew, context: RoundContext): Promise<Checkpoint> => {
  const { epoch, settings, data, stepsPerRound, lastPath, options } = context;
  const order = createRandom(`${settings.seed}/round ${epoch}`).shuffle(data.train.slice());
  const startRounds = settings.startSize > 0 ? Math.round(settings.startShare * settings.epochs) : 0;
  const size = epoch < startRounds ? settings.startSize : settings.size;
  const lastStep = (epoch + 1) * stepsPerRound;
  let run = before;
  let saved = performance.now();
  while (run.step < lastStep) {
    const began = performance.now();
    const count = Math.min(CHUNK_STEPS, lastStep - run.step);
    const first = (run.step - epoch * stepsPerRound) * settings.batch;
    const rows = order.slice(first, first + count * settings.batch);
    const learningRates = Float32Array.from({ length: count }, (_, i) =>
      learningRateAt(settings, run.step + i, stepsPerRound, run.plateauFactor),
    );
    const sums = await crew.run({ kind: 'run', size, rows, firstStep: run.step, learningRates });
    const { running } = run;
    run = {
      ...run,
      step: run.step + count,
      running: {
        loss: running.loss + sums.loss,
        correct: running.correct + sums.correct,
        count: running.count + sums.count,
        seconds: running.seconds + (performance.now() - began) / 1000,
      },
    };
    const rate = run.running.count / run.running.seconds;
    options.onProgress?.({
      epoch: epoch + 1,
      epochs: settings.epochs,
      done: run.step / (settings.epochs * stepsPerRound),
      loss: run.running.loss / run.running.count,
      accuracy: run.running.correct / run.running.count,
      imagesPerSecond: rate,
      secondsLeft: ((settings.epochs * stepsPerRound - run.step) * settings.batch) / rate,
    });
    if (run.step < lastStep && performance.now() - saved > CHECKPOINT_SECONDS * 1000) {
      await writeCheckpoint(lastPath, { ...run, state: await finiteState(crew, run.step - 1) });
      saved = performance.now();
    }
  }
  return run;
};
