/** Songs out of a CSV or TSV file of any size, layout and encoding. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { AttuneError, InvalidInputError } from '../../src/base/errors.ts';
import { createCsvReader } from '../../src/music/csv.ts';
import { guessEncoding } from './decode-text.ts';
import type { Importer, ImportOptions, SongRecord } from './song-record.ts';
import { createRowReader, type RowRead } from './song-table.ts';

/** Bytes looked at to tell encoding and separator. */
const HEAD_BYTES = 256 * 1024;

const readHead = async (path: string): Promise<Uint8Array> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** The sign that parts most cells of the first line. */
const findSeparator = (head: string): string => {
  const line = (/^[^\r\n]*/.exec(head.replace(/^\ufeff/, '')) ?? [''])[0].replaceAll(/"[^"]*"/g, '');
  const count = (sign: string): number => line.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
};

async function* readCsv(path: string, options: ImportOptions = {}): AsyncGenerator<SongRecord> {
  const { onProblem = () => {}, onProgress = () => {}, signal, columns } = options;
  const head = await readHead(path);
  if (head[0] === 0x50 && head[1] === 0x4b) {
    throw new InvalidInputError('import/format', `${path} is a spreadsheet's own file: name it *.xlsx.`);
  }
  const encoding = guessEncoding(head, head.length === HEAD_BYTES);
  const decoder = new TextDecoder(encoding);
  let readRow: ((cells: readonly string[]) => RowRead) | undefined;
  let songs: SongRecord[] = [];
  let looked = 0;
  const csv = createCsvReader(
    (cells, row) => {
      if (!readRow) {
        readRow = createRowReader(cells, columns);
        return;
      }
      looked += 1;
      const { song, problem } = readRow(cells);
      if (song) songs.push(song);
      if (problem) onProblem({ source: path, place: `row ${row}`, code: 'import/row', message: problem });
    },
    findSeparator(new TextDecoder(encoding).decode(head)),
  );

  const failed = (error: unknown): void => {
    // Without a header nothing can be read; a quote that never closes loses only what follows it.
    if (!readRow || !(error instanceof AttuneError)) throw error;
    onProblem({ source: path, code: error.code, message: error.message });
  };
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      signal?.throwIfAborted();
      csv.push(decoder.decode(bytes as Uint8Array, { stream: true }));
      yield* songs;
      songs = [];
      onProgress(looked);
    }
    csv.push(decoder.decode());
    csv.end();
  } catch (error) {
    failed(error);
  }
  yield* songs;
  onProgress(looked);
  if (!readRow)
    throw new InvalidInputError('import/empty', `${path} holds no row: write a header and a row for each song.`);
}

export const csvImporter: Importer = {
  name: 'csv',
  accepts: (path, isFolder) => !isFolder && /\.(csv|tsv|txt)$/i.test(path),
  read: readCsv,
};
