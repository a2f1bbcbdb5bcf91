/** Songs out of playlist files: M3U and M3U8, XSPF, JSPF. Entries that are files here bring their own tags. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Parser } from 'htmlparser2';
import { z } from 'zod';
import { AttuneError, InvalidInputError } from '../../src/base/errors.ts';
import { decodeText } from './decode-text.ts';
import { MUSIC_FILE, musicFileState, namesOfPath, readMusicFile } from './music-file.ts';
import { type Importer, type ImportOptions, type SongRecord, tidyRecord } from './song-record.ts';

/** A playlist larger than this is none. */
const MOST_BYTES = 256 * 1024 * 1024;

export interface PlaylistEntry {
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly durationSeconds?: number;
  /** Address or path, relative to the playlist, as written. */
  readonly location?: string;
  /** A page about the song. */
  readonly info?: string;
}

/** `Artist - Title`, as #EXTINF and page titles write it. */
export const splitArtistTitle = (text: string): { artist?: string; title: string } => {
  const [, artist, title] = /^(.+?)\s+[-–—]\s+(.+)$/u.exec(text.trim()) ?? [];
  return artist && title ? { artist, title } : { title: text.trim() };
};

/** @see RFC 8216 section 4.3 for #EXTM3U and #EXTINF; #EXTALB, #EXTART and #PLAYLIST as players write them. */
export const parseM3u = (text: string): PlaylistEntry[] => {
  const entries: PlaylistEntry[] = [];
  let next: PlaylistEntry = {};
  for (const raw of text.split(/\r\n?|\n/)) {
    const line = raw.trim();
    const [, seconds, name] = /^#EXTINF:\s*(-?[\d.]+)[^,]*,(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      const duration = Number(seconds);
      next = { ...next, ...splitArtistTitle(name), ...(duration > 0 && { durationSeconds: duration }) };
    } else if (line.startsWith('#EXTALB:')) next = { ...next, album: line.slice(8) };
    else if (line.startsWith('#EXTART:')) next = { ...next, artist: line.slice(8) };
    else if (line !== '' && !line.startsWith('#')) {
      entries.push({ ...next, location: line });
      next = {};
    }
  }
  return entries;
};

/** @see https://www.xspf.org/spec. Prefixes are passed over; entities of its own that a file declares are never expanded. */
export const parseXspf = (text: string): PlaylistEntry[] => {
  const entries: PlaylistEntry[] = [];
  let track: Record<string, string> | undefined;
  let field = '';
  /** Elements open inside the track. */
  let depth = 0;
  let isPlaylist = false;
  const parser = new Parser(
    {
      onopentag: (name) => {
        const local = name.replace(/^.*:/, '');
        if (local === 'playlist') isPlaylist = true;
        if (track === undefined) {
          if (local === 'track') [track, depth] = [{}, 0];
          return;
        }
        depth += 1;
        // Of several (places, for one) the first; what players put into an <extension> is theirs.
        field = depth === 1 && track[local] === undefined ? local : '';
      },
      ontext: (piece) => {
        if (track && field) track[field] = (track[field] ?? '') + piece;
      },
      onclosetag: (name) => {
        field = '';
        if (track && depth > 0) {
          depth -= 1;
          return;
        }
        if (name.replace(/^.*:/, '') !== 'track' || !track) return;
        const { title, creator, album, duration, location, info } = track;
        entries.push({
          ...(title && { title: title.trim() }),
          ...(creator && { artist: creator.trim() }),
          ...(album && { album: album.trim() }),
          ...(Number(duration) > 0 && { durationSeconds: Number(duration) / 1000 }),
          ...(location && { location: location.trim() }),
          ...(info && { info: info.trim() }),
        });
        track = undefined;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(text);
  if (!isPlaylist) throw new InvalidInputError('import/format', 'This XML holds no <playlist>: it is no XSPF file.');
  return entries;
};

const JSPF_TRACK = z.object({
  title: z.string().optional(),
  creator: z.string().optional(),
  album: z.string().optional(),
  duration: z.number().optional(),
  location: z.union([z.string(), z.array(z.string())]).optional(),
  info: z.string().optional(),
  identifier: z.union([z.string(), z.array(z.string())]).optional(),
});
const JSPF = z.object({ playlist: z.object({ track: z.array(z.unknown()) }) });

const first = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

/** The entry of one JSPF track; ListenBrainz sends the same. `undefined` where it is none. */
export const jspfEntry = (value: unknown): PlaylistEntry | undefined => {
  const parsed = JSPF_TRACK.safeParse(value);
  if (!parsed.success) return undefined;
  const { title, creator, album, duration, location, info, identifier } = parsed.data;
  const link = info ?? first(identifier);
  const place = first(location);
  return {
    ...(title && { title }),
    ...(creator && { artist: creator }),
    ...(album && { album }),
    ...(duration && { durationSeconds: duration / 1000 }),
    ...(place && { location: place }),
    ...(link && { info: link }),
  };
};

/**
 * @see https://www.xspf.org/jspf
 * @param onBad told the place (from 1) of each track that is no object of texts
 */
export const parseJspf = (text: string, onBad: (track: number) => void): (PlaylistEntry | undefined)[] => {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new InvalidInputError('import/format', `This is no JSON, so no JSPF playlist: ${(cause as Error).message}.`, {
      cause,
    });
  }
  const parsed = JSPF.safeParse(json);
  if (!parsed.success) {
    throw new InvalidInputError('import/format', 'This JSON has no playlist.track list: it is no JSPF file.');
  }
  return parsed.data.playlist.track.map((track, i) => {
    const entry = jspfEntry(track);
    if (!entry) onBad(i + 1);
    return entry;
  });
};

/** The file an entry means, as a path; `undefined` for addresses elsewhere. */
const localPath = (location: string, playlist: string): string | undefined => {
  try {
    if (/^file:/i.test(location)) return fileURLToPath(location);
    if (/^[a-z][a-z0-9+.-]+:/i.test(location)) return undefined;
    // XSPF writes relative addresses escaped, M3U as they are.
    const relative = extname(playlist).toLowerCase() === '.xspf' ? decodeURIComponent(location) : location;
    return resolve(dirname(playlist), relative.replaceAll('\\', '/'));
  } catch {
    return undefined;
  }
};

async function* readPlaylist(path: string, options: ImportOptions = {}): AsyncGenerator<SongRecord> {
  const { onProblem = () => {}, onProgress = () => {}, signal, isKnown } = options;
  if ((await stat(path)).size > MOST_BYTES) {
    throw new InvalidInputError(
      'import/large',
      `${path} is larger than ${MOST_BYTES / 1024 / 1024} MiB: it is no playlist.`,
    );
  }
  const { text } = decodeText(await readFile(path));
  const bad = (track: number, message: string): void =>
    onProblem({ source: path, place: `track ${track}`, code: 'import/track', message });
  const ending = extname(path).toLowerCase();
  const entries =
    ending === '.xspf'
      ? parseXspf(text)
      : ending === '.jspf' || ending === '.json'
        ? parseJspf(text, (track) => bad(track, 'it is no track: title, creator and location must be texts.'))
        : parseM3u(text);
  let looked = 0;
  for (const entry of entries) {
    signal?.throwIfAborted();
    looked += 1;
    onProgress(looked);
    if (!entry) continue;
    const song = await songOfEntry(entry, path, isKnown).catch((error: unknown) => {
      // A file that may not be read is one entry less, not the end of the list.
      if (!(error instanceof AttuneError)) throw error;
      onProblem({ source: path, place: `track ${looked}`, code: error.code, message: error.message });
      return 'told' as const;
    });
    if (song === 'known' || song === 'told') continue;
    if (song) yield song;
    else bad(looked, 'it tells no artist and title, and is no music file on this machine.');
  }
}

const songOfEntry = async (
  entry: PlaylistEntry,
  playlist: string,
  isKnown: ImportOptions['isKnown'],
): Promise<SongRecord | 'known' | undefined> => {
  const { location, info, ...facts } = entry;
  const local = location === undefined ? undefined : localPath(location, playlist);
  if (local !== undefined && MUSIC_FILE.test(local)) {
    const found = await stat(local).catch(() => undefined);
    if (found?.isFile()) {
      const file = await musicFileState(Buffer.from(local), found);
      if (await isKnown?.(file)) return 'known';
      return (await readMusicFile(file)).song;
    }
  }
  const url = [location, info].find((link) => link !== undefined && /^https?:/i.test(link));
  const named = facts.title === undefined && local !== undefined ? namesOfPath(local) : {};
  const name = url !== undefined && facts.title === undefined ? splitArtistTitle(basename(url)) : {};
  return tidyRecord({ ...name, ...named, ...facts, tags: [], url });
};

export const playlistImporter: Importer = {
  name: 'playlist',
  accepts: (path, isFolder) => !isFolder && /\.(m3u8?|xspf|jspf)$/i.test(path),
  read: readPlaylist,
};
