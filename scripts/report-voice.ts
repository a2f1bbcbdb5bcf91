/**
 * Draws what a training run of the voice model found on speakers it had not heard: reports/speech/voice-judged.*.
 *
 *   npx tsx scripts/report-voice.ts RUN_FOLDER
 *
 * RUN_FOLDER is what `attune train speech-voice --out` left; its training.json holds each judged clip's numbers.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packagePath } from '../node/package-root.ts';
import { EMODB_EMOTIONS } from '../training/datasets/emodb.ts';
import { RAVDESS_EMOTIONS } from '../training/datasets/ravdess.ts';
import { type SpeechScore, scoreSeven, scoreSpeech } from '../training/evaluate-speech.ts';
import { confusionChart, lineChart } from '../training/plot.ts';
import { findSpeechRecipe } from '../training/recipes/speech.ts';
import { markdownTable } from '../training/speech-report.ts';

interface Judged {
  readonly set: string;
  readonly group: string;
  readonly label: number;
  readonly logits: readonly number[];
}
interface Run {
  readonly temperature: number;
  readonly threshold: number;
  readonly dataSha256: string;
  readonly modelSha256: string;
  readonly cpuSeconds: number;
  readonly settings: Readonly<Record<string, unknown>> & { readonly seed: number };
  readonly networks: number;
  readonly history: readonly { readonly epoch: number; readonly loss: number; readonly accuracy: number }[];
  readonly judged: { readonly folds: number; readonly examples: readonly Judged[] };
}

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: npx tsx scripts/report-voice.ts RUN_FOLDER');
  process.exit(2);
}
const run = JSON.parse(await readFile(join(folder, 'training.json'), 'utf8')) as Run;
const recipe = findSpeechRecipe('speech-voice');
const out = packagePath('reports', 'speech');
const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
const rowOf = (name: string, score: SpeechScore): (string | number)[] => [
  name,
  score.count,
  percent(score.accuracy),
  score.accuracyInterval.map(percent).join(' to '),
  percent(score.uar),
  percent(score.macroF1),
  percent(score.ece),
];

const rows: (string | number)[][] = [];
const scores: Record<string, SpeechScore> = {};
for (const [set, names] of [
  ['ravdess', RAVDESS_EMOTIONS],
  ['emodb', EMODB_EMOTIONS],
] as const) {
  const examples = run.judged.examples.filter((example) => example.set === set);
  const logits = Float32Array.from(
    examples.flatMap((example) => example.logits.map((value) => value / run.temperature)),
  );
  const labels = examples.map(({ label }) => label);
  const speakers = new Set(examples.map(({ group }) => group)).size;
  const own = scoreSpeech(
    logits,
    labels,
    recipe.labels,
    names.map((name) => recipe.labels.indexOf(name)),
  );
  const seven = scoreSeven(logits, labels, recipe.labels.length);
  scores[set] = own;
  scores[`${set}-seven`] = seven;
  rows.push(
    rowOf(`${set}, its own ${names.length} classes, ${speakers} speakers`, own),
    rowOf(`${set}, the seven emotions`, seven),
  );
  await writeFile(
    join(out, `voice-${set}.svg`),
    confusionChart({ title: `${set}: speakers not heard in training`, labels: own.labels, confusion: own.confusion }),
  );
}
await writeFile(
  join(out, 'voice-training.svg'),
  lineChart({
    title: 'The first network that ships, while it learnt',
    x: { label: 'round' },
    y: { label: 'share right, loss' },
    series: [
      {
        name: 'right (augmented training clips)',
        points: run.history.map(({ epoch, accuracy }) => [epoch, accuracy] as const),
      },
      { name: 'loss', points: run.history.map(({ epoch, loss }) => [epoch, loss] as const) },
    ],
  }),
);
const { examples, ...judged } = run.judged;
await writeFile(
  join(out, 'voice-judged.json'),
  `${JSON.stringify({ ...judged, judgedClips: examples.length, scores }, null, 1)}\n`,
);
await writeFile(
  join(out, 'voice-judged.md'),
  `# The mood of the voice, by speakers not heard

Each clip was judged by ${run.networks} networks and a regression that had heard none of its speaker's clips. The speakers are dealt into ${run.judged.folds} parts; ${examples.length} clips were judged.

${markdownTable(['set', 'clips', 'right', '95 %', 'mean recall', 'macro-F1', 'ECE'], rows)}

![RAVDESS](voice-ravdess.svg)

![EMO-DB](voice-emodb.svg)

${markdownTable(
  ['RAVDESS class', 'precision', 'recall', 'clips'],
  Object.entries(scores.ravdess!.perClass).map(([name, { precision, recall, support }]) => [
    name,
    percent(precision),
    percent(recall),
    support,
  ]),
)}

![Training](voice-training.svg)

One run, seeds ${run.settings.seed} to ${run.settings.seed + run.networks - 1}. The temperature (${run.temperature.toFixed(3)}) and the threshold (${run.threshold.toFixed(3)}) come from these same clips, so ECE flatters a little. Settings: \`${JSON.stringify(run.settings)}\`. Data sha256 ${run.dataSha256}, model sha256 ${run.modelSha256}; ${run.cpuSeconds.toFixed(0)} processor seconds for the networks that ship.
`,
);
console.log(markdownTable(['set', 'clips', 'right', '95 %', 'mean recall', 'macro-F1', 'ECE'], rows));
