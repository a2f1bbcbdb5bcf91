/** Writes what training and evaluation found as a folder to read: index.md, the numbers as JSON, figures as SVG. */

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EMOTIONS } from '../src/base/emotions.ts';
import type { Round } from './checkpoint.ts';
import type { EvaluationReport, KeptScore } from './evaluate.ts';
import { coverageCurve, negativeLogLikelihood, type Predictions, reliabilityBins } from './metrics.ts';
import { barChart, confusionChart, lineChart, reliabilityChart, type Series } from './plot.ts';
import { describeSlices } from './slices.ts';

/** More points than this on a curve of 620 px only make the file larger. */
const CURVE_POINTS = 300;

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const table = (header: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const writeFolder = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
};

/** The evaluation itself shows each picture once; a model file may look at it several times. */
const describeViews = (inFile: string | undefined): string =>
  inFile === undefined || inFile === '1'
    ? 'one; no test-time augmentation'
    : `the model file averages ${inFile} views of each picture; nothing is added outside it`;

const describeKept = ({ threshold, coverage, accuracy, interval: [low, high] }: KeptScore): string =>
  accuracy === null
    ? `No picture reaches the model's own threshold (${threshold}): it says "not sure" to all of them.`
    : `At its own threshold (${threshold}) the model answers ${percent(coverage)} of the pictures and is right on ${percent(accuracy)} of those (95 % interval ${percent(low)} to ${percent(high)}); to the others it says "not sure".`;

const membersSchema = z.array(z.object({ settings: z.object({ seed: z.number() }) }));

/** An ensemble's file names its networks; their seeds are no repetition of one training, whose spread they would tell. */
const describeSeeds = ({ seed, settings }: EvaluationReport): [string, string] => {
  const members = membersSchema.safeParse(parseJson(settings.modelMetadata['attune.members']));
  return members.success
    ? ['Seeds of the trainings', `${members.data.map((member) => member.settings.seed).join(', ')} (one network each)`]
    : ['Seed of the training', `${seed ?? 'unknown'} (one seed)`];
};

const parseJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

/** Pages that other commands leave beside the report. */
const PAGES: readonly (readonly [file: string, title: string])[] = [
  ['training.md', 'how it was trained'],
  ['baselines.md', "the paper's Table 2"],
  ['paper.md', "the paper's network and its Figures 5 to 9"],
  ['preprocessing.md', "the paper's preprocessing"],
];

const linkPages = async (folder: string): Promise<string> => {
  const present = await readdir(folder).catch((): string[] => []);
  const links = PAGES.filter(([file]) => present.includes(file)).map(([file, title]) => `[${title}](${file})`);
  return links.length > 0 ? ` Beside this page: ${links.join(', ')}.` : '';
};

/**
 * Writes index.md, metrics.json, confusion.svg, labels.svg, reliability.svg and coverage.svg; the folder is made, files of
 * these names are replaced.
 */
export const writeEvaluationReport = async (
  folder: string,
  report: EvaluationReport,
  predictions: Predictions,
): Promise<void> => {
  const {
    dataset,
    accuracyInterval: [low, high],
  } = report;
  const where = `${dataset.name}, ${dataset.split} split, ${dataset.count.toLocaleString('en-US')} pictures`;
  const curve = coverageCurve(predictions);
  const { kept } = report;
  const rows = EMOTIONS.map((emotion) => {
    const { precision, recall, f1, support } = report.perClass[emotion];
    const named = sum(report.confusion.map((row) => row[EMOTIONS.indexOf(emotion)]!));
    const shown = (value: number, of: number): string => (of === 0 ? '-' : percent(value));
    return [emotion, shown(precision, named), shown(recall, support), shown(f1, named + support), support];
  });
  const summary: [string, string][] = [
    ['Accuracy', `${percent(report.accuracy)} (95 % interval ${percent(low)} to ${percent(high)})`],
    ...(report.deduplicated
      ? ([
          [
            'Accuracy without copies',
            `${percent(report.deduplicated.accuracy)} on the ${report.deduplicated.count.toLocaleString('en-US')} pictures that the training data does not hold`,
          ],
        ] as [string, string][])
      : []),
    ...(report.ferPlus
      ? ([
          [
            "Agrees with FERPlus's majority",
            `${percent(report.ferPlus.accuracy)} of the ${report.ferPlus.count.toLocaleString('en-US')} pictures whose leading vote is one of the seven emotions, and no other`,
          ],
        ] as [string, string][])
      : []),
    ['Macro F1', percent(report.macroF1)],
    ['Unweighted average recall', percent(report.uar)],
    ['Calibration error (ECE, 15 bins)', percent(report.ece)],
    ['Negative log likelihood', negativeLogLikelihood(predictions).toFixed(4)],
  ];
  const { settings } = report;
  const provenance: [string, string][] = [
    ['Model', `${report.model} (sha256 ${settings.modelSha256})`],
    ['Recipe', settings.modelMetadata['attune.recipe'] ?? 'unknown'],
    describeSeeds(report),
    ['Data', `${where}; sha256 of the pixels ${dataset.sha256}`],
    ...settings.data.checksums.map(({ of, value, known }): [string, string] => [of, `${value}: ${known ?? 'unknown'}`]),
    ['Views', describeViews(settings.modelMetadata['attune.views'])],
    [
      'Time',
      `${report.seconds.toFixed(1)} s for all pictures, ${settings.threads} thread, batches of ${settings.batch}`,
    ],
    ['Machine', report.machine],
    ['Commit', report.commit ?? 'unknown'],
    ['Date', report.time],
  ];
  const notes = settings.data.notes.map((note) => `- ${note}`).join('\n');
  const index = `# Expression model: ${where}

${table(['Figure', 'Value'], summary)}

${describeKept(kept)}

## By emotion

${table(['Emotion', 'Precision', 'Recall', 'F1', 'Pictures'], rows)}

![Confusion matrix](confusion.svg)

![Pictures by label](labels.svg)

## By picture

Thirds of these pictures by each measure, lowest first: range, accuracy and its 95 % interval. Brightness and sharpness are
those of the inner face, contrast is the deviation of all levels.

${table(['Measure', 'Lowest third', 'Middle', 'Highest third'], describeSlices(report.slices))}

## How far the probabilities can be trusted

![Reliability diagram](reliability.svg)

![Accuracy over coverage](coverage.svg)

## Where these numbers come from

${table(['What', 'Value'], provenance)}
${notes ? `\nNotes on the data:\n\n${notes}\n` : ''}
All numbers: [metrics.json](metrics.json).${await linkPages(folder)}
`;
  await writeFolder(folder, {
    'index.md': index,
    'metrics.json': `${JSON.stringify(report, null, 2)}\n`,
    'confusion.svg': confusionChart({
      title: 'What each emotion was read as',
      labels: EMOTIONS,
      confusion: report.confusion,
    }),
    'labels.svg': barChart({
      title: 'Pictures by label',
      bars: EMOTIONS.map((label) => ({ label, value: report.perClass[label].support })),
    }),
    'reliability.svg': reliabilityChart({
      title: `Reliability (ECE ${percent(report.ece)})`,
      bins: reliabilityBins(predictions),
    }),
    'coverage.svg': lineChart({
      title: 'Right answers when only the surest are given',
      x: { label: 'share of pictures answered', range: [0, 1], unit: 'percent' },
      y: { label: 'right answers', unit: 'percent' },
      series: [
        { name: 'accuracy', points: thin(curve).map(({ coverage, accuracy }) => [coverage, accuracy] as const) },
      ],
      ...(kept.count > 0 && { mark: { x: kept.coverage, label: `threshold ${kept.threshold}` } }),
    }),
  });
};

/** At most `CURVE_POINTS` points, evenly chosen; the first few answers of a curve jump between 0 and 1 and say nothing. */
const thin = <T extends { readonly coverage: number }>(points: readonly T[]): readonly T[] => {
  const steady = points.filter(({ coverage }) => coverage >= 0.01);
  const step = Math.max(1, steady.length / CURVE_POINTS);
  return steady.filter((_, i) => i === steady.length - 1 || Math.floor(i / step) !== Math.floor((i - 1) / step));
};

export interface TrainingSummary {
  readonly recipe: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly history: readonly Round[];
  /** The round whose weights were kept. */
  readonly bestEpoch?: number;
  readonly dataSha256?: string;
  /** Pictures trained on, in the order of `EMOTIONS`. */
  readonly labelCounts?: readonly number[];
}

/** Writes training.md, loss.svg, accuracy.svg, learning-rate.svg and, with `labelCounts`, labels.svg into `folder`. */
export const writeTrainingReport = async (folder: string, summary: TrainingSummary): Promise<void> => {
  const { history, labelCounts } = summary;
  const curve = (name: string, pick: (round: Round) => number | undefined): Series => ({
    name,
    points: history.flatMap((round) => {
      const value = pick(round);
      return value === undefined ? [] : [[round.epoch, value] as const];
    }),
  });
  const x = { label: 'round', range: [0, Math.max(1, history.length)] } as const;
  const mark =
    summary.bestEpoch === undefined
      ? {}
      : { mark: { x: summary.bestEpoch, label: `kept: round ${summary.bestEpoch}` } };
  const rate = (value: number | undefined, digits: number) => value?.toFixed(digits) ?? '';
  const rounds = history.map((round) => [
    round.epoch,
    round.learningRate.toPrecision(3),
    rate(round.trainLoss, 4),
    percent(round.trainAccuracy),
    rate(round.validationLoss, 4),
    round.validationAccuracy === undefined ? '' : percent(round.validationAccuracy),
    Math.round(round.imagesPerSecond),
    Math.round(round.seconds),
  ]);
  const settings = Object.entries(summary.settings).map(([name, value]) => [name, `\`${JSON.stringify(value)}\``]);
  const index = `# Training: recipe ${summary.recipe}

${summary.dataSha256 ? `Data: sha256 of the Training pixels ${summary.dataSha256}. ` : ''}Training accuracy is that on augmented pictures, so it lies below what the same pictures would give plain.${
    Number(summary.settings.auxiliaryWeight ?? 0) > 0
      ? ' Training loss is the sum over both heads, validation loss that of the first.'
      : ''
  }

![Loss](loss.svg)

![Accuracy](accuracy.svg)

![Learning rate](learning-rate.svg)
${labelCounts ? '\n![Pictures by label](labels.svg)\n' : ''}
## Rounds

${table(['Round', 'Learning rate', 'Training loss', 'Training accuracy', 'Validation loss', 'Validation accuracy', 'Images/s', 'Seconds'], rounds)}

## Settings

${table(['Setting', 'Value'], settings)}
`;
  await writeFolder(folder, {
    'training.md': index,
    'loss.svg': lineChart({
      title: 'Loss',
      x,
      y: { label: 'cross-entropy' },
      series: [curve('training', (round) => round.trainLoss), curve('validation', (round) => round.validationLoss)],
      ...mark,
    }),
    'accuracy.svg': lineChart({
      title: 'Accuracy',
      x,
      y: { label: 'right answers', unit: 'percent' },
      series: [
        curve('training', (round) => round.trainAccuracy),
        curve('validation', (round) => round.validationAccuracy),
      ],
      ...mark,
    }),
    'learning-rate.svg': lineChart({
      title: 'Learning rate',
      x,
      y: { label: 'learning rate' },
      series: [curve('learning rate', (round) => round.learningRate)],
    }),
    ...(labelCounts && {
      'labels.svg': barChart({
        title: 'Training pictures by label',
        bars: EMOTIONS.map((label, i) => ({ label, value: labelCounts[i] ?? 0 })),
      }),
    }),
  });
};

/** Writes training.md, which leads to a folder for each network of an ensemble, as `writeTrainingReport` fills it. */
export const writeEnsembleReport = async (folder: string, members: readonly TrainingSummary[]): Promise<void> => {
  const names = members.map((_, i) => `network-${i + 1}`);
  for (const [i, member] of members.entries()) await writeTrainingReport(join(folder, names[i]!), member);
  const rows = members.map(({ recipe, settings, bestEpoch, history }, i) => [
    `[${i + 1}](${names[i]}/training.md)`,
    recipe,
    `${settings.preprocess ?? 'none'}`,
    `${settings.size}`,
    `${settings.views}`,
    `${bestEpoch ?? ''} of ${history.length}`,
    percent(history.find(({ epoch }) => epoch === bestEpoch)?.validationAccuracy ?? Number.NaN),
  ]);
  const index = `# Training: an ensemble of ${members.length} networks

Their logits are averaged inside the model file, and the whole is calibrated on the pictures kept for selection, which are the
same for all.

${table(['Network', 'Recipe', 'Preprocessing', 'Side, px', 'Views in use', 'Round', 'Validation by itself, one view'], rows)}
`;
  await writeFolder(folder, { 'training.md': index });
};
