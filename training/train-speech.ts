/** Trains a speech recipe: judged on speakers it has not heard, then trained on all of them into the file that ships. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mannerOf } from '../node/sound-models.ts';
import { describePicture } from '../src/audio/speech-picture.ts';
import { MANNER_WEIGHT, voiceScores } from '../src/audio/voice-mood.ts';
import { VOICE_BLOCKS } from '../src/audio/voice-statistics.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { buildModel, type Network } from '../src/graph/build.ts';
import { joinNetworks, type Member } from '../src/graph/ensemble.ts';
import { encodeKernelRidge, fitKernelRidgeOn, type KernelRidge, predictKernelRidge } from './kernel-ridge.ts';
import { chooseThreshold, fitTemperature } from './metrics.ts';
import { resolveSoundSettings, type SoundSettings } from './recipes/sound-settings.ts';
import { findSpeechRecipe, type SpeechRecipe, type SpeechSet } from './recipes/speech.ts';
import { joinSums } from './sound-cache.ts';
import { loadSpeechSet, makeExamples, type SpeechExample, speechLogits, speechProblem } from './speech-examples.ts';
import { openTrained, type SoundProblem, type SoundRound, type TrainedSound, trainSound } from './train-sound.ts';

export interface TrainSpeechOptions {
  readonly recipe: string;
  /** The folder of the set, or one that holds a folder named like each set (fsdd, ravdess, emodb). */
  readonly dataPath: string;
  readonly outPath: string;
  /** Changes to the recipe's settings, as `key=value`. @default none */
  readonly changes?: readonly string[];
  /** Parts that the speakers are dealt into to judge the recipe; 0: it is not judged and cannot be calibrated. @default the recipe's */
  readonly folds?: number;
  /** Judge only so many of the folds, the first ones; the others can follow with `resume`. @default all */
  readonly judgeFolds?: number;
  /** Take over the folds and the final weights that a run broken off has left in `outPath`. @default false */
  readonly resume?: boolean;
  readonly onMessage?: (message: string) => void;
}

export interface SpeechTrainResult {
  readonly modelPath: string;
  readonly bytes: number;
  readonly history: readonly SoundRound[];
  /** On speakers that the judged networks had not heard; undefined where `folds` was 0. */
  readonly judged?: JudgedSpeech;
}

export interface JudgedSpeech {
  readonly folds: number;
  /** Examples that were asked: all but those of folds not judged. */
  readonly rows: readonly number[];
  /** [rows, classes] of the set's examples, each by a network that had not heard its speaker. */
  readonly logits: Float32Array;
}

/** The sets of a recipe that lie in a folder: the folder itself, or folders in it named like the sets. */
export const findSpeechSets = (recipe: SpeechRecipe, path: string): { set: SpeechSet; path: string }[] => {
  const inner = recipe.sets.filter((set) => existsSync(join(path, set))).map((set) => ({ set, path: join(path, set) }));
  if (inner.length > 0) return inner;
  const named = recipe.sets.find((set) => path.replace(/[/\\]+$/, '').endsWith(set));
  return [{ set: named ?? recipe.sets[0]!, path }];
};

/** Fold of each example: speakers two by two, so that each fold of a set that alternates men and women has both. */
export const speakerFolds = (examples: readonly SpeechExample[], folds: number): number[] => {
  const groups = [...new Set(examples.map(({ group }) => group))].sort();
  const places = new Map<string, number>();
  const seen = new Map<string, number>();
  for (const group of groups) {
    const set = group.split('/')[0]!;
    const index = seen.get(set) ?? 0;
    seen.set(set, index + 1);
    places.set(group, index);
  }
  return examples.map(({ group }) => {
    const index = places.get(group)!;
    const count = seen.get(group.split('/')[0]!)!;
    return (count >= 2 * folds ? index >> 1 : index) % folds;
  });
};

/** Every row, and those of a set's rare classes once more. */
const balanced = (examples: readonly SpeechExample[], rows: readonly number[]): number[] => {
  const counts = new Map<string, number>();
  const key = (row: number): string => `${examples[row]!.set} ${examples[row]!.label}`;
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  const most = new Map<string, number>();
  for (const [name, count] of counts) {
    const set = name.split(' ')[0]!;
    most.set(set, Math.max(most.get(set) ?? 0, count));
  }
  const isRare = (row: number): boolean => counts.get(key(row))! < 0.6 * most.get(examples[row]!.set)!;
  return [...rows, ...rows.filter(isRare)];
};

/** Targets of the second half: 1 for the true class, 0 else, about a mean of what chance would give. */
const fitManner = (
  examples: readonly SpeechExample[],
  rows: readonly number[],
  { labels, manner }: SpeechRecipe,
): KernelRidge => {
  const { gamma, lambda } = manner!;
  // The file keeps the clips as they are; what is learnt from them at other speeds goes into their coefficients.
  const heard = rows.flatMap((row) => examples[row]!.manners!.map((numbers) => ({ ...examples[row]!, numbers })));
  return fitKernelRidgeOn(
    rows.map((row) => examples[row]!.manners![0]!),
    heard.map(({ numbers }) => numbers),
    heard.map(({ label }) => labels.map((_, k) => (label === k ? 1 : 0))),
    VOICE_BLOCKS,
    { gamma, lambda: heard.map(({ set }) => lambda[set] ?? 0.3) },
  );
};

/** The network's logits and, where the recipe has it, the manner's answers. @param logits [asked, classes], changed in place */
const addManner = (
  logits: Float32Array,
  asked: readonly number[],
  examples: readonly SpeechExample[],
  model: KernelRidge,
): void => {
  const classes = logits.length / asked.length;
  for (const [i, row] of asked.entries())
    for (const [k, value] of predictKernelRidge(model, examples[row]!.manners![0]!).entries())
      logits[i * classes + k]! += MANNER_WEIGHT * value;
};

interface TrainedNetworks extends TrainedSound {
  /** What the weights belong to. */
  readonly network: Network;
}

/** Trains one network with the settings given; or has it from an earlier run. */
type TrainOne = (settings: SoundSettings) => Promise<TrainedSound>;

/** The recipe's networks, each of a seed of its own, as one; the history is that of the first. */
const trainNetworks = async (
  problem: SoundProblem,
  settings: SoundSettings,
  { networks = 1 }: SpeechRecipe,
  trainOne: TrainOne = (own) => trainSound(problem, own),
): Promise<TrainedNetworks> => {
  const trained: TrainedSound[] = [];
  for (let i = 0; i < networks; i++) trained.push(await trainOne({ ...settings, seed: settings.seed + i }));
  const { network, weights } = joinTrained(problem, trained);
  const sum = (of: (one: TrainedSound) => number): number => trained.reduce((total, one) => total + of(one), 0);
  return {
    network,
    weights,
    history: trained[0]!.history,
    parameterCount: sum(({ parameterCount }) => parameterCount),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
  };
};

const joinTrained = (
  { network, inputDims }: Pick<SoundProblem, 'network' | 'inputDims'>,
  trained: readonly Pick<TrainedSound, 'weights'>[],
): Member =>
  trained.length === 1
    ? { network, weights: trained[0]!.weights }
    : joinNetworks(
        trained.map(({ weights }) => ({ network, weights })),
        inputDims,
      );

/**
 * Trains the networks of each fold and asks them about that fold's examples.
 *
 * @param foldOf fold of each example; -1: learnt from in every fold, never asked
 * @param onFold is told the logits of each fold and may give those of an earlier run instead
 * @returns [examples, classes]; zeros for examples that are never asked
 */
export const judgeSpeech = async (
  examples: readonly SpeechExample[],
  foldOf: readonly number[],
  recipe: SpeechRecipe,
  settings: SoundSettings,
  {
    known = async () => undefined,
    onFold = async () => {},
  }: {
    readonly known?: (fold: number) => Promise<Float32Array | undefined>;
    readonly onFold?: (fold: number, logits: Float32Array, rows: readonly number[]) => Promise<void>;
  } = {},
): Promise<Float32Array> => {
  const classes = recipe.labels.length;
  const all = new Float32Array(examples.length * classes);
  for (const fold of [...new Set(foldOf)].filter((one) => one >= 0).sort((a, b) => a - b)) {
    const held = [...examples.keys()].filter((row) => foldOf[row] === fold);
    let logits = await known(fold);
    if (logits?.length !== held.length * classes) {
      const rows = [...examples.keys()].filter((row) => foldOf[row] !== fold);
      const problem = speechProblem(examples, balanced(examples, rows), recipe, settings);
      const { network, weights } = await trainNetworks(problem, settings, recipe);
      const session = await openTrained({ ...problem, network }, weights, recipe.storage);
      logits = await speechLogits(session, examples, held, recipe);
      await session.release();
    }
    await onFold(fold, logits, held);
    if (recipe.manner) {
      const rows = [...examples.keys()].filter((row) => foldOf[row] !== fold);
      addManner(logits, held, examples, fitManner(examples, rows, recipe));
    }
    for (const [i, row] of held.entries()) all.set(logits.subarray(i * classes, (i + 1) * classes), row * classes);
  }
  return all;
};

/**
 * Trains a recipe and leaves `model.onnx` and `training.json` in `outPath`.
 *
 * @throws {InvalidInputError} `recipe/unknown`, `recipe/setting`, `data/…`, `train/out-used`: a run lies there and
 *   `resume` is false.
 * @throws {AttuneError} `train/diverged`
 */
export const trainSpeech = async (options: TrainSpeechOptions): Promise<SpeechTrainResult> => {
  const { dataPath, outPath, resume = false, onMessage = () => {} } = options;
  const recipe = findSpeechRecipe(options.recipe);
  const { folds = recipe.folds, judgeFolds = folds } = options;
  const settings = resolveSoundSettings(recipe.settings, options.changes);
  if (existsSync(join(outPath, 'training.json')) && !resume)
    throw new InvalidInputError(
      'train/out-used',
      `${outPath} holds a run already: add --resume to take over what it has, or choose another --out.`,
    );
  await mkdir(outPath, { recursive: true });
  const examples: SpeechExample[] = [];
  const sums: string[] = [];
  for (const { set, path } of findSpeechSets(recipe, dataPath)) {
    const loaded = await loadSpeechSet(set, path);
    sums.push(loaded.sha256);
    examples.push(...(await makeExamples(set, loaded, recipe, recipe.speeds)));
    onMessage(
      `${loaded.name}: ${loaded.clips.length} clips of ${new Set(loaded.clips.map(({ group }) => group)).size} speakers`,
    );
  }
  const dataSha256 = joinSums(sums);
  const { networks = 1 } = recipe;
  const identity = { recipe: recipe.name, settings, networks, folds, dataSha256 };
  const runId = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
  await writeFile(join(outPath, 'training.json'), JSON.stringify({ ...identity, unfinished: true }, null, 1));

  // Clips that an official split keeps for its test are judged by it and never learnt from.
  const learnt = [...examples.keys()].filter((row) => examples[row]!.part !== 'test');
  const classes = recipe.labels.length;
  let judged: JudgedSpeech | undefined;
  if (folds > 0 && judgeFolds > 0) {
    const foldFile = (fold: number): string => join(outPath, `fold-${runId}-${fold}.bin`);
    const foldOf = speakerFolds(examples, folds).map((fold) => (fold < judgeFolds ? fold : -1));
    const logits = await judgeSpeech(examples, foldOf, recipe, settings, {
      known: async (fold) => {
        const bytes = await readFile(foldFile(fold)).catch(() => undefined);
        return bytes && new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      },
      onFold: async (fold, said, rows) => {
        await writeFile(foldFile(fold), new Uint8Array(said.buffer, said.byteOffset, said.byteLength));
        const right = rows.filter((row, i) => argmax(said, i, classes) === examples[row]!.label).length;
        onMessage(`fold ${fold + 1} of ${folds}: ${right} of ${rows.length} right on speakers it had not heard`);
      },
    });
    judged = { folds, rows: [...examples.keys()].filter((row) => foldOf[row]! >= 0), logits };
  }

  const problem = speechProblem(examples, balanced(examples, learnt), recipe, settings);
  const { network, weights, history, cpuSeconds, parameterCount } = await trainNetworks(
    problem,
    settings,
    recipe,
    async (own) => {
      const finalFile = join(outPath, `final-${runId}-${own.seed}.json`);
      const known = await readFinal(finalFile);
      if (known) return known;
      onMessage(`training on all ${learnt.length} clips, seed ${own.seed}`);
      const trained = await trainSound(problem, own, ({ epoch, loss, accuracy }) => {
        if (epoch % 5 === 0 || epoch === own.epochs)
          onMessage(`round ${epoch}/${own.epochs}  loss ${loss.toFixed(4)}  training ${(100 * accuracy).toFixed(1)} %`);
      });
      await writeFile(finalFile, encodeFinal(trained));
      return trained;
    },
  );
  const labels = (judged?.rows ?? []).map((row) => examples[row]!.label);
  const asked = Float32Array.from(
    (judged?.rows ?? []).flatMap((row) => Array.from(judged!.logits.subarray(row * classes, (row + 1) * classes))),
  );
  const temperature = judged ? fitTemperature(asked, labels, classes) : 1;
  const threshold = judged ? certainFrom(asked, labels, temperature, recipe) : 0;
  const metadata = {
    'attune.task': recipe.task,
    'attune.labels': recipe.labels.join(','),
    'attune.mel': describePicture(recipe.picture),
    'attune.threshold': threshold.toFixed(4),
    'attune.temperature': temperature.toFixed(4),
    'attune.recipe': recipe.name,
    'attune.settings': JSON.stringify(settings),
    'attune.seed': String(settings.seed),
    'attune.dataSha256': dataSha256,
    'attune.version': `${recipe.task}-${versionOf(runId, recipe)}`,
    // Whoever evaluates the model must know whom it has heard.
    'attune.trainedOn': [...new Set(learnt.map((row) => examples[row]!.group))].sort().join(','),
    'attune.terms': recipe.terms,
  };
  // The two halves of a voice are calibrated together, after they are added up.
  const model = buildModel({
    network,
    inputDims: problem.inputDims,
    weights,
    inputName: 'sound',
    storage: recipe.storage ?? 'float16',
    temperature: recipe.manner ? 1 : temperature,
    metadata,
  });
  const modelPath = join(outPath, 'model.onnx');
  await writeFile(modelPath, model);
  if (recipe.manner) {
    const manner = encodeKernelRidge(fitManner(examples, learnt, recipe), {
      'attune.task': 'voice-manner',
      'attune.labels': recipe.labels.join(','),
      'attune.version': metadata['attune.version'],
      'attune.recipe': `kernel ridge ${JSON.stringify(recipe.manner)}`,
      'attune.dataSha256': dataSha256,
      'attune.terms': recipe.terms,
    });
    await writeFile(mannerOf(modelPath), manner);
  }
  const summary = {
    ...identity,
    parameterCount,
    cpuSeconds,
    temperature,
    threshold,
    modelSha256: createHash('sha256').update(model).digest('hex'),
    history,
    judged: judged && {
      folds,
      examples: judged.rows.map((row) => {
        const { id, set, group, label } = examples[row]!;
        const own = judged!.logits.subarray(row * classes, (row + 1) * classes);
        return { id, set, group, label, logits: Array.from(own, (value) => Number(value.toFixed(4))) };
      }),
    },
  };
  await writeFile(join(outPath, 'training.json'), JSON.stringify(summary));
  return { modelPath, bytes: model.length, history, ...(judged && { judged }) };
};

/** Eight hexadecimal digits: the network's run, and the second half's settings where there is one. */
const versionOf = (runId: string, { manner }: SpeechRecipe): string =>
  manner
    ? createHash('sha256')
        .update(runId + JSON.stringify([manner, VOICE_BLOCKS]))
        .digest('hex')
        .slice(0, 8)
    : runId.slice(0, 8);

/** Final weights as text: they are kept only until the run is whole. */
const encodeFinal = ({ weights, ...rest }: TrainedSound): string =>
  JSON.stringify({
    ...rest,
    parameters: Buffer.from(weights.parameters.buffer).toString('base64'),
    statistics: Buffer.from(weights.statistics.buffer).toString('base64'),
  });

const readFinal = async (path: string): Promise<TrainedSound | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { parameters, statistics, ...rest } = JSON.parse(text) as Omit<TrainedSound, 'weights'> & {
    readonly parameters: string;
    readonly statistics: string;
  };
  const floats = (encoded: string): Float32Array =>
    new Float32Array(Uint8Array.from(Buffer.from(encoded, 'base64')).buffer);
  return { ...rest, weights: { parameters: floats(parameters), statistics: floats(statistics) } };
};

/** The place of the largest of a row's numbers; of equal ones the first. */
export const argmax = (values: ArrayLike<number>, row: number, classes: number): number => {
  let best = 0;
  for (let k = 1; k < classes; k++) if (values[row * classes + k]! > values[row * classes + best]!) best = k;
  return best;
};

/** Of the answers kept above the threshold four of five must be right; see `chooseThreshold`. */
const KEPT_ACCURACY = 0.8;

/** For a voice's mood the threshold is one over the seven emotions, for all else over the model's own classes. */
const certainFrom = (
  logits: Float32Array,
  labels: readonly number[],
  temperature: number,
  recipe: SpeechRecipe,
): number => {
  const classes = recipe.labels.length;
  const isVoice = recipe.task === 'voice-emotion';
  const width = isVoice ? EMOTIONS.length : classes;
  const truth: number[] = [];
  const probabilities = new Float32Array(labels.length * width);
  for (const [row, label] of labels.entries()) {
    const own = logits.subarray(row * classes, (row + 1) * classes).map((value) => value / temperature);
    probabilities.set(isVoice ? sevenOf(own) : softmax(own), row * width);
    truth.push(isVoice ? sevenLabel(label, classes) : label);
  }
  return chooseThreshold(probabilities, truth, width, KEPT_ACCURACY).threshold;
};

const softmax = (logits: Float32Array): Float32Array => {
  const largest = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
};

/** Probabilities of the seven, in the order of `EMOTIONS`. */
export const sevenOf = (logits: ArrayLike<number>): number[] => {
  const scores = voiceScores(logits);
  return EMOTIONS.map((emotion) => scores[emotion]);
};

/** Which of the seven a voice label counts as. */
export const sevenLabel = (label: number, classes: number): number => {
  const sure = new Float32Array(classes).fill(-100);
  sure[label] = 100;
  const scores = sevenOf(sure);
  return scores.indexOf(Math.max(...scores));
};
