/** `attune evaluate song-mood`: what songs make their listeners feel, told from their sound. */
import { type Command, Option } from 'commander';
import type { SongMoodReport, SongProtocol } from '../training/evaluate-song-mood.ts';
import { given, printMeasured } from './measure.ts';
import { JSON_FLAG, JSON_HELP, type JsonTarget, percent } from './output.ts';

interface SongMoodOptions {
  readonly data: string;
  readonly protocol: SongProtocol;
  readonly model?: string;
  readonly json?: JsonTarget;
}

/** Fits 60 columns but for the note. */
const describe = (report: SongMoodReport): string => {
  const [low, high] = report.meanPearsonInterval;
  return [
    `Felt emotions of ${report.count} songs of ${report.dataset.name} from their sound`,
    report.note,
    `  mean correlation   ${report.meanPearson.toFixed(3)}  (95 %: ${low.toFixed(3)} to ${high.toFixed(3)})`,
    ...Object.entries(report.pearson).map(([name, value]) => `    ${name.padEnd(17)}${value.toFixed(3).padStart(6)}`),
    `  likeliest of the seven as felt: ${percent(report.sevenAgreement)}`,
  ].join('\n');
};

const evaluate = async ({ data, protocol, model, json }: SongMoodOptions): Promise<void> => {
  const measure = async (onProgress: (message: string) => void): Promise<SongMoodReport> => {
    const { evaluateSongMood } = await import('../training/evaluate-song-mood.ts');
    return evaluateSongMood({ dataPath: data, protocol, ...given({ model }), onProgress });
  };
  await printMeasured({ json, measure, describe });
};

export const addEvaluateSongMood = (evaluateCommand: Command): void => {
  evaluateCommand
    .command('song-mood')
    .description('songs: the nine emotions felt, by track')
    .requiredOption('--data <PATH>', 'folder of Emotify, or of songs in its layout')
    .addOption(new Option('--protocol <NAME>', 'see below').choices(['auto', 'model', 'folds']).default('auto'))
    .option('--model <FILE>', 'another model (.onnx) than the one that ships')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
"model" scores the model that ships on the songs it has not heard; "folds"
learns anew without each fifth of the songs and scores that fifth; "auto"
takes the model where some songs are new to it, else the folds.

Examples:
  attune evaluate song-mood --data data/emotify
  attune evaluate song-mood --data new-songs --json out.json`,
    )
    .action(evaluate);
};
