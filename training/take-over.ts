/** Transfer learning: a run's first weights are those another run ended with, wherever both networks have the same array. */
import { existsSync } from 'node:fs';
import { InvalidInputError } from '../src/base/errors.ts';
import { type Network, networkLayout, type Slot, type Weights } from '../src/graph/build.ts';
import { readCheckpoint } from './checkpoint.ts';
import { RECIPES } from './recipes/index.ts';
import { type Settings, settingsSchema } from './recipes/settings.ts';

const ANOTHER = 'give another one with --set startFrom=FILE';

/** A run's averaged weights, and where each array lies in them. */
const openRun = async (path: string) => {
  const { recipe: name, settings, state } = await readCheckpoint(path, ANOTHER);
  const unusable = (why: string): InvalidInputError =>
    new InvalidInputError('recipe/start', `${path} cannot be started from (${why}): ${ANOTHER}.`);
  const recipe = RECIPES.find((candidate) => candidate.name === name);
  const before = settingsSchema.safeParse(settings);
  if (!recipe || !before.success) throw unusable(`its recipe "${name}" or its settings are not of this version`);
  const { size } = before.data;
  const layout = networkLayout(recipe.network(before.data), [1, size, size]);
  const { average, averageStatistics } = state;
  if (average?.length !== layout.parameterCount || averageStatistics?.length !== layout.statisticCount)
    throw unusable(
      `it holds ${average?.length ?? 0} weights where the network of "${name}" has ${layout.parameterCount}`,
    );
  return { average, averageStatistics, layout };
};

/**
 * `fresh` with every array replaced that the checkpoint has under the same name and in the same shape.
 *
 * @param path a checkpoint of a training run (`best.bin` or `checkpoint.bin`); its averaged weights are taken.
 * @throws {InvalidInputError} `recipe/start`: there is no such file, it is of another version, or no array of it fits.
 *   `checkpoint/damaged`, `checkpoint/missing`.
 */
export const takeOver = async (
  path: string,
  fresh: Weights,
  { network, settings }: { readonly network: Network; readonly settings: Settings },
): Promise<Weights> => {
  if (!existsSync(path))
    throw new InvalidInputError(
      'recipe/start',
      `There is no checkpoint ${path} to start from: train it first (attune train transfer-base), or give another one with --set startFrom=FILE.`,
    );
  const { average, averageStatistics, layout: theirs } = await openRun(path);
  const ours = networkLayout(network, [1, settings.size, settings.size]);
  let taken = 0;
  const copy = (to: Float32Array, slots: readonly Slot[], from: Float32Array, otherSlots: readonly Slot[]) => {
    const result = to.slice();
    for (const { name, dims, start } of slots) {
      const other = otherSlots.find((slot) => slot.name === name && slot.dims.join() === dims.join());
      if (!other) continue;
      result.set(from.subarray(other.start, other.end), start);
      taken++;
    }
    return result;
  };
  const parameters = copy(fresh.parameters, ours.parameters, average, theirs.parameters);
  const statistics = copy(fresh.statistics, ours.statistics, averageStatistics, theirs.statistics);
  if (taken === 0)
    throw new InvalidInputError(
      'recipe/start',
      `The network of ${path} shares no array with this one: start from a run of the same layout.`,
    );
  return { parameters, statistics };
};
