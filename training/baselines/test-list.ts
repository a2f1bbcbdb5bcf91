/** The 200 test pictures of the paper's Table 2: drawn once by class and seed, kept as a list, before any model was scored on it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { packagePath } from '../../node/package-root.ts';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { createRandom } from '../../src/base/random.ts';
import { countLabels, type FaceSet, hashPictures } from '../datasets/face-set.ts';

/** Table 2 of the paper counts 200 pictures. */
export const LIST_COUNT = 200;
/** The paper does not say which 200: this seed draws ours. */
export const LIST_SEED = 'table-2';
export const LIST_PATH = packagePath('models', 'baselines', 'table2-pictures.json');

const listSchema = z.object({
  seed: z.string(),
  /** SHA-256 over the raw pixels of the whole split, so that the list is never laid over other pictures. */
  sha256: z.string(),
  /** Pictures of each emotion, in the order of `EMOTIONS`. */
  counts: z.array(z.number().int()).length(EMOTIONS.length),
  /** Places within the split, from 0, ascending. */
  places: z.array(z.number().int().nonnegative()),
});
export type TestList = z.output<typeof listSchema>;

/**
 * How many of `wanted` each class gives, so that the shares are those of `counts`: whole parts first, then one more for the
 * largest remainders (Hare and Hamilton); equal remainders go to the earlier class.
 */
export const shareOut = (counts: readonly number[], wanted: number): number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (wanted >= total) return [...counts];
  const exact = counts.map((count) => (count * wanted) / total);
  const shares = exact.map(Math.floor);
  const left = wanted - shares.reduce((sum, share) => sum + share, 0);
  const order = exact.map((value, i) => ({ i, rest: value - shares[i]! })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of order.slice(0, left)) shares[i]!++;
  return shares;
};

/**
 * Places (from 0) of a class-stratified sample of `rows`, ascending; all places where `rows` are no more than `count`.
 * Depends on the labels, `count` and `seed` alone.
 */
export const drawStratified = (
  labels: Uint8Array,
  rows: Int32Array,
  { count = LIST_COUNT, seed = LIST_SEED }: { count?: number; seed?: string } = {},
): Int32Array => {
  const shares = shareOut(countLabels(labels, rows), count);
  const order = createRandom(seed).shuffle(Int32Array.from(rows.keys()));
  return order.filter((place) => shares[labels[rows[place]!]!]!-- > 0).sort();
};

/** @throws {InvalidInputError} `baselines/list`: the file is not there or not such a list. */
export const readTestList = async (path = LIST_PATH): Promise<TestList> => {
  try {
    return listSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new InvalidInputError(
      'baselines/list',
      `${path} does not hold the list of test pictures: install the package again.`,
      { cause },
    );
  }
};

/**
 * The rows of the 200: the committed list where `rows` are the very pictures it was drawn from, else a fresh one by the same rule.
 *
 * @returns rows into `set`, and which of the two they are.
 */
export const findTestRows = async (
  set: FaceSet,
  rows: Int32Array,
): Promise<{ rows: Int32Array; origin: 'committed' | 'drawn' }> => {
  const list = await readTestList();
  const committed = list.sha256 === hashPictures(set.images, rows);
  const places = committed ? Int32Array.from(list.places) : drawStratified(set.labels, rows);
  return { rows: places.map((place) => rows[place]!), origin: committed ? 'committed' : 'drawn' };
};
