/** Where a model fails: its accuracy by how bright, how contrasty and how sharp the pictures are, and against FERPlus's majority. */
import { measureInner } from '../src/face/quality.ts';
import { type FaceSet, pictureAt } from './datasets/face-set.ts';
import { FERPLUS_COLUMNS, voteShares } from './datasets/ferplus.ts';
import { wilsonInterval } from './metrics.ts';

export interface Score {
  readonly count: number;
  readonly accuracy: number;
  /** Wilson, 95 %. */
  readonly interval: readonly [number, number];
}

export interface Slice extends Score {
  /** The measure's smallest and largest value in the slice. */
  readonly from: number;
  readonly to: number;
}

export const MEASURES = ['brightness', 'contrast', 'sharpness'] as const;
export type Measure = (typeof MEASURES)[number];
export type Slices = Readonly<Record<Measure, readonly Slice[]>>;

const scoreOf = (right: number, count: number): Score => ({
  count,
  accuracy: count === 0 ? 0 : right / count,
  interval: wilsonInterval(right, count),
});

/**
 * Brightness (mean luma) and sharpness (fine detail over coarse) as the reader judges faces by them, of the inner face;
 * contrast: the standard deviation of the whole picture's levels.
 *
 * @param picture [48, 48], 0..255
 */
export const measurePicture = (picture: Uint8Array): Record<Measure, number> => {
  const mean = picture.reduce((sum, value) => sum + value, 0) / picture.length;
  const contrast = Math.sqrt(picture.reduce((sum, value) => sum + (value - mean) ** 2, 0) / picture.length);
  return { ...measureInner(Float32Array.from(picture)), contrast };
};

/**
 * Accuracy in `parts` slices of equal size of each measure, lowest first. Equal values may fall on two sides of a cut.
 *
 * @param rows rows of the set; `right`: whether each was read rightly
 */
export const scoreSlices = (set: FaceSet, rows: Int32Array, right: readonly boolean[], parts = 3): Slices => {
  const measured = Array.from(rows, (row) => measurePicture(pictureAt(set.images, row)));
  const slicesOf = (measure: Measure): Slice[] => {
    const order = [...measured.keys()].sort((a, b) => measured[a]![measure] - measured[b]![measure] || a - b);
    return Array.from({ length: parts }, (_, part) =>
      order.slice(Math.floor((part * order.length) / parts), Math.floor(((part + 1) * order.length) / parts)),
    )
      .filter((places) => places.length > 0)
      .map((places) => ({
        ...scoreOf(places.filter((place) => right[place]).length, places.length),
        from: measured[places[0]!]![measure],
        to: measured[places.at(-1)!]![measure],
      }));
  };
  return { brightness: slicesOf('brightness'), contrast: slicesOf('contrast'), sharpness: slicesOf('sharpness') };
};

/**
 * FERPlus's majority of a row: the emotion with more votes than any other column, contempt, "unknown" and "not a face" among
 * them; undefined where that is none of the seven, or two columns share the lead.
 */
export const ferPlusMajority = (votes: Uint8Array, row: number): number | undefined => {
  const columns = votes.subarray(row * FERPLUS_COLUMNS.length, (row + 1) * FERPLUS_COLUMNS.length);
  const most = Math.max(...columns);
  if (most === 0 || columns.filter((count) => count === most).length > 1) return undefined;
  const shares = voteShares(votes, row);
  if (!shares) return undefined;
  const emotion = shares.indexOf(Math.max(...shares));
  // The leading column is one of the seven exactly if the leading emotion has as many votes as it.
  const total = columns.reduce((sum, count) => sum + count, 0) - outsideVotes(columns);
  return Math.round(shares[emotion]! * total) === most ? emotion : undefined;
};

const OUTSIDE = ['contempt', 'unknown', 'NF'].map((name) => (FERPLUS_COLUMNS as readonly string[]).indexOf(name));
const outsideVotes = (columns: Uint8Array): number => OUTSIDE.reduce((sum, column) => sum + columns[column]!, 0);

/** Accuracy against FERPlus's majority, on the rows that have one; undefined where the set has no votes. */
export const scoreFerPlus = (set: FaceSet, rows: Int32Array, predicted: Uint8Array): Score | undefined => {
  const { votes } = set;
  if (!votes) return undefined;
  const majorities = Array.from(rows, (row) => ferPlusMajority(votes, row));
  const count = majorities.filter((emotion) => emotion !== undefined).length;
  return count === 0 ? undefined : scoreOf(majorities.filter((emotion, i) => emotion === predicted[i]).length, count);
};

/** Table rows: a measure, then each slice's range and accuracy. */
export const describeSlices = (slices: Slices): string[][] =>
  MEASURES.map((measure) => [
    measure,
    ...slices[measure].map(
      ({ from, to, accuracy, interval }) =>
        `${from.toPrecision(3)} to ${to.toPrecision(3)}: ${percent(accuracy)} (${percent(interval[0])} to ${percent(interval[1])})`,
    ),
  ]);

const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;
