/** FERPlus: ten annotators' votes for each FER2013 picture (Barsoum et al., ICMI 2016), from fer2013new.csv. */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { type FaceSet, parseSplitName, type RowSplit } from './face-set.ts';

/** The vote columns in the file's order. `NF`: not a face. */
export const FERPLUS_COLUMNS = [
  'neutral',
  'happiness',
  'surprise',
  'sadness',
  'anger',
  'disgust',
  'fear',
  'contempt',
  'unknown',
  'NF',
] as const;

const COLUMN_OF: Readonly<Record<Emotion, (typeof FERPLUS_COLUMNS)[number]>> = {
  angry: 'anger',
  disgust: 'disgust',
  fear: 'fear',
  happy: 'happiness',
  sad: 'sadness',
  surprise: 'surprise',
  neutral: 'neutral',
};
const COLUMNS = EMOTIONS.map((emotion) => FERPLUS_COLUMNS.indexOf(COLUMN_OF[emotion]));

/**
 * The share of each of the seven emotions among the votes of one row, in the order of `EMOTIONS`; contempt, unknown and NF
 * are left out. `undefined`: nobody voted for any of the seven.
 */
export const voteShares = (votes: Uint8Array, row: number): number[] | undefined => {
  const counts = COLUMNS.map((column) => votes[row * FERPLUS_COLUMNS.length + column]!);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? undefined : counts.map((count) => count / total);
};

interface VoteRows {
  readonly splits: readonly RowSplit[];
  readonly names: readonly string[];
  readonly votes: Uint8Array;
}

/**
 * The votes for each row of `set`, [count, 10]. Pictures named as FERPlus names them (`fer0000042.png`) are matched by name,
 * all others by their place within the split, which needs equal counts. Names that FERPlus gave twice match nothing: a row
 * without votes gets ten zeros. `undefined`: the two cannot be matched.
 *
 * @param files the picture file of each row, where the set has one.
 * @throws {InvalidInputError} `data/votes`: the file is no fer2013new.csv, or a row of it is bad.
 */
export const readFerPlusVotes = async (
  path: string,
  set: FaceSet,
  files?: readonly string[],
): Promise<Uint8Array | undefined> => {
  const rows = parseVotes(await readFile(path, 'utf8'), path);
  const source = files ? matchByName(rows, files) : matchByOrder(rows, set.splits);
  if (!source) return undefined;
  const votes = new Uint8Array(set.labels.length * FERPLUS_COLUMNS.length);
  for (let row = 0; row < source.length; row++) {
    if (source[row]! < 0) continue;
    const at = source[row]! * FERPLUS_COLUMNS.length;
    votes.set(rows.votes.subarray(at, at + FERPLUS_COLUMNS.length), row * FERPLUS_COLUMNS.length);
  }
  return votes;
};

const matchByName = (rows: VoteRows, files: readonly string[]): Int32Array | undefined => {
  const byName = new Map<string, number>();
  for (const [row, name] of rows.names.entries()) if (name) byName.set(name, byName.has(name) ? -1 : row);
  const source = Int32Array.from(files, (file) => byName.get(basename(file)) ?? -1);
  return source.some((row) => row >= 0) ? source : undefined;
};

const matchByOrder = (rows: VoteRows, splits: readonly RowSplit[]): Int32Array | undefined => {
  const places = new Map<RowSplit, number[]>();
  for (const [row, split] of rows.splits.entries()) {
    const list = places.get(split);
    if (list) list.push(row);
    else places.set(split, [row]);
  }
  const taken = new Map<RowSplit, number>();
  const source = Int32Array.from(splits, (split) => {
    const place = taken.get(split) ?? 0;
    taken.set(split, place + 1);
    return places.get(split)?.[place] ?? -1;
  });
  for (const [split, count] of taken) if (places.get(split)?.length !== count) return undefined;
  return source;
};

const parseVotes = (text: string, path: string): VoteRows => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = (lines[0] ?? '').split(',').map((name) => name.trim());
  if (header.slice(2).join(',') !== FERPLUS_COLUMNS.join(',')) {
    throw new InvalidInputError(
      'data/votes',
      `${path} begins with "${(lines[0] ?? '').slice(0, 80)}": expected FERPlus's fer2013new.csv (Usage,Image name,${FERPLUS_COLUMNS.join(',')}).`,
    );
  }
  const filled = lines
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line, number }) => number > 1 && line.trim());
  const votes = new Uint8Array(filled.length * FERPLUS_COLUMNS.length);
  const splits: RowSplit[] = [];
  const names: string[] = [];
  for (const [row, { line, number }] of filled.entries()) {
    const fields = line.split(',');
    const split = parseSplitName(fields[0] ?? '');
    const counts = fields.slice(2).map(Number);
    const bad = counts.some((count) => !Number.isInteger(count) || count < 0 || count > 255);
    if (!split || counts.length !== FERPLUS_COLUMNS.length || bad) {
      throw new InvalidInputError(
        'data/votes',
        `${path}, line ${number}: "${line.slice(0, 60)}" is not a split, a name and ten counts. Mend or remove the row.`,
      );
    }
    splits.push(split);
    names.push(fields[1] ?? '');
    votes.set(counts, row * FERPLUS_COLUMNS.length);
  }
  return { splits, names, votes };
};
