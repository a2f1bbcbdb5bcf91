/** Kaggle's fer2013.csv (300 MB, `emotion,pixels,Usage`), read as a stream. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { type FaceSet, PICTURE_BYTES, parseSplitName, type RowSplit } from './face-set.ts';

/** MD5 sums of Kaggle's files (the values torchvision.datasets.FER2013 checks). */
const KNOWN_FILES: Readonly<Record<string, string>> = {
  f8428a1edbd21e88f42c73edd2a14f95: "Kaggle's fer2013.csv (35,887 rows)",
  b114b9e04e6949e5fe8b6a98b3892b1d: "Kaggle's icml_face_data.csv (35,887 rows)",
  '3f0dfb3d3fd99c811a1299cb947e3131': "Kaggle's train.csv (28,709 rows of Training)",
};

/** gzip, in which Kaggle first gave the file, and zip. */
const ARCHIVE_STARTS = ['\u001f', 'PK\u0003'];

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const NINE = 57;

interface Columns {
  readonly count: number;
  readonly emotion: number;
  readonly pixels: number;
  readonly usage: number;
}

/** Grows by doubling: the number of rows is not known before the end of the file. */
interface Rows {
  images: Uint8Array;
  labels: Uint8Array;
  readonly splits: RowSplit[];
}

/**
 * Reads a csv with the columns `emotion` (0..6), `pixels` (2,304 numbers 0..255 between spaces) and, if present, `Usage`
 * (`Training`, `PublicTest`, `PrivateTest`), in any order. Without `Usage`, a file known or named as train.csv is Training;
 * any other names no split.
 *
 * @throws {InvalidInputError} `data/header`: a column is missing. `data/row`: a row cannot be read; the message names its line.
 */
export const readFer2013Csv = async (path: string): Promise<FaceSet> => {
  const file = basename(path);
  const hash = createHash('md5');
  const rows: Rows = { images: new Uint8Array(1024 * PICTURE_BYTES), labels: new Uint8Array(1024), splits: [] };
  let columns: Columns | undefined;
  let lineNumber = 0;
  let rest: Buffer = Buffer.alloc(0);

  const takeLine = (bytes: Buffer, start: number, lineEnd: number) => {
    lineNumber++;
    let end = lineEnd;
    while (end > start && (bytes[end - 1] === RETURN || bytes[end - 1] === SPACE)) end--;
    if (end === start) return;
    if (columns) takeRow(bytes, start, end, columns, rows, `${file}, line ${lineNumber}`);
    else columns = parseHeader(bytes.toString('utf8', start, end), path);
  };

  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 22 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      takeLine(bytes, start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length) takeLine(rest, 0, rest.length);

  const count = rows.splits.length;
  if (count === 0) throw new InvalidInputError('data/empty', `${path} holds no row: expected a header and then rows.`);
  const md5 = hash.digest('hex');
  const known = KNOWN_FILES[md5];
  const notes: string[] = [];
  if (columns && columns.usage < 0) {
    if (known || /^train/i.test(file)) {
      rows.splits.fill('train');
      notes.push(`${file} has no Usage column: its rows are taken as Training.`);
    } else notes.push(`${file} has no Usage column: its rows are taken for whichever split is asked.`);
  }
  return {
    name: 'FER2013',
    form: 'csv',
    path,
    // Copies, not views: whoever passes them to a thread would pass the whole memory behind a view.
    images: rows.images.slice(0, count * PICTURE_BYTES),
    labels: rows.labels.slice(0, count),
    splits: rows.splits,
    checksums: [{ of: `md5 of ${file}`, value: md5, known }],
    notes,
  };
};

const parseHeader = (line: string, path: string): Columns => {
  const names = line
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((name) => name.trim().replace(/^"|"$/g, '').toLowerCase());
  const columns = {
    count: names.length,
    emotion: names.indexOf('emotion'),
    pixels: names.indexOf('pixels'),
    usage: names.indexOf('usage'),
  };
  if (columns.emotion < 0 || columns.pixels < 0) {
    const found = line.length > 80 ? `${line.slice(0, 80)}…` : line;
    const hint = ARCHIVE_STARTS.some((start) => line.startsWith(start))
      ? ' This is an archive: unpack it first.'
      : columns.pixels >= 0
        ? ' A file without labels (test.csv) can be neither trained on nor evaluated.'
        : '';
    throw new InvalidInputError(
      'data/header',
      `${path} begins with "${found.replace(/\p{C}/gu, '·')}": expected a header with the columns emotion and pixels, and Usage if it has splits.${hint}`,
    );
  }
  return columns;
};

/** Reads one row straight from the bytes: 2,304 numbers as strings would cost ten times the time. */
const takeRow = (bytes: Buffer, start: number, end: number, columns: Columns, rows: Rows, where: string) => {
  const refuse = (reason: string) => {
    throw new InvalidInputError('data/row', `${where}: ${reason}. Mend or remove the row.`);
  };
  const row = rows.splits.length;
  if (row === rows.labels.length) {
    rows.labels = grow(rows.labels);
    rows.images = grow(rows.images);
  }
  let split: RowSplit = 'none';
  let position = start;
  for (let column = 0; column < columns.count; column++) {
    if (position > end) refuse(`${column} columns where the header has ${columns.count}`);
    let fieldEnd: number;
    let next: number;
    if (bytes[position] === QUOTE) {
      fieldEnd = bytes.indexOf(QUOTE, position + 1);
      if (fieldEnd < 0 || fieldEnd >= end) refuse('a quotation mark is not closed');
      position++;
      next = fieldEnd + 1;
      if (next < end && bytes[next] !== COMMA) refuse('something follows a closing quotation mark');
    } else {
      next = bytes.indexOf(COMMA, position);
      if (next < 0 || next > end) next = end;
      fieldEnd = next;
    }
    if (column === columns.pixels) {
      const problem = readPixels(bytes, position, fieldEnd, rows.images, row * PICTURE_BYTES);
      if (problem) refuse(problem);
    } else if (column === columns.emotion) {
      const text = bytes.toString('utf8', position, fieldEnd).trim();
      if (!/^[0-6]$/.test(text)) refuse(`emotion "${text.slice(0, 20)}" is none of 0..6 (${EMOTIONS.join(', ')})`);
      rows.labels[row] = Number(text);
    } else if (column === columns.usage) {
      const text = bytes.toString('utf8', position, fieldEnd).trim();
      const parsed = parseSplitName(text);
      if (!parsed) refuse(`Usage "${text.slice(0, 20)}" is none of Training, PublicTest, PrivateTest`);
      split = parsed ?? 'none';
    }
    position = next + 1;
  }
  if (position <= end) refuse(`more columns than the ${columns.count} of the header`);
  rows.splits.push(split);
};

const readPixels = (bytes: Buffer, start: number, end: number, out: Uint8Array, offset: number): string | undefined => {
  let count = 0;
  let value = -1;
  for (let i = start; i <= end; i++) {
    const byte = i < end ? bytes[i]! : SPACE;
    if (byte >= ZERO && byte <= NINE) {
      value = (value < 0 ? 0 : value * 10) + byte - ZERO;
      if (value > 255) return `pixel ${count + 1} is above 255`;
    } else if (byte === SPACE) {
      if (value < 0) continue;
      if (count < PICTURE_BYTES) out[offset + count] = value;
      count++;
      value = -1;
    } else return `pixel ${count + 1} is no whole number`;
  }
  return count === PICTURE_BYTES ? undefined : `${count} pixels where 48 x 48 = ${PICTURE_BYTES} were expected`;
};

const grow = (old: Uint8Array): Uint8Array => {
  const grown = new Uint8Array(old.length * 2);
  grown.set(old);
  return grown;
};
