/** `attune train`: makes a model out of labelled faces or sounds, as a recipe says. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import {
  checkJsonTarget,
  createProgress,
  isScreen,
  JSON_FLAG,
  JSON_HELP,
  type JsonTarget,
  percent,
  print,
  writeJson,
} from './output.ts';
import { isSoundRecipe, trainSoundRecipe } from './train-sound.ts';

interface TrainOptions {
  readonly data: string;
  readonly device: 'cpu' | 'webgpu';
  readonly set: readonly string[];
  readonly resume?: boolean;
  readonly out?: string;
  readonly json?: JsonTarget;
}

const describeTime = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 90) return `${Math.ceil(seconds)} s left`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
};

const trainModel = async (recipe: string, options: TrainOptions): Promise<void> => {
  const { data, device, set, resume = false, out = join('runs', recipe), json } = options;
  checkJsonTarget(json);
  const progress = createProgress();
  if (isSoundRecipe(recipe)) {
    const onMessage = (message: string): void => {
      progress.clear();
      if (!isScreen(json)) print(message);
    };
    const sound = { recipe, dataPath: data, outPath: out, changes: set, resume, onMessage };
    const { result, sentence } = await trainSoundRecipe(sound);
    if (json !== undefined) writeJson(result, json);
    if (!isScreen(json)) print(sentence);
    return;
  }
  const { train } = await import('../training/train.ts');
  try {
    const result = await train({
      recipe,
      dataPath: data,
      outPath: out,
      changes: set,
      device,
      resume,
      onProgress: ({ epoch, epochs, done, loss, accuracy, imagesPerSecond, secondsLeft }) =>
        progress.say(
          `round ${epoch}/${epochs} (${percent(done)})  loss ${loss.toFixed(3)}  right ${percent(accuracy)}  ` +
            `${Math.round(imagesPerSecond)} images/s  ${describeTime(secondsLeft)}`,
        ),
      onMessage: (message) => {
        progress.clear();
        if (!isScreen(json)) print(message);
      },
    });
    progress.clear();
    if (json !== undefined) writeJson(result, json);
    if (!isScreen(json))
      print(`The model is ${result.modelPath}: right on ${percent(result.validation.accuracy)} of validation.`);
  } finally {
    progress.clear();
  }
};

export const addTrain = (program: Command): void => {
  program
    .command('train')
    .description('train a model on your own copy of the data')
    .argument(
      '<RECIPE>',
      'compact (the one that ships), tiny, table1-7x7, smoke (seconds), ...; a wrong name lists all',
    )
    .requiredOption(
      '--data <PATH>',
      'FER2013: fer2013.csv, a folder of class folders, or the packed PNG form; or a set of sounds',
    )
    .addOption(new Option('--device <DEVICE>', 'where to compute').choices(['cpu', 'webgpu']).default('cpu'))
    .option('--set <KEY=VALUE...>', 'change a setting of the recipe; a wrong key lists them all', [])
    .option('--resume', 'go on with the run in --out')
    .option('--out <DIR>', 'folder for checkpoints, curves and the model (default: runs/RECIPE)')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
A run can be stopped at any time, even by force: --resume goes on from the last
checkpoint.

Examples:
  attune train smoke --data fer2013.csv
  attune train compact --data data/fer2013 --out runs/mine --set epochs=24
  attune train compact --data data/fer2013 --out runs/mine --resume
  attune train speech-digits --data data/fsdd
  attune train speech-voice --data data    (holds ravdess and emodb)
  attune train genre-rglu-joined --data data/emotify
  attune train song-mood --data data/emotify`,
    )
    .action(trainModel);
};
