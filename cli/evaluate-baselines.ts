/** `attune evaluate expression-baselines`: the first paper's Table 2, measured again. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { BaselineScore, BaselinesReport } from '../training/evaluate-baselines.ts';
import { given, printMeasured } from './measure.ts';
import { JSON_FLAG, JSON_HELP, type JsonTarget } from './output.ts';

const SPLITS = ['train', 'public', 'private'] as const;

interface BaselineOptions {
  readonly data: string;
  readonly split: (typeof SPLITS)[number];
  readonly retrain?: boolean;
  readonly models?: string;
  readonly only?: readonly string[];
  readonly out?: string;
  readonly json?: JsonTarget;
}

const rate = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;
const score = (found: BaselineScore): string =>
  `${rate(found.accuracy).padStart(7)} (${rate(found.interval[0])} to ${rate(found.interval[1])})`;
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString('en-US')} KB`;

/** A few lines a method, within 60 columns. */
const describe = ({ dataset, list, rows }: BaselinesReport): string => {
  const heading = [
    `${dataset.name}, split ${dataset.split}: ${dataset.count} pictures, and ${list.count} of them`,
    list.origin === 'committed' ? '(the list drawn beforehand)' : '(drawn by the rule of the list).',
    'Right answers with 95 % intervals:',
  ];
  const lines = rows.flatMap(({ method, paper, list: few, whole, withoutCopies, trainingSeconds, bytes, command }) => {
    const title = paper === null ? method : `${method}: the paper ${rate(paper / 200)}`;
    if (!few || !whole) return [title, '  not trained yet:', ...command.split(' && ').map((part) => `    ${part}`)];
    const cost = [
      ...(trainingSeconds === null ? [] : [`trained ${Math.round(trainingSeconds)} s`]),
      ...(bytes === null ? [] : [kilobytes(bytes)]),
    ].join(', ');
    return [
      title,
      `  ${String(few.count).padStart(5)}: ${score(few)}`,
      `  ${String(whole.count).padStart(5)}: ${score(whole)}`,
      ...(withoutCopies
        ? [`  ${String(withoutCopies.count).padStart(5)}: ${score(withoutCopies)} without copies`]
        : []),
      ...(cost ? [`         ${cost}`] : []),
    ];
  });
  return [...heading, ...lines].join('\n');
};

const evaluate = async (options: BaselineOptions): Promise<void> => {
  const { data, split, retrain, models, only, out, json } = options;
  const measure = async (say: (message: string) => void): Promise<BaselinesReport> => {
    const { evaluateBaselines } = await import('../training/evaluate-baselines.ts');
    const { makeOutFolder } = await import('../training/out-folder.ts');
    if (out !== undefined) await makeOutFolder(out);
    say(`Reading ${data}`);
    return evaluateBaselines({ dataPath: data, split, ...given({ retrain, models, only }), onProgress: say });
  };
  const writePage = async (report: BaselinesReport): Promise<void> => {
    if (out === undefined) return;
    const { describeBaselines } = await import('../training/report-baselines.ts');
    await writeFile(join(out, 'baselines.md'), describeBaselines(report));
  };
  await printMeasured({ json, measure, describe, keep: writePage });
};

export const addEvaluateBaselines = (evaluateCommand: Command): void => {
  evaluateCommand
    .command('expression-baselines')
    .description("the first paper's Table 2: classical and neural baselines on the same pictures")
    .requiredOption('--data <PATH>', 'FER2013 in any form, or any part of it')
    .addOption(new Option('--split <SPLIT>', 'which rows').choices(SPLITS).makeOptionMandatory())
    .option('--retrain', 'train what has no stored model, on the Training split of the data')
    .option('--models <DIR>', 'folder of the stored models (default: those that ship)')
    .option('--out <DIR>', 'folder for the table as a page, baselines.md')
    .option('--only <METHOD...>', 'only methods whose name holds this')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
Examples:
  attune evaluate expression-baselines --data data/fer2013 --split public
  attune evaluate expression-baselines --data data/fer2013 --split public \\
    --only gabor lbp --retrain --models runs/baselines`,
    )
    .action(evaluate);
};
