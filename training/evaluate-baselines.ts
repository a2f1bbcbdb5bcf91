/** The first paper's Table 2 again: its classical and neural baselines on the same 200 pictures and on the whole split. */
import { copyFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openSession } from '../node/open-session.ts';
import { packagePath } from '../node/package-root.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { openExpressionModel } from '../src/face/expression.ts';
import type { FeatureName } from './baselines/features.ts';
import { formatBaseline, parseBaseline, predictBaseline, type SvmBaseline, trainBaseline } from './baselines/svm.ts';
import { findTestRows } from './baselines/test-list.ts';
import { type FaceSet, hashPictures, isSplit, rowsOf, SPLITS, type Split } from './datasets/face-set.ts';
import { loadFer2013 } from './datasets/fer2013.ts';
import { cleanTraining, deduplicateAgainst } from './datasets/split.ts';
import { runModel, SHIPPED_MODEL } from './evaluate.ts';
import { accuracy, confusionMatrix, likeliest, macroF1, wilsonInterval } from './metrics.ts';
import { describeMachine, findCommit } from './provenance.ts';

/** One row of Table 2: how the method is made, and what the paper says of it. */
interface Method {
  readonly name: string;
  /** Right of 200, as the paper prints it; null: not in the paper. */
  readonly paper: number | null;
  readonly made:
    | { readonly kind: 'svm'; readonly feature: FeatureName }
    | { readonly kind: 'network'; readonly file: string; readonly recipes: readonly string[] };
}

export const METHODS: readonly Method[] = [
  { name: 'Gabor + SVM', paper: 99, made: { kind: 'svm', feature: 'gabor' } },
  { name: 'LBP + SVM', paper: 107, made: { kind: 'svm', feature: 'lbp' } },
  { name: 'Mapped LBP + SVM', paper: 92, made: { kind: 'svm', feature: 'mapped-lbp' } },
  {
    name: 'Transfer learning',
    paper: 103,
    made: { kind: 'network', file: 'transfer.onnx', recipes: ['transfer-base', 'transfer'] },
  },
  {
    name: 'Inception, quarter width',
    paper: 113,
    made: { kind: 'network', file: 'inception.onnx', recipes: ['inception-quarter'] },
  },
  {
    name: "The paper's CNN (7x7)",
    paper: 125,
    made: { kind: 'network', file: 'table1-7x7.onnx', recipes: ['table1-7x7'] },
  },
];
const SHIPPED: Method = {
  name: "Attune's own model",
  paper: null,
  made: { kind: 'network', file: SHIPPED_MODEL, recipes: ['compact'] },
};

export interface BaselineScore {
  readonly count: number;
  readonly right: number;
  readonly accuracy: number;
  /** Wilson, 95 %. */
  readonly interval: readonly [number, number];
}

export interface BaselineRow {
  readonly method: string;
  /** Right of 200 in the paper. */
  readonly paper: number | null;
  /** null: there is no stored model; `command` says how to make one. */
  readonly list: BaselineScore | null;
  readonly whole: (BaselineScore & { readonly macroF1: number }) | null;
  /** The whole split less the pictures that the data's own Training split also has; null where the data has none. */
  readonly withoutCopies: BaselineScore | null;
  /** As the training measured it: processor seconds of one core for an SVM, seconds of two cores for a network. */
  readonly trainingSeconds: number | null;
  readonly bytes: number | null;
  readonly command: string;
}

export interface BaselinesReport {
  readonly task: 'expression-baselines';
  readonly dataset: { readonly name: string; readonly split: Split; readonly count: number; readonly sha256: string };
  /** The 200: the committed list, or drawn by its rule from other pictures. */
  readonly list: { readonly count: number; readonly origin: 'committed' | 'drawn' };
  readonly rows: readonly BaselineRow[];
  readonly commit: string | null;
  readonly machine: string;
  readonly time: string;
}

export interface EvaluateBaselinesOptions {
  /** Any form of FER2013. */
  readonly dataPath: string;
  readonly split: string;
  /** Folder of the stored baselines. @default models/baselines of the package */
  readonly models?: string;
  /** Train what is missing on the Training split of the data: minutes for the SVMs, hours for the networks. @default false */
  readonly retrain?: boolean;
  /** Only these methods, by name or by a part of it. @default all */
  readonly only?: readonly string[];
  readonly onProgress?: (message: string) => void;
}

/**
 * @throws {InvalidInputError} `evaluate/split`, `data/…`, `model/damaged` (a stored baseline is cut short), `baselines/method`.
 */
export const evaluateBaselines = async ({
  dataPath,
  split,
  models = packagePath('models', 'baselines'),
  retrain = false,
  only,
  onProgress = () => {},
}: EvaluateBaselinesOptions): Promise<BaselinesReport> => {
  if (!isSplit(split))
    throw new InvalidInputError('evaluate/split', `There is no split '${split}': choose one of ${SPLITS.join(', ')}.`);
  const time = new Date().toISOString();
  const methods = chooseMethods(only);
  const set = await loadFer2013(dataPath);
  const rows = rowsOf(set, split);
  const list = await findTestRows(set, rows);
  const places = new Map([...rows].map((row, place) => [row, place]));
  const listPlaces = [...list.rows].map((row) => places.get(row)!);
  const truth = rows.map((row) => set.labels[row]!);
  const unique = placesWithoutCopies(set, rows, split);

  const found: BaselineRow[] = [];
  for (const method of methods) {
    onProgress(method.name);
    const path = resolve(models, method.made.kind === 'svm' ? `${method.made.feature}.json` : method.made.file);
    if (retrain && method !== SHIPPED && (await sizeOf(path)) === null)
      await make(method, { set, dataPath, path, onProgress });
    const answer = await answerOf(method, path, { set, rows, onProgress }).catch((error: unknown) => {
      throw error instanceof InvalidInputError
        ? new InvalidInputError(error.code, `${path}: ${error.message}`, { cause: error })
        : error;
    });
    const common = { method: method.name, paper: method.paper, command: commandOf(method) };
    if (!answer) {
      found.push({ ...common, list: null, whole: null, withoutCopies: null, trainingSeconds: null, bytes: null });
      continue;
    }
    const { predicted, trainingSeconds } = answer;
    const score = (at: readonly number[]): BaselineScore => {
      const right = at.filter((place) => predicted[place] === truth[place]).length;
      return { count: at.length, right, accuracy: right / at.length, interval: wilsonInterval(right, at.length) };
    };
    const confusion = confusionMatrix(truth, predicted, EMOTIONS.length);
    found.push({
      ...common,
      list: score(listPlaces),
      whole: { ...score([...rows.keys()]), accuracy: accuracy(confusion), macroF1: macroF1(confusion) },
      withoutCopies: unique.length > 0 ? score(unique) : null,
      trainingSeconds,
      bytes: await sizeOf(path),
    });
  }
  return {
    task: 'expression-baselines',
    dataset: { name: set.name, split, count: rows.length, sha256: hashPictures(set.images, rows) },
    list: { count: list.rows.length, origin: list.origin },
    rows: found,
    commit: (await findCommit()) ?? null,
    machine: describeMachine(),
    time,
  };
};

/** Places of the rows whose pixels stand nowhere in the Training split; none where there is no such split beside them. */
const placesWithoutCopies = (set: FaceSet, rows: Int32Array, split: Split): number[] => {
  if (split === 'train' || !set.splits.includes('train')) return [];
  const kept = new Set(deduplicateAgainst(set.images, rows, set.images, rowsOf(set, 'train')).kept);
  return [...rows.keys()].filter((place) => kept.has(rows[place]!));
};

const chooseMethods = (only: readonly string[] | undefined): readonly Method[] => {
  const all = [...METHODS, SHIPPED];
  if (!only) return all;
  const fits = (name: string, { name: full }: Method): boolean => full.toLowerCase().includes(name.toLowerCase());
  const unknown = only.find((name) => !all.some((method) => fits(name, method)));
  if (unknown !== undefined)
    throw new InvalidInputError(
      'baselines/method',
      `No method's name holds "${unknown}": the methods are ${all.map(({ name }) => name).join('; ')}.`,
    );
  return all.filter((method) => only.some((name) => fits(name, method)));
};

const commandOf = ({ made }: Method): string =>
  made.kind === 'svm'
    ? 'attune evaluate expression-baselines --retrain'
    : made.recipes.map((recipe) => `attune train ${recipe} --data DATA`).join(' && ');

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  );

interface Task {
  readonly set: FaceSet;
  readonly rows: Int32Array;
  readonly onProgress: (message: string) => void;
}

/** What a stored model says of the rows; undefined where none is stored. */
const answerOf = async (
  { name, made }: Method,
  path: string,
  { set, rows, onProgress }: Task,
): Promise<{ predicted: Uint8Array; trainingSeconds: number | null } | undefined> => {
  if ((await sizeOf(path)) === null) return undefined;
  const { images } = set;
  const report = (done: number, count: number): void => onProgress(`${name}: ${done} of ${count} pictures`);
  if (made.kind === 'svm') {
    const baseline = parseBaseline(await readFile(path, 'utf8'));
    checkFeature(baseline, made.feature, path);
    const predicted = predictBaseline(baseline, { images, rows, onProgress: report });
    return { predicted, trainingSeconds: baseline.training.cpuSeconds };
  }
  const { session, preprocess } = await openExpressionModel(await readFile(path), (bytes) => openSession(bytes));
  try {
    const logits = await runModel(session, images, rows, { preprocess, onProgress: report });
    const seconds = Number(session.metadata['attune.trainingSeconds']);
    return {
      predicted: likeliest(logits, EMOTIONS.length),
      trainingSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
    };
  } finally {
    await session.release();
  }
};

const checkFeature = (baseline: SvmBaseline, feature: FeatureName, path: string): void => {
  if (baseline.feature === feature) return;
  throw new InvalidInputError('model/damaged', `${path} holds a baseline on ${baseline.feature}, not on ${feature}.`);
};

/** Trains what `path` should hold, and leaves it there whole or not at all. */
const make = async (
  { name, made }: Method,
  {
    set,
    dataPath,
    path,
    onProgress,
  }: { set: FaceSet; dataPath: string; path: string; onProgress: (message: string) => void },
): Promise<void> => {
  await mkdir(join(path, '..'), { recursive: true });
  const unfinished = `${path}.writing`;
  if (made.kind === 'svm') {
    const all = rowsOf(set, 'train');
    const { rows } = cleanTraining(set, all);
    const report = (done: number, count: number): void => onProgress(`${name}: ${done} of ${count} pictures seen`);
    const baseline = trainBaseline(
      made.feature,
      { images: set.images, rows, onProgress: report },
      { labels: set.labels, dataSha256: hashPictures(set.images, all) },
    );
    await writeFile(unfinished, formatBaseline(baseline));
  } else {
    // Whole training runs: loaded only when one is wanted.
    const { train } = await import('./train.ts');
    let model = '';
    for (const recipe of made.recipes) {
      const outPath = join('runs', recipe);
      const changes = recipe === 'transfer' ? [`startFrom=${join('runs', 'transfer-base', 'best.bin')}`] : [];
      const onMessage = (message: string): void => onProgress(`${recipe}: ${message}`);
      model = (await train({ recipe, dataPath, outPath, changes, resume: true, onMessage })).modelPath;
    }
    await copyFile(model, unfinished);
  }
  await rename(unfinished, path);
};
