/** A song as the recommender knows it: facts and tags, no sound. */
import type { Emotion } from '../base/emotions.ts';

export interface Song {
  /** Made of artist and title by `songId`; unique in a catalogue, the same in every catalogue that has the song. */
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  /** Year of first release, 1000 to 2100; `undefined` where the catalogue does not tell. */
  readonly year: number | undefined;
  /** Language sung, ISO 639-1, for example `en`, `zh`; `zxx` (ISO 639-2: no words) for instrumentals; empty where not told. */
  readonly language: string;
  /** The emotion library the song belongs to. */
  readonly emotion: Emotion;
  readonly tags: readonly string[];
  /** One of the songs that stand for its emotion until the listener has chosen others. */
  readonly typical: boolean;
}

const slug = (text: string): string => {
  const plain = text.normalize('NFKC').toLowerCase().trim();
  // Letters and digits of every script stay; a name of signs alone ("!!!", "÷") keeps its signs rather than vanish.
  return (
    plain
      .replace(/['’]/gu, '')
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
      .replace(/^-+|-+$/gu, '') || plain
  );
};

/**
 * The id of a song: artist and title in lower case, letters and digits of any script, the rest as hyphens.
 *
 * @returns for example `the-beatles/help`. Spelling that differs only in case, width, punctuation or apostrophes gives the same id.
 */
export const songId = (artist: string, title: string): string => `${slug(artist)}/${slug(title)}`;
