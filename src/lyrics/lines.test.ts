import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidInputError, NoAnswerError } from '../base/errors.ts';
import { lyricLines } from './lines.ts';

const codeOf = (text: string): string => {
  try {
    lyricLines(text);
  } catch (error) {
    if (error instanceof NoAnswerError || error instanceof InvalidInputError) return error.code;
    throw error;
  }
  return 'read';
};

test('takes LRC apart: header, line times, word times, several times before one line', () => {
  const lrc =
    '[ti:Song]\r\n[offset:+250]\n[00:01.00]Hello <00:01.50>my <00:01.9>friend\n[00:10.00][01:10.00] 我爱你\n[00:20]';
  expect(lyricLines(lrc)).toEqual(['Hello  my  friend', '我爱你']);
});

test('leaves out credits and section marks, keeps sung words that look alike', () => {
  const text =
    '作词 : 某人\n编曲：某某\nLyrics by: Someone\n[Verse 1: A]\n【副歌】\n(Chorus)\n(x2)\n(rapture is near) oh\n作词的人走了';
  expect(lyricLines(text)).toEqual(['(rapture is near) oh', '作词的人走了']);
});

test.each([
  ['', 'lyrics/none'],
  [' \n\t\n', 'lyrics/none'],
  ['[00:01.00]\n[00:02.00]\n', 'lyrics/none'],
  ['[Instrumental]', 'lyrics/none'],
  ['[00:00.00]纯音乐，请欣赏', 'lyrics/none'],
  ['[00:05.00]純音樂，請您欣賞', 'lyrics/none'],
  ['♪♪♪ … !!!', 'lyrics/none'],
  ['a\0b', 'lyrics/binary'],
])('%j holds no words', (text, code) => expect(codeOf(text)).toBe(code));

test('says that an instrumental is one', () => {
  expect(() => lyricLines('[ar:X]\n[00:00.00]Instrumental')).toThrow(/instrumental/);
});

test('never gives a line without a letter or digit, and never more lines than came', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const code = codeOf(text);
      if (code !== 'read') return;
      const lines = lyricLines(text);
      expect(lines.every((line) => /[\p{L}\p{N}]/u.test(line))).toBe(true);
      expect(lines.length).toBeLessThanOrEqual(text.split(/[\r\n\u2028\u2029]/).length);
    }),
  );
});

test.each([
  ['[', 1_000_000],
  ['[00:01', 150_000],
  ['(chorus ', 120_000],
  [' '.repeat(999), 1000],
  ['<00:01.00>', 100_000],
])('a megabyte of %j is no trap', (piece, times) => {
  const start = performance.now();
  codeOf(piece.repeat(times));
  expect(performance.now() - start).toBeLessThan(3000); // 20 to 200 ms on an idle machine; a quadratic rule takes minutes
});
