/** Scores an expression model on the pictures of a data set: the figures every published number comes from. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { openSession } from '../node/open-session.ts';
import { packagePath, packageRoot } from '../node/package-root.ts';
import { EMOTIONS, type Emotion } from '../src/base/emotions.ts';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import { openExpressionModel, prepareFace } from '../src/face/expression.ts';
import type { PreprocessorName } from '../src/face/preprocessors.ts';
import { type Session, tensor } from '../src/graph/session.ts';
import {
  type FaceSet,
  hashPictures,
  isSplit,
  PICTURE_BYTES,
  PICTURE_SIDE,
  pictureAt,
  rowsOf,
  SPLITS,
  type Split,
  splitSource,
} from './datasets/face-set.ts';
import { loadFer2013 } from './datasets/fer2013.ts';
import { deduplicateAgainst as partCopies } from './datasets/split.ts';
import {
  accuracy,
  type ClassScore,
  confusionMatrix,
  coverageCurve,
  expectedCalibrationError,
  likeliest,
  macroF1,
  type Predictions,
  scoreClasses,
  softmaxRows,
  unweightedAverageRecall,
  wilsonInterval,
} from './metrics.ts';
import { makeOutFolder } from './out-folder.ts';
import { describeMachine, findCommit } from './provenance.ts';
import { writeEvaluationReport } from './report.ts';
import { type Score, type Slices, scoreFerPlus, scoreSlices } from './slices.ts';

export interface EvaluateOptions {
  /** Any form of FER2013: see `loadFer2013`. */
  readonly dataPath: string;
  /** `train`, `public` or `private`. */
  readonly split: string;
  /** An .onnx file. @default the shipped models/expression.onnx */
  readonly model?: string;
  /** Data whose Training pictures (all its pictures, if it has no Training) are left out of a second score. */
  readonly deduplicateAgainst?: string;
  /** Folder that gets index.md, metrics.json and figures. @default none is written */
  readonly out?: string;
  /** Pictures a run of the model. @default 64 */
  readonly batch?: number;
  /** @default 1 */
  readonly threads?: number;
  /** Called after each batch. */
  readonly onProgress?: (done: number, count: number) => void;
}

/** What `attune evaluate expression --json` prints. Rates are fractions 0..1; null: not known. */
export interface EvaluationReport {
  readonly task: 'expression';
  /** The model's file. */
  readonly model: string;
  readonly dataset: {
    readonly name: string;
    readonly split: Split;
    readonly count: number;
    /** Over the raw pixels of the scored pictures in order: the same for all forms of the same data. */
    readonly sha256: string;
  };
  readonly settings: {
    readonly batch: number;
    readonly threads: number;
    readonly testTimeAugmentation: false;
    readonly modelSha256: string;
    /** The model file's own metadata: recipe, threshold, terms of its data, ... */
    readonly modelMetadata: Readonly<Record<string, string>>;
    readonly data: {
      readonly path: string;
      readonly form: FaceSet['form'];
      readonly rowsNamed: string;
      readonly checksums: readonly { readonly of: string; readonly value: string; readonly known: string | null }[];
      readonly notes: readonly string[];
    };
    readonly deduplicateAgainst: { readonly path: string; readonly rows: string; readonly count: number } | null;
  };
  /** The seed the model was trained with. */
  readonly seed: number | string | null;
  /** Commit of the code that evaluated. */
  readonly commit: string | null;
  /** For all pictures through the model, without loading. */
  readonly seconds: number;
  readonly accuracy: number;
  /** Wilson, 95 %. */
  readonly accuracyInterval: readonly [number, number];
  readonly macroF1: number;
  /** Unweighted average recall. */
  readonly uar: number;
  readonly perClass: Readonly<Record<Emotion, ClassScore>>;
  /** [truth][predicted], in the order of `EMOTIONS`. */
  readonly confusion: readonly (readonly number[])[];
  readonly ece: number;
  /** The answers at or above the model's threshold; to all other pictures it says "not sure". */
  readonly kept: KeptScore;
  /** The score without the pictures that the other data also has. */
  readonly deduplicated?: { readonly count: number; readonly accuracy: number };
  /** Thirds of the scored pictures by each measure, lowest first. */
  readonly slices: Slices;
  /** Against the majority of FERPlus's votes (see `ferPlusMajority`), where the data has votes. */
  readonly ferPlus?: Score;
  readonly machine: string;
  /** When, ISO 8601. */
  readonly time: string;
}

export interface KeptScore {
  readonly threshold: number;
  readonly count: number;
  /** Of all pictures. */
  readonly coverage: number;
  /** null: nothing was kept. */
  readonly accuracy: number | null;
  /** Wilson, 95 %. */
  readonly interval: readonly [number, number];
}

const CLASSES = EMOTIONS.length;
/** The shipped expression model. */
export const SHIPPED_MODEL = packagePath('models', 'expression.onnx');

/**
 * Scores a model on every picture of one split. No test-time augmentation.
 *
 * @throws {InvalidInputError} `evaluate/split`, `evaluate/batch`: an option is wrong. `data/…`: the data cannot be read
 *   (see `loadFer2013`) or the split is empty (`data/split-empty`). `model/…`: the model does not fit or is damaged.
 *   `evaluate/all-copies`: the other data holds every picture. `out/cannot-write`: the report's folder cannot be made.
 * @throws {UnavailableError} `model/missing`: there is no such model file.
 */
export const evaluateExpression = async (options: EvaluateOptions): Promise<EvaluationReport> => {
  const { dataPath, split, model = SHIPPED_MODEL, deduplicateAgainst, out, batch = 64, threads = 1 } = options;
  if (!isSplit(split)) {
    throw new InvalidInputError('evaluate/split', `There is no split '${split}': choose one of ${SPLITS.join(', ')}.`);
  }
  for (const [name, value] of Object.entries({ batch, threads })) {
    if (!Number.isInteger(value) || value < 1 || value > 65_536) {
      throw new InvalidInputError('evaluate/batch', `${name} is ${value}: expected a whole number from 1 to 65536.`);
    }
  }
  const time = new Date().toISOString();
  const bytes = await readModel(model);
  const expression = await openExpressionModel(bytes, (file) => openSession(file, { threads }));
  try {
    const set = await loadFer2013(dataPath);
    const rows = rowsOf(set, split);
    const unseen =
      deduplicateAgainst === undefined ? undefined : await findUnseen(set, rows, dataPath, deduplicateAgainst);
    if (out !== undefined) await makeOutFolder(out);
    const start = performance.now();
    const { preprocess } = expression;
    const logits = await runModel(expression.session, set.images, rows, {
      batch,
      preprocess,
      onProgress: options.onProgress,
    });
    const seconds = (performance.now() - start) / 1000;

    const predictions: Predictions = {
      labels: Uint8Array.from(rows, (row) => set.labels[row]!),
      probabilities: softmaxRows(logits, CLASSES),
      classes: CLASSES,
    };
    const predicted = likeliest(logits, CLASSES);
    const confusion = confusionMatrix(predictions.labels, predicted, CLASSES);
    const scores = scoreClasses(confusion);
    const { metadata } = expression.session;
    const ferPlus = scoreFerPlus(set, rows, predicted);
    const report: EvaluationReport = {
      task: 'expression',
      model: nameFile(model),
      dataset: { name: set.name, split, count: rows.length, sha256: hashPictures(set.images, rows) },
      settings: {
        batch,
        threads,
        testTimeAugmentation: false,
        modelSha256: createHash('sha256').update(bytes).digest('hex'),
        modelMetadata: metadata,
        data: {
          path: dataPath,
          form: set.form,
          rowsNamed: splitSource(set, split),
          checksums: set.checksums.map(({ of, value, known }) => ({ of, value, known: known ?? null })),
          notes: set.notes,
        },
        deduplicateAgainst: unseen?.reference ?? null,
      },
      seed: readSeed(metadata['attune.seed']),
      commit: (await findCommit()) ?? null,
      seconds,
      accuracy: accuracy(confusion),
      accuracyInterval: wilsonInterval(
        confusion.reduce((sum, row, i) => sum + row[i]!, 0),
        rows.length,
      ),
      macroF1: macroF1(confusion),
      uar: unweightedAverageRecall(confusion),
      perClass: Object.fromEntries(EMOTIONS.map((emotion, i) => [emotion, scores[i]!])) as Record<Emotion, ClassScore>,
      confusion,
      ece: expectedCalibrationError(predictions),
      kept: scoreKept(predictions, expression.threshold),
      ...(unseen && { deduplicated: scoreUnseen(set, rows, predicted, unseen) }),
      slices: scoreSlices(
        set,
        rows,
        Array.from(rows, (row, i) => predicted[i] === set.labels[row]),
      ),
      ...(ferPlus && { ferPlus }),
      machine: describeMachine(),
      time,
    };
    if (out !== undefined) await writeEvaluationReport(out, report, predictions);
    return report;
  } finally {
    await expression.session.release();
  }
};

/**
 * Logits of pictures as they are: no augmentation, batches in order.
 *
 * @param session takes "pixels" [batch, 1, 48, 48] in 0..255 and gives "logits" [batch, 7].
 * @returns [rows.length, 7]
 * @throws {InvalidInputError} `model/damaged`: it does not take so many pictures at once, or gives other numbers.
 */
export const runModel = async (
  session: Session,
  images: Uint8Array,
  rows: Int32Array,
  {
    batch = 64,
    preprocess = 'none',
    onProgress,
  }: {
    batch?: number;
    preprocess?: PreprocessorName | undefined;
    onProgress?: EvaluateOptions['onProgress'] | undefined;
  } = {},
): Promise<Float32Array> => {
  const logits = new Float32Array(rows.length * CLASSES);
  for (let start = 0; start < rows.length; start += batch) {
    const part = rows.subarray(start, start + batch);
    const pixels = new Float32Array(part.length * PICTURE_BYTES);
    for (const [i, row] of part.entries()) {
      const picture = pictureAt(images, row);
      pixels.set(
        preprocess === 'none' ? picture : prepareFace(Float32Array.from(picture), preprocess),
        i * PICTURE_BYTES,
      );
    }
    const outputs = await session
      .run({ pixels: tensor(pixels, [part.length, 1, PICTURE_SIDE, PICTURE_SIDE]) })
      .catch((cause: unknown) => {
        throw new InvalidInputError(
          'model/damaged',
          `The model does not take ${part.length} pictures at once: build it for any number, as "attune train" does.`,
          { cause },
        );
      });
    const found = outputs.logits?.data;
    if (found?.length !== part.length * CLASSES) {
      throw new InvalidInputError(
        'model/damaged',
        `The model gave ${found?.length ?? 0} numbers for ${part.length} pictures, expected ${CLASSES} each: build it again.`,
      );
    }
    logits.set(found, start * CLASSES);
    onProgress?.(start + part.length, rows.length);
  }
  return logits;
};

const scoreKept = (predictions: Predictions, threshold: number): KeptScore => {
  const all = predictions.labels.length;
  const point = coverageCurve(predictions).findLast((other) => other.threshold >= threshold);
  const { coverage, accuracy } = point ?? { coverage: 0, accuracy: null };
  const count = Math.round(coverage * all);
  return { threshold, count, coverage, accuracy, interval: wilsonInterval(Math.round(count * (accuracy ?? 0)), count) };
};

interface Unseen {
  /** The rows whose pixels the other data does not have. */
  readonly kept: ReadonlySet<number>;
  readonly reference: NonNullable<EvaluationReport['settings']['deduplicateAgainst']>;
}

const findUnseen = async (set: FaceSet, rows: Int32Array, dataPath: string, path: string): Promise<Unseen> => {
  const other = path === dataPath ? set : await loadFer2013(path);
  const hasTraining = other.splits.includes('train');
  const otherRows = hasTraining ? rowsOf(other, 'train') : Int32Array.from(other.splits.keys());
  const { kept } = partCopies(set.images, rows, other.images, otherRows);
  if (kept.length === 0) {
    throw new InvalidInputError(
      'evaluate/all-copies',
      `${path} holds every one of the ${rows.length} pictures to score: give the data that the model was trained on, not the data to score.`,
    );
  }
  const reference = { path, rows: hasTraining ? 'train' : 'all', count: otherRows.length };
  return { kept: new Set(kept), reference };
};

const scoreUnseen = (set: FaceSet, rows: Int32Array, predicted: Uint8Array, { kept }: Unseen) => {
  const right = [...rows].filter((row, i) => kept.has(row) && predicted[i] === set.labels[row]).length;
  return { count: kept.size, accuracy: right / kept.size };
};

const readModel = async (path: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (cause) {
    const hint =
      path === SHIPPED_MODEL ? 'Install the package again or train one: attune train compact.' : 'Check the path.';
    throw new UnavailableError('model/missing', `There is no readable model file ${path}. ${hint}`, { cause });
  }
};

/** Files of the package by their path within it, so that a report reads the same on every machine. */
const nameFile = (path: string): string => {
  const inside = relative(packageRoot, path);
  return inside.startsWith('..') ? path : inside.replaceAll('\\', '/');
};

const readSeed = (text: string | undefined): number | string | null => {
  if (text === undefined || text === '') return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
};
