/** Emotify: song excerpts of four genres, each with the share of its listeners who felt each of nine emotions. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FELT_EMOTIONS } from '../../src/audio/felt-emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { type LabelledTrack, loadSongTrack } from '../song-tracks.ts';
import { joinSums } from '../sound-cache.ts';
import { audioFolder, readTable } from './sound-set.ts';

export const EMOTIFY_GENRES = ['classical', 'rock', 'electronic', 'pop'] as const;

/** `genre`: place in `EMOTIFY_GENRES`; `felt`: share of raters who felt each of `FELT_EMOTIONS`, 0..1. */
export interface EmotifyTrack extends LabelledTrack {
  readonly raters: number;
}

export interface EmotifySet {
  readonly tracks: readonly EmotifyTrack[];
  /** Over index and files. */
  readonly sha256: string;
  /** Songs of the index whose file is not there. */
  readonly missing: number;
}

/** 0..1; a cell that is empty says nothing, and nothing is not 0. */
const shareIn = (cell: string | undefined): number => (cell ? Number(cell) : Number.NaN);

/**
 * Reads the index and each song's spectrogram and summary. Songs of the index whose file is not there are left out.
 *
 * @param path the folder with index.csv and `audio`
 * @throws {InvalidInputError} `data/not-found`, `data/columns`, `data/empty`; `data/index`: a row names another genre
 *   or no numbers. `data/sound`: no song's file is there. `audio/…`: a file is damaged.
 */
export const loadEmotify = async (
  path: string,
  onProgress: (done: number, count: number) => void = () => {},
): Promise<EmotifySet> => {
  const table = join(path, 'index.csv');
  const rows = await readTable(table, ['file', 'genre', ...FELT_EMOTIONS]);
  const folder = audioFolder(path);
  const tracks: EmotifyTrack[] = [];
  for (const row of rows) {
    const genre = (EMOTIFY_GENRES as readonly string[]).indexOf(row.genre ?? '');
    const felt = FELT_EMOTIONS.map((name) => shareIn(row[name]));
    if (!row.file || genre < 0 || felt.some((value) => !(value >= 0 && value <= 1)))
      throw new InvalidInputError(
        'data/index',
        `${table}, ${row.file}: genre "${row.genre}" or its shares of raters do not fit; genres are ${EMOTIFY_GENRES.join(', ')}, shares 0 to 1.`,
      );
    const file = join(folder, row.file);
    if (!existsSync(file)) continue;
    const track = await loadSongTrack(row.file.replace(/\.\w+$/, ''), file);
    tracks.push({ ...track, genre, felt, raters: Number(row.raters ?? 0) });
    onProgress(tracks.length, rows.length);
  }
  if (tracks.length === 0 && rows.length > 0)
    throw new InvalidInputError(
      'data/sound',
      `${table} names ${rows.length} songs, but none of their sounds (${rows[0]!.file} ...) lies in ${folder}: check the path.`,
    );
  if (tracks.length === 0) throw new InvalidInputError('data/empty', `${table} names no song.`);
  const index = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  return {
    tracks,
    sha256: joinSums([index, ...tracks.map(({ sha256 }) => sha256)]),
    missing: rows.length - tracks.length,
  };
};
