/** The end of a training run: the best weights, calibrated on validation, as the file that ships. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EMOTIONS } from '../src/base/emotions.ts';
import { buildModel, type Network, type Weights } from '../src/graph/build.ts';
import {
  type ChosenCalibration,
  calibratedNetwork,
  chooseCalibration,
  chooseWeightedThreshold,
  validationWeights,
} from './calibrate.ts';
import { type Checkpoint, type Round, writeWhole } from './checkpoint.ts';
import type { Crew } from './crew.ts';
import { countLabels, PICTURE_SIDE } from './datasets/face-set.ts';
import { softmaxRows } from './metrics.ts';
import type { PreparedData } from './prepare-data.ts';
import { networkInUse } from './recipes/in-use.ts';
import type { Settings } from './recipes/settings.ts';
import { writeTrainingReport } from './report.ts';

export interface TrainResult {
  readonly modelPath: string;
  readonly history: readonly Round[];
  readonly validation: { readonly count: number; readonly accuracy: number; readonly calibration: ChosenCalibration };
}

/** What is kept must be at least this often right; see `chooseWeightedThreshold`. */
const KEPT_ACCURACY = 0.8;
const TERMS =
  'Trained on FER2013 (Goodfellow et al. 2013), whose pictures have no licence: for research and personal use.';

/** Mean cross-entropy and accuracy of logits [rows, 7] against the labels of those rows. */
export const scoreLogits = (logits: Float32Array, rows: Int32Array, labels: Uint8Array) => {
  const probabilities = softmaxRows(logits, EMOTIONS.length);
  let loss = 0;
  let correct = 0;
  for (const [i, row] of rows.entries()) {
    const scores = probabilities.subarray(i * EMOTIONS.length, (i + 1) * EMOTIONS.length);
    loss -= Math.log(Math.max(scores[labels[row]!]!, 1e-12));
    if (scores.indexOf(Math.max(...scores)) === labels[row]) correct++;
  }
  return { validationLoss: loss / rows.length, validationAccuracy: correct / rows.length };
};

interface Shipment {
  /** As the file has it, but for its calibration. */
  readonly network: Network;
  readonly weights: Weights;
  readonly storage: Settings['storage'];
  /** What the network says of the rows of Training kept for selection, [rows, 7]. */
  readonly logits: Float32Array;
  readonly rows: Int32Array;
  readonly data: Pick<PreparedData, 'set' | 'train' | 'sha256'>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly outPath: string;
}

/** Calibrates a network on validation and writes `model.onnx`. */
export const writeModel = async ({ network, weights, storage, logits, rows, data, metadata, outPath }: Shipment) => {
  const classes = EMOTIONS.length;
  const toFit = {
    logits,
    labels: rows.map((row) => data.set.labels[row]!),
    weights: validationWeights(data.set, { trained: data.train, validation: rows }),
    classes,
  };
  const calibration = chooseCalibration(toFit);
  const threshold = chooseWeightedThreshold(toFit, calibration, KEPT_ACCURACY);
  const { validationAccuracy } = scoreLogits(logits, rows, data.set.labels);
  const model = buildModel({
    network: calibratedNetwork(network, calibration),
    inputDims: [1, PICTURE_SIDE, PICTURE_SIDE],
    weights,
    storage,
    metadata: {
      'attune.task': 'expression',
      'attune.labels': EMOTIONS.join(','),
      'attune.threshold': threshold.toFixed(4),
      'attune.calibration': JSON.stringify(calibration),
      'attune.storage': storage,
      'attune.dataSha256': data.sha256,
      'attune.validationAccuracy': validationAccuracy.toFixed(4),
      'attune.terms': TERMS,
      ...metadata,
    },
  });
  const modelPath = join(outPath, 'model.onnx');
  await writeWhole(modelPath, model);
  return {
    modelPath,
    validation: { count: rows.length, accuracy: validationAccuracy, calibration },
    threshold,
    modelSha256: createHash('sha256').update(model).digest('hex'),
  };
};

interface ShipContext {
  readonly network: Network;
  readonly settings: Settings;
  readonly data: PreparedData;
  readonly outPath: string;
}

/** By its contents where the file is still there, else by its name. */
const describeStart = async (path: string): Promise<string> => {
  if (path === '') return '';
  const bytes = await readFile(path).catch(() => undefined);
  return bytes ? `sha256:${createHash('sha256').update(bytes).digest('hex')}` : basename(path);
};

/** Calibrates the best weights on validation and writes the model file. */
export const ship = async (
  best: Checkpoint,
  history: readonly Round[],
  crew: Crew,
  { network, settings, data, outPath }: ShipContext,
): Promise<TrainResult> => {
  const { logits, rows } = await crew.validate(true);
  // A path says nothing on another machine; what the files hold does.
  const described: Settings = {
    ...settings,
    teacher: data.teacher?.sha256.map((sum) => `sha256:${sum}`).join(',') ?? '',
    startFrom: await describeStart(settings.startFrom),
  };
  const { modelPath, ...written } = await writeModel({
    network: networkInUse(network, settings),
    weights: { parameters: best.state.average!, statistics: best.state.averageStatistics! },
    storage: settings.storage,
    logits,
    rows,
    data,
    metadata: {
      'attune.recipe': best.recipe,
      'attune.preprocess': settings.preprocess,
      'attune.views': String(settings.views),
      'attune.settings': JSON.stringify(described),
      'attune.epoch': String(best.history.length),
      'attune.seed': String(settings.seed),
      'attune.trainingSeconds': secondsOf(history).toFixed(0),
    },
    outPath,
  });
  const summary = {
    recipe: best.recipe,
    settings: described,
    dataSha256: data.sha256,
    bestEpoch: best.history.length,
    ...written,
    history,
  };
  await writeWhole(join(outPath, 'training.json'), JSON.stringify(summary, null, 1));
  await writeTrainingReport(outPath, { ...summary, labelCounts: countLabels(data.set.labels, data.train) });
  return { modelPath, history, validation: written.validation };
};

/** What a run took, as it went. */
export const secondsOf = (history: readonly Round[]): number => history.reduce((sum, { seconds }) => sum + seconds, 0);
