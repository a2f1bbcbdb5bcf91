/**
 * Takes a finished training run into the package: models/expression.onnx, its card, and reports/expression.
 *
 *   npx tsx scripts/publish-expression.ts RUN_FOLDER DATA [MODEL_NAME]
 *
 * The figures on the card are those `attune evaluate expression --split public` prints for the very file that ships.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EMOTIONS } from '../src/base/emotions.ts';
import { readOnnxMetadata } from '../src/graph/onnx.ts';
import type { MemberSummary } from '../training/ensemble.ts';
import { type EvaluationReport, evaluateExpression } from '../training/evaluate.ts';
import { writeEnsembleReport, writeTrainingReport } from '../training/report.ts';
import { secondsOf } from '../training/ship.ts';

const [run, data, name = 'expression'] = process.argv.slice(2);
if (!run || !data) {
  console.error('Usage: npx tsx scripts/publish-expression.ts RUN_FOLDER DATA [MODEL_NAME]');
  process.exit(2);
}

interface TrainingFile extends Partial<MemberSummary> {
  readonly recipe: string;
  readonly dataSha256: string;
  /** Of an ensemble; else the file itself tells of its one run. */
  readonly members?: readonly MemberSummary[];
  readonly validation: {
    readonly count: number;
    readonly accuracy: number;
    readonly calibration: {
      readonly kind: string;
      readonly scale: readonly number[];
      readonly offset: readonly number[];
    };
  };
  readonly threshold: number;
}

const membersOf = ({ members, recipe, settings, bestEpoch, history }: TrainingFile): readonly MemberSummary[] =>
  members ?? [{ recipe, settings: settings!, bestEpoch: bestEpoch!, history: history! }];

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

/** One temperature as such; else the factor and the offset of each emotion's logit. */
const describeCalibration = ({ kind, scale, offset }: TrainingFile['validation']['calibration']): string =>
  kind === 'temperature'
    ? `temperature ${(1 / scale[0]!).toFixed(3)}`
    : EMOTIONS.map((emotion, k) => `${emotion} x ${scale[k]!.toFixed(2)} ${offset[k]!.toFixed(2)}`).join(', ');

const STORAGE: Readonly<Record<string, string>> = {
  float32: 'stored in 32 bits',
  float16: 'stored in half precision',
  int8: 'stored in 8 bits with a scale for each output channel, widened at load',
};

const describeMember = ({ recipe, settings, bestEpoch, history }: MemberSummary): string => {
  const { size, views, preprocess = 'none', teacher, teacherShare } = settings;
  const taught = teacher ? `, ${percent(Number(teacherShare))} of each target from ${teacher}` : '';
  const prepared = preprocess === 'none' ? '' : `, pictures through ${preprocess}`;
  return `\`${recipe}\`, ${size} px, ${views} views${prepared}${taught}, round ${bestEpoch} of ${history.length}, best on validation`;
};

const card = (training: TrainingFile, report: EvaluationReport, bytes: Uint8Array): string => {
  const metadata = readOnnxMetadata(bytes);
  const { accuracyInterval: interval, deduplicated, kept } = report;
  const members = membersOf(training);
  const hours = members.reduce((sum, { history }) => sum + secondsOf(history), 0) / 3600;
  const recall = EMOTIONS.map((emotion) => `| ${emotion} | ${percent(report.perClass[emotion].recall)} |`);
  return `# ${name}.onnx

Reads one framed face (48x48 gray) and gives seven calibrated probabilities: ${EMOTIONS.join(', ')}.

| | |
|---|---|
| Recipe | ${members.map(describeMember).join('; ')} |
| Settings | in the file's own metadata and in reports/${name}/training.md |
| Seed | ${members.map(({ settings }) => settings.seed).join(', ')} (${members.length === 1 ? 'one seed' : 'one a network'}) |
| Data | FER2013 Training less ${percent(Number(members[0]!.settings.validationShare))} kept for selection; FERPlus votes teach a second head that is not shipped |
| Data sha256 | ${training.dataSha256} (pixels of Training) |
| Training time | ${hours.toFixed(1)} h by the clock, on two CPU cores at most |
| File | ${bytes.length} bytes, ${STORAGE[metadata['attune.storage'] ?? 'float16']}, sha256 ${createHash('sha256').update(bytes).digest('hex')} |
| Views | ${metadata['attune.views'] ?? 1} of each picture (plain, mirrored, zoomed), averaged inside the model |
| Calibration | ${describeCalibration(training.validation.calibration)}, fitted on validation |
| "Not sure" below | ${training.threshold.toFixed(3)}: above it, 80 % of the weighted validation answers are right |
| Published | ${report.time.slice(0, 10)} |

## Figures

Command: \`npx attune evaluate expression --data FER2013 --split public${name === 'expression' ? '' : ` --model models/${name}.onnx`} --deduplicate-against FER2013\`,
measured on this file; nothing is added outside the model.

| FER2013 PublicTest | |
|---|---|
| Accuracy | ${percent(report.accuracy)} (95 %: ${percent(interval[0])} to ${percent(interval[1])}), ${report.dataset.count} pictures |
| Without the pictures that Training also has | ${deduplicated ? `${percent(deduplicated.accuracy)}, ${deduplicated.count} pictures` : 'not measured'} |
| Macro-F1 | ${percent(report.macroF1)} |
| Mean recall | ${percent(report.uar)} |
| Calibration error (ECE, 15 bins) | ${percent(report.ece)} |
| Answered, all others "not sure" | ${percent(kept.coverage)} of the pictures; ${kept.accuracy === null ? 'none' : `${percent(kept.accuracy)} of those right (95 %: ${percent(kept.interval[0])} to ${percent(kept.interval[1])})`} |
| Validation accuracy (selected on it) | ${percent(training.validation.accuracy)}, ${training.validation.count} pictures |

| Emotion | Recall on PublicTest |
|---|---|
${recall.join('\n')}

## Uses and misuses

For choosing music by the mood a face shows, for a person who asked for it. **An expression is not a feeling**: people
smile when sad and frown in the sun. Not for judging people at work, at school, at a border, in hiring, or in court.
The labels are those of strangers looking at web pictures of 2013; ages, skin tones and cultures are unevenly present and
nobody has measured how. Disgust and fear are rare in the data and read worst.

## Terms

FER2013 (Goodfellow et al. 2013) has no licence on its pictures; it was published for research. FERPlus labels: MIT. The
weights carry those terms: use them for research and for yourself, and train your own for anything else:
\`npx attune train ${members[0]!.recipe} --data YOUR_DATA\`.
`;
};

const modelFolder = 'models';
const reportFolder = join('reports', name);
const modelPath = join(modelFolder, `${name}.onnx`);
await mkdir(modelFolder, { recursive: true });
await mkdir(reportFolder, { recursive: true });
await copyFile(join(run, 'model.onnx'), modelPath);
const bytes = await readFile(modelPath);
const training = JSON.parse(await readFile(join(run, 'training.json'), 'utf8')) as TrainingFile;
const recipe = readOnnxMetadata(bytes)['attune.recipe'];
if (recipe !== training.recipe)
  throw new Error(`model.onnx is of recipe ${recipe}, training.json of ${training.recipe}.`);
const report = await evaluateExpression({
  dataPath: data,
  split: 'public',
  model: modelPath,
  deduplicateAgainst: data,
  out: reportFolder,
});
if (training.members) await writeEnsembleReport(reportFolder, training.members);
else await writeTrainingReport(reportFolder, { ...membersOf(training)[0]!, dataSha256: training.dataSha256 });
await writeFile(join(modelFolder, `${name}.md`), card(training, report, bytes));
console.log(
  `${modelPath}: PublicTest ${percent(report.accuracy)}, ECE ${percent(report.ece)}; card and report written.`,
);
