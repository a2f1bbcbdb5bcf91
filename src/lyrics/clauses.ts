/** Lines -> words, in clauses: a negation never reaches past a comma or the end of a line. */
import { detectLanguage } from './language.ts';

/** Chinese without spaces -> its words in order, as Jieba cuts them. node/segment-words.ts and browser code give one. */
export type SegmentWords = (text: string) => string[];

/** What only the platform can do for Chinese: dictionaries of megabytes, loaded there. */
export interface ChineseTools {
  readonly segmentWords: SegmentWords;
  readonly toSimplified: (text: string) => string;
}

/** Words of one clause, lower case, in order. */
export type Clause = readonly string[];

const CLAUSE_END = /[^\p{L}\p{M}\p{N}\s'’\-_&@#]+/u;
/** Runs of Han, or words of any other script with the apostrophes and hyphens inside them. */
const RUNS =
  /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+(?:['-](?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+)*'?/gu;
const HAN = /^\p{Script=Han}/u;
/** Scripts written without spaces; Chinese has its own segmenter. */
const SPACELESS =
  /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * Any mixture of languages: Han runs are made simplified and cut by `chinese`, Japanese and the spaceless scripts of
 * South-East Asia by the runtime's own Intl.Segmenter, the rest stands between spaces.
 *
 * @param lines as `lyricLines` gives them
 */
export const splitClauses = (lines: readonly string[], chinese: ChineseTools): Clause[] => {
  const japanese = detectLanguage(lines.join('\n')) === 'ja';
  return lines.flatMap((line) =>
    line
      .replaceAll('’', "'")
      .toLowerCase()
      .split(CLAUSE_END)
      .map((part) => (japanese || SPACELESS.test(part) ? segmentSpaceless(part) : splitRuns(part, chinese)))
      .filter((clause) => clause.length > 0),
  );
};

const splitRuns = (text: string, { segmentWords, toSimplified }: ChineseTools): string[] =>
  (text.match(RUNS) ?? []).flatMap((run) => (HAN.test(run) ? segmentWords(toSimplified(run)) : run));

const segmentSpaceless = (text: string): string[] => {
  const words: string[] = [];
  const segmenter = new Intl.Segmenter('ja', { granularity: 'word' });
  for (const { segment, isWordLike } of segmenter.segment(text)) if (isWordLike) words.push(segment);
  return words;
};
