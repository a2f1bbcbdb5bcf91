/** A song as the recommender knows it: facts and tags, no sound. */
import { EMOTIONS, type Emotion, isEmotion } from '../base/emotions.ts';
import { LANGUAGES } from './languages.ts';

/** Most tags a song may have. */
const MOST_TAGS = 64;

export interface Song {
  /** Made of artist and title by `songId`; unique in a catalogue, the same in every catalogue that has the song. */
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  /** Year of first release, 1000 to 2100; `undefined` where the catalogue does not tell. */
  readonly year: number | undefined;
  /** Language sung: one of `LANGUAGES`, for example `en`, `zh`, `zxx` for no words; empty where the catalogue does not tell. */
  readonly language: string;
  /** The emotion library the song belongs to. */
  readonly emotion: Emotion;
  readonly tags: readonly string[];
  /** One of the songs that stand for its emotion until the listener has chosen others. */
  readonly typical: boolean;
}

/**
 * A name in lower case, its letters and digits of any script kept, everything between them one hyphen.
 * A name of signs alone ("!!!", "÷") keeps its signs rather than vanish. Never holds a slash.
 */
export const slug = (name: string): string => {
  if (/^[a-z0-9]+$/.test(name)) return name;
  const plain = name.normalize('NFKC').toLowerCase().trim();
  const words = plain
    .replace(/['’]/gu, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-+|-+$/gu, '');
  return words || plain.replaceAll('/', '-');
};

/**
 * The id of a song: the slugs of artist and title.
 *
 * @returns for example `the-beatles/help`. Spelling that differs only in case, width, punctuation or apostrophes gives the
 *   same id.
 */
export const songId = (artist: string, title: string): string => `${slug(artist)}/${slug(title)}`;

/** A song before it has an id. */
export type SongFacts = Omit<Song, 'id'>;

/** What is wrong with a song's facts, in words with the way out; `undefined` where nothing is. Tags may be any words. */
export const songProblem = ({
  title,
  artist,
  year,
  language,
  emotion,
  tags,
}: Omit<SongFacts, 'emotion'> & { readonly emotion: string }): string | undefined => {
  if (title.trim() === '' || title.length > 500) return 'the title must have 1 to 500 characters.';
  if (artist.trim() === '' || artist.length > 500) return 'the artist must have 1 to 500 characters.';
  if (year !== undefined && !(Number.isInteger(year) && year >= 1000 && year <= 2100)) {
    return `the year must be a whole number from 1000 to 2100, or left empty; it is ${year}.`;
  }
  if (language !== '' && !LANGUAGES.includes(language)) {
    return `"${language}" is no language: write its ISO 639-1 code (en, zh), zxx for no words, or leave it empty.`;
  }
  if (!isEmotion(emotion)) return `"${emotion}" is no emotion: write one of ${EMOTIONS.join(', ')}.`;
  if (tags.length > MOST_TAGS) return `${tags.length} tags are too many: give at most ${MOST_TAGS}.`;
  return undefined;
};
