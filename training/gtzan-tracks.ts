/** GTZAN as the comparison of genres takes it: tracks with their genres, and which are learnt from and which asked. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInputError } from '../src/base/errors.ts';
import {
  findGtzanSounds,
  GTZAN_GENRES,
  GTZAN_SPLITS,
  type GtzanSplit,
  readGtzanFeatures,
  readGtzanSplit,
} from './datasets/gtzan.ts';
import { type LabelledTrack, loadSongTrack } from './song-tracks.ts';
import { joinSums } from './sound-cache.ts';
import { summaryRow } from './train-genre.ts';

export interface GenreData {
  readonly name: string;
  readonly labels: readonly string[];
  readonly tracks: readonly LabelledTrack[];
  readonly sha256: string;
  /** What the support vector machine is given of a track. */
  readonly featuresOf: (track: LabelledTrack) => number[];
  /** GTZAN: which tracks are learnt from and asked; else folds. */
  readonly split?: { readonly name: string; readonly learnt: readonly number[]; readonly asked: readonly number[] };
}

const EMPTY = { decibels: new Int16Array(0), felt: [] } as const;

const NO_GTZAN = (path: string): InvalidInputError =>
  new InvalidInputError(
    'data/not-found',
    `${path} holds none of the sounds that the lists name (GENRE/GENRE.NNNNN.wav) and no table features_30_sec.csv: one of both is needed.`,
  );

/** Both lists must have songs here, and there must be something to tell apart. */
const checkLists = ({ tracks, split }: GenreData, missing: number): void => {
  const { name, learnt, asked } = split!;
  const genres = new Set(learnt.map((i) => tracks[i]!.genre)).size;
  // The support vector machine's settings are chosen by four folds.
  if (asked.length > 0 && genres > 1 && learnt.length >= 8) return;
  throw new InvalidInputError(
    'data/too-few',
    `Of the songs on the ${name} lists ${missing} are missing: ${learnt.length} of ${genres} genres are left to learn from and ${asked.length} to score. At least 8 of two genres and 1 are needed.`,
  );
};

/**
 * GTZAN: the sounds where any are there, else the rows of the table, which only the support vector machine can read. Songs
 * of the lists that are not there are left out.
 */
export const loadGtzan = async (
  path: string,
  split: GtzanSplit,
  onProgress: (message: string) => void,
): Promise<GenreData & { readonly hasSounds: boolean; readonly missing: number }> => {
  const sounds = await findGtzanSounds(path);
  const lists = await readGtzanSplit(path, split);
  const wanted = [...lists.train, ...lists.valid, ...lists.test];
  const hasSounds = wanted.some((id) => sounds.has(id));
  const tracks: LabelledTrack[] = [];
  if (hasSounds) {
    for (const id of wanted) {
      const file = sounds.get(id);
      if (!file) continue;
      // One clip of the usual copy is damaged; it is left out, and the note says so.
      const track = await loadSongTrack(id, file).catch((error: unknown) => {
        if (error instanceof InvalidInputError) return undefined;
        throw error;
      });
      if (track) tracks.push({ ...track, genre: genreIndex(id), felt: [] });
      onProgress(`Reading: ${tracks.length} of ${wanted.length} songs`);
    }
  } else {
    if (!existsSync(join(path, 'features_30_sec.csv'))) throw NO_GTZAN(path);
    const rows = new Map((await readGtzanFeatures(path)).map((row) => [row.id, row]));
    for (const id of wanted) {
      const row = rows.get(id);
      if (row) tracks.push({ ...EMPTY, id, sha256: '', genre: row.genre, summary: Float64Array.from(row.features) });
    }
  }
  const asked = new Set(lists.test);
  const indices = [...tracks.keys()];
  const missing = wanted.length - tracks.length;
  const data: GenreData = {
    name: hasSounds ? 'GTZAN' : 'GTZAN, table of 57 features',
    labels: GTZAN_GENRES,
    featuresOf: ({ summary }) => (hasSounds ? summaryRow(summary) : Array.from(summary)),
    tracks,
    sha256: joinSums(tracks.map(({ id, sha256 }) => `${id}${sha256}`)),
    split: {
      name: split,
      // Settings are chosen by folds within these: the list for validation may be learnt from too.
      learnt: indices.filter((i) => !asked.has(tracks[i]!.id)),
      asked: indices.filter((i) => asked.has(tracks[i]!.id)),
    },
  };
  checkLists(data, missing);
  return { ...data, hasSounds, missing };
};

const genreIndex = (id: string): number => (GTZAN_GENRES as readonly string[]).indexOf(id.split('.')[0] ?? '');

/** Whether a folder is GTZAN's, by its lists or its sounds: one without the lists is told which it lacks. */
export const isGtzan = async (folder: string): Promise<boolean> =>
  !existsSync(join(folder, 'index.csv')) &&
  (GTZAN_SPLITS.some((name) => existsSync(join(folder, `test_${name}.txt`))) ||
    (await findGtzanSounds(folder)).size > 0);
