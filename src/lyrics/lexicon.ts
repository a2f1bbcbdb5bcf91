/** Word lists that say how words feel: what one holds, how several are put together, how their tables are read. */
import { EMOTIONS, type Emotion, isEmotion } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';

/** How much a degree word strengthens or weakens what follows, from strongest to weakest. */
export const DEGREE_LEVELS = ['extreme', 'over', 'very', 'more', 'ish', 'insufficient'] as const;
export type DegreeLevel = (typeof DEGREE_LEVELS)[number];

/** What a degree word multiplies by. A convention of HowNet-based programs, not measured by anybody. */
export const DEGREE_FACTORS: Readonly<Record<DegreeLevel, number>> = {
  extreme: 2,
  over: 1.5,
  very: 1.5,
  more: 1.25,
  ish: 0.8,
  insufficient: 0.5,
};

/** Words and phrases (words joined by one space) in lower case, Chinese simplified; any mixture of languages. */
export interface Lexicon {
  /** Word -> -1 (bad) .. 1 (good), never 0. */
  readonly polarity: ReadonlyMap<string, number>;
  /** Word -> how strongly it stands for some of the emotions, each above 0, the strongest 1 at most. */
  readonly emotions: ReadonlyMap<string, Readonly<Partial<Record<Emotion, number>>>>;
  readonly degrees: ReadonlyMap<string, DegreeLevel>;
  readonly negations: ReadonlySet<string>;
}

export const EMPTY_LEXICON: Lexicon = {
  polarity: new Map(),
  emotions: new Map(),
  degrees: new Map(),
  negations: new Set(),
};

/**
 * Several lexicons as one. Polarities of a word in several are averaged (a tie of good and bad drops it), emotions take
 * the strongest value; of two degree levels the first lexicon's stands.
 */
export const mergeLexicons = (lexicons: readonly Lexicon[]): Lexicon => {
  const sums = new Map<string, { total: number; count: number }>();
  const emotions = new Map<string, Partial<Record<Emotion, number>>>();
  const degrees = new Map<string, DegreeLevel>();
  const negations = new Set<string>();
  for (const lexicon of lexicons) {
    for (const [word, value] of lexicon.polarity) {
      const sum = sums.get(word) ?? { total: 0, count: 0 };
      sums.set(word, { total: sum.total + value, count: sum.count + 1 });
    }
    for (const [word, values] of lexicon.emotions) {
      const known = { ...emotions.get(word) };
      for (const emotion of EMOTIONS) {
        const value = Math.max(known[emotion] ?? 0, values[emotion] ?? 0);
        if (value > 0) known[emotion] = value;
      }
      emotions.set(word, known);
    }
    for (const [word, level] of lexicon.degrees) if (!degrees.has(word)) degrees.set(word, level);
    for (const word of lexicon.negations) negations.add(word);
  }
  const polarity = new Map<string, number>();
  for (const [word, { total, count }] of sums) if (Math.abs(total) > 1e-9) polarity.set(word, total / count);
  return { polarity, emotions, degrees, negations };
};

/** DUTIR's 21 classes -> the seven; the group "like" (PD PH PG PB PK) is no emotion of ours: it counts as good only. */
const DUTIR_EMOTIONS: Readonly<Record<string, Emotion>> = {
  PA: 'happy',
  PE: 'happy',
  NA: 'angry',
  NB: 'sad',
  NJ: 'sad',
  NH: 'sad',
  PF: 'sad',
  NI: 'fear',
  NC: 'fear',
  NG: 'fear',
  NE: 'disgust',
  ND: 'disgust',
  NN: 'disgust',
  NK: 'disgust',
  NL: 'disgust',
  PC: 'surprise',
};

/** z-score at which a word of our statistics counts as full strength. */
const FULL_Z = 10;

interface Draft {
  readonly polarity: Map<string, number>;
  readonly emotions: Map<string, Partial<Record<Emotion, number>>>;
  readonly degrees: Map<string, DegreeLevel>;
  readonly negations: Set<string>;
}

type Row = (name: string) => string;
type ReadRow = (draft: Draft, word: string, row: Row, fail: (what: string) => never) => void;

const number = (row: Row, column: string, fail: (what: string) => never): number => {
  const value = Number(row(column));
  return row(column) !== '' && Number.isFinite(value) ? value : fail(`${column} is '${row(column)}', not a number`);
};

const polarityColumn =
  (column: string, full: number): ReadRow =>
  (draft, word, row, fail) => {
    const value = Math.max(-1, Math.min(1, number(row, column, fail) / full));
    if (value !== 0) draft.polarity.set(word, value);
  };

/** Which columns a table has -> how its rows are read. The first whose columns are all there is taken. */
const LAYOUTS: readonly (readonly [columns: readonly string[], read: ReadRow])[] = [
  [['token', 'valence'], polarityColumn('valence', 4)], // VADER, -4..4
  [['word', 'valence'], polarityColumn('valence', 5)], // AFINN, -5..5
  [
    ['word', 'polarity', 'class21'],
    (draft, word, row, fail) => {
      // DUTIR: polarity 0 neutral, 1 good, 2 bad, 3 both; intensity 1..9
      const strength = Math.min(1, number(row, 'intensity', fail) / 9);
      const sign = { '1': 1, '2': -1 }[row('polarity')] ?? 0;
      if (sign !== 0 && strength > 0) draft.polarity.set(word, sign * strength);
      const emotion = DUTIR_EMOTIONS[row('class21')];
      if (emotion && strength > 0) draft.emotions.set(word, { ...draft.emotions.get(word), [emotion]: strength });
    },
  ],
  [['word', 'polarity'], polarityColumn('polarity', 1)], // Hu and Liu, -1 or 1
  [['word', 'score', 'votes'], polarityColumn('score', 3)], // several lists' votes; three agreeing count as full
  [
    ['word', 'category'],
    (draft, word, row, fail) => {
      // HowNet: emotion words count as full, evaluations ("good", "cheap") as half
      const [side, kind] = row('category').split('-');
      if (side !== 'pos' && side !== 'neg') fail(`category is '${row('category')}', not pos-… or neg-…`);
      draft.polarity.set(word, (side === 'pos' ? 1 : -1) * (kind === 'emotion' ? 1 : 0.5));
    },
  ],
  [
    ['word', 'level'],
    (draft, word, row, fail) => {
      const level = DEGREE_LEVELS.find((name) => name === row('level'));
      if (!level) fail(`level is '${row('level')}', not one of ${DEGREE_LEVELS.join(', ')}`);
      else if (!draft.degrees.has(word)) draft.degrees.set(word, level);
    },
  ],
  [
    ['word', 'emotion', 'strength'],
    (draft, word, row, fail) => {
      // our own list, strength 0..1; what an emotion says of good and bad goes with it, surprise and neutral say nothing
      const emotion = row('emotion');
      const strength = number(row, 'strength', fail);
      if (!isEmotion(emotion)) return fail(`emotion is '${emotion}', not one of ${EMOTIONS.join(', ')}`);
      if (strength <= 0 || strength > 1) fail(`strength is ${strength}, not above 0 and up to 1`);
      draft.emotions.set(word, { ...draft.emotions.get(word), [emotion]: strength });
      if (emotion === 'surprise' || emotion === 'neutral') return;
      draft.polarity.set(word, emotion === 'happy' ? strength : -strength);
    },
  ],
  [
    ['word', 'emotion', ...EMOTIONS.map((name) => `z_${name}`)],
    (draft, word, row, fail) => {
      if (!isEmotion(row('emotion'))) fail(`emotion is '${row('emotion')}', not one of ${EMOTIONS.join(', ')}`);
      const strengths = EMOTIONS.map((name) => [name, Math.min(1, number(row, `z_${name}`, fail) / FULL_Z)] as const);
      const shown = strengths.filter(([, value]) => value > 0.2);
      if (shown.length > 0) draft.emotions.set(word, Object.fromEntries(shown));
    },
  ],
  [
    ['word', 'note'],
    (draft, word, row) => {
      // negations; the note marks words that only weaken, and verbs ("refuse") that are no negations in a song
      if (row('note').includes('dampener')) draft.degrees.set(word, 'insufficient');
      else if (!row('note').includes('weak')) draft.negations.add(word);
    },
  ],
];

/**
 * Reads one tab-separated table with a header line; its columns say what it is.
 *
 * Known: VADER (token, valence), AFINN (word, valence), Hu and Liu (word, polarity), HowNet (word, category), votes
 * (word, score, votes), DUTIR (word, class21, polarity, intensity), degree words (word, level), negations (word, note),
 * emotion words (word, emotion, strength), statistics (word, emotion, z_angry … z_neutral).
 *
 * @param name of the table, for messages
 * @throws {InvalidInputError} `lyrics/lexicon`: unknown columns, or a value that cannot be; the message names the line.
 */
export const parseLexicon = (name: string, text: string): Lexicon => {
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = header.split('\t');
  const layout = LAYOUTS.find(([needed]) => needed.every((column) => columns.includes(column)));
  if (!layout) {
    const known = LAYOUTS.map(([needed]) => needed.join(' ')).join('; ');
    throw new InvalidInputError(
      'lyrics/lexicon',
      `${name} has the columns '${columns.join(' ').slice(0, 80)}': expected a tab-separated table that has one of: ${known}.`,
    );
  }
  const [[wordColumn], read] = [layout[0], layout[1]];
  const draft: Draft = { polarity: new Map(), emotions: new Map(), degrees: new Map(), negations: new Set() };
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const cells = line.split('\t');
    const row: Row = (column) => cells[columns.indexOf(column)] ?? '';
    const word = row(wordColumn ?? 'word')
      .normalize('NFC')
      .toLowerCase()
      .trim();
    const fail = (what: string): never => {
      throw new InvalidInputError('lyrics/lexicon', `${name}, line ${index + 2} ('${word}'): ${what}.`);
    };
    if (word === '') fail('there is no word');
    read(draft, word, row, fail);
  });
  return draft;
};
