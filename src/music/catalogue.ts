/** Catalogues read from CSV text, and put together. */
import { EMOTIONS, type Emotion } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import { createCatalogueBuilder } from './catalogue-builder.ts';
import { createCsvReader, plainCell } from './csv.ts';
import { type Song, songProblem } from './song.ts';
import type { Catalogue } from './song-columns.ts';
import { isTag } from './tags.ts';

export { createCatalogue } from './catalogue-builder.ts';
export type { Catalogue };

/** How many bad rows a message names before it only counts. */
const NAMED_PROBLEMS = 20;

/** The columns of a catalogue; the first four must be there, others are passed over. */
export const CATALOGUE_COLUMNS = ['title', 'artist', 'emotion', 'tags', 'year', 'language', 'typical'] as const;

type Column = (typeof CATALOGUE_COLUMNS)[number];

/** Reads a catalogue piece by piece, so that a file of any size takes no more memory than its catalogue. */
export interface CatalogueReader {
  push(csvText: string): void;
  end(): Catalogue;
}

/**
 * Reads a catalogue: header `title,artist,year,language,emotion,tags,typical` in any order, tags separated by `;` out of
 * `TAGS` (capitals and spaces are forgiven: `Hip Hop` is `hip-hop`), typical `1` for the three songs that stand for an emotion.
 *
 * @throws {InvalidInputError} `catalogue/columns`: a column is missing. `catalogue/invalid`: names every bad row (the first
 *   20, then a count). `catalogue/empty`: no song. `csv/quote`: the quotes do not close.
 */
export const parseCatalogue = (csvText: string): Catalogue => {
  const reader = createCatalogueReader();
  reader.push(csvText);
  return reader.end();
};

/** The same for a text that comes in pieces. Bad rows are all collected; `end` throws. */
export const createCatalogueReader = (): CatalogueReader => {
  const builder = createCatalogueBuilder();
  const problems = createProblems();
  const typicalRows = EMOTIONS.map((): number[] => []);
  const tagNames = new Map<string, string>();
  let columns: Map<Column, number> | undefined;
  let width = 0;

  /** The tag a word means; the word itself, unknown, if none. */
  const tagOf = (word: string): string => {
    let tag = tagNames.get(word);
    if (tag === undefined) {
      tag = word
        .trim()
        .toLowerCase()
        .replace(/[\s_]+/g, '-');
      // Unknown words are not remembered, or a file of nonsense would fill the memory.
      if (isTag(tag)) tagNames.set(word, tag);
    }
    return tag;
  };

  const readSong = (cells: readonly string[], row: number, at: ReadonlyMap<Column, number>): void => {
    const cell = (column: Column): string => plainCell(cells[at.get(column) ?? -1] ?? '').trim();
    const emotion = cell('emotion').toLowerCase();
    const year = cell('year');
    const typical = cell('typical');
    const tags = cell('tags')
      .split(';')
      .map(tagOf)
      .filter((tag) => tag !== '');
    const facts = {
      title: cell('title'),
      artist: cell('artist'),
      year: year === '' ? undefined : Number(year),
      language: cell('language').toLowerCase(),
      emotion: emotion as Emotion,
      tags,
      typical: typical === '1',
    };
    const problem =
      widthProblem(cells.length, width) ??
      yearProblem(year) ??
      songProblem(facts) ??
      tagProblem(tags) ??
      (['', '0', '1'].includes(typical) ? undefined : `typical must be 1 or empty, not "${clip(typical)}".`);
    if (problem) {
      problems.add(row, problem);
      return;
    }
    if (facts.typical) typicalRows[EMOTIONS.indexOf(facts.emotion)]!.push(row);
    builder.add(facts, row);
  };

  const csv = createCsvReader((cells, row) => {
    if (columns) return readSong(cells, row, columns);
    columns = readHeader(cells);
    width = cells.length;
  });
  let started = false;

  return {
    push: (csvText) => {
      csv.push(started ? csvText : csvText.replace(/^\uFEFF/, ''));
      started ||= csvText !== '';
    },
    end: () => {
      csv.end();
      const catalogue = builder.finish((row, earlier, id) =>
        problems.add(row, `the song of row ${earlier} again (${id}).`),
      );
      typicalRows.forEach((rows, e) => {
        if (rows.length > 0 && rows.length !== 3) {
          problems.add(
            rows.at(-1)!,
            `songs marked typical for ${EMOTIONS[e]}: ${rows.length} (rows ${clip(rows.join(', '))}). Mark three, or none.`,
          );
        }
      });
      problems.throwAny();
      if (catalogue.size === 0) {
        throw new InvalidInputError(
          'catalogue/empty',
          `The catalogue holds no song: write a header (${CATALOGUE_COLUMNS.join(',')}) and a row for each song.`,
        );
      }
      return catalogue;
    },
  };
};

const clip = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const widthProblem = (found: number, width: number): string | undefined =>
  found === width ? undefined : `${found} cells where the header has ${width}: put cells that hold a comma in quotes.`;

const yearProblem = (year: string): string | undefined =>
  year === '' || /^\d{4}$/.test(year)
    ? undefined
    : `the year must be four digits, or left empty; it is "${clip(year)}".`;

const tagProblem = (tags: readonly string[]): string | undefined => {
  if (tags.length === 0) return 'no tags: give at least one.';
  const unknown = tags.filter((tag) => !isTag(tag)).map((tag) => `"${clip(tag)}"`);
  return unknown.length === 0 ? undefined : `unknown ${unknown.length > 1 ? 'tags' : 'tag'} ${unknown.join(', ')}.`;
};

const readHeader = (cells: readonly string[]): Map<Column, number> => {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const missing = CATALOGUE_COLUMNS.slice(0, 4).filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw new InvalidInputError(
      'catalogue/columns',
      `The first row has no column ${missing.join(', ')}; it reads "${clip(cells.join(','))}". Begin the file with ` +
        'title,artist,year,language,emotion,tags,typical, and put commas between the cells.',
    );
  }
  return new Map(
    CATALOGUE_COLUMNS.filter((column) => names.includes(column)).map((column) => [column, names.indexOf(column)]),
  );
};

const createProblems = (): { add(row: number, problem: string): void; throwAny(): void } => {
  const named: { row: number; problem: string }[] = [];
  let count = 0;
  return {
    add: (row, problem) => {
      count += 1;
      if (named.length < NAMED_PROBLEMS) named.push({ row, problem });
    },
    throwAny: () => {
      if (count === 0) return;
      const lines = named.sort((a, b) => a.row - b.row).map(({ row, problem }) => `  row ${row}: ${problem}`);
      if (count > named.length) lines.push(`  and ${count - named.length} more.`);
      throw new InvalidInputError(
        'catalogue/invalid',
        `The catalogue has ${count} bad ${count === 1 ? 'row' : 'rows'} (the header is row 1; the tags are listed in catalogue/README.md):\n${lines.join('\n')}`,
      );
    },
  };
};

/**
 * Two catalogues as one. Where both have a song (by id) the second's facts stand; where the second marks typical songs for an
 * emotion, they replace the first's.
 */
export const mergeCatalogues = (base: Catalogue, extra: Catalogue): Catalogue => {
  const builder = createCatalogueBuilder();
  const chosen = new Set(Array.from(extra.columns.typical, (position) => extra.song(position).emotion));
  // Looked for once: of two catalogues the second may be a thousand times as long.
  const inBoth = new Map<number, Song>();
  for (const song of base) {
    const position = extra.position(song.id);
    if (position >= 0) inBoth.set(position, song);
  }
  for (let position = 0; position < extra.size; position++) {
    const song = extra.song(position);
    const earlier = inBoth.get(position);
    const stillTypical = earlier?.typical === true && earlier.emotion === song.emotion && !chosen.has(song.emotion);
    builder.add({ ...song, typical: song.typical || stillTypical }, 0);
  }
  const known = new Set([...inBoth.values()].map(({ id }) => id));
  for (const song of base) {
    if (!known.has(song.id)) builder.add({ ...song, typical: song.typical && !chosen.has(song.emotion) }, 0);
  }
  return builder.finish(() => undefined);
};
