/** Songs and short texts as the readers see them: terms by kind, and feature values. */
import { type ChineseTools, type Clause, splitClauses } from './clauses.ts';
import { lyricFeatures } from './features.ts';
import type { Lexicon } from './lexicon.ts';
import { charactersOf, countNGrams, type TermDocument } from './vectors.ts';
import { countWords, type WordCounts } from './word-counts.ts';

/** Terms counted when they are asked for: ten thousands of texts would fill the memory with their runs of characters. */
const lazily = (kinds: Readonly<Record<string, () => ReadonlyMap<string, number>>>): TermDocument['terms'] => {
  const terms = {};
  for (const [kind, count] of Object.entries(kinds))
    Object.defineProperty(terms, kind, { get: count, enumerable: true });
  return terms;
};

/**
 * A song as counts: `words`, `characters` and `pairs` of characters inside longer Chinese words, `modified` words, and
 * `letters` and `letterPairs`: characters and pairs of all Chinese words, short ones too, as verse without Jieba's words has them.
 *
 * @param experts further values, what other readers say of the song @default none
 */
export const songDocument = (counts: WordCounts, lexicon: Lexicon, experts: readonly number[] = []): TermDocument => ({
  terms: lazily({
    words: () => counts.bag,
    characters: () => charactersOf(counts),
    pairs: () => charactersOf(counts, 2),
    modified: () => counts.modified,
    letters: () => charactersOf(counts, 1, true),
    letterPairs: () => charactersOf(counts, 2, true),
  }),
  values: [...Object.values(lyricFeatures(counts, lexicon)), ...experts],
});

/** The same document with what other readers say of it. */
export const withExperts = ({ terms, values }: TermDocument, experts: readonly number[]): TermDocument => ({
  terms,
  values: [...values, ...experts],
});

/**
 * A short text: `words` alone and in pairs, and `characters`: in Chinese runs of one to three, elsewhere runs of three to five
 * inside words, `_` at their ends.
 */
export const textDocument = (text: string, chinese: ChineseTools, lexicon: Lexicon): TermDocument => {
  const lines = [text];
  const clauses = splitClauses(lines, chinese);
  const counts = countWords(lines, clauses, lexicon);
  return {
    terms: lazily({
      words: () => countNGrams(clauses, { shortest: 1, longest: 2, joiner: ' ' }),
      characters: () => characterRuns(text, clauses),
      modified: () => counts.modified,
    }),
    values: Object.values(lyricFeatures(counts, lexicon)),
  };
};

const characterRuns = (text: string, clauses: readonly Clause[]): Map<string, number> =>
  /\p{Script=Han}/u.test(text)
    ? countNGrams([[...text.toLowerCase().replaceAll('\n', ' ')]], { shortest: 1, longest: 3, joiner: '' })
    : countNGrams(
        clauses.flat().map((word) => [...`_${word}_`]),
        { shortest: 3, longest: 5, joiner: '' },
      );
