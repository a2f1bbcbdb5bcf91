/** The library into a file: a workbook with everything, or a table or playlist with what those can hold. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileLink } from '../../node/import/folder.ts';
import { joinTags } from '../../node/import/song-table.ts';
import { type SongToWrite, writeLibraryWorkbook } from '../../node/spreadsheet/library-workbook.ts';
import type { Emotion } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { csvCell } from '../../src/music/csv.ts';
import { youtubeLink } from '../../src/music/playlist.ts';
import type { SongFilter, Store, StoredSong } from '../store/store.ts';

export const EXPORT_FORMATS = ['xlsx', 'csv', 'm3u8', 'xspf', 'jspf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const PAGE = 500;

async function* listedSongs(store: Store, filter: SongFilter): AsyncGenerator<StoredSong> {
  for (let cursor: string | undefined; ; ) {
    const page = await store.listSongs({
      ...filter,
      order: 'id',
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    yield* page.songs;
    cursor = page.next;
    if (cursor === undefined) return;
  }
}

/** Every song with its files; of one emotion only where that is asked for. */
const songSource = (store: Store) => (emotion?: Emotion) => {
  async function* withFiles(): AsyncGenerator<SongToWrite> {
    for await (const record of store.exportAll()) {
      if (record.kind === 'song') yield { ...record.song, files: record.files };
      else if (record.kind !== 'attune') return;
    }
  }
  return emotion === undefined ? withFiles() : listedSongs(store, { emotion });
};

const CSV_COLUMNS = 'title,artist,album,year,language,emotion,tags,typical,duration,popularity,url,path,lyrics';

async function* csvLines(songs: AsyncIterable<StoredSong>, onSong: () => void): AsyncGenerator<string> {
  yield `\ufeff${CSV_COLUMNS}\r\n`;
  for await (const song of songs) {
    const {
      title,
      artist,
      album,
      year,
      language,
      emotion,
      tags,
      typical,
      durationSeconds,
      popularity,
      url,
      path,
      lyrics,
    } = song;
    const cells = [
      title,
      artist,
      album,
      year,
      language,
      emotion,
      joinTags(tags),
      typical ? 1 : '',
      durationSeconds,
      popularity,
    ];
    onSong();
    yield `${[...cells, url, path, lyrics].map((cell) => csvCell(String(cell ?? ''))).join(',')}\r\n`;
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu;
const xmlText = (text: string): string => text.replaceAll(NOT_XML, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
/** Where a player finds the song: its file, its page, or a search for it. */
const linkOf = (song: StoredSong): string =>
  song.path !== undefined ? fileLink(song.path) : (song.url ?? youtubeLink(song));

async function* m3uLines(songs: AsyncIterable<StoredSong>): AsyncGenerator<string> {
  yield '#EXTM3U\n#PLAYLIST:Attune\n';
  for await (const song of songs) {
    const seconds = Math.round(song.durationSeconds ?? -1);
    // Players know the paths of this machine as they are.
    const place = song.path !== undefined && !song.path.startsWith('file://') ? song.path : linkOf(song);
    yield `#EXTINF:${seconds},${oneLine(song.artist)} - ${oneLine(song.title)}\n${place}\n`;
  }
}

async function* xspfLines(songs: AsyncIterable<StoredSong>): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<playlist version="1" xmlns="http://xspf.org/ns/0/">\n<title>Attune</title>\n<trackList>\n';
  for await (const song of songs) {
    const { title, artist, album, durationSeconds } = song;
    const length = durationSeconds === undefined ? '' : `<duration>${Math.round(durationSeconds * 1000)}</duration>`;
    const record = album === undefined ? '' : `<album>${xmlText(album)}</album>`;
    const place =
      song.path === undefined
        ? `<info>${xmlText(linkOf(song))}</info>`
        : `<location>${xmlText(linkOf(song))}</location>`;
    yield `<track><title>${xmlText(title)}</title><creator>${xmlText(artist)}</creator>${record}${length}${place}</track>\n`;
  }
  yield '</trackList>\n</playlist>\n';
}

async function* jspfLines(songs: AsyncIterable<StoredSong>): AsyncGenerator<string> {
  yield '{"playlist":{"title":"Attune","track":[';
  let separator = '\n';
  for await (const song of songs) {
    const { title, artist: creator, album, durationSeconds } = song;
    const place = song.path === undefined ? { info: linkOf(song) } : { location: [linkOf(song)] };
    const duration = durationSeconds === undefined ? {} : { duration: Math.round(durationSeconds * 1000) };
    yield separator + JSON.stringify({ title, creator, ...(album !== undefined && { album }), ...duration, ...place });
    separator = ',\n';
  }
  yield '\n]}}\n';
}

const formatOf = (file: string): ExportFormat => {
  const ending = extname(file).slice(1).toLowerCase();
  const format = EXPORT_FORMATS.find((one) => one === (ending === 'm3u' ? 'm3u8' : ending));
  if (format) return format;
  throw new InvalidInputError(
    'export/format',
    `"${file}" does not end in a format the library is written in: name it .${EXPORT_FORMATS.join(', .')}.`,
  );
};

export interface ExportOptions extends SongFilter {
  readonly onProgress?: (songs: number) => void;
}

/**
 * Writes the library, or what a filter leaves of it, to a file. The file is there whole or not at all.
 *
 * A workbook holds everything and takes no filter but an emotion's own sheet; CSV holds all facts and lyrics, but of the evidence
 * only what it comes to; playlists hold names, lengths and places.
 *
 * @returns how many songs were written
 * @throws {InvalidInputError} `export/format`, `export/filter`, `export/large`, `export/cannot-write`.
 */
export const exportLibrary = async (store: Store, file: string, options: ExportOptions = {}): Promise<number> => {
  const { onProgress = () => {}, ...filter } = options;
  const format = formatOf(file);
  let count = 0;
  const step = (): void => {
    count += 1;
    if (count % 500 === 0) onProgress(count);
  };
  async function* counted(songs: AsyncIterable<StoredSong>): AsyncGenerator<StoredSong> {
    for await (const song of songs) {
      step();
      yield song;
    }
  }
  const content = (): AsyncIterable<Uint8Array | string> => {
    if (format === 'xlsx') {
      if (Object.keys(filter).length > 0) {
        throw new InvalidInputError(
          'export/filter',
          'A workbook holds the whole library: leave the filter out, or write a .csv.',
        );
      }
      const source = songSource(store);
      let passes = 0;
      return writeLibraryWorkbook((emotion) => {
        const songs = source(emotion);
        if (emotion !== undefined || passes++ > 0) return songs;
        return (async function* () {
          for await (const song of songs) {
            step();
            yield song;
          }
        })();
      });
    }
    const songs = listedSongs(store, filter);
    switch (format) {
      case 'csv':
        return csvLines(songs, step);
      case 'm3u8':
        return m3uLines(counted(songs));
      case 'xspf':
        return xspfLines(counted(songs));
      case 'jspf':
        return jspfLines(counted(songs));
    }
  };
  const draft = `${file}.${process.pid}.part`;
  const pieces = content();
  try {
    await pipeline(Readable.from(pieces), createWriteStream(draft));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw new InvalidInputError('export/cannot-write', `${file} cannot be written (${code}): name another file.`, {
      cause: error,
    });
  }
  return count;
};
