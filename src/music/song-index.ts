/** What the default recommender knows of a catalogue's songs, in columns: terms, taste, place on the mood plane. */
import { EMOTIONS } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import { createItemVectors, type ItemVectors } from './item-vectors.ts';
import type { Catalogue } from './song-columns.ts';
import { songMood } from './tag-moods.ts';
import { createTaste, type Taste } from './taste.ts';

/** What is known of songs beside the catalogue, by position. */
export interface SongColumnsKnown {
  /** Shares of the seven emotions of each song, as `joinEvidence` gives them. Shape [size, 7]. @default the song's own library */
  readonly emotionShares?: Float32Array;
  /** How often each song is heard by everybody, any unit, 0 or more. Shape [size]. @default all alike */
  readonly popularity?: ArrayLike<number>;
}

export interface SongIndex {
  readonly vectors: ItemVectors;
  readonly taste: Taste;
  /** Valence and arousal of each song in steps of 1/127. Shape [size]. */
  readonly valence: Int8Array;
  readonly arousal: Int8Array;
  readonly known: SongColumnsKnown;
  /** Bytes of all this, beside the catalogue. */
  readonly bytes: number;
}

/** Steps of valence and arousal in one unit of the plane. */
export const MOOD_STEPS = 127;

/**
 * Beside tags, a song's artist is a term of its own: half a tag's weight, as artists are rare and would drown the tags.
 */
const ARTIST_SCALE = 0.5;

/** Up to here each liked song is held against all songs by itself; above, all at once, which is faster and a little worse. */
const SHARP_UP_TO = 100_000;

const indexes = new WeakMap<Catalogue, SongIndex>();

/**
 * The index of a catalogue; made once and kept as long as the catalogue, unless other facts are known.
 *
 * @throws {InvalidInputError} `music/columns`: a column of another length than the catalogue.
 */
export const songIndexOf = (catalogue: Catalogue, known: SongColumnsKnown = {}): SongIndex => {
  const earlier = indexes.get(catalogue);
  if (earlier && earlier.known.emotionShares === known.emotionShares && earlier.known.popularity === known.popularity) {
    return earlier;
  }
  const index = createSongIndex(catalogue, known);
  indexes.set(catalogue, index);
  return index;
};

const createSongIndex = (catalogue: Catalogue, known: SongColumnsKnown): SongIndex => {
  const { size, columns } = catalogue;
  const { emotionShares, popularity } = known;
  if (
    (emotionShares && emotionShares.length !== size * EMOTIONS.length) ||
    (popularity && popularity.length !== size)
  ) {
    throw new InvalidInputError(
      'music/columns',
      `There are ${emotionShares?.length ?? 'no'} emotion shares and ${popularity?.length ?? 'no'} popularities for ${size} songs: expected seven and one a song.`,
    );
  }
  function* tagEntries(): Generator<readonly [number, number, number]> {
    for (let song = 0; song < size; song++) {
      for (let at = columns.tagStart[song]!; at < columns.tagStart[song + 1]!; at++) {
        yield [song, columns.songTags[at]!, 1];
      }
    }
  }
  function* artistEntries(): Generator<readonly [number, number, number]> {
    for (let song = 0; song < size; song++) yield [song, columns.artist[song]!, 1];
  }
  const vectors = createItemVectors(size, [
    { entries: tagEntries() },
    { entries: artistEntries(), scale: ARTIST_SCALE },
  ]);
  const taste = createTaste({
    vectors,
    ...(popularity ? { popularity } : {}),
    settings: {
      sharpness: size <= SHARP_UP_TO ? 1.5 : 1,
      popularityPower: popularity ? 0.2 : 0,
      mentionPower: 0,
      hubPower: 0.35,
      seedHubPower: 0.5,
    },
  });
  const [valence, arousal] = [new Int8Array(size), new Int8Array(size)];
  const shares = new Float32Array(EMOTIONS.length);
  for (let song = 0; song < size; song++) {
    if (emotionShares) shares.set(emotionShares.subarray(song * EMOTIONS.length, (song + 1) * EMOTIONS.length));
    else shares.fill(0).fill(1, columns.emotion[song]!, columns.emotion[song]! + 1);
    const tags = Array.from(
      columns.songTags.subarray(columns.tagStart[song], columns.tagStart[song + 1]),
      (tag) => columns.tags[tag]!,
    );
    const mood = songMood(tags, shares);
    valence[song] = Math.round(mood.valence * MOOD_STEPS);
    arousal[song] = Math.round(mood.arousal * MOOD_STEPS);
  }
  const { starts, terms, values, itemStarts, items, itemValues } = vectors;
  const arrays = [starts, terms, values, itemStarts, items, itemValues, taste.prior, valence, arousal];
  return {
    vectors,
    taste,
    valence,
    arousal,
    known,
    // The taste keeps two columns more of the same length as its prior.
    bytes: arrays.reduce((sum, array) => sum + array.byteLength, 2 * taste.prior.byteLength),
  };
};
