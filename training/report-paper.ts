/** Figures 5 to 9 of the first paper from a run of its network, each beside what the paper says. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { openSession } from '../node/open-session.ts';
import { EMOTIONS, type Emotion } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { openExpressionModel } from '../src/face/expression.ts';
import { countLabels, PICTURE_SIDE, pictureAt, rowsOf } from './datasets/face-set.ts';
import { loadFer2013 } from './datasets/fer2013.ts';
import { type EvaluationReport, evaluateExpression, runModel } from './evaluate.ts';
import { likeliest } from './metrics.ts';
import { barChart, confusionChart, escapeText, lineChart, type Series } from './plot.ts';

/** What section 4.1 of the paper states. */
const PAPER = {
  accuracy: 0.621,
  loss: 0.65,
  trainingAccuracy: 0.77,
  recall: { happy: 0.83, surprise: 0.83, disgust: 0.29, fear: 0.23 } as Partial<Record<Emotion, number>>,
  disgustAsAngry: 0.51,
} as const;

const runSchema = z.object({
  recipe: z.string(),
  settings: z.object({ auxiliaryWeight: z.number().default(0) }).default({ auxiliaryWeight: 0 }),
  bestEpoch: z.number().optional(),
  validation: z.object({ accuracy: z.number() }).optional(),
  history: z
    .array(
      z.object({
        epoch: z.number(),
        trainLoss: z.number(),
        trainAccuracy: z.number(),
        validationLoss: z.number().optional(),
        validationAccuracy: z.number().optional(),
        seconds: z.number(),
      }),
    )
    .min(1),
});
type Run = z.output<typeof runSchema>;

/** @throws {InvalidInputError} `report/run`: the folder holds no finished training run. */
const readRun = async (folder: string): Promise<Run> => {
  try {
    return runSchema.parse(JSON.parse(await readFile(join(folder, 'training.json'), 'utf8')));
  } catch (cause) {
    throw new InvalidInputError(
      'report/run',
      `${folder} holds no training.json of a run: give the folder that attune train wrote.`,
      { cause },
    );
  }
};

const percent = (fraction: number, digits = 1): string => `${(100 * fraction).toFixed(digits)} %`;
const level = (name: string, value: number, rounds: number): Series => ({
  name,
  points: [
    [0, value],
    [rounds, value],
  ],
});

/** What the last rounds changed. */
const describeEnd = ({ history }: Run): string => {
  const seen = history.filter(({ validationAccuracy }) => validationAccuracy !== undefined);
  const [before, after] = [seen.at(-6) ?? seen[0], seen.at(-1)];
  if (!before || !after || before === after) return 'Too few rounds to say what more of them would add.';
  const gain = after.validationAccuracy! - before.validationAccuracy!;
  return `From round ${before.epoch} to round ${after.epoch} validation went from ${percent(before.validationAccuracy!)} to ${percent(after.validationAccuracy!)}: ${
    gain > 0.005 ? 'more rounds would still add something.' : 'more rounds of the same would add little.'
  }`;
};

/** The text: what ours gives, what the paper says, and why they differ where that is known. */
export const describePaper = (run: Run, report: EvaluationReport, labelCounts: readonly number[]): string => {
  const last = run.history.at(-1)!;
  const kept = run.history.find(({ epoch }) => epoch === run.bestEpoch) ?? last;
  const hours = run.history.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;
  const { accuracyInterval: interval, confusion, perClass } = report;
  const [angry, disgust] = [EMOTIONS.indexOf('angry'), EMOTIONS.indexOf('disgust')];
  const disgusts = confusion[disgust]!.reduce((sum, count) => sum + count, 0);
  const rows = EMOTIONS.map((emotion) => {
    const theirs = PAPER.recall[emotion];
    return `| ${emotion} | ${percent(perClass[emotion].recall)} | ${theirs === undefined ? 'only in the figure' : percent(theirs, 0)} |`;
  });
  return `# The first paper's network, and its Figures 5 to 9

Recipe \`${run.recipe}\`, ${run.history.length} rounds (${hours.toFixed(1)} h), round ${kept.epoch} kept for its validation accuracy${
    run.validation ? ` of ${percent(run.validation.accuracy)}` : ''
  }. On ${report.dataset.name}'s ${report.dataset.split} split (${report.dataset.count} pictures) it is right on **${percent(report.accuracy, 2)}**
(95 %: ${percent(interval[0], 2)} to ${percent(interval[1], 2)}); the paper reports ${percent(PAPER.accuracy)}, without saying on which part of FER2013 or at which round.
${describeEnd(run)}

## Figure 5: loss

![Loss](paper-loss.svg)

Ours ends at ${last.trainLoss.toFixed(2)} on training pictures${
    run.settings.auxiliaryWeight > 0
      ? ` (the sum of two heads: of the labels, and of the FERPlus votes that a second head learns; validation is of the labels alone, ${last.validationLoss?.toFixed(2) ?? 'not taken'} at the end)`
      : ''
  }, the paper's curve near ${PAPER.loss}. Ours is taken on pictures that are shifted, turned
and mirrored at random, with half of the last features left out; the paper names neither, and trains 500 rounds.

## Figure 6: training accuracy

![Accuracy](paper-accuracy.svg)

Ours ends at ${percent(last.trainAccuracy)} on those altered pictures, the paper's above ${percent(PAPER.trainingAccuracy, 0)} on its own.

## Figure 7: one picture of each emotion that the model reads rightly

\`examples.svg\`, drawn from your copy of the data by the command below; pictures of the data set are not part of this project.

## Figure 8: confusion matrix

![Confusion](paper-confusion.svg)

| Emotion | Ours, recall | The paper's |
| --- | --- | --- |
${rows.join('\n')}

Disgust is taken for angry in ${percent(disgusts === 0 ? 0 : confusion[disgust]![angry]! / disgusts)} of its ${disgusts} pictures (the paper: ${percent(PAPER.disgustAsAngry, 0)}): it has ${labelCounts[disgust]} pictures in Training,
the next rarest emotion ${Math.min(...labelCounts.filter((_, label) => label !== disgust))}; the paper gives the same reason.

## Figure 9: pictures by label

![Labels](paper-labels.svg)

The paper counts 28,708 training pictures; the data set has 28,709. These are the ${labelCounts.reduce((sum, count) => sum + count, 0).toLocaleString('en-US')} of the Training split of this copy.

Command: \`npx tsx scripts/report-paper.ts RUN DATA\`. Model: sha256 ${report.settings.modelSha256}.
`;
};

/** One picture a label, side by side, enlarged; pixels stay sharp. */
const drawExamples = async (pictures: readonly (Uint8Array | undefined)[]): Promise<string> => {
  const size = 96;
  const cells = await Promise.all(
    pictures.map(async (picture, i) => {
      const x = 12 + i * (size + 12);
      const name = `<text x="${x + size / 2}" y="${size + 32}" text-anchor="middle" font-family="system-ui, sans-serif" font-size="13" fill="#808890">${escapeText(EMOTIONS[i]!)}</text>`;
      if (!picture) return name;
      const raw = { width: PICTURE_SIDE, height: PICTURE_SIDE, channels: 1 } as const;
      const png = await sharp(picture, { raw }).png().toBuffer();
      return `<image x="${x}" y="12" width="${size}" height="${size}" style="image-rendering: pixelated" href="data:image/png;base64,${png.toString('base64')}"/>${name}`;
    }),
  );
  const width = 12 + EMOTIONS.length * (size + 12);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${size + 44}" width="${width}" height="${size + 44}">\n${cells.join('\n')}\n</svg>\n`;
};

/**
 * Writes paper.md and its figures into `out`, examples.svg (which holds pictures of the data) among them.
 *
 * @param run a training run's folder
 * @throws {InvalidInputError} `report/run`; `data/…` and `model/…` as `evaluateExpression`
 */
export const writePaperReport = async ({
  run: folder,
  dataPath,
  out,
  split = 'public',
}: {
  readonly run: string;
  readonly dataPath: string;
  readonly out: string;
  /** @default 'public' */
  readonly split?: 'train' | 'public' | 'private';
}): Promise<EvaluationReport> => {
  const run = await readRun(folder);
  const model = join(folder, 'model.onnx');
  const report = await evaluateExpression({ dataPath, split, model });
  const set = await loadFer2013(dataPath);
  const rows = rowsOf(set, split);
  const { session, preprocess } = await openExpressionModel(await readFile(model), openSession);
  const predicted = likeliest(await runModel(session, set.images, rows, { preprocess }), EMOTIONS.length);
  await session.release();
  const examples = EMOTIONS.map((_, label) => {
    const place = rows.findIndex((row, i) => set.labels[row] === label && predicted[i] === label);
    return place < 0 ? undefined : pictureAt(set.images, rows[place]!);
  });
  const labelCounts = countLabels(set.labels, rowsOf(set, 'train'));
  const rounds = run.history.length;
  const x = { label: 'round', range: [0, rounds] } as const;
  const curve = (name: string, pick: (round: Run['history'][number]) => number | undefined): Series => ({
    name,
    points: run.history.flatMap((round) => {
      const value = pick(round);
      return value === undefined ? [] : [[round.epoch, value] as const];
    }),
  });
  await mkdir(out, { recursive: true });
  const files: Readonly<Record<string, string>> = {
    'paper.md': describePaper(run, report, labelCounts),
    'paper-loss.svg': lineChart({
      title: 'Figure 5: loss',
      x,
      y: { label: 'cross-entropy' },
      series: [
        curve(run.settings.auxiliaryWeight > 0 ? 'training, both heads' : 'training', ({ trainLoss }) => trainLoss),
        curve('validation', ({ validationLoss }) => validationLoss),
        level('where the paper ends', PAPER.loss, rounds),
      ],
    }),
    'paper-accuracy.svg': lineChart({
      title: 'Figure 6: accuracy',
      x,
      y: { label: 'right answers', unit: 'percent' },
      series: [
        curve('training', ({ trainAccuracy }) => trainAccuracy),
        curve('validation', ({ validationAccuracy }) => validationAccuracy),
        level("the paper's training", PAPER.trainingAccuracy, rounds),
      ],
    }),
    'paper-confusion.svg': confusionChart({
      title: 'Figure 8: what each emotion was read as',
      labels: EMOTIONS,
      confusion: report.confusion,
    }),
    'paper-labels.svg': barChart({
      title: 'Figure 9: Training pictures by label',
      bars: EMOTIONS.map((label, i) => ({ label, value: labelCounts[i]! })),
    }),
    'examples.svg': await drawExamples(examples),
  };
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(out, name), content)));
  return report;
};
