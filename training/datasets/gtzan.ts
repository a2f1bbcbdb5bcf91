/** GTZAN: the table of 57 features, the split lists, and the usual folder of sounds where the user has it. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '../../src/base/errors.ts';
import { readTable } from './sound-set.ts';

export const GTZAN_GENRES = [
  'blues',
  'classical',
  'country',
  'disco',
  'hiphop',
  'jazz',
  'metal',
  'pop',
  'reggae',
  'rock',
] as const;

/** `filtered`: faults and shared artists left out (Kereliuk et al. 2015). `stratified`: all songs, drawn by genre. */
export const GTZAN_SPLITS = ['filtered', 'stratified'] as const;
export type GtzanSplit = (typeof GTZAN_SPLITS)[number];
export type GtzanPart = 'train' | 'valid' | 'test';

export interface GtzanRow {
  /** blues.00000 */
  readonly id: string;
  /** Place in `GTZAN_GENRES`. */
  readonly genre: number;
  /** 57 numbers, variances as their roots, which do not reach over decades; the clip's length is none of them. */
  readonly features: readonly number[];
}

const NOT_FEATURES = ['filename', 'length', 'label'];

const genreOf = (id: string, where: string): number => {
  const genre = (GTZAN_GENRES as readonly string[]).indexOf(id.split('.')[0] ?? '');
  if (genre >= 0) return genre;
  throw new InvalidInputError(
    'data/index',
    `${where} names "${id}", which is of none of the genres ${GTZAN_GENRES.join(', ')}.`,
  );
};

/** @throws {InvalidInputError} `data/not-found`, `data/columns`, `data/index` */
export const readGtzanFeatures = async (folder: string): Promise<GtzanRow[]> => {
  const path = join(folder, 'features_30_sec.csv');
  const rows = await readTable(path, ['filename', 'label', 'mfcc20_var']);
  return rows.map((row) => {
    const id = row.filename!.replace(/\.\w+$/, '');
    const features = Object.entries(row).flatMap(([name, value]) =>
      NOT_FEATURES.includes(name) ? [] : [name.endsWith('_var') ? Math.sqrt(Number(value)) : Number(value)],
    );
    if (!features.every(Number.isFinite))
      throw new InvalidInputError('data/index', `${path}, ${id}: a feature is no number.`);
    return { id, genre: genreOf(id, path), features };
  });
};

/** Ids of each part. @throws {InvalidInputError} `data/not-found`, `data/index` */
export const readGtzanSplit = async (folder: string, split: GtzanSplit): Promise<Record<GtzanPart, string[]>> => {
  const read = async (part: GtzanPart): Promise<string[]> => {
    const path = join(folder, `${part}_${split}.txt`);
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new InvalidInputError('data/not-found', `There is no list ${path}: it says which songs are ${part}.`, {
        cause,
      });
    });
    const ids = text
      .split(/\s+/)
      .filter(Boolean)
      .map((line) =>
        line
          .split('/')
          .at(-1)!
          .replace(/\.\w+$/, ''),
      );
    for (const id of ids) genreOf(id, path);
    return ids;
  };
  return { train: await read('train'), valid: await read('valid'), test: await read('test') };
};

/** Where GTZAN keeps its sounds: GENRE/GENRE.NNNNN.wav (or .au) in the folder, `genres` or `genres_original`. */
const SOUND_FOLDERS = ['.', 'genres', 'genres_original', join('Data', 'genres_original')];

/**
 * The sounds of the usual folder: id -> path. Empty where the folder holds none.
 *
 * One clip of the usual copy (jazz.00054) is damaged; whoever decodes it is told so.
 */
export const findGtzanSounds = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const inner of SOUND_FOLDERS) {
    for (const genre of GTZAN_GENRES) {
      const genreFolder = join(folder, inner, genre);
      if (!existsSync(genreFolder)) continue;
      for (const name of (await readdir(genreFolder)).sort())
        if (/^\w+\.\d{5}\.(wav|au|mp3|flac|opus|ogg)$/.test(name))
          found.set(name.replace(/\.\w+$/, ''), join(genreFolder, name));
    }
    if (found.size > 0) break;
  }
  return found;
};
