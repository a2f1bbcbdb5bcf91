import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../base/emotions.ts';
import { createCatalogue, createCatalogueReader, mergeCatalogues, parseCatalogue } from './catalogue.ts';
import { songId } from './song.ts';

const HEADER = 'title,artist,year,language,emotion,tags,typical\n';
const GOOD = `${HEADER}Help!,The Beatles,1965,en,sad,pop;rock;1960s,\n稻香,周杰伦,2008,zh,happy,Mandopop; Acoustic Guitar,\n`;

/** The message that parsing gives. */
const complaint = (csv: string): string => {
  try {
    parseCatalogue(csv);
  } catch (error) {
    return String(error);
  }
  return 'none';
};

describe('parseCatalogue', () => {
  it('reads songs into the order of their ids', () => {
    expect([...parseCatalogue(`\uFEFF${GOOD}`)]).toEqual([
      {
        id: 'the-beatles/help',
        title: 'Help!',
        artist: 'The Beatles',
        year: 1965,
        language: 'en',
        emotion: 'sad',
        tags: ['pop', 'rock', '1960s'],
        typical: false,
      },
      {
        id: '周杰伦/稻香',
        title: '稻香',
        artist: '周杰伦',
        year: 2008,
        language: 'zh',
        emotion: 'happy',
        tags: ['mandopop', 'acoustic-guitar'],
        typical: false,
      },
    ]);
  });

  it('takes columns in any order, others besides, and does without year, language and typical', () => {
    const [song] = parseCatalogue('Tags,note,Emotion,Artist,Title\npop,"a, b",Happy,A,B');
    expect(song).toMatchObject({
      title: 'B',
      artist: 'A',
      year: undefined,
      language: '',
      emotion: 'happy',
      typical: false,
    });
  });

  it('names each bad row with its number and what to write instead', () => {
    const csv = `${GOOD}
B1,A,1999,en,happy,polka;pop;zydeco,
B2,A,99,en,happy,pop,
B3,A,1999,english,happy,pop,
B4,A,1999,en,joy,pop,
B5,A,1999,en,happy,,
B6,A,1999,en,happy,pop,yes
B7, with a comma,A,1999,en,happy,pop,
,A,1999,en,happy,pop,
HELP,the beatles,1965,en,sad,pop,
C,A,1999,en,fear,pop,1
`;
    expect(complaint(csv).split('\n')).toEqual([
      'InvalidInputError: The catalogue has 10 bad rows (the header is row 1; the tags are listed in catalogue/README.md):',
      '  row 5: unknown tags "polka", "zydeco".',
      '  row 6: the year must be four digits, or left empty; it is "99".',
      '  row 7: "english" is no language: write its ISO 639-1 code (en, zh), zxx for no words, or leave it empty.',
      '  row 8: "joy" is no emotion: write one of angry, disgust, fear, happy, sad, surprise, neutral.',
      '  row 9: no tags: give at least one.',
      '  row 10: typical must be 1 or empty, not "yes".',
      '  row 11: 8 cells where the header has 7: put cells that hold a comma in quotes.',
      '  row 12: the title must have 1 to 500 characters.',
      '  row 13: the song of row 2 again (the-beatles/help).',
      '  row 14: songs marked typical for fear: 1 (rows 14). Mark three, or none.',
    ]);
  });

  it('names the first twenty and counts the rest', () => {
    const lines = complaint(HEADER + 'B,A,1999,en,happy,polka,\n'.repeat(50_000)).split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.at(-2)).toBe('  row 21: unknown tag "polka".');
    expect(lines.at(-1)).toBe('  and 49980 more.');
  });

  it('says when columns are missing or nothing is there', () => {
    expect(() => parseCatalogue('title;artist;emotion;tags\n')).toThrow(
      expect.objectContaining({ code: 'catalogue/columns', message: expect.stringContaining('put commas') }),
    );
    for (const empty of ['', '\n\n', HEADER]) {
      expect(() => parseCatalogue(empty)).toThrow(expect.objectContaining({ code: 'catalogue/empty' }));
    }
  });

  it('reads the same from pieces of any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (length) => {
        const reader = createCatalogueReader();
        for (let at = 0; at < GOOD.length; at += length) reader.push(GOOD.slice(at, at + length));
        expect([...reader.end()]).toEqual([...parseCatalogue(GOOD)]);
      }),
    );
  });
});

describe('createCatalogue', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'B', '-', '/', ' ', '好', '9'), minLength: 1, maxLength: 3 });
  const facts = fc.record({
    title: word,
    artist: word,
    emotion: fc.constantFrom(...EMOTIONS),
    year: fc.option(fc.integer({ min: 1000, max: 2100 }), { nil: undefined }),
    language: fc.constantFrom('', 'en', 'zh', 'zxx'),
    tags: fc.uniqueArray(fc.constantFrom('pop', 'rock', 'own word'), { maxLength: 3 }),
    typical: fc.boolean(),
  });
  const lists = fc
    .uniqueArray(facts, { selector: ({ artist, title }) => songId(artist, title), maxLength: 25 })
    .map((list) => list.filter(({ title, artist }) => title.trim() && artist.trim()));

  it('gives back every fact, sorted by id, and finds songs by id', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const catalogue = createCatalogue(list);
        const expected = list
          .map((entry) => ({ id: songId(entry.artist, entry.title), ...entry }))
          .sort((a, b) => (a.id < b.id ? -1 : 1));
        expect([...catalogue]).toEqual(expected);
        expected.forEach((song, position) => {
          expect(catalogue.position(song.id)).toBe(position);
          expect(catalogue.find(song.id)).toEqual(song);
        });
        for (const id of ['', '/', 'zz/zz', 'nobody'])
          expect(catalogue.find(id)).toEqual(expected.find((song) => song.id === id));
      }),
    );
  });

  it('lists the songs of every library, tag and artist', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { columns, ...catalogue } = createCatalogue(list);
        const songs = Array.from({ length: catalogue.size }, (_, position) => catalogue.song(position));
        EMOTIONS.forEach((emotion, e) => {
          const here = (tag?: string): number[] =>
            songs.flatMap((song, position) =>
              song.emotion === emotion && (!tag || song.tags.includes(tag)) ? [position] : [],
            );
          expect([...columns.library[e]!]).toEqual(here());
          for (const tag of ['pop', 'rock', 'own word', 'unused'])
            expect([...columns.postings(e, tag)]).toEqual(here(tag));
        });
        const artist = (position: number): string => songs[position]!.id.split('/')[0]!;
        for (let a = 0; a < songs.length; a++) {
          for (let b = 0; b < a; b++) expect(columns.artist[a] === columns.artist[b]).toBe(artist(a) === artist(b));
        }
      }),
    );
  });

  it('refuses a song twice and a song without a name', () => {
    const song = { title: 'A', artist: 'B', emotion: 'sad' as const, tags: [] };
    expect(() => createCatalogue([song, { ...song, title: 'a!' }])).toThrow(
      expect.objectContaining({ code: 'catalogue/song', message: expect.stringContaining('Song 2 is song 1 again') }),
    );
    expect(() => createCatalogue([{ ...song, artist: '' }])).toThrow(/^Song 1: the artist/);
    expect(() => createCatalogue([]).song(0)).toThrow(RangeError);
  });
});

describe('mergeCatalogues', () => {
  const song = (title: string, typical: boolean, year = 2000) => ({
    title,
    artist: 'A',
    emotion: 'sad' as const,
    tags: ['pop'],
    year,
    typical,
  });
  const base = createCatalogue([song('1', true), song('2', true), song('3', true), song('4', false)]);
  const facts = (catalogue: Iterable<{ title: string; typical: boolean; year: number | undefined }>) =>
    Array.from(catalogue, ({ title, typical, year }) => [title, typical, year]);

  it('adds songs, lets the second win, and keeps the marks while it has none', () => {
    const merged = mergeCatalogues(base, createCatalogue([song('1', false, 1999), song('5', false)]));
    expect(facts(merged)).toEqual([
      ['1', true, 1999],
      ['2', true, 2000],
      ['3', true, 2000],
      ['4', false, 2000],
      ['5', false, 2000],
    ]);
  });

  it('takes the mark off a song that moves to another emotion', () => {
    const moved = mergeCatalogues(base, createCatalogue([{ ...song('1', false), emotion: 'happy' }]));
    expect(moved.find('a/1')).toMatchObject({ emotion: 'happy', typical: false });
  });

  it("takes the second's marks for an emotion where it has any", () => {
    const merged = mergeCatalogues(base, createCatalogue([song('4', true), song('5', true), song('6', true)]));
    expect(facts(merged).map(([, typical]) => typical)).toEqual([false, false, false, true, true, true]);
  });
});
