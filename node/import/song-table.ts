/** The rows of a table (CSV, a sheet) as songs, by its own header or by the names the user gives its columns. */
import { isEmotion } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { plainCell } from '../../src/music/csv.ts';
import { LANGUAGES } from '../../src/music/languages.ts';
import { SONG_FIELDS, type SongField, type SongRecord, tidyRecord } from './song-record.ts';

/** Column names met in the wild, lower case, per field. Attune's own come first. */
const KNOWN_NAMES: Readonly<Record<SongField, readonly string[]>> = {
  title: [
    'title',
    'song',
    'song title',
    'name',
    'track',
    'track name',
    'track title',
    '歌名',
    '歌曲',
    '标题',
    '曲名',
    '歌曲名',
  ],
  artist: [
    'artist',
    'artists',
    'singer',
    'artist name',
    'artist name(s)',
    'performer',
    'band',
    '歌手',
    '艺人',
    '演唱者',
    'アーティスト',
  ],
  album: ['album', 'album name', 'release', '专辑', '專輯', 'アルバム'],
  year: ['year', 'release year', 'released', 'release date', 'album release date', '年份', '发行年份', '年'],
  language: ['language', 'lang', '语言', '語言'],
  emotion: ['emotion', '情感', '情绪'],
  tags: ['tags', 'tag', 'genres', 'genre', '标签', '標籤', '流派'],
  typical: ['typical'],
  duration: [
    'duration',
    'length',
    'seconds',
    'duration (s)',
    'duration_ms',
    'duration (ms)',
    'track duration (ms)',
    '时长',
  ],
  popularity: ['popularity', 'playcount', 'play count', 'plays', 'listeners', '播放量'],
  path: ['path', 'file', 'filename', 'location'],
  url: ['url', 'link', 'href', 'track url', '链接'],
  lyrics: ['lyrics', 'lyric', '歌词', '歌詞'],
};

export interface RowRead {
  readonly song?: SongRecord;
  /** What is wrong with the row; with a song, what of it was left out. */
  readonly problem?: string;
}

/** Seconds out of `215`, `3:35`, `1:02:03`, or milliseconds where the column says so. */
const parseDuration = (text: string, column: string): number | undefined => {
  if (/^\d+(?::\d{1,2}){1,2}$/.test(text)) return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) return undefined;
  return /ms\b/.test(column) ? value / 1000 : value;
};

/** Tags as one cell holds them: parted by `;` (or `|`, or commas where neither occurs), a backslash before a `;` or `\` that belongs to a tag. */
export const splitTags = (cell: string): string[] => {
  if (!/[;；]/.test(cell)) return cell.includes('|') ? cell.split('|') : cell.split(/[,，、]/);
  const tags = [''];
  for (const [piece] of cell.matchAll(/\\[;；\\]|./gsu)) {
    if (piece === ';' || piece === '；') tags.push('');
    else tags[tags.length - 1] += piece.length === 2 && piece.startsWith('\\') ? piece.slice(1) : piece;
  }
  return tags;
};

/** The tags as `splitTags` reads them back, whatever signs they hold. */
export const joinTags = (tags: readonly string[]): string => {
  const joined = tags.map((tag) => tag.replaceAll(/[;；\\]/g, '\\$&')).join(';');
  // One tag that holds a comma, bar or backslash would be read as several, or as it is written.
  return tags.length === 1 && /[,，、|\\]/.test(joined) ? `${joined};` : joined;
};

export interface TableCells {
  /** Whether cells may carry the apostrophe that `csvCell` puts before what a spreadsheet would run. @default true */
  readonly isGuarded?: boolean;
  /** Whether the text came from bytes whose encoding was guessed: then U+FFFD is damage, else a character. @default true */
  readonly isGuessed?: boolean;
}

/**
 * A reader for the rows under a header.
 *
 * @param columns field -> name of its column, where the header's own names are not known
 * @throws {InvalidInputError} `import/columns`: no title or artist column, or a column that was named is not there.
 */
export const createRowReader = (
  header: readonly string[],
  columns: Readonly<Partial<Record<SongField, string>>> = {},
  { isGuarded = true, isGuessed = true }: TableCells = {},
): ((cells: readonly string[]) => RowRead) => {
  const plain = isGuarded ? plainCell : (cell: string): string => cell;
  const names = header.map((cell) => plain(cell).trim().toLowerCase());
  const at = new Map<SongField, number>();
  for (const field of SONG_FIELDS) {
    const wanted = columns[field]?.trim().toLowerCase();
    const index =
      wanted === undefined
        ? (KNOWN_NAMES[field].map((name) => names.indexOf(name)).find((found) => found >= 0) ?? -1)
        : names.indexOf(wanted);
    if (wanted !== undefined && index < 0) throw columnsError(header, `no column "${columns[field]}" for ${field}`);
    if (index >= 0) at.set(field, index);
  }
  const missing = (['title', 'artist'] as const).filter((field) => !at.has(field));
  if (missing.length > 0) throw columnsError(header, `no column known as ${missing.join(' or ')}`);
  const durationColumn = names[at.get('duration') ?? -1] ?? '';

  return (cells) => {
    const cell = (field: SongField): string => plain(cells[at.get(field) ?? -1] ?? '').trim();
    const problems: string[] = [];
    const left = (field: SongField, expected: string): undefined => {
      problems.push(`${field} "${clip(cell(field))}" was left out: ${expected}`);
      return undefined;
    };
    if (isGuessed && cells.some((text) => text.includes('\ufffd'))) {
      return { problem: 'the row holds bytes of another encoding than the rest: save the file as UTF-8.' };
    }
    const yearText = cell('year');
    // A date begins with its year; spreadsheets write 1999.0 for a number.
    const year =
      yearText === ''
        ? undefined
        : /^\d{4}(?![\d])/.test(yearText)
          ? Number(yearText.slice(0, 4))
          : left('year', 'write four digits.');
    const languageText = cell('language').toLowerCase();
    const language =
      languageText === '' || LANGUAGES.includes(languageText)
        ? languageText
        : left('language', 'write an ISO 639-1 code (en, zh).');
    const emotionText = cell('emotion').toLowerCase();
    const emotion =
      emotionText === ''
        ? undefined
        : isEmotion(emotionText)
          ? emotionText
          : left('emotion', 'write one of the seven.');
    const popularityText = cell('popularity');
    const popularity = popularityText === '' ? undefined : Number(popularityText.replaceAll(/[,\s]/g, ''));
    const typical = cell('typical');
    const song = tidyRecord({
      title: cell('title'),
      artist: cell('artist'),
      album: cell('album'),
      year,
      language: language || undefined,
      emotion,
      tags: splitTags(cell('tags')),
      typical: typical === '' ? undefined : typical === '1' || typical.toLowerCase() === 'true',
      durationSeconds: parseDuration(cell('duration'), durationColumn),
      popularity,
      path: cell('path') || undefined,
      url: cell('url') || undefined,
      lyrics: cell('lyrics') || undefined,
    });
    if (!song) return { problem: 'title and artist must both be there.' };
    return { song, ...(problems.length > 0 && { problem: problems.join(' ') }) };
  };
};

const clip = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const columnsError = (header: readonly string[], what: string): InvalidInputError =>
  new InvalidInputError(
    'import/columns',
    `The first row has ${what}; it reads "${clip(header.join(', '))}". Name the columns, for example ` +
      'with --columns title="Song name" artist=Singer.',
  );
