/** A song as an outside source tells it: what it knows, nothing made up. */
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { LANGUAGES } from '../../src/music/languages.ts';
import type { EmotionEvidence } from '../../src/music/library-song.ts';
import { slug } from '../../src/music/song.ts';

export interface SongRecord {
  readonly title: string;
  readonly artist: string;
  readonly album?: string;
  /** Year of first release, 1000 to 2100. */
  readonly year?: number;
  /** One of `LANGUAGES`. */
  readonly language?: string;
  /** Said by the source itself (a column, a sheet's name), not read out of lyrics or sound. */
  readonly emotion?: Emotion;
  /** Lower case, words joined by a hyphen, each once. Any vocabulary. */
  readonly tags: readonly string[];
  readonly typical?: boolean;
  readonly durationSeconds?: number;
  /** Plain or LRC. */
  readonly lyrics?: string;
  /** A file on this machine: an absolute path, or a `file:` URL where its name is not UTF-8. */
  readonly path?: string;
  /** Bytes of the file. */
  readonly size?: number;
  /** When the file was changed last, milliseconds since 1970. */
  readonly modified?: number;
  /** A page or stream of the song. */
  readonly url?: string;
  /** Any non-negative count that grows with how many know the song. */
  readonly popularity?: number;
  /** All that is known of its emotion. Absent: `emotion`, where told, is an annotation. Empty: it is nobody's. */
  readonly evidence?: readonly EmotionEvidence[];
}

/** Something a source says that cannot be used. The rest of the source still is. */
export interface ImportProblem {
  /** The file, folder or address. */
  readonly source: string;
  /** Where in it: `row 7`, `track 3`, `sheet sad, row 2`; absent where the whole of it is meant. */
  readonly place?: string;
  readonly code: string;
  /** What came, what was expected, the way out. */
  readonly message: string;
}

export interface FileState {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
}

export interface ImportOptions {
  readonly onProblem?: (problem: ImportProblem) => void;
  /** Told how many files or rows were looked at so far. */
  readonly onProgress?: (looked: number) => void;
  readonly signal?: AbortSignal;
  /** Field -> the name of the source's column, for tables whose header Attune does not know. */
  readonly columns?: Readonly<Partial<Record<SongField, string>>>;
  /** Says that a file was read before and has not changed: it is passed over. @default nothing is known */
  readonly isKnown?: (file: FileState) => boolean | Promise<boolean>;
}

/** Reads one kind of source. A bad row or file is told to `onProblem`; only a source that cannot be opened at all throws. */
export interface Importer {
  readonly name: string;
  /** @param path absolute */
  accepts(path: string, isFolder: boolean): boolean;
  read(path: string, options?: ImportOptions): AsyncIterable<SongRecord>;
}

/** What a column of a table can hold. */
export const SONG_FIELDS = [
  'title',
  'artist',
  'album',
  'year',
  'language',
  'emotion',
  'tags',
  'typical',
  'duration',
  'popularity',
  'path',
  'url',
  'lyrics',
] as const;
export type SongField = (typeof SONG_FIELDS)[number];

/** Longest lyrics kept, characters: no song has more, a file that is no lyrics may. */
export const LONGEST_LYRICS = 200_000;
const LONGEST_NAME = 500;
/** Some letters unfold to many in an id: U+FDFA to eighteen. */
const LONGEST_SLUG = 900;
const MOST_TAGS = 64;

/** The beginning of a text, without half a character at its end. */
const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');

/** A tag as the store keeps it: lower case, blanks and underscores one hyphen; empty where no letter or digit is left. */
export const tagName = (word: string): string => {
  const name = cut(
    word
      .normalize('NFC')
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/gu, '-'),
    64,
  );
  return /[\p{L}\p{N}]/u.test(name) ? name : '';
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f\u2028\u2029]+/g;

/** A name on one line, without control characters. */
export const oneLine = (text: string): string =>
  text
    .replaceAll(CONTROLS, ' ')
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .normalize('NFC')
    .trim();

/** A name as the store keeps it, not longer than it can. */
const nameOf = (text: string | undefined): string => {
  let name = cut(oneLine(text ?? ''), LONGEST_NAME);
  while (slug(name).length > LONGEST_SLUG) name = cut(name, Math.floor(name.length / 2));
  return name.trim();
};

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/**
 * The record with what cannot be right taken out: names on one line, years and lengths in range, tags tidy.
 *
 * @returns `undefined` where title or artist is missing
 */
export const tidyRecord = (facts: Loose<SongRecord>): SongRecord | undefined => {
  const title = nameOf(facts.title);
  const artist = nameOf(facts.artist);
  if (title === '' || artist === '') return undefined;
  const { year, language, emotion, durationSeconds, popularity, size, modified, path, url, typical, evidence } = facts;
  const album = nameOf(facts.album);
  const lyrics = facts.lyrics?.trim()
    ? cut(facts.lyrics.replaceAll(/\p{Surrogate}/gu, '\ufffd').replaceAll('\0', ''), LONGEST_LYRICS)
    : '';
  const tags = [...new Set((facts.tags ?? []).map(tagName))].filter((tag) => tag !== '').slice(0, MOST_TAGS);
  return {
    title,
    artist,
    tags,
    ...(album && { album }),
    ...(year !== undefined && Number.isInteger(year) && year >= 1000 && year <= 2100 && { year }),
    ...(language !== undefined && LANGUAGES.includes(language) && { language }),
    ...(emotion !== undefined && EMOTIONS.includes(emotion) && { emotion }),
    ...(typical !== undefined && { typical }),
    ...(isCount(durationSeconds) && durationSeconds > 0 && durationSeconds < 1e6 && { durationSeconds }),
    ...(isCount(popularity) && { popularity }),
    ...(isCount(size) && { size }),
    ...(isCount(modified) && { modified }),
    ...(path && { path }),
    ...(url && { url }),
    ...(lyrics && { lyrics }),
    ...(evidence && { evidence }),
  };
};

const isCount = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value >= 0;
