/** All commands under one name, and what happens when one fails. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { packagePath } from '../node/package-root.ts';
import { addData } from './data.ts';
import { addDoctor } from './doctor.ts';
import { addEvaluate } from './evaluate.ts';
import { describeFailure, reportFailure } from './failure.ts';
import { addLibrary } from './library.ts';
import { addRead } from './read.ts';
import { addRecommend } from './recommend.ts';
import { addServe } from './serve.ts';
import { addTrain } from './train.ts';
import { addWork } from './work.ts';

const EXAMPLES = `
Examples:
  attune recommend me.jpg                    a playlist for the face in a photo
  attune recommend --mood sad --goal calm    a playlist for a mood you name
  attune read party.jpg clip.mp4             what every face seems to feel
  attune serve                               the page, with a camera

Exit codes: 0 done; 1 no answer (nothing found, not sure, something is missing
here); 2 bad use or bad input. Nothing leaves this machine,
but what "library add https://…" and "library complete" ask for.`;

const createProgram = (): Command => {
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  const program = new Command('attune')
    .description('Reads which emotion a face shows and builds a playlist that meets that mood or moves it.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    // What goes wrong is reported in one place, below.
    .configureOutput({ outputError: () => {} })
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  for (const add of [addRead, addRecommend, addLibrary, addWork, addServe, addTrain, addEvaluate, addData, addDoctor])
    add(program);
  return program;
};

const wantsJson = (args: readonly string[]): boolean =>
  args.some(
    (arg, index) =>
      arg === '--json' ||
      arg.startsWith('--json=') ||
      arg === '--format=json' ||
      (arg === 'json' && args[index - 1] === '--format'),
  );

/** The commands that take files to read: there, `--json photo.jpg` must not write over the photo. */
const READING_COMMANDS = ['read', 'recommend'];

/** `--json` takes an optional FILE; before anything not called *.json, a reading command means the screen. */
const separateJson = (args: readonly string[]): string[] =>
  args.map((arg, index) => {
    const next = args[index + 1];
    const isFile = next === undefined || next.startsWith('-') || /\.json$/i.test(next);
    return arg === '--json' && READING_COMMANDS.includes(args[0] ?? '') && !isFile ? '--json=-' : arg;
  });

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code
 */
export const runCli = async (args: readonly string[]): Promise<number> => {
  const program = createProgram();
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(separateJson(args), { from: 'user' });
    return 0;
  } catch (error) {
    // Help and version that were asked for arrive here too, already printed.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = describeFailure(error);
    const asJson = wantsJson(args);
    const [command] = args;
    const help = program.commands.some((one) => one.name() === command) ? `attune ${command} --help` : 'attune --help';
    reportFailure(failure, asJson);
    if (failure.code === 'cli/usage' && !asJson) process.stderr.write(`See '${help}'.\n`);
    if (failure.code === 'cli/failed' && process.env.ATTUNE_DEBUG) console.error(error);
    return failure.exitCode;
  }
};
