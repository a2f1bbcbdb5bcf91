/** `attune evaluate lyrics`: how well emotions are read from lyrics and short texts. */
import { type Command, Option } from 'commander';
import type { LyricScore, LyricsReport } from '../training/evaluate-lyrics.ts';
import { UsageError } from './failure.ts';
import { given, printMeasured } from './measure.ts';
import { JSON_FLAG, JSON_HELP, type JsonTarget } from './output.ts';

interface LyricsOptions {
  readonly data: string;
  readonly set: LyricsReport['set'];
  readonly fold?: number;
  readonly retrain?: boolean;
  readonly json?: JsonTarget;
}

const SETS = ['zh-lyrics-7emotion', 'zh-weibo', 'en-goemotions', 'en-happy-sad', 'en-4q', 'zh-poems', 'en-isear'];

const line = (name: string, { accuracy, macroF1, accuracyInterval: [low, high], count }: LyricScore): string =>
  `  ${name.padEnd(22)}${accuracy.toFixed(3)}  ${macroF1.toFixed(3)}  ${low.toFixed(3)}-${high.toFixed(3)}${String(count).padStart(7)}`;

/** Fits 60 columns. */
const describe = (report: LyricsReport): string => {
  const { set, trainingCount, sevenClasses, positiveNegative, clue, hierarchical = {} } = report;
  return [
    `${set}: learnt from ${trainingCount}`,
    `  ${''.padEnd(22)}accur.  F1     95 %           count`,
    line(sevenClasses ? 'five classes' : 'all classes', report),
    ...(sevenClasses ? [line('seven classes', sevenClasses)] : []),
    ...(positiveNegative ? [line('good against bad', positiveNegative)] : []),
    ...(clue ? [line('CLUE test', clue)] : []),
    ...Object.entries(hierarchical).map(([name, score]) => line(name, score)),
    'F1: the mean of all classes, whatever their size.',
  ].join('\n');
};

const parseFold = (text: string): number => {
  const fold = Number(text);
  if (text.trim() !== '' && Number.isInteger(fold) && fold >= 0) return fold;
  throw new UsageError(`--fold takes a whole number from 0, not "${text}".`);
};

const evaluate = async ({ data, set, fold, retrain, json }: LyricsOptions): Promise<void> => {
  const measure = async (onProgress: (message: string) => void): Promise<LyricsReport> => {
    const { evaluateLyrics } = await import('../training/evaluate-lyrics.ts');
    return evaluateLyrics({ data, set, ...given({ fold, retrain }), onProgress });
  };
  await printMeasured({ json, measure, describe });
};

export const addEvaluateLyrics = (evaluateCommand: Command): void => {
  evaluateCommand
    .command('lyrics')
    .description('words: lyrics as counts, and short texts')
    .requiredOption('--data <PATH>', "the set's file, or the folder that holds it")
    .addOption(new Option('--set <SET>', 'which set').choices(SETS).default('zh-lyrics-7emotion'))
    .option('--fold <N>', 'this fold of the Chinese lyrics alone', parseFold)
    .option('--retrain', 'learn from the other folds instead of using the model that ships')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
The model that ships learnt from folds 0 to 3 of the Chinese lyrics: on those
it is measured only with --retrain, which learns from the other folds of the
file each time.

Examples:
  attune evaluate lyrics --data data/lyrics --retrain
  attune evaluate lyrics --data data/lyrics --set en-goemotions --json out.json`,
    )
    .action(evaluate);
};
