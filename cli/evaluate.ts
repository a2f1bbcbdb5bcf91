/** `attune evaluate`: measures models and methods on labelled data; one file a task. */
import type { Command } from 'commander';
import { addEvaluateBaselines } from './evaluate-baselines.ts';
import { addEvaluateExpression } from './evaluate-expression.ts';
import { addEvaluateGenre } from './evaluate-genre.ts';
import { addEvaluateLyrics } from './evaluate-lyrics.ts';
import { addEvaluateRecommend } from './evaluate-recommend.ts';
import { addEvaluateSongMood } from './evaluate-song-mood.ts';
import { addEvaluateSpeech } from './evaluate-speech.ts';
import { UsageError } from './failure.ts';

const TASKS: readonly ((evaluateCommand: Command) => void)[] = [
  addEvaluateExpression,
  addEvaluateBaselines,
  addEvaluateLyrics,
  addEvaluateRecommend,
  addEvaluateSpeech,
  addEvaluateGenre,
  addEvaluateSongMood,
];

export const addEvaluate = (program: Command): void => {
  const evaluateCommand = program
    .command('evaluate')
    .description('measure a model on labelled data')
    .helpCommand(false)
    .argument('[TASK]')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      'after',
      `
Each task has its own options: attune evaluate expression --help

Examples:
  attune evaluate expression --data data/fer2013 --split public
  attune evaluate recommend --data data/songs --set lastfm --json scores.json`,
    );
  for (const add of TASKS) add(evaluateCommand);
  // Reached only where no task's own command was.
  evaluateCommand.action((task?: string) => {
    const names = evaluateCommand.commands.map((command) => command.name()).join(', ');
    throw new UsageError(
      task === undefined
        ? `Name what to evaluate: ${names}.`
        : `There is no task "${task}" to evaluate: choose ${names}.`,
    );
  });
};
