/** How good a ranked list is against what somebody went on to hear: small functions, each with its formula and edge cases. */

/** What one list is judged by. */
export interface RankedList {
  /** Items, best first. */
  readonly ranked: readonly number[];
  /** Items held out: what the list should have found. At least one. */
  readonly wanted: ReadonlySet<number>;
}

/** Wanted items among the first k / k. A list shorter than k is as if filled with misses. */
export const precisionAt = ({ ranked, wanted }: RankedList, k: number): number =>
  ranked.slice(0, k).filter((item) => wanted.has(item)).length / k;

/** Wanted items among the first k / wanted items; 0 where none is wanted. */
export const recallAt = ({ ranked, wanted }: RankedList, k: number): number =>
  wanted.size === 0 ? 0 : ranked.slice(0, k).filter((item) => wanted.has(item)).length / wanted.size;

/**
 * Sum of 1 / log2(place + 1) over the wanted items found (places from 1), divided by the same of the best list there could be.
 *
 * @see Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002), with gains of 0 and 1.
 */
export const ndcgAt = ({ ranked, wanted }: RankedList, k: number): number => {
  const discount = (place: number): number => 1 / Math.log2(place + 2);
  let gain = 0;
  ranked.slice(0, k).forEach((item, place) => {
    if (wanted.has(item)) gain += discount(place);
  });
  let best = 0;
  for (let place = 0; place < Math.min(k, wanted.size); place++) best += discount(place);
  return best === 0 ? 0 : gain / best;
};

/** Different items in any list / candidates. */
export const coverageOf = (lists: readonly (readonly number[])[], candidates: number): number =>
  candidates === 0 ? 0 : new Set(lists.flat()).size / candidates;

/** 1 - mean likeness of all pairs in a list; 0 for fewer than two items. */
export const diversityOf = (list: readonly number[], likeness: (a: number, b: number) => number): number => {
  let sum = 0;
  let pairs = 0;
  list.forEach((a, at) => {
    for (const b of list.slice(at + 1)) {
      sum += likeness(a, b);
      pairs += 1;
    }
  });
  return pairs === 0 ? 0 : 1 - sum / pairs;
};

/**
 * Mean of -log2 of the share of listeners who know an item: (listeners of it + 1) / (all listeners + 1). In bits; 0 for a list
 * of what everybody knows, or an empty one.
 *
 * @see Vargas and Castells, Rank and relevance in novelty and diversity metrics (2011): mean self-information.
 */
export const noveltyOf = (list: readonly number[], listeners: ArrayLike<number>, all: number): number =>
  list.length === 0
    ? 0
    : list.reduce((sum, item) => sum - Math.log2(((listeners[item] ?? 0) + 1) / (all + 1)), 0) / list.length;

/**
 * Chance that a positive scores above a negative, equal scores counting half: the area under the ROC curve. 0.5 where there
 * are none of either.
 *
 * @see Mann and Whitney (1947); Hanley and McNeil (1982).
 */
export const areaUnderCurve = (positives: ArrayLike<number>, negatives: ArrayLike<number>): number => {
  if (positives.length === 0 || negatives.length === 0) return 0.5;
  const sorted = Float64Array.from(negatives).sort();
  const countBelow = (score: number, orEqual: boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < score || (orEqual && sorted[middle]! === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let sum = 0;
  for (let at = 0; at < positives.length; at++) {
    sum += (countBelow(positives[at]!, false) + countBelow(positives[at]!, true)) / 2;
  }
  return sum / positives.length / negatives.length;
};

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean ± 1.96 standard errors: a 95 % interval for the mean of many independent values. */
export const meanInterval = (values: readonly number[]): [number, number] => {
  const mean = meanOf(values);
  if (values.length < 2) return [mean, mean];
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const half = 1.959963984540054 * Math.sqrt(variance / values.length);
  return [mean - half, mean + half];
};
