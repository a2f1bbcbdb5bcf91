/** Fills a catalogue song by song, in any order, without keeping a song as an object. */
import { EMOTIONS } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import { type Growing, growingBytes, growingShorts, growingWords } from './growing.ts';
import { LANGUAGES } from './languages.ts';
import { type SongFacts, slug, songId, songProblem } from './song.ts';
import { type Catalogue, createCatalogueOfColumns, type TagNumbers } from './song-columns.ts';

export interface CatalogueBuilder {
  /** @param row what to call the song in messages: its row in a file, or its place in a list. */
  add(facts: SongFacts, row: number): void;
  /** @param onDuplicate called with the rows of two songs of one id, the earlier first; only the earlier is kept. */
  finish(onDuplicate: (row: number, earlier: number, id: string) => void): Catalogue;
}

/** From this number on two bytes do not hold it. */
const MOST_SHORT_NUMBERS = 65_536;

/** Numbers handed out to words in the order they are first met. */
const createNumbering = (): {
  words: string[];
  number(word: string): number;
  known(word: string): number | undefined;
} => {
  const words: string[] = [];
  const numbers = new Map<string, number>();
  return {
    words,
    known: (word) => numbers.get(word),
    number: (word) => {
      const known = numbers.get(word);
      if (known !== undefined) return known;
      // A copy of its own: a slice of a file's text would keep the whole piece it was cut from in memory.
      const copy = Array.from(word, (char) => char).join('');
      numbers.set(copy, words.length);
      words.push(copy);
      return words.length - 1;
    },
  };
};

export const createCatalogueBuilder = (): CatalogueBuilder => {
  const artists = createNumbering();
  const tags = createNumbering();
  const text = growingShorts();
  const titleEnd = growingWords();
  const artistName = growingWords();
  const year = growingShorts();
  const language = growingBytes();
  const emotion = growingBytes();
  const typical = growingBytes();
  const tagEnd = growingWords();
  let songTags: Growing<Uint16Array> | Growing<Uint32Array> = growingShorts();
  let isWide = false;
  const rows = growingWords();
  /** The numbers so far, with room for larger ones. */
  const widened = (): Growing<Uint32Array> => {
    const wide = growingWords();
    for (const number of songTags.view()) wide.push(number);
    return wide;
  };
  const languageNumber = new Map(LANGUAGES.map((code, index) => [code, index + 1]));

  return {
    add: (facts, row) => {
      for (let i = 0; i < facts.title.length; i++) text.push(facts.title.charCodeAt(i));
      titleEnd.push(text.length);
      artistName.push(artists.number(facts.artist));
      year.push(facts.year ?? 0);
      language.push(languageNumber.get(facts.language) ?? 0);
      emotion.push(EMOTIONS.indexOf(facts.emotion));
      typical.push(facts.typical ? 1 : 0);
      // A tag said twice counts once.
      for (const number of new Set(facts.tags.map(tags.number))) {
        if (!isWide && number >= MOST_SHORT_NUMBERS) [songTags, isWide] = [widened(), true];
        songTags.push(number);
      }
      tagEnd.push(songTags.length);
      rows.push(row);
    },
    finish: (onDuplicate) => {
      const written = { text: text.view().slice(), titleEnd: titleEnd.view(), artistName: artistName.view() };
      const title = (entry: number): string =>
        String.fromCharCode(...written.text.subarray(written.titleEnd[entry - 1] ?? 0, written.titleEnd[entry]));
      const { order, artistKey, slugs } = sortEntries(written.artistName, artists.words, title, (entry, earlier) => {
        const id = songId(artists.words[written.artistName[entry]!]!, title(entry));
        onDuplicate(rows.view()[entry]!, rows.view()[earlier]!, id);
      });
      return createCatalogueOfColumns({
        size: order.length,
        text: written.text,
        titleStart: order.map((entry) => (entry === 0 ? 0 : written.titleEnd[entry - 1]!)),
        titleLength: Uint16Array.from(order, (entry) => written.titleEnd[entry]! - (written.titleEnd[entry - 1] ?? 0)),
        artistName: order.map((entry) => written.artistName[entry]!),
        artistNames: artists.words,
        artist: order.map((entry) => artistKey[written.artistName[entry]!]!),
        artistSlugs: slugs,
        year: Uint16Array.from(order, (entry) => year.view()[entry]!),
        language: Uint8Array.from(order, (entry) => language.view()[entry]!),
        emotion: Uint8Array.from(order, (entry) => emotion.view()[entry]!),
        typical: order.map((_, position) => position).filter((position) => typical.view()[order[position]!] === 1),
        tags: tags.words,
        tagNumber: tags.known,
        ...sortTags(order, tagEnd.view(), songTags.view()),
      });
    },
  };
};

/**
 * The entries in the order of their ids, which is the order of artist slugs and, within an artist, of title slugs: a slug holds
 * no slash, so no `slug/` is the beginning of another.
 */
const sortEntries = (
  artistName: Uint32Array,
  names: readonly string[],
  title: (entry: number) => string,
  onDuplicate: (entry: number, earlier: number) => void,
): { order: Uint32Array; artistKey: Uint32Array; slugs: string[] } => {
  const nameSlugs = names.map(slug);
  const slugs = [...new Set(nameSlugs)].sort((a, b) => compareText(`${a}/`, `${b}/`));
  const keyOfSlug = new Map(slugs.map((word, key) => [word, key]));
  const artistKey = Uint32Array.from(nameSlugs, (word) => keyOfSlug.get(word)!);

  const next = new Uint32Array(slugs.length + 1);
  for (const name of artistName) next[artistKey[name]! + 1]!++;
  for (let key = 0; key < slugs.length; key++) next[key + 1]! += next[key]!;
  const byArtist = new Uint32Array(artistName.length);
  for (let entry = 0; entry < artistName.length; entry++) byArtist[next[artistKey[artistName[entry]!]!]!++] = entry;

  const order = new Uint32Array(artistName.length);
  let size = 0;
  for (let key = 0, start = 0; key < slugs.length; key++) {
    const entries = Array.from(byArtist.subarray(start, next[key]), (entry) => ({ entry, slug: slug(title(entry)) }));
    start = next[key]!;
    // Equal slugs keep the order they came in, so the earlier of two duplicates stands first.
    entries.sort((a, b) => compareText(a.slug, b.slug) || a.entry - b.entry);
    let kept = entries[0]!;
    entries.forEach((entry, i) => {
      if (i > 0 && entry.slug === kept.slug) {
        onDuplicate(entry.entry, kept.entry);
        return;
      }
      kept = entry;
      order[size++] = entry.entry;
    });
  }
  return { order: order.slice(0, size), artistKey, slugs };
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sortTags = (
  order: Uint32Array,
  tagEnd: Uint32Array,
  written: TagNumbers,
): { tagStart: Uint32Array; songTags: TagNumbers } => {
  const tagStart = new Uint32Array(order.length + 1);
  const songTags = written instanceof Uint16Array ? new Uint16Array(written.length) : new Uint32Array(written.length);
  order.forEach((entry, position) => {
    const tags = written.subarray(tagEnd[entry - 1] ?? 0, tagEnd[entry]);
    songTags.set(tags, tagStart[position]!);
    tagStart[position + 1] = tagStart[position]! + tags.length;
  });
  return { tagStart, songTags: songTags.slice(0, tagStart[order.length]) };
};

/**
 * A catalogue of songs already at hand, with tags of any vocabulary.
 *
 * @throws {InvalidInputError} `catalogue/song`: a song without title, artist or known emotion, with more than 64 tags, with a
 *   year outside 1000 to 2100, or twice in the list.
 */
export const createCatalogue = (
  songs: Iterable<Partial<SongFacts> & Pick<SongFacts, 'title' | 'artist' | 'emotion' | 'tags'>>,
): Catalogue => {
  const builder = createCatalogueBuilder();
  let number = 0;
  for (const song of songs) {
    number += 1;
    const facts = { year: undefined, language: '', typical: false, ...song };
    const problem = songProblem(facts);
    if (problem) throw new InvalidInputError('catalogue/song', `Song ${number}: ${problem}`);
    builder.add(facts, number);
  }
  return builder.finish((row, earlier, id) => {
    throw new InvalidInputError(
      'catalogue/song',
      `Song ${row} is song ${earlier} again (${id}): leave one of them out.`,
    );
  });
};
