/** One music file as a song: its tags, the lyrics inside it or in an .lrc file beside it, else what its name tells. */
import type { Stats } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import type { IAudioMetadata } from 'music-metadata';
import { InvalidInputError } from '../../src/base/errors.ts';
import { decodeText, repairNames } from './decode-text.ts';
import { type FileState, LONGEST_LYRICS, oneLine, type SongRecord, tidyRecord } from './song-record.ts';

/** Files taken for music, by their names' endings. */
export const MUSIC_FILE = /\.(mp3|flac|ogg|oga|opus|m4a|m4b|mp4|aac|wav|aif|aiff|wma|ape|wv|mpc|dsf)$/i;

/** Longest time spent on the tags of one file: a damaged one may send its reader through all of it. */
const MOST_MILLISECONDS = 20_000;

/** Where a file lies, as text that finds it again: its path, or a `file:` URL of its bytes where they are no UTF-8. */
export const pathText = (path: Buffer): string => {
  const text = path.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(path)) return text;
  return `file://${Array.from(path, (byte) => (byte > 0x20 && byte < 0x7f && byte !== 0x25 && byte !== 0x3f && byte !== 0x23 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('')}`;
};

/** The bytes of a path written by `pathText`. */
export const pathBytes = (path: string): Buffer => {
  if (!path.startsWith('file://')) return Buffer.from(path, 'utf8');
  const encoded = path.slice('file://'.length);
  return Buffer.from(
    encoded.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
};

/** The path in letters, for reading: names in GBK or Shift-JIS decoded. */
const readablePath = (path: string): string => (path.startsWith('file://') ? decodeText(pathBytes(path)).text : path);

/** `07 - Artist - Title`, `Artist - Title`, `07. Title` in `Artist/Album/` -> artist and title. */
export const namesOfPath = (path: string): { artist: string; title: string; album?: string } => {
  const readable = readablePath(path);
  const name = basename(readable, extname(readable)).replaceAll('_', ' ').trim();
  const untracked = name.replace(/^\d{1,3}(?:\s*[-.)]\s*|\s+)(?=\S)/, '');
  const parts = untracked.split(/\s+[-–—]\s+/);
  const album = basename(dirname(readable));
  const artistFolder = basename(dirname(dirname(readable)));
  if (parts.length >= 2) return { artist: parts[0]!, title: parts.slice(1).join(' - ') };
  return { artist: artistFolder || 'Unknown artist', title: untracked || name || 'Untitled', ...(album && { album }) };
};

/** Endings of lyrics that lie beside a music file under the same name. */
const LYRICS_ENDINGS = ['.lrc', '.LRC'];
const lyricsPaths = (path: Buffer): Buffer[] => {
  const dot = path.lastIndexOf(0x2e);
  return LYRICS_ENDINGS.map((ending) => Buffer.concat([path.subarray(0, dot), Buffer.from(ending)]));
};

/**
 * A music file as it is now. Lyrics laid beside it later, or changed, change its time: it is read again for them.
 *
 * @param isThere whether a file may be there at all, for who has its folder's names at hand @default asked of the disk
 */
export const musicFileState = async (
  path: Buffer,
  status: Pick<Stats, 'size' | 'mtimeMs'>,
  isThere: (path: Buffer) => boolean = () => true,
): Promise<FileState> => {
  let modified = status.mtimeMs;
  for (const beside of lyricsPaths(path)) {
    if (isThere(beside)) modified = Math.max(modified, (await stat(beside).catch(() => undefined))?.mtimeMs ?? 0);
  }
  return { path: pathText(path), size: status.size, modified: Math.floor(modified) };
};

const readBeside = async (path: string): Promise<string | undefined> => {
  for (const beside of lyricsPaths(pathBytes(path))) {
    const found = await stat(beside).catch(() => undefined);
    if (!found?.isFile() || found.size > LONGEST_LYRICS * 4) continue;
    // Who may not read the lyrics still gets the song.
    const bytes = await readFile(beside).catch(() => undefined);
    if (bytes) return decodeText(bytes).text;
  }
  return undefined;
};

const withinTime = async <T>(work: Promise<T>, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new InvalidInputError('import/slow', `${what} took over ${MOST_MILLISECONDS / 1000} s to read.`)),
      MOST_MILLISECONDS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** ISO 639-2's three letters, as tags write them, and the two-letter codes songs are kept with. */
const THREE_LETTERS: Readonly<Record<string, string>> = {
  eng: 'en',
  zho: 'zh',
  chi: 'zh',
  jpn: 'ja',
  kor: 'ko',
  fra: 'fr',
  fre: 'fr',
  deu: 'de',
  ger: 'de',
  spa: 'es',
  ita: 'it',
  por: 'pt',
  rus: 'ru',
  nld: 'nl',
  dut: 'nl',
  swe: 'sv',
  pol: 'pl',
  tur: 'tr',
  ara: 'ar',
  hin: 'hi',
  yue: 'zh',
  cmn: 'zh',
  zxx: 'zxx',
  mul: 'mul',
};
const languageCode = (name: string | undefined): string | undefined => {
  const code = name?.trim().toLowerCase() ?? '';
  return THREE_LETTERS[code] ?? (code || undefined);
};

export interface MusicFileRead {
  readonly song: SongRecord;
  /** Why the tags could not be read; the song then comes from the file's name. */
  readonly problem?: string;
}

/**
 * Reads a music file's tags, never its sound: a file of 3 GB takes no longer than a small one.
 *
 * Names in GBK, Big5 or Shift-JIS behind tags that claim Latin-1 are set right. Without usable tags artist and title come from
 * the file's name and folders.
 *
 * @param file its path as `pathText` writes it, with size and time as they were seen
 * @throws {InvalidInputError} `import/unreadable`: the file cannot be opened.
 */
export const readMusicFile = async (file: FileState): Promise<MusicFileRead> => {
  const { path, size, modified } = file;
  const guessed = namesOfPath(path);
  const beside = await readBeside(path);
  const known = { path, size, modified };
  const fromName = (problem: string): MusicFileRead => ({
    song: tidyRecord({ ...guessed, tags: [], ...known, lyrics: beside })!,
    problem: `${problem} Artist and title come from the name of the file.`,
  });
  if (size === 0) return fromName('The file is empty.');
  const read = await readTags(path);
  if ('problem' in read) return fromName(read.problem);
  const { common, format } = read;
  const [title = '', artist = '', album = ''] = repairNames([
    common.title ?? '',
    common.artist ?? common.albumartist ?? '',
    common.album ?? '',
  ]);
  const genres = (common.genre ?? []).flatMap((genre) => genre.split(/[;/,、]/));
  const [lyrics = '', ...repairedGenres] = repairNames([lyricsOf(common), ...genres]);
  const song = tidyRecord({
    title: title || guessed.title,
    artist: artist || guessed.artist,
    // A folder's name is an album where nothing else is known, not where tags leave it out.
    album: album || (title ? undefined : guessed.album),
    year: common.originalyear ?? common.year,
    language: languageCode(common.language),
    tags: [...repairedGenres, ...(common.mood ? [common.mood] : [])],
    durationSeconds: format.duration,
    lyrics: lyrics || beside,
    ...known,
  });
  if (!song) return fromName('The tags hold no usable artist and title.');
  return title && artist
    ? { song }
    : { song, problem: `There is no ${title ? 'artist' : 'title'} in the tags: it comes from the name of the file.` };
};

type Tags = Pick<IAudioMetadata, 'common' | 'format'>;

const readTags = async (path: string): Promise<Tags | { readonly problem: string }> => {
  const { parseFile } = await import('music-metadata');
  let handle: FileHandle;
  try {
    handle = await open(pathBytes(path));
  } catch (cause) {
    throw new InvalidInputError(
      'import/unreadable',
      `${path} cannot be opened (${(cause as NodeJS.ErrnoException).code}): check who may read it.`,
      { cause },
    );
  }
  try {
    // A name that is no UTF-8 can be opened only by its bytes, which the reader of tags does not take.
    const name = path.startsWith('file://') ? `/proc/self/fd/${handle.fd}` : path;
    return await withinTime(parseFile(name, { duration: false, skipCovers: true }), path);
  } catch (error) {
    const said = error instanceof Error ? oneLine(error.message).slice(0, 120) : '';
    return { problem: `The tags cannot be read (${said || 'damaged, or no music'}).` };
  } finally {
    await handle.close();
  }
};

const lyricsOf = ({ lyrics = [] }: Tags['common']): string => {
  // What the types promise is not there in every damaged file.
  for (const { text, syncText } of lyrics) {
    const found = text?.trim() ? text : (syncText ?? []).map((line) => line.text).join('\n');
    if (found.trim() !== '') return found;
  }
  return '';
};
