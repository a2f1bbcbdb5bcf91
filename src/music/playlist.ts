/** A list of songs as something to open: a link, or a playlist file. */
import { InvalidInputError } from '../base/errors.ts';
import { csvCell } from './csv.ts';
import type { Song } from './song.ts';

export type PlaylistFormat = 'm3u8' | 'xspf' | 'jspf' | 'csv';

export const PLAYLIST_FORMATS: readonly PlaylistFormat[] = ['m3u8', 'xspf', 'jspf', 'csv'];

/** A search for artist and title on YouTube, as anyone could type it: no account, no key. */
export const youtubeLink = (song: Pick<Song, 'artist' | 'title'>): string =>
  `https://www.youtube.com/results?search_query=${encodeURIComponent(wellFormed(`${song.artist} ${song.title}`))}`;

/**
 * The songs, in their order, as a playlist file's text (save as UTF-8; XSPF and JSPF say so themselves).
 *
 * - `m3u8`: one `#EXTINF` line and one link a song. Extended M3U as players read it; the length is unknown, -1.
 * - `xspf`: XSPF version 1. `info` holds the link, as the search page is no sound file for `location`.
 * - `jspf`: the same as JSON.
 * - `csv`: a catalogue's columns and `link`, CRLF; `parseCatalogue` reads it back. Cells a spreadsheet would run are text.
 *
 * @param title of the playlist. @default 'Attune'
 * @throws {InvalidInputError} `playlist/format`: no such format.
 * @see https://www.xspf.org/spec, https://www.xspf.org/jspf, RFC 8216 section 4.3 for #EXTM3U and #EXTINF.
 */
export const formatPlaylist = (songs: readonly Song[], format: PlaylistFormat, title = 'Attune'): string => {
  switch (format) {
    case 'm3u8':
      return formatM3u8(songs, title);
    case 'xspf':
      return formatXspf(songs, title);
    case 'jspf':
      return formatJspf(songs, title);
    case 'csv':
      return formatCsv(songs);
    default:
      throw new InvalidInputError(
        'playlist/format',
        `"${format}" is no playlist format: choose ${PLAYLIST_FORMATS.join(', ')}.`,
      );
  }
};

const formatM3u8 = (songs: readonly Song[], title: string): string =>
  [
    '#EXTM3U',
    `#PLAYLIST:${oneLine(title)}`,
    ...songs.flatMap((song) => [`#EXTINF:-1,${oneLine(song.artist)} - ${oneLine(song.title)}`, youtubeLink(song)]),
    '',
  ].join('\n');

const formatXspf = (songs: readonly Song[], title: string): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<playlist version="1" xmlns="http://xspf.org/ns/0/">',
    `  <title>${xmlText(title)}</title>`,
    '  <trackList>',
    ...songs.flatMap((song) => [
      '    <track>',
      `      <title>${xmlText(song.title)}</title>`,
      `      <creator>${xmlText(song.artist)}</creator>`,
      `      <info>${xmlText(youtubeLink(song))}</info>`,
      '    </track>',
    ]),
    '  </trackList>',
    '</playlist>',
    '',
  ].join('\n');

const formatJspf = (songs: readonly Song[], title: string): string => {
  const track = songs.map((song) => ({ title: song.title, creator: song.artist, info: youtubeLink(song) }));
  return `${JSON.stringify({ playlist: { title, track } }, undefined, 2)}\n`;
};

const formatCsv = (songs: readonly Song[]): string =>
  [
    ['title', 'artist', 'year', 'language', 'emotion', 'tags', 'typical', 'link'],
    ...songs.map((song) => [
      song.title,
      song.artist,
      song.year === undefined ? '' : String(song.year),
      song.language,
      song.emotion,
      song.tags.join(';'),
      // What was played is never typical, and a list is no library: three marks an emotion would not come together.
      '',
      youtubeLink(song),
    ]),
  ]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');

/** Line breaks and other control characters as spaces: in a line-based format they would start a line of their own. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

/** Halves of surrogate pairs have no UTF-8 form: each becomes U+FFFD. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

/** Text for an XML element. Characters XML 1.0 has no form for become U+FFFD. */
const xmlText = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"'\r]/g, (char) => XML_ESCAPES[char]!);
