import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCatalogue } from './catalogue.ts';
import { formatPlaylist, type PlaylistFormat, youtubeLink } from './playlist.ts';
import type { Song } from './song.ts';
import { TAGS } from './tags.ts';

const song = (artist: string, title: string, more: Partial<Song> = {}): Song => ({
  id: 'x',
  artist,
  title,
  year: 1999,
  language: 'en',
  emotion: 'happy',
  tags: ['pop', 'happy'],
  typical: false,
  ...more,
});

/** Text with whatever breaks formats: markup, quotes, line breaks, formula signs, controls, halves of surrogate pairs. */
const name = fc
  .string({
    unit: fc.constantFrom(
      'a',
      'é',
      '好',
      '😀',
      '<',
      '>',
      '&',
      '"',
      "'",
      ']',
      '=',
      '-',
      '+',
      '@',
      ',',
      '#',
      '\n',
      '\r',
      '\u0007',
      '\uD83D',
      '\uFFFE',
      ' ',
    ),
    maxLength: 12,
  })
  .map((text) => `x${text}`);
const anySong = fc.tuple(name, name).map(([artist, title]) => song(artist, title));

/** What XML 1.0 cannot hold becomes U+FFFD. */
const xmlForm = (text: string): string =>
  text.replace(/[\p{Cc}\uFFFE]|\p{Surrogate}/gu, (char) => ('\n\r'.includes(char) ? char : '\uFFFD'));
const unescapeXml = (text: string): string =>
  text.replace(
    /&(amp|lt|gt|quot|apos|#13);/g,
    (_, entity: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#13': '\r' })[entity]!,
  );
const elements = (xml: string, element: string): string[] =>
  Array.from(xml.matchAll(new RegExp(`<${element}>([^<>]*)</${element}>`, 'g')), (match) => unescapeXml(match[1]!));

describe('youtubeLink', () => {
  it('is a plain search for artist and title', () => {
    expect(youtubeLink(song('AC/DC', 'T.N.T. & more'))).toBe(
      'https://www.youtube.com/results?search_query=AC%2FDC%20T.N.T.%20%26%20more',
    );
    fc.assert(
      fc.property(anySong, (any) => {
        const query = new URL(youtubeLink(any)).searchParams.get('search_query');
        expect(query).toBe(`${any.artist} ${any.title}`.replace(/\p{Surrogate}/gu, '\uFFFD'));
      }),
    );
  });
});

describe('formatPlaylist', () => {
  it('writes M3U8: a header, and two lines a song whatever its name holds', () => {
    expect(formatPlaylist([song('A', 'B')], 'm3u8')).toBe(
      '#EXTM3U\n#PLAYLIST:Attune\n#EXTINF:-1,A - B\nhttps://www.youtube.com/results?search_query=A%20B\n',
    );
    fc.assert(
      fc.property(fc.array(anySong, { maxLength: 4 }), (songs) => {
        const lines = formatPlaylist(songs, 'm3u8').split(/\r?\n|\r/);
        expect(lines).toHaveLength(3 + 2 * songs.length);
        expect(lines.filter((line) => line.startsWith('https://'))).toEqual(songs.map(youtubeLink));
      }),
    );
  });

  it('writes XSPF that gives back every title, artist and link', () => {
    fc.assert(
      fc.property(fc.array(anySong, { maxLength: 4 }), (songs) => {
        const xml = formatPlaylist(songs, 'xspf', 'My <list>');
        expect(elements(xml, 'title')).toEqual(['My <list>', ...songs.map(({ title }) => xmlForm(title))]);
        expect(elements(xml, 'creator')).toEqual(songs.map(({ artist }) => xmlForm(artist)));
        expect(elements(xml, 'info')).toEqual(songs.map(youtubeLink));
        expect(xml.match(/<track>/g) ?? []).toHaveLength(songs.length);
      }),
    );
  });

  it('writes JSPF that gives back the same', () => {
    fc.assert(
      fc.property(fc.array(anySong, { maxLength: 4 }), (songs) => {
        expect(JSON.parse(formatPlaylist(songs, 'jspf'))).toEqual({
          playlist: {
            title: 'Attune',
            track: songs.map((any) => ({ title: any.title, creator: any.artist, info: youtubeLink(any) })),
          },
        });
      }),
    );
  });

  it('writes CSV that reads back as a catalogue and that no spreadsheet runs', () => {
    const words = Object.values(TAGS).flat();
    fc.assert(
      fc.property(
        name,
        name,
        fc.subarray(words, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (artist, title, tags, dated) => {
          // Spaces at the ends of a cell are not part of a name.
          const any = song(`=${artist}z`, `@${title}z`, { tags, year: dated ? 1987 : undefined });
          const csv = formatPlaylist([any], 'csv');
          expect(csv).toMatch(/\r\n"?'@/);
          const [back] = parseCatalogue(csv);
          expect({ ...back, id: 'x' }).toEqual(any);
        },
      ),
    );
  });

  it('refuses a format it does not know', () => {
    expect(() => formatPlaylist([], 'pls' as PlaylistFormat)).toThrow(
      expect.objectContaining({ code: 'playlist/format', message: expect.stringContaining('m3u8') }),
    );
  });
});
