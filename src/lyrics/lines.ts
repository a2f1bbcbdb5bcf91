/** Lyrics as they come (plain or LRC) -> the lines that are sung: no times, no credits, no section marks. */
import { InvalidInputError, NoAnswerError } from '../base/errors.ts';

/** `[01:23.45]`, `[1:02:03]`, and the `<01:23.45>` that stands before single words. */
const TIMES = /[[<]\d{1,3}:\d{1,2}(?:[:.]\d{1,3}){0,2}[\]>]/g;
/** LRC's header: `[ar:Someone]`, `[offset:+250]`, `[by:]`. */
const HEADER = /^\[(?:ti|ar|al|au|by|offset|re|ve|length|la|lr|tool|id|hash|sign|qq|total|key)\s*:[^\]]*\]/i;
/** `[Chorus]`, `(Verse 2)`, `【副歌】`, `[x2]`: says how the song is built, is not sung. */
const SECTION =
  /[[({【（](?:verse|pre-?chorus|post-?chorus|chorus|bridge|intro|outro|hook|refrain|interlude|solo|rap|repeat|instrumental|主歌|副歌|前奏|间奏|間奏|尾奏|桥段|橋段|合唱|重复|重複)(?!\p{L})[^\])}】）\n]{0,40}[\])}】）]|[[(（]\s*[x×*]\s*\d+\s*[\])）]/giu;
/** Who wrote and recorded it, as Chinese lyric files open: `作词：…`, `编曲 : …`, `Lyrics by: …`. */
const CREDIT =
  /^\s*(?:作?[词詞曲]|作[词詞]人?|作曲人?|[填词詞]{2}|[编編]曲|演唱|原唱|歌手|制作人?|製作人?|[监監][制製]|混音|母[带帶]|[录錄]音师?|吉他|[贝貝]斯|鼓|和[声聲]|出品|[发發]行|lyrics?(?:\s+by)?|written\s+by|composed\s+by|composer|music\s+by|lyricist|arranged\s+by|producer|produced\s+by|vocals?)\s{0,8}[:：]/i;
/** A line that says there is nothing to read. */
const INSTRUMENTAL =
  /^[\s\p{P}\p{S}]*(?:instrumental|no lyrics|inst|纯音乐|純音樂|此歌曲为没有填词的纯音乐|此歌曲為沒有填詞的純音樂|暂无歌词|暫無歌詞|没有歌词|沒有歌詞|伴奏|インストゥルメンタル|インスト)(?:[\s\p{P}\p{S}]*(?:请您?欣赏|請您?欣賞))?[\s\p{P}\p{S}]*$/iu;

const WORD = /[\p{L}\p{N}]/u;

/**
 * @returns the lines that hold at least one letter or digit, trimmed, in order
 * @throws {InvalidInputError} `lyrics/binary`: the text holds NUL characters, so it is no text.
 * @throws {NoAnswerError} `lyrics/none`: empty, only times and marks, or declared instrumental.
 */
export const lyricLines = (text: string): string[] => {
  if (text.includes('\0')) {
    throw new InvalidInputError(
      'lyrics/binary',
      'The lyrics hold NUL characters: this is a binary file, or UTF-16 read as UTF-8. Decode it to text first.',
    );
  }
  let instrumental = false;
  const lines: string[] = [];
  for (const raw of text.normalize('NFC').split(/\r\n?|\n|\u2028|\u2029/)) {
    // A mark of its own is looked for before brackets are taken off: "[Instrumental]" is both.
    const timeless = raw.replace(TIMES, ' ').trim();
    if (timeless.length < 60 && INSTRUMENTAL.test(timeless)) {
      instrumental = true;
      continue;
    }
    const line = timeless.replace(HEADER, ' ').replace(SECTION, ' ').trim();
    if (WORD.test(line) && !CREDIT.test(line)) lines.push(line);
  }
  if (lines.length > 0) return lines;
  throw new NoAnswerError(
    'lyrics/none',
    instrumental
      ? 'These lyrics say that the song is instrumental: there are no words to read. Use its tags or its sound.'
      : `There are no words in these lyrics (${text.length} characters, all times, marks or blanks). Use the song's tags or its sound.`,
  );
};
