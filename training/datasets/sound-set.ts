/** What all sets of recorded sounds come to: clips with a label and somebody (a speaker, an actor) who stands behind them. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '../../src/base/errors.ts';
import { joinSums } from '../sound-cache.ts';

export interface SoundClip {
  readonly id: string;
  /** Who speaks: clips of one group never stand on both sides of a split. */
  readonly group: string;
  /** Place in the set's `labels`. */
  readonly label: number;
  /** Which part of an official split it belongs to, where there is one. */
  readonly part?: 'train' | 'test';
  /** Mono, 16 kHz. */
  readonly samples: Float32Array;
}

export interface SoundSet {
  readonly name: string;
  readonly labels: readonly string[];
  /** In the order of their ids. */
  readonly clips: readonly SoundClip[];
  /** Over the bytes of the files, in order. */
  readonly sha256: string;
  /** Clips that the index names and that are not there: a part of a set is a set too. */
  readonly missing: number;
}

/** For a report's note: that clips or songs of an index are not there; nothing where all are. @param what one of them */
export const noteOfMissing = (missing: number, what: string): string =>
  missing === 0
    ? ''
    : missing === 1
      ? ` One ${what} that the lists name is not there or cannot be read, and is left out.`
      : ` ${missing} ${what}s that the lists name are not there or cannot be read, and are left out.`;

/** @throws {InvalidInputError} `data/not-found` */
export const listFiles = async (folder: string, wanted: RegExp, what: string): Promise<string[]> => {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new InvalidInputError('data/not-found', `There is no folder ${folder}: ${what} is expected there.`, {
      cause,
    });
  });
  const found = names.filter((name) => wanted.test(name)).sort();
  if (found.length > 0) return found;
  throw new InvalidInputError('data/not-found', `${folder} holds no file named as in ${what}: check the path.`);
};

/** A table with a header, no quotes in it: the form of all indexes here. @throws {InvalidInputError} `data/columns`, `data/not-found` */
export const readTable = async (path: string, columns: readonly string[]): Promise<Record<string, string>[]> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InvalidInputError('data/not-found', `There is no table ${path}: it names the sounds of this set.`, {
      cause,
    });
  });
  // A spreadsheet program puts a mark before the first column's name.
  const [header = '', ...lines] = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const names = header.split(',').map((name) => name.trim());
  const missing = columns.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new InvalidInputError(
      'data/columns',
      `${path} has the columns ${names.join(', ')}: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
    );
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, (cells[i] ?? '').trim()]));
  });
};

/** @throws {InvalidInputError} `data/empty` */
export const makeSoundSet = (
  name: string,
  labels: readonly string[],
  clips: readonly SoundClip[],
  sums: readonly string[],
  missing = 0,
): SoundSet => {
  if (clips.length === 0)
    throw new InvalidInputError('data/empty', `No sound of ${name} was found there: check the path.`);
  return { name, labels, clips, sha256: joinSums(sums), missing };
};

/** Where a set's sounds lie: in its folder `audio`, or, where it has none, in the folder given. */
export const audioFolder = (path: string): string => {
  const inner = join(path, 'audio');
  return existsSync(inner) || !existsSync(path) ? inner : path;
};

/** All groups of a set, sorted. */
export const groupsOf = (clips: readonly SoundClip[]): string[] => [...new Set(clips.map(({ group }) => group))].sort();
