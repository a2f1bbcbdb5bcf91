/** Reads emotions from words: a trained linear classifier over weighted terms and feature values, and its file. */
import { InvalidInputError } from '../base/errors.ts';
import { tfIdfRow } from './tf-idf.ts';
import type { TermDocument, Vectors } from './vectors.ts';
import { toRows } from './vectors.ts';

/** Weights of one set of classes. */
export interface ReaderHead {
  readonly classes: readonly string[];
  /** Shape [columnCount + 1, classes], row-major; the last row is the bias. */
  readonly weights: Float64Array | Float32Array;
}

/** What is needed to read one kind of text. */
export interface EmotionReader {
  readonly vectors: Vectors;
  /** Name -> classes: one reader may answer several questions of the same row. */
  readonly heads: Readonly<Record<string, ReaderHead>>;
}

/** Readers by name, out of one file. */
export interface LyricModel {
  /** Changes whenever what is read changes. */
  readonly version: string;
  readonly readers: Readonly<Record<string, EmotionReader>>;
}

/**
 * Scores of each document, shape [documents][classes]: logits, whose softmax are probabilities.
 *
 * @throws {InvalidInputError} `lyrics/model`: the reader has no such head.
 */
export const readLogits = (reader: EmotionReader, head: string, documents: readonly TermDocument[]): Float64Array[] => {
  const { classes, weights } = headOf(reader, head);
  const rows = toRows(reader.vectors, documents);
  const bias = reader.vectors.columnCount * classes.length;
  return documents.map((_, row) => {
    const logits = Float64Array.from(classes, (_class, k) => weights[bias + k]!);
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) {
      const base = rows.columns[at]! * classes.length;
      for (let k = 0; k < classes.length; k++) logits[k]! += weights[base + k]! * rows.values[at]!;
    }
    return logits;
  });
};

export const headOf = (reader: EmotionReader, head: string): ReaderHead => {
  const found = Object.hasOwn(reader.heads, head) ? reader.heads[head] : undefined;
  if (found) return found;
  throw new InvalidInputError(
    'lyrics/model',
    `This reader does not tell '${head}': it tells ${Object.keys(reader.heads).join(', ')}.`,
  );
};

/** exp(logit) / sum. */
export const softmax = (logits: ArrayLike<number>): number[] => {
  const most = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

/** How much of a document's terms the reader knows: known different terms / all different terms of its kinds, 0..1. */
export const knownShare = ({ vectors }: EmotionReader, { terms }: TermDocument): number => {
  let [known, all] = [0, 0];
  for (const { kind, tfIdf } of vectors.blocks) {
    all += terms[kind]?.size ?? 0;
    known += tfIdfRow(tfIdf, terms[kind] ?? new Map()).length;
  }
  return all === 0 ? 0 : known / all;
};
