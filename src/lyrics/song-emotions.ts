/** Lyrics as text -> how much of each of the seven emotions they hold, and how far to trust that. */
import { EMOTIONS, type Emotion, type EmotionScores } from '../base/emotions.ts';
import { InvalidInputError, NoAnswerError } from '../base/errors.ts';
import { type ChineseTools, splitClauses } from './clauses.ts';
import { songDocument, textDocument, withExperts } from './documents.ts';
import { type LyricModel, readLogits, softmax } from './emotion-reader.ts';
import { detectLanguage } from './language.ts';
import type { Lexicon } from './lexicon.ts';
import { lyricLines } from './lines.ts';
import type { TermDocument } from './vectors.ts';
import { countWords } from './word-counts.ts';

export interface ReadLyricsTools {
  readonly model: LyricModel;
  readonly lexicon: Lexicon;
  /** Needed for Chinese lyrics alone. @default none: runs of Han in other lyrics stay in one piece */
  readonly chinese?: ChineseTools;
}

export interface LyricReading {
  /** Sums to 1. */
  readonly scores: EmotionScores;
  /** 0..1: how often the reader is right on songs of this language, less for lyrics of few words. */
  readonly confidence: number;
  /** `zh` or `en`. */
  readonly language: string;
}

/**
 * How often the likeliest emotion is right, measured: seven classes of Chinese lyrics; four moods of English ones, as seven were
 * never labelled there (docs/decisions/0008-lyrics.md).
 */
const ACCURACY: Readonly<Record<string, number>> = { zh: 0.6, en: 0.47 };

/** Readers whose scores are further values of a song, in this order. */
export const CHINESE_EXPERTS: readonly string[] = ['zh-expert', 'zh-poem-expert'];
export const ENGLISH_EXPERTS: readonly string[] = ['en-expert'];
export const MOOD_EXPERTS: readonly string[] = ['en-expert', 'en-song-expert'];

const UNCUT: ChineseTools = { segmentWords: (text) => [text], toSimplified: (text) => text };

/** Lyrics of fewer words than this say less, in proportion. */
const ENOUGH_WORDS = 60;

/** Longer lyrics are read up to here: a megabyte of text is no song. */
const MOST_LINES = 400;

/** What the four moods of the English songs hold of the seven emotions: our own table, by their quarters of the plane. */
const MOODS: Readonly<Record<string, Readonly<Partial<Record<Emotion, number>>>>> = {
  happy: { happy: 0.85, surprise: 0.15 },
  angry: { angry: 0.6, fear: 0.2, disgust: 0.2 },
  sad: { sad: 1 },
  relaxed: { neutral: 0.65, happy: 0.35 },
};

/** How the labels of the English comments are called here. */
const ENGLISH_LABELS: Readonly<Record<string, string>> = { anger: 'angry', joy: 'happy', sadness: 'sad' };

/**
 * Chinese lyrics are read as songs, by what is known from labelled songs. English ones half as songs (four moods), half line by
 * line, as comments of that length were labelled with all seven.
 *
 * @param text plain or LRC
 * @throws {NoAnswerError} `lyrics/none`: no words in it; `lyrics/language`: neither Chinese nor English.
 * @throws {InvalidInputError} `lyrics/binary`; `lyrics/jieba`: Chinese, and no tools for it; `lyrics/model`: the model
 *   lacks a reader.
 */
export const readLyricEmotions = (text: string, { model, lexicon, ...tools }: ReadLyricsTools): LyricReading => {
  const lines = lyricLines(text).slice(0, MOST_LINES);
  const language = detectLanguage(lines.join('\n'));
  if (language !== 'zh' && language !== 'en') {
    throw new NoAnswerError(
      'lyrics/language',
      `These lyrics are not in Chinese or English (${language || 'unknown'}): there is no reader for them. Use the song's tags or its sound.`,
    );
  }
  if (language === 'zh' && !tools.chinese) {
    throw new InvalidInputError(
      'lyrics/jieba',
      'These lyrics are Chinese, which is written without spaces: hand over `chinese` too, from loadChineseTools().',
    );
  }
  const chinese = tools.chinese ?? UNCUT;
  const counts = countWords(lines, splitClauses(lines, chinese), lexicon);
  const song = songDocument(counts, lexicon);
  const shares = (set: string, head: string, document: TermDocument): Map<string, number> => {
    const reader = readerOf(model, set);
    const classes = reader.heads[head]?.classes ?? [];
    const [logits] = readLogits(reader, head, [document]);
    return new Map(softmax(logits!).map((share, k) => [classes[k]!, share]));
  };
  const withScores = (experts: readonly string[]): TermDocument =>
    withExperts(
      song,
      experts.flatMap((name) => [...readLogits(readerOf(model, name), 'all', [song])[0]!]),
    );
  const confidence = ACCURACY[language]! * Math.min(1, counts.words / ENOUGH_WORDS);
  if (language === 'zh') {
    const found = shares('zh-lyrics-7emotion', 'seven', withScores(CHINESE_EXPERTS));
    return { scores: scoresOf((emotion) => found.get(emotion) ?? 0), confidence, language };
  }
  const moods = shares('en-4q', 'all', withScores(MOOD_EXPERTS));
  const byLine = new Map<string, number>();
  const different = [...new Set(lines)];
  for (const line of different) {
    for (const [label, share] of shares('en-goemotions', 'all', textDocument(line, chinese, lexicon))) {
      const emotion = ENGLISH_LABELS[label] ?? label;
      byLine.set(emotion, (byLine.get(emotion) ?? 0) + share / different.length);
    }
  }
  return {
    scores: scoresOf(
      (emotion) =>
        (byLine.get(emotion) ?? 0) / 2 +
        [...moods].reduce((sum, [mood, share]) => sum + (share * (MOODS[mood]?.[emotion] ?? 0)) / 2, 0),
    ),
    confidence,
    language,
  };
};

const readerOf = (model: LyricModel, name: string) => {
  const reader = model.readers[name];
  if (reader) return reader;
  throw new InvalidInputError('lyrics/model', `The lyric model has no reader ${name}: take the one that ships.`);
};

const scoresOf = (share: (emotion: Emotion) => number): EmotionScores => {
  const shares = EMOTIONS.map(share);
  const sum = shares.reduce((total, one) => total + one, 0) || 1;
  return Object.fromEntries(EMOTIONS.map((emotion, e) => [emotion, shares[e]! / sum])) as Record<Emotion, number>;
};
