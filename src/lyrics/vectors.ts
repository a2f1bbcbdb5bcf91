/** Songs and texts -> rows for a classifier: blocks of weighted terms, then feature values, side by side. */
import { InvalidInputError } from '../base/errors.ts';
import { type SparseRows, sparseRows } from '../svm/rows.ts';
import { fitTfIdf, type TfIdf, tfIdfRow } from './tf-idf.ts';
import type { WordCounts } from './word-counts.ts';

/** What is known of one text: terms by kind ("words", "characters", …), and values of equal number and order in all. */
export interface TermDocument {
  readonly terms: Readonly<Record<string, ReadonlyMap<string, number>>>;
  readonly values: readonly number[];
}

export interface VectorBlock {
  /** Length of the block's part of a row: its weight beside the others. */
  readonly scale: number;
  /** Terms in fewer training documents are left out. @default 2 */
  readonly minDocuments?: number;
}

export interface VectorOptions {
  /** Kind of terms -> its block, in the order of the columns. */
  readonly blocks: Readonly<Record<string, VectorBlock>>;
  /** What one standard deviation of a feature value counts. 0: values are left out. @default 0 */
  readonly valueScale?: number;
}

export interface Vectors {
  readonly columnCount: number;
  readonly blocks: readonly { readonly kind: string; readonly scale: number; readonly tfIdf: TfIdf }[];
  readonly means: readonly number[];
  /** 1 / standard deviation of each value; 0 for one that never changes. */
  readonly factors: readonly number[];
  readonly valueScale: number;
}

/** Values further than this many standard deviations from the mean count as this far: one odd song moves nothing. */
const FURTHEST = 3;

/** @throws {InvalidInputError} `lyrics/no-documents`: nothing to learn from. */
export const fitVectors = (documents: readonly TermDocument[], { blocks, valueScale = 0 }: VectorOptions): Vectors => {
  if (documents.length === 0) {
    throw new InvalidInputError(
      'lyrics/no-documents',
      'There are no texts to learn from: check the set and its split.',
    );
  }
  const fitted = Object.entries(blocks).map(([kind, { scale, minDocuments }]) => ({
    kind,
    scale,
    tfIdf: fitTfIdf(termsOf(documents, kind), minDocuments === undefined ? {} : { minDocuments }),
  }));
  const count = valueScale === 0 ? 0 : documents[0]!.values.length;
  const means: number[] = [];
  const factors: number[] = [];
  for (let at = 0; at < count; at++) {
    const mean = documents.reduce((sum, { values }) => sum + values[at]!, 0) / documents.length;
    const squares = documents.reduce((sum, { values }) => sum + (values[at]! - mean) ** 2, 0) / documents.length;
    means.push(mean);
    factors.push(squares > 1e-18 ? 1 / Math.sqrt(squares) : 0);
  }
  const terms = fitted.reduce((sum, { tfIdf }) => sum + tfIdf.columns.size, 0);
  return { columnCount: terms + count, blocks: fitted, means, factors, valueScale };
};

/** One document at a time: terms may be counted only when they are asked for. */
function* termsOf(documents: readonly TermDocument[], kind: string): Generator<ReadonlyMap<string, number>> {
  for (const { terms } of documents) yield terms[kind] ?? new Map();
}

/** @returns shape [documents, columnCount]; terms the training texts did not hold count for nothing */
export const toRows = (vectors: Vectors, documents: readonly TermDocument[]): SparseRows =>
  sparseRows(rowsOf(vectors, documents), vectors.columnCount);

function* rowsOf(vectors: Vectors, documents: readonly TermDocument[]): Generator<[number, number][]> {
  for (const { terms, values } of documents) {
    const row: [number, number][] = [];
    let start = 0;
    for (const { kind, scale, tfIdf } of vectors.blocks) {
      for (const [column, value] of tfIdfRow(tfIdf, terms[kind] ?? new Map()))
        row.push([start + column, scale * value]);
      start += tfIdf.columns.size;
    }
    vectors.factors.forEach((factor, at) => {
      const deviations = factor * (values[at]! - vectors.means[at]!);
      row.push([start + at, vectors.valueScale * Math.min(FURTHEST, Math.max(-FURTHEST, deviations))]);
    });
    yield row;
  }
}

/**
 * Runs of characters inside longer Chinese words, weighed by the words' counts: 悲 stands in 悲伤, 悲哀, 悲痛.
 *
 * @param length of a run, in characters @default 1
 * @param whole also words of that very length @default false
 */
export const charactersOf = ({ bag }: WordCounts, length = 1, whole = false): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const [word, count] of bag) {
    if (word.length < (whole ? length : length + 1) || !/^\p{Script=Han}/u.test(word)) continue;
    for (let at = 0; at + length <= word.length; at++) {
      const run = word.slice(at, at + length);
      counts.set(run, (counts.get(run) ?? 0) + count);
    }
  }
  return counts;
};

/** All runs of `shortest` to `longest` items in each list, joined by `joiner`, with their counts. */
export const countNGrams = (
  lists: readonly (readonly string[])[],
  { shortest, longest, joiner }: { readonly shortest: number; readonly longest: number; readonly joiner: string },
): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const list of lists) {
    for (let length = shortest; length <= longest; length++) {
      for (let at = 0; at + length <= list.length; at++) {
        const term = list.slice(at, at + length).join(joiner);
        counts.set(term, (counts.get(term) ?? 0) + 1);
      }
    }
  }
  return counts;
};
