/** The data of a training run: what is trained on, what is selected on, and what was left out. */
import { EMOTIONS } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { createRandom } from '../src/base/random.ts';
import { type FaceSet, hashPictures, rowsOf } from './datasets/face-set.ts';
import { loadFer2013 } from './datasets/fer2013.ts';
import { cleanTraining, splitValidation } from './datasets/split.ts';
import type { Settings } from './recipes/settings.ts';

export interface PreparedData {
  readonly set: FaceSet;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly sha256: string;
}

/**
 * @throws {InvalidInputError} `data/votes-missing`: the recipe needs FERPlus votes. `data/classes`: an emotion has no picture.
 *   `data/*`: see `loadFer2013`.
 */
export const prepareData = async (
  path: string,
  settings: Settings,
  onMessage: (message: string) => void,
): Promise<PreparedData> => {
  const set = await loadFer2013(path);
  for (const note of set.notes) onMessage(note);
  for (const sum of set.checksums) onMessage(`${sum.of}: ${sum.value} (${sum.known ?? 'unknown'})`);
  if (settings.auxiliaryWeight > 0 && !set.votes)
    throw new InvalidInputError(
      'data/votes-missing',
      `This recipe learns from FERPlus votes and ${path} has no fer2013new.csv: put it there, or add --set auxiliaryWeight=0.`,
    );
  const all = rowsOf(set, 'train');
  const { train: uncleaned, validation } = splitValidation(set, all, {
    share: settings.validationShare,
    seed: settings.seed,
  });
  const { rows, blank, contradictory } = settings.clean
    ? cleanTraining(set, uncleaned)
    : { rows: uncleaned, blank: [], contradictory: [] };
  const chosen = settings.limit > 0 ? createRandom(settings.seed).shuffle(rows.slice()).slice(0, settings.limit) : rows;
  const present = new Set(chosen.map((row) => set.labels[row]!));
  const missing = EMOTIONS.filter((_, label) => !present.has(label));
  if (missing.length > 0)
    throw new InvalidInputError(
      'data/classes',
      `Training holds no picture of ${missing.join(', ')}: all seven emotions are needed.`,
    );
  onMessage(
    `${chosen.length} pictures to train on, ${validation.length} to select on; left out: ${blank.length} blank, ${contradictory.length} contradictory.`,
  );
  return { set, train: chosen, validation, sha256: hashPictures(set.images, all) };
};
