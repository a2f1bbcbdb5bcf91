/** Clauses -> how often each word stands in a song, and after which modifiers: the form in which labelled songs are kept. */
import type { Clause } from './clauses.ts';
import { lemmaCandidates } from './lemma.ts';
import type { Lexicon } from './lexicon.ts';

/** A song as counts: nothing of its text can be read back. */
export interface WordCounts {
  /** Words, repetitions included. */
  readonly words: number;
  readonly lines: number;
  /** Lines that are not the same as an earlier one. */
  readonly uniqueLines: number;
  /** Word -> count. */
  readonly bag: ReadonlyMap<string, number>;
  /**
   * Emotion word with its modifiers -> count; the key is `modifier|…|word` in the order of the text. These are counted
   * in `bag`, too.
   */
  readonly modified: ReadonlyMap<string, number>;
}

/** How many words before an emotion word its modifiers may stand. */
export const WINDOW = 3;

/** Longest phrase looked for in a lexicon, in words ("kind of", "a little bit of"). */
const LONGEST_PHRASE = 4;

/**
 * Finds the emotion words of a text with their modifiers: degree words and negations at most three words before, in the
 * same clause, with no other emotion word between. A word that may be either ("pretty", "好") modifies where an emotion
 * word or a further modifier comes next, and is an emotion word itself elsewhere. Negations never are.
 *
 * @param lines as `lyricLines` gives them, for the counts of lines
 * @param clauses of those lines, as `splitClauses` gives them
 */
export const countWords = (lines: readonly string[], clauses: readonly Clause[], lexicon: Lexicon): WordCounts => {
  const bag = new Map<string, number>();
  const modified = new Map<string, number>();
  const phraseStarts = startsOfPhrases(lexicon);
  let words = 0;
  for (const clause of clauses) {
    words += clause.length;
    const units = joinPhrases(clause, lexicon, phraseStarts);
    for (const unit of units) increase(bag, unit);
    const kinds = units.map((unit) => kindsOf(unit, lexicon));
    // From the end, because what a word is depends on the next one.
    for (let at = units.length - 1; at >= 0; at--) {
      const kind = kinds[at]!;
      const next = kinds[at + 1];
      if (kind.emotion && kind.modifier) {
        if (next && (next.emotion || next.modifier)) kind.emotion = false;
        else kind.modifier = false;
      }
    }
    kinds.forEach((kind, at) => {
      if (!kind.emotion) return;
      const modifiers: string[] = [];
      for (let before = at - 1; before >= Math.max(0, at - WINDOW) && !kinds[before]!.emotion; before--) {
        if (kinds[before]!.modifier) modifiers.unshift(units[before]!);
      }
      if (modifiers.length > 0) increase(modified, [...modifiers, units[at]!].join('|'));
    });
  }
  const uniqueLines = new Set(lines.map((line) => line.toLowerCase())).size;
  return { words, lines: lines.length, uniqueLines, bag, modified };
};

const increase = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const kindsOf = (unit: string, lexicon: Lexicon): { emotion: boolean; modifier: boolean } => {
  const negation = lexicon.negations.has(unit);
  return {
    emotion: !negation && lexiconForm(unit, lexicon) !== undefined,
    modifier: negation || lexicon.degrees.has(unit),
  };
};

/** The form under which a lexicon has a word: as it stands, or its lemma. `undefined`: it has none. */
export const lexiconForm = (word: string, { polarity, emotions }: Lexicon): string | undefined => {
  const has = (form: string): boolean => polarity.has(form) || emotions.has(form);
  if (has(word)) return word;
  return /^[a-z]/.test(word) ? lemmaCandidates(word).find(has) : undefined;
};

const phraseStarts = new WeakMap<Lexicon, ReadonlySet<string>>();

/** First words of the lexicon's phrases, so that most words of a text need no further look. */
const startsOfPhrases = (lexicon: Lexicon): ReadonlySet<string> => {
  const known = phraseStarts.get(lexicon);
  if (known) return known;
  const starts = new Set<string>();
  for (const words of [lexicon.polarity, lexicon.emotions, lexicon.degrees, lexicon.negations]) {
    for (const word of words.keys()) if (word.includes(' ')) starts.add(word.slice(0, word.indexOf(' ')));
  }
  phraseStarts.set(lexicon, starts);
  return starts;
};

/** Words of a phrase that the lexicon has become one unit, the longest first. */
const joinPhrases = (clause: Clause, lexicon: Lexicon, starts: ReadonlySet<string>): string[] => {
  const { polarity, emotions, degrees, negations } = lexicon;
  const units: string[] = [];
  for (let at = 0; at < clause.length; ) {
    let length = starts.has(clause[at]!) ? Math.min(LONGEST_PHRASE, clause.length - at) : 1;
    for (; length > 1; length--) {
      const phrase = clause.slice(at, at + length).join(' ');
      if (polarity.has(phrase) || emotions.has(phrase) || degrees.has(phrase) || negations.has(phrase)) break;
    }
    units.push(clause.slice(at, at + length).join(' '));
    at += length;
  }
  return units;
};
