/** `attune evaluate expression`: scores the expression model on labelled pictures, with all that is needed to repeat it. */
import { type Command, Option } from 'commander';
import { EMOTIONS } from '../src/base/emotions.ts';
import type { EvaluationReport, KeptScore } from '../training/evaluate.ts';
import { given, printMeasured, recallOf, whereKept } from './measure.ts';
import { JSON_FLAG, JSON_HELP, type JsonTarget } from './output.ts';

const SPLITS = ['train', 'public', 'private'] as const;

interface ExpressionOptions {
  readonly data: string;
  readonly split: (typeof SPLITS)[number];
  readonly model?: string;
  readonly deduplicateAgainst?: string;
  readonly out?: string;
  readonly json?: JsonTarget;
}

const fixed = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

const describeKept = ({ accuracy, coverage, threshold }: KeptScore): string =>
  accuracy === null
    ? `it is "not sure" of all (threshold ${threshold})`
    : `${fixed(accuracy)}  (${fixed(coverage)} of the pictures; threshold ${threshold})`;

/** Fits 80 columns: the figures, then what was taken for what. */
const describe = (report: EvaluationReport): string => {
  const { dataset, accuracyInterval: interval, deduplicated, perClass, confusion } = report;
  const cells = (values: readonly (string | number)[]): string =>
    values.map((value) => String(value).padStart(9)).join('');
  return [
    `${report.model} on ${dataset.name}, split ${dataset.split}: ${dataset.count} pictures`,
    `  accuracy           ${fixed(report.accuracy)}  (95 %: ${fixed(interval[0])} to ${fixed(interval[1])})`,
    ...(deduplicated ? [`  without copies     ${fixed(deduplicated.accuracy)}  (${deduplicated.count} pictures)`] : []),
    `  macro-F1           ${fixed(report.macroF1)}`,
    `  mean recall        ${fixed(report.uar)}`,
    `  calibration error  ${fixed(report.ece)}`,
    `  when sure          ${describeKept(report.kept)}`,
    'What was taken for what (a row: the truth; a column: the reading):',
    `${'true'.padEnd(10)}${cells(EMOTIONS)} recall`,
    ...EMOTIONS.map(
      (emotion, row) => `${emotion.padEnd(10)}${cells(confusion[row] ?? [])}${recallOf(perClass[emotion]).padStart(7)}`,
    ),
  ].join('\n');
};

const evaluate = async (options: ExpressionOptions): Promise<void> => {
  const { data, split, model, deduplicateAgainst, out, json } = options;
  const measure = async (say: (message: string) => void): Promise<EvaluationReport> => {
    const { evaluateExpression } = await import('../training/evaluate.ts');
    return evaluateExpression({
      dataPath: data,
      split,
      ...given({ model, deduplicateAgainst, out }),
      onProgress: (done, count) => say(`Evaluating: ${done} of ${count} pictures`),
    });
  };
  await printMeasured({ json, measure, describe: (report) => describe(report) + whereKept(out) });
};

export const addEvaluateExpression = (evaluateCommand: Command): void => {
  evaluateCommand
    .command('expression')
    .description('faces: FER2013 in any form')
    .requiredOption('--data <PATH>', 'FER2013 in any form, or any part of it')
    .addOption(new Option('--split <SPLIT>', 'which rows').choices(SPLITS).makeOptionMandatory())
    .option('--model <FILE>', 'another model (.onnx) than the one that ships')
    .option('--deduplicate-against <PATH>', 'report also without the pictures that stand in this data too')
    .option('--out <DIR>', 'folder for the whole report: metrics, figures, page')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
Without --model it scores the model that ships, on every row it is given.

Examples:
  attune evaluate expression --data data/fer2013 --split public
  attune evaluate expression --data fer2013.csv --split private --json out.json
  attune evaluate expression --data new --split public \\
    --deduplicate-against data/fer2013`,
    )
    .action(evaluate);
};
