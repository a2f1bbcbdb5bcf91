/** Finished runs as one model: each network as it was chosen, their answers averaged, and the whole calibrated anew. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSession } from '../node/open-session.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { buildModel } from '../src/graph/build.ts';
import { joinNetworks, type Member } from '../src/graph/ensemble.ts';
import { equalized } from '../src/graph/equalize.ts';
import { type Checkpoint, type Round, readCheckpoint } from './checkpoint.ts';
import { PICTURE_SIDE } from './datasets/face-set.ts';
import { runModel } from './evaluate.ts';
import { prepareData } from './prepare-data.ts';
import { networkInUse } from './recipes/in-use.ts';
import { findRecipe } from './recipes/index.ts';
import { type Settings, settingsSchema } from './recipes/settings.ts';
import { secondsOf, writeModel } from './ship.ts';

export interface EnsembleOptions {
  /** Folders of finished runs, each with its number of views in use. */
  readonly runs: readonly { readonly path: string; readonly views: number }[];
  readonly dataPath: string;
  readonly outPath: string;
  /** How the file holds weights. @default 'int8' */
  readonly storage?: Settings['storage'];
  readonly onMessage?: (message: string) => void;
}

/** What training.json says of one network of an ensemble. */
export interface MemberSummary {
  readonly recipe: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly bestEpoch: number;
  readonly history: readonly Round[];
}

interface Run {
  readonly path: string;
  readonly best: Checkpoint;
  readonly settings: Settings;
}

/** What has to be equal, so that the pictures kept for selection are the same and no member has learnt from them. */
const SPLIT_KEYS = ['splitSeed', 'validationShare', 'nearCopies'] as const;

/**
 * Writes `model.onnx` and `training.json` into `outPath`.
 *
 * @throws {InvalidInputError} `ensemble/split`: the runs kept other pictures for selection. `ensemble/preprocess`: a run's
 *   preprocessing does not exist inside a model. `checkpoint/damaged`, `data/*`.
 */
export const shipEnsemble = async (options: EnsembleOptions) => {
  const { runs, dataPath, outPath, storage = 'int8', onMessage = () => {} } = options;
  const opened = await Promise.all(runs.map((run) => openRun(run.path, run.views)));
  const [first] = opened;
  if (!first) throw new InvalidInputError('ensemble/empty', 'No run was given: give the folders of finished runs.');
  const data = await prepareData(dataPath, { ...first.settings, teacher: '', preprocess: 'none' }, onMessage);
  for (const run of opened) checkSplit(run, first, data.sha256);
  const { network, weights } = joinNetworks(opened.map(asMember), [1, PICTURE_SIDE, PICTURE_SIDE]);
  const uncalibrated = buildModel({
    network,
    inputDims: [1, PICTURE_SIDE, PICTURE_SIDE],
    weights,
    storage,
    metadata: {},
  });
  const session = await openSession(uncalibrated);
  const logits = await runModel(session, data.set.images, data.validation);
  await session.release();
  await mkdir(outPath, { recursive: true });
  const members = await Promise.all(opened.map(summarize));
  const recipe = members.map((member) => member.recipe).join(' + ');
  const { modelPath, ...written } = await writeModel({
    network,
    weights,
    storage,
    logits,
    rows: data.validation,
    data,
    metadata: {
      'attune.recipe': recipe,
      'attune.preprocess': 'none',
      'attune.views': String(runs.reduce((sum, { views }) => sum + views, 0)),
      'attune.members': JSON.stringify(members.map(({ settings, bestEpoch }) => ({ settings, epoch: bestEpoch }))),
      'attune.seed': String(first.settings.seed),
      'attune.trainingSeconds': members.reduce((sum, { history }) => sum + secondsOf(history), 0).toFixed(0),
    },
    outPath,
  });
  const summary = { recipe, dataSha256: data.sha256, members, ...written };
  await writeFile(join(outPath, 'training.json'), JSON.stringify(summary, null, 1));
  return { modelPath, ...written };
};

const openRun = async (path: string, views: number): Promise<Run> => {
  const best = await readCheckpoint(join(path, 'best.bin'));
  return { path, best, settings: { ...settingsSchema.parse(best.settings), views } };
};

/** The run's own account of itself, with its curve to the end; its teacher is told by what the file held. */
const summarize = async ({ path, best, settings }: Run): Promise<MemberSummary> => {
  const told = JSON.parse(await readFile(join(path, 'training.json'), 'utf8')) as {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly history: readonly Round[];
  };
  return {
    recipe: best.recipe,
    settings: { ...told.settings, views: settings.views },
    bestEpoch: best.history.length,
    history: told.history,
  };
};

const checkSplit = (run: Run, first: Run, dataSha256: string): void => {
  const differing = SPLIT_KEYS.filter((key) => run.settings[key] !== first.settings[key]);
  if (differing.length === 0 && run.best.dataSha256 === dataSha256) return;
  const why = differing.length > 0 ? `${differing.join(', ')} differ` : 'it was trained on other pictures';
  throw new InvalidInputError(
    'ensemble/split',
    `${run.path} and ${first.path} did not keep the same pictures for selection (${why}): join runs of one data set and one splitSeed.`,
  );
};

const asMember = ({ path, best, settings }: Run): Member => {
  const { average, averageStatistics } = best.state;
  const weights = { parameters: average!, statistics: averageStatistics! };
  const network = networkInUse(findRecipe(best.recipe).network(settings), settings);
  if (settings.preprocess === 'none') return { network, weights };
  if (settings.preprocess === 'equalize')
    return { network: (tape, input) => network(tape, equalized(tape, input)), weights };
  throw new InvalidInputError(
    'ensemble/preprocess',
    `${path} was trained with preprocess=${settings.preprocess}, which models do not do themselves: join runs with none or equalize.`,
  );
};
