/** Songs in columns of numbers, in the order of their ids, with an inverted index from tag to songs. */
import { EMOTIONS } from '../base/emotions.ts';
import { growingWords } from './growing.ts';
import { LANGUAGES } from './languages.ts';
import { type Song, slug, songId } from './song.ts';

/**
 * Songs in the order of their ids (by code unit), numbered 0 to `size - 1`. About 135 bytes a song (eight tags, a title of 30 letters): no song is
 * kept as an object, `song(position)` makes one up when asked.
 */
export interface Catalogue {
  readonly size: number;
  song(position: number): Song;
  /** The song with this id; `undefined` if it is not here. */
  find(id: string): Song | undefined;
  /** Where the song with this id stands; -1 if it is not here. */
  position(id: string): number;
  [Symbol.iterator](): IterableIterator<Song>;
  /** What the ranking reads. */
  readonly columns: SongColumns;
  /** The catalogue as plain arrays, shared with it: `unpackCatalogue` makes it again, in another thread for example. */
  pack(): PackedCatalogue;
}

/** Two bytes a tag of a song, four where there are more than 65,536 different tags. */
export type TagNumbers = Uint16Array | Uint32Array;

export interface SongColumns {
  /** Every tag in use; a tag's number is its place here. */
  readonly tags: readonly string[];
  /** Emotion of each song, its place in `EMOTIONS`. Shape [size]. */
  readonly emotion: Uint8Array;
  /** A number for each song's artist: equal where the artist is the same, spelled alike or not. Shape [size]. */
  readonly artist: Uint32Array;
  /** Song n has the tags `songTags[tagStart[n]] ... songTags[tagStart[n + 1] - 1]`. Shape [size + 1]. */
  readonly tagStart: Uint32Array;
  readonly songTags: TagNumbers;
  /** The songs of each emotion in order; `library[EMOTIONS.indexOf(emotion)]`. */
  readonly library: readonly Uint32Array[];
  /** The songs marked typical, in order. */
  readonly typical: Uint32Array;
  /** The songs of one library that have a tag, in order; empty for a tag nobody has. */
  postings(library: number, tag: string): Uint32Array;
  /** Bytes of all these columns and of the titles; artist names, each kept once, come on top. */
  readonly bytes: number;
}

/** What a catalogue is made of; positions are in the order of ids. */
export interface Columns {
  size: number;
  /** UTF-16 code units of all titles. */
  text: Uint16Array;
  titleStart: Uint32Array;
  titleLength: Uint16Array;
  artistName: Uint32Array;
  artistNames: readonly string[];
  artist: Uint32Array;
  artistSlugs: readonly string[];
  year: Uint16Array;
  language: Uint8Array;
  emotion: Uint8Array;
  typical: Uint32Array;
  tags: readonly string[];
  tagNumber: (tag: string) => number | undefined;
  tagStart: Uint32Array;
  songTags: TagNumbers;
}

/** A catalogue as arrays and words alone, which threads can hand to each other. */
export interface PackedCatalogue extends Omit<Columns, 'tagNumber'> {
  readonly derived: Derived;
}

/** What follows from the columns and takes time to find. */
interface Derived {
  readonly library: readonly Uint32Array[];
  readonly listStart: Uint32Array;
  readonly lists: Uint32Array;
}

const deriveFrom = ({ size, emotion, tags, tagStart, songTags }: Columns): Derived => {
  const library = EMOTIONS.map((_, e) => {
    const positions = growingWords();
    for (let position = 0; position < size; position++) if (emotion[position] === e) positions.push(position);
    return positions.view().slice();
  });
  return { library, ...invert(emotion, tags.length, tagStart, songTags) };
};

/** A catalogue out of what `pack` made of one. */
export const unpackCatalogue = ({ derived, ...columns }: PackedCatalogue): Catalogue => {
  const numbers = new Map(columns.tags.map((tag, number) => [tag, number]));
  return createCatalogueOfColumns({ ...columns, tagNumber: (tag) => numbers.get(tag) }, derived);
};

/** A catalogue over columns already sorted by id. */
export const createCatalogueOfColumns = (columns: Columns, derived: Derived = deriveFrom(columns)): Catalogue => {
  const { size, emotion, tags, tagStart, songTags, typical } = columns;
  const { library, listStart, lists } = derived;
  const title = (position: number): string => {
    const start = columns.titleStart[position]!;
    return String.fromCharCode(...columns.text.subarray(start, start + columns.titleLength[position]!));
  };
  const song = (position: number): Song => {
    const artist = columns.artistNames[columns.artistName[position]!];
    if (artist === undefined) throw new RangeError(`No song ${position} in a catalogue of ${size}.`);
    const name = title(position);
    return {
      id: songId(artist, name),
      title: name,
      artist,
      year: columns.year[position] || undefined,
      language: LANGUAGES[columns.language[position]! - 1] ?? '',
      emotion: EMOTIONS[emotion[position]!]!,
      tags: Array.from(songTags.subarray(tagStart[position], tagStart[position + 1]), (tag) => tags[tag]!),
      typical: typical.includes(position),
    };
  };
  const position = (id: string): number => {
    const slash = id.indexOf('/');
    const artist = lowerBound(
      columns.artistSlugs.length,
      (key) => `${columns.artistSlugs[key]}/` < id.slice(0, slash + 1),
    );
    if (slash < 0 || columns.artistSlugs[artist] !== id.slice(0, slash)) return -1;
    const word = id.slice(slash + 1);
    const found = lowerBound(size, (position) => {
      const key = columns.artist[position]!;
      return key < artist || (key === artist && slug(title(position)) < word);
    });
    return columns.artist[found] === artist && slug(title(found)) === word ? found : -1;
  };
  return {
    size,
    song,
    position,
    pack: () => {
      const { tagNumber: _function, ...plain } = columns;
      return { ...plain, derived };
    },
    find: (id) => {
      const found = position(id);
      return found < 0 ? undefined : song(found);
    },
    *[Symbol.iterator]() {
      for (let position = 0; position < size; position++) yield song(position);
    },
    columns: {
      tags,
      emotion,
      artist: columns.artist,
      tagStart,
      songTags,
      library,
      typical,
      postings: (e, tag) => {
        const number = columns.tagNumber(tag);
        if (number === undefined) return new Uint32Array(0);
        const list = e * tags.length + number;
        return lists.subarray(listStart[list], listStart[list + 1]);
      },
      bytes: [...Object.values(columns), ...library, listStart, lists]
        .filter((column) => ArrayBuffer.isView(column))
        .reduce((sum, column) => sum + column.byteLength, 0),
    },
  };
};

/** The first of 0 ... length - 1 for which `before` is false, `length` if none; `before` is true up to there. */
const lowerBound = (length: number, before: (index: number) => boolean): number => {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** One list of songs for each library and tag, one after the other: list `library * tagCount + tag`. */
const invert = (
  emotion: Uint8Array,
  tagCount: number,
  tagStart: Uint32Array,
  songTags: TagNumbers,
): { listStart: Uint32Array; lists: Uint32Array } => {
  const listStart = new Uint32Array(EMOTIONS.length * tagCount + 1);
  const eachTag = (visit: (list: number, position: number) => void): void =>
    emotion.forEach((e, position) => {
      for (let at = tagStart[position]!; at < tagStart[position + 1]!; at++)
        visit(e * tagCount + songTags[at]!, position);
    });
  eachTag((list) => listStart[list + 1]!++);
  for (let list = 1; list < listStart.length; list++) listStart[list]! += listStart[list - 1]!;
  const lists = new Uint32Array(songTags.length);
  const next = listStart.slice();
  eachTag((list, position) => {
    lists[next[list]!++] = position;
  });
  return { listStart, lists };
};
