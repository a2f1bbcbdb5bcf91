/** Things described by terms (tags, artists, languages) -> sparse rows of length 1, readable by item and by term. */
import { InvalidInputError } from '../base/errors.ts';

/** One kind of terms, for all items. */
export interface TermBlock {
  /** (item, term, count) in any order, each pair once; terms are numbers from 0 within the block, counts are above 0. */
  readonly entries: Iterable<readonly [item: number, term: number, count: number]>;
  /** Length of the block's part of an item's row: its weight beside the other blocks. @default 1 */
  readonly scale?: number;
}

/** 24 bytes for each item and term of it, 8 for each item. */
export interface ItemVectors {
  readonly itemCount: number;
  readonly termCount: number;
  /** Item i has the terms `terms[starts[i]] ... terms[starts[i + 1] - 1]`, with `values` beside. Shape [itemCount + 1]. */
  readonly starts: Uint32Array;
  readonly terms: Uint32Array;
  readonly values: Float32Array;
  /** Term t is in the items `items[itemStarts[t]] ...`, with `itemValues` beside. Shape [termCount + 1]. */
  readonly itemStarts: Uint32Array;
  readonly items: Uint32Array;
  readonly itemValues: Float32Array;
}

/** What a term counts in an item's row, before the row is brought to length 1. */
export type TermWeight = (count: number, holders: number, itemCount: number) => number;

/**
 * Square root of the count times ln(items / items that have the term). The square root, because a tag given a hundred times
 * says little more than one given ten times.
 *
 * @see Salton and Buckley, Term-weighting approaches in automatic text retrieval (1988): counts damped, times inverse frequency.
 */
export const rarityWeight: TermWeight = (count, holders, itemCount) => Math.sqrt(count) * Math.log(itemCount / holders);

/** The count itself, as in the paper's cosine. */
export const countWeight: TermWeight = (count) => count;

/**
 * Each block of a row is brought to the length `scale`, then the row to 1. An item without terms, or with such as weigh
 * nothing, has a row of zeros.
 *
 * @param weight of a term in an item @default `rarityWeight`
 * @throws {InvalidInputError} `music/terms`: an item outside 0 .. itemCount - 1, a term that is no whole number from 0, or a
 *   count not above 0.
 */
export const createItemVectors = (
  itemCount: number,
  blocks: readonly TermBlock[],
  weight: TermWeight = rarityWeight,
): ItemVectors => {
  const drafts = blocks.map(({ entries, scale = 1 }) => weigh(itemCount, entries, scale, weight));
  const starts = new Uint32Array(itemCount + 1);
  const lengths = new Float64Array(itemCount);
  for (const { items, values } of drafts) {
    items.forEach((item, at) => {
      starts[item + 1]!++;
      lengths[item]! += values[at]! ** 2;
    });
  }
  const termCount = drafts.reduce((sum, draft) => sum + draft.termCount, 0);
  for (let item = 0; item < itemCount; item++) starts[item + 1]! += starts[item]!;
  const terms = new Uint32Array(starts[itemCount]!);
  const values = new Float32Array(terms.length);
  const next = starts.slice();
  let firstTerm = 0;
  for (const draft of drafts) {
    draft.items.forEach((item, at) => {
      const to = next[item]!++;
      terms[to] = firstTerm + draft.terms[at]!;
      values[to] = lengths[item]! > 0 ? draft.values[at]! / Math.sqrt(lengths[item]!) : 0;
    });
    firstTerm += draft.termCount;
  }
  return { itemCount, termCount, starts, terms, values, ...invert(termCount, starts, terms, values) };
};

interface Draft {
  readonly termCount: number;
  readonly items: Uint32Array;
  readonly terms: Uint32Array;
  readonly values: Float32Array;
}

const weigh = (itemCount: number, entries: TermBlock['entries'], scale: number, weight: TermWeight): Draft => {
  let [items, terms, values] = [new Uint32Array(1024), new Uint32Array(1024), new Float32Array(1024)];
  const holders: number[] = [];
  let size = 0;
  for (const [item, term, count] of entries) {
    const isItem = Number.isInteger(item) && item >= 0 && item < itemCount;
    if (!isItem || !(Number.isInteger(term) && term >= 0 && count > 0)) {
      throw new InvalidInputError(
        'music/terms',
        `Item ${item} has term ${term} ${count} times: items are 0 to ${itemCount - 1}, terms whole numbers from 0, counts above 0.`,
      );
    }
    if (size === items.length) {
      const [olderItems, olderTerms, olderValues] = [items, terms, values];
      [items, terms, values] = [new Uint32Array(size * 2), new Uint32Array(size * 2), new Float32Array(size * 2)];
      items.set(olderItems);
      terms.set(olderTerms);
      values.set(olderValues);
    }
    items[size] = item;
    terms[size] = term;
    values[size++] = count;
    while (holders.length <= term) holders.push(0);
    holders[term]!++;
  }
  const squares = new Float64Array(itemCount);
  for (let at = 0; at < size; at++) {
    values[at] = weight(values[at]!, holders[terms[at]!]!, itemCount);
    squares[items[at]!]! += values[at]! ** 2;
  }
  for (let at = 0; at < size; at++) if (values[at]! > 0) values[at]! *= scale / Math.sqrt(squares[items[at]!]!);
  return {
    termCount: holders.length,
    items: items.subarray(0, size),
    terms: terms.subarray(0, size),
    values: values.subarray(0, size),
  };
};

const invert = (
  termCount: number,
  starts: Uint32Array,
  terms: Uint32Array,
  values: Float32Array,
): Pick<ItemVectors, 'itemStarts' | 'items' | 'itemValues'> => {
  const itemStarts = new Uint32Array(termCount + 1);
  for (const term of terms) itemStarts[term + 1]!++;
  for (let term = 0; term < termCount; term++) itemStarts[term + 1]! += itemStarts[term]!;
  const items = new Uint32Array(terms.length);
  const itemValues = new Float32Array(terms.length);
  const next = itemStarts.slice();
  for (let item = 0; item + 1 < starts.length; item++) {
    for (let at = starts[item]!; at < starts[item + 1]!; at++) {
      const to = next[terms[at]!]!++;
      items[to] = item;
      itemValues[to] = values[at]!;
    }
  }
  return { itemStarts, items, itemValues };
};

/**
 * Cosine of one item with every item, shape [itemCount]; 1 with itself, 0 for items that share no term.
 *
 * @param into is filled and returned; it must hold zeros. @default a new array
 */
export const cosinesWith = (
  vectors: ItemVectors,
  item: number,
  into: Float32Array = new Float32Array(vectors.itemCount),
): Float32Array => {
  const { starts, terms, values, itemStarts, items, itemValues } = vectors;
  for (let at = starts[item]!; at < starts[item + 1]!; at++) {
    const term = terms[at]!;
    const value = values[at]!;
    const end = itemStarts[term + 1]!;
    for (let other = itemStarts[term]!; other < end; other++) into[items[other]!]! += value * itemValues[other]!;
  }
  return into;
};

/** Cosine of two items. */
export const cosineOf = ({ starts, terms, values }: ItemVectors, a: number, b: number): number => {
  const own = new Map<number, number>();
  for (let at = starts[a]!; at < starts[a + 1]!; at++) own.set(terms[at]!, values[at]!);
  let sum = 0;
  for (let at = starts[b]!; at < starts[b + 1]!; at++) sum += values[at]! * (own.get(terms[at]!) ?? 0);
  return sum;
};
