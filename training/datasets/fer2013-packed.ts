/** FER2013 packed as `labels.csv` and tall gray PNG files (`train-00.png`, ...), 1,024 pictures a file. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { type FaceSet, PICTURE_BYTES, PICTURE_SIDE, parseSplitName, type RowSplit } from './face-set.ts';

const PACKED_FILE = /^([a-z]+)-(\d+)\.png$/i;

/** Whether a folder with these entries holds the packed form. */
export const isPackedFer2013 = (entries: readonly string[]): boolean =>
  entries.includes('labels.csv') && entries.some((entry) => packedSplit(entry) !== undefined);

const packedSplit = (file: string): RowSplit | undefined => {
  const match = PACKED_FILE.exec(file);
  return match ? parseSplitName(match[1]!) : undefined;
};

/**
 * Reads any subset of the packed form: the rows of a split in `labels.csv` are matched in order to the pictures of that split.
 * Rows of a split without any file are left out and noted.
 *
 * @throws {InvalidInputError} `data/row`, `data/header`: labels.csv. `data/not-image`, `data/size`: a PNG file.
 *   `data/count`: a split has another number of pictures than of rows.
 */
export const readPackedFer2013 = async (path: string, entries: readonly string[]): Promise<FaceSet> => {
  const files = new Map<RowSplit, string[]>();
  for (const entry of entries) {
    const split = packedSplit(entry);
    if (split) files.set(split, [...(files.get(split) ?? []), entry]);
  }
  const order = (file: string) => Number(PACKED_FILE.exec(file)![2]);
  for (const list of files.values()) list.sort((a, b) => order(a) - order(b));

  const labelled = parseLabels(await readFile(join(path, 'labels.csv'), 'utf8'), join(path, 'labels.csv'), [
    ...files.keys(),
  ]);
  const pictures = new Map<RowSplit, Buffer[]>();
  await Promise.all(
    [...files].map(async ([split, list]) => {
      pictures.set(split, await Promise.all(list.map((file) => decodeStrip(join(path, file)))));
    }),
  );

  const notes: string[] = [];
  for (const split of new Set([...labelled.splits, ...files.keys()])) {
    const rowCount = labelled.splits.filter((other) => other === split).length;
    const pictureCount = (pictures.get(split) ?? []).reduce((sum, strip) => sum + strip.length / PICTURE_BYTES, 0);
    if (!files.has(split)) {
      notes.push(`labels.csv has ${rowCount} rows of '${split}', of which ${path} holds no picture: left out.`);
    } else if (rowCount !== pictureCount) {
      throw new InvalidInputError(
        'data/count',
        `${path}: labels.csv has ${rowCount} rows of '${split}', but ${files.get(split)!.join(', ')} hold ${pictureCount} pictures. Both must be equal: a file or rows are missing.`,
      );
    }
  }

  const kept = labelled.splits.map((_, row) => row).filter((row) => files.has(labelled.splits[row]!));
  const images = new Uint8Array(kept.length * PICTURE_BYTES);
  const splits = kept.map((row) => labelled.splits[row]!);
  for (const [split, strips] of pictures) scatterStrips(images, splits, split, strips);
  return {
    name: 'FER2013',
    form: 'packed',
    path,
    images,
    labels: Uint8Array.from(kept, (row) => labelled.labels[row]!),
    splits,
    checksums: [],
    notes,
  };
};

/** Copies the pictures of one split to the rows of that split, in order. */
const scatterStrips = (images: Uint8Array, splits: readonly RowSplit[], split: RowSplit, strips: readonly Buffer[]) => {
  let strip = 0;
  let offset = 0;
  for (let row = 0; row < splits.length; row++) {
    if (splits[row] !== split) continue;
    while (offset === strips[strip]!.length) {
      strip++;
      offset = 0;
    }
    images.set(strips[strip]!.subarray(offset, offset + PICTURE_BYTES), row * PICTURE_BYTES);
    offset += PICTURE_BYTES;
  }
};

const decodeStrip = async (file: string): Promise<Buffer> => {
  const { data, info } = await sharp(file, { limitInputPixels: PICTURE_SIDE * PICTURE_SIDE * 65_536 })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new InvalidInputError('data/not-image', `${file} cannot be read as a PNG picture: copy it anew.`, {
        cause,
      });
    });
  if (info.channels !== 1 || info.width !== PICTURE_SIDE || info.height % PICTURE_SIDE !== 0) {
    throw new InvalidInputError(
      'data/size',
      `${file} is ${info.width}x${info.height} with ${info.channels} channels: expected gray, 48 pixels wide and a multiple of 48 high.`,
    );
  }
  return data;
};

const parseLabels = (text: string, file: string, present: readonly RowSplit[]) => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const emotionColumn = header.indexOf('emotion');
  const usageColumn = header.indexOf('usage');
  if (emotionColumn < 0 || (usageColumn < 0 && present.length !== 1)) {
    throw new InvalidInputError(
      'data/header',
      `${file} begins with "${(lines[0] ?? '').slice(0, 80)}": expected the columns emotion,usage.`,
    );
  }
  const labels: number[] = [];
  const splits: RowSplit[] = [];
  for (let i = 1; i < lines.length; i++) {
    if (lines[i]!.trim() === '') continue;
    const fields = lines[i]!.split(',').map((field) => field.trim());
    const split = usageColumn < 0 ? present[0] : parseSplitName(fields[usageColumn] ?? '');
    const emotion = fields[emotionColumn] ?? '';
    if (!/^[0-6]$/.test(emotion) || !split) {
      throw new InvalidInputError(
        'data/row',
        `${file}, line ${i + 1}: "${lines[i]!.slice(0, 40)}": expected an emotion 0..6 (${EMOTIONS.join(', ')}) and Training, PublicTest or PrivateTest. Mend or remove the row.`,
      );
    }
    labels.push(Number(emotion));
    splits.push(split);
  }
  return { labels, splits };
};
