import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../base/emotions.ts';
import type { ChineseTools } from './clauses.ts';
import type { EmotionReader } from './emotion-reader.ts';
import { EMPTY_LEXICON } from './lexicon.ts';
import { readLyricEmotions } from './song-emotions.ts';

/** Cuts into single characters; the words here are single characters. */
const chinese: ChineseTools = { segmentWords: (text) => [...text], toSimplified: (text) => text };

/** A reader of some words, each for one class: logit 5 where a text holds nothing else. */
const readerOf = (classes: readonly string[], words: Readonly<Record<string, string>>): EmotionReader => {
  const terms = Object.keys(words);
  const weights = new Float64Array((terms.length + 1) * classes.length);
  terms.forEach((term, column) => {
    weights[column * classes.length + classes.indexOf(words[term]!)] = 5;
  });
  const tfIdf = {
    columns: new Map(terms.map((term, column) => [term, column])),
    weights: new Float64Array(terms.length).fill(1),
  };
  return {
    vectors: {
      columnCount: terms.length,
      blocks: [{ kind: 'words', scale: 1, tfIdf }],
      means: [],
      factors: [],
      valueScale: 0,
    },
    heads: { all: { classes, weights }, seven: { classes, weights } },
  };
};

const tools = {
  model: {
    version: '1',
    readers: {
      'zh-expert': readerOf(['sad', 'happy'], {}),
      'zh-poem-expert': readerOf(['negative', 'positive'], {}),
      'zh-lyrics-7emotion': readerOf(EMOTIONS, { 哭: 'sad', 笑: 'happy' }),
      'en-expert': readerOf(['joy', 'anger'], {}),
      'en-song-expert': readerOf(['happy', 'sad'], {}),
      'en-4q': readerOf(['angry', 'happy', 'relaxed', 'sad'], { tears: 'sad', rage: 'angry' }),
      'en-goemotions': readerOf(['anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise'], {
        tears: 'sadness',
        rage: 'anger',
      }),
    },
  },
  lexicon: EMPTY_LEXICON,
  chinese,
};

describe('readLyricEmotions', () => {
  it('reads Chinese songs and English ones; a few words are trusted less than many', () => {
    const short = readLyricEmotions('我哭了\n你也哭了', tools);
    expect(short.language).toBe('zh');
    expect(short.scores.sad).toBeGreaterThan(0.8);
    const long = readLyricEmotions('我哭了\n你也哭了\n'.repeat(20), tools);
    expect(long.confidence).toBeGreaterThan(short.confidence);
    expect(long.confidence).toBeLessThanOrEqual(0.6);
    const english = readLyricEmotions(
      '[00:12.00] my tears and the tears of you\n[00:15.00] the tears are all I have in me',
      tools,
    );
    expect([english.language, english.scores.sad > 0.5]).toEqual(['en', true]);
    const rage = readLyricEmotions('it is the rage of you and me\nthis rage is all that we have', tools).scores;
    expect(rage.angry).toBeGreaterThan(0.5);
    expect(EMOTIONS.reduce((sum, emotion) => sum + rage[emotion], 0)).toBeCloseTo(1, 9);
  });

  it('says where there is nothing to read, and which reader is missing', () => {
    const code = (what: string) => expect.objectContaining({ code: what });
    expect(() => readLyricEmotions('[Instrumental]', tools)).toThrow(code('lyrics/none'));
    expect(() => readLyricEmotions('que no de la el y en lo un por me te se con una mi', tools)).toThrow(
      code('lyrics/language'),
    );
    const { chinese: _, ...english } = tools;
    expect(() => readLyricEmotions('我哭了', english)).toThrow(code('lyrics/jieba'));
    const mixed = 'it is the rage of you and me 哭\nthis rage is all that we have';
    expect(readLyricEmotions(mixed, english).scores.angry).toBeGreaterThan(0.5);
    const without = { ...tools, model: { version: '1', readers: {} } };
    expect(() => readLyricEmotions('我哭了', without)).toThrow(code('lyrics/model'));
  });

  it('reads a megabyte of text in time', () => {
    expect(
      readLyricEmotions('my tears and all of the tears of you\n'.repeat(30_000), tools).scores.sad,
    ).toBeGreaterThan(0.5);
  });
});
