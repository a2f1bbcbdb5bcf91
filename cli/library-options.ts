/** What the library's commands are told: where the library lies, and what their options mean. */
import { InvalidArgumentError } from 'commander';
import { SOURCE_NAMES, type SourceName } from '../node/crawl/source-names.ts';
import { SONG_FIELDS, type SongField } from '../node/import/song-record.ts';
import type { LibrarySettings } from '../server/library/open-library.ts';
import type { SongFilter } from '../server/store/store.ts';
import { EMOTIONS, type Emotion, isEmotion } from '../src/base/emotions.ts';
import type { JsonTarget } from './output.ts';

export interface JsonOption {
  readonly json?: JsonTarget;
}
export interface FilterOptions extends JsonOption {
  readonly emotion?: Emotion;
  readonly tag?: string;
  readonly language?: string;
  readonly text?: string;
}

/** Environment is read here and in the server's own start alone. */
export const librarySettings = (contact?: string): LibrarySettings => {
  const { DATABASE_URL, LASTFM_API_KEY, ATTUNE_CONTACT } = process.env;
  const known = contact ?? ATTUNE_CONTACT;
  return {
    ...(DATABASE_URL && { databaseUrl: DATABASE_URL }),
    ...(known && { contact: known }),
    sources: { ...(LASTFM_API_KEY && { lastFmKey: LASTFM_API_KEY }) },
  };
};

export const parseEmotion = (name: string): Emotion => {
  if (isEmotion(name)) return name;
  throw new InvalidArgumentError(`choose one of ${EMOTIONS.join(', ')}.`);
};

export const parseNumber = (text: string): number => {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('it takes a whole number from 1.');
};

export const parseLimit = (text: string): number => {
  const number = parseNumber(text);
  if (number <= 1000) return number;
  throw new InvalidArgumentError('it takes a whole number from 1 to 1000.');
};

export const parseSources = (text: string): SourceName[] =>
  text.split(',').map((name) => {
    const known = SOURCE_NAMES.find((one) => one === name.trim());
    if (known) return known;
    throw new InvalidArgumentError(`"${name}" is no source: choose ${SOURCE_NAMES.join(', ')}.`);
  });

/** `title=Song name` -> field and column, collected over several. */
export const parseColumn = (
  text: string,
  before: Partial<Record<SongField, string>>,
): Partial<Record<SongField, string>> => {
  const [, name, column] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const field = SONG_FIELDS.find((one) => one === name?.trim());
  if (field && column) return { ...before, [field]: column };
  throw new InvalidArgumentError(
    `write FIELD=COLUMN, for example title="Song name"; the fields are ${SONG_FIELDS.join(', ')}.`,
  );
};

export const filterOf = ({ emotion, tag, language, text }: FilterOptions): SongFilter => ({
  ...(emotion && { emotion }),
  ...(tag && { tag }),
  ...(language && { language }),
  ...(text && { text }),
});
