/** `attune evaluate genre`: genres of songs by their sound, and the paper's comparison of six ways to tell them. */
import { type Command, Option } from 'commander';
import type { EvaluateGenreOptions, GenreReport } from '../training/evaluate-genre.ts';
import { given, printMeasured, recallOf } from './measure.ts';
import { JSON_FLAG, JSON_HELP, type JsonTarget } from './output.ts';

interface GenreOptions {
  readonly data: string;
  readonly protocol: NonNullable<EvaluateGenreOptions['protocol']>;
  readonly split: NonNullable<EvaluateGenreOptions['split']>;
  readonly row: readonly string[];
  readonly set: readonly string[];
  readonly model?: string;
  readonly parts?: number;
  readonly keep?: string;
  readonly out?: string;
  readonly json?: JsonTarget;
}

const share = (fraction: number | null): string => (fraction === null ? '' : `${(100 * fraction).toFixed(1)} %`);

/** Fits 76 columns but for the note. */
const describe = (report: GenreReport): string => {
  const { rows, row: best, labels, confusion, perClass, dataset } = report;
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  const cells = (values: readonly (string | number)[]): string =>
    values.map((value) => String(value).slice(0, 8).padStart(9)).join('');
  return [
    `${dataset.name}, ${dataset.split}: ${report.count} tracks scored`,
    report.note,
    `${''.padEnd(20)}  tracks   95 %              slices   parameters`,
    ...Object.entries(rows).map(([name, { accuracy, accuracyInterval, sliceAccuracy, parameters }]) =>
      `  ${name.padEnd(18)}${share(accuracy).padStart(8)}   ${share(accuracyInterval[0])} to ${share(accuracyInterval[1])}${share(sliceAccuracy).padStart(10)}${String(parameters ?? '').padStart(13)}`.trimEnd(),
    ),
    `What was taken for what by ${best} (a row: the truth; a column: the answer):`,
    `${'true'.padEnd(width)}${cells(labels)} recall`,
    ...labels.map(
      (label, i) => `${label.padEnd(width)}${cells(confusion[i] ?? [])}${recallOf(perClass[label]!).padStart(7)}`,
    ),
  ].join('\n');
};

const evaluate = async (options: GenreOptions): Promise<void> => {
  const { data, protocol, split, row, set, model, parts, keep, out, json } = options;
  const measure = async (onProgress: (message: string) => void): Promise<GenreReport> => {
    const { evaluateGenre } = await import('../training/evaluate-genre.ts');
    const rows = row.length > 0 ? row : undefined;
    return evaluateGenre({
      dataPath: data,
      protocol,
      split,
      changes: set,
      ...given({ rows, model, parts, keep }),
      onProgress,
    });
  };
  const writePages = async (report: GenreReport): Promise<void> => {
    if (out === undefined) return;
    const { writeGenreReport } = await import('../training/genre-report.ts');
    await writeGenreReport(out, report);
  };
  await printMeasured({ json, measure, describe, keep: writePages });
};

export const addEvaluateGenre = (evaluateCommand: Command): void => {
  evaluateCommand
    .command('genre')
    .description('songs: genres, and the six rows of the paper')
    .requiredOption('--data <PATH>', 'folder of Emotify or songs in its layout, or of GTZAN')
    .addOption(new Option('--protocol <NAME>', 'see below').choices(['auto', 'model', 'folds', 'rows']).default('auto'))
    .addOption(
      new Option('--split <NAME>', 'GTZAN: which lists').choices(['filtered', 'stratified']).default('filtered'),
    )
    .option('--row <NAME...>', 'only these rows: genre-svm, genre-cnn, genre-glu, ...', [])
    .option('--set <KEY=VALUE...>', 'change a setting of all rows; a wrong key lists them all', [])
    .option('--model <FILE>', 'another model (.onnx) than the one that ships')
    .option('--parts <N>', 'of the five parts, score only so many with the nets', Number)
    .option('--keep <DIR>', 'keep what each part answered: a run broken off goes on')
    .option('--out <DIR>', 'folder for the whole report: metrics, figures, page')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
"model" scores the model that ships on songs it has not heard; "folds" trains
its recipe anew without each fifth of the songs and scores that fifth; "rows"
does so with all six recipes; "auto" takes the model where some songs are new
to it, else the folds. Slices of one track never part. GTZAN's sounds lie in
GENRE/GENRE.NNNNN.wav (or .au), in PATH itself, genres/ or genres_original/,
the lists train_filtered.txt and so on in PATH. Without the sounds the support
vector machine alone is measured, on GTZAN's table of features.

Examples:
  attune evaluate genre --data data/emotify
  attune evaluate genre --data data/emotify --protocol rows --keep runs/rows
  attune evaluate genre --data data/gtzan --split stratified --json out.json`,
    )
    .action(evaluate);
};
