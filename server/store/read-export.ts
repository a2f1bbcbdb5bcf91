/** An export as a file: read through once before anything of it is taken, so that a damaged one leaves everything as it was. */
import { createReadStream } from 'node:fs';
import { InvalidInputError } from '../../src/base/errors.ts';
import { checkRecord, exportHeader } from './export-record.ts';
import { latestSchema } from './migrate.ts';
import type { ExportRecord } from './store.ts';

export interface ExportFile {
  /** Records that will be taken, the first and last line not counted. */
  readonly count: number;
  /** Lines of kinds that Attune's library does not know. */
  readonly passedOver: number;
  records(): AsyncGenerator<ExportRecord>;
}

/** A song with the longest lyrics, every character of them escaped, and some. */
const LONGEST_LINE = 8 * 1024 * 1024;

async function* linesOf(path: string, name: string): AsyncGenerator<string> {
  let rest = '';
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 });
  try {
    for await (const piece of stream as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) {
        yield rest; // no JSON of ours: the first line is refused, a later one is damaged
        return;
      }
      yield* lines;
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new InvalidInputError(
      'file/unreadable',
      code === 'ENOENT' ? `There is no file ${name}: check its name.` : `${name} cannot be read (${code}): check it.`,
      { cause },
    );
  }
  if (rest !== '') yield rest;
}

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
};

/**
 * Reads an export through.
 *
 * @param name how to call the file in messages @default its path
 * @throws {InvalidInputError} `file/unreadable`, `data/foreign`, `data/newer`, `data/damaged`.
 */
export const readExport = async (path: string, name: string = path): Promise<ExportFile> => {
  const Name = name.replace(/^this/, 'This');
  const damaged = (line: number, what: string): InvalidInputError =>
    new InvalidInputError(
      'data/damaged',
      `Line ${line} of ${name} is damaged (${what}): nothing of it was taken; use another copy of the export.`,
    );
  let line = 0;
  let count = 0;
  let passedOver = 0;
  let ended = false;
  const songs = new Set<string>();
  for await (const written of linesOf(path, name)) {
    line += 1;
    if (written.trim() === '') continue;
    const value = parse(written.replace(/^\ufeff/, ''));
    if (line === 1) {
      const header = exportHeader.safeParse(value);
      if (!header.success)
        throw new InvalidInputError(
          'data/foreign',
          `${Name} is no export of Attune's: "attune data export FILE" writes one. ` +
            'Tables, playlists and folders of music go in by "attune library add".',
        );
      if (header.data.schema > latestSchema())
        throw new InvalidInputError(
          'data/newer',
          `${Name} was written by a newer Attune (${header.data.version}): update this one first.`,
        );
      continue;
    }
    if (value === undefined) throw damaged(line, 'it is no JSON');
    const checked = checkRecord(value);
    if ('problem' in checked) throw damaged(line, checked.problem);
    if ('unknown' in checked) {
      passedOver += 1;
      continue;
    }
    const { record } = checked;
    if (record.kind === 'end') {
      if (record.records !== count + 1) throw damaged(line, `${record.records - 1} records went before, not ${count}`);
      ended = true;
      continue;
    }
    if (ended || record.kind === 'attune') throw damaged(line, 'records go on after the end');
    if (record.kind === 'song') songs.add(record.song.id);
    if (record.kind === 'vector' && !songs.has(record.vector.songId))
      throw damaged(line, `a vector of "${record.vector.songId}", which no line before names`);
    count += 1;
  }
  if (line === 0)
    throw new InvalidInputError('data/foreign', `${Name} is empty: choose a file of "attune data export".`);
  if (!ended) throw damaged(line, 'the last line is missing, so the file was cut short');
  return {
    count,
    passedOver,
    records: async function* () {
      for await (const written of linesOf(path, name)) {
        const checked = checkRecord(parse(written.replace(/^\ufeff/, '')));
        if ('record' in checked && checked.record.kind !== 'attune' && checked.record.kind !== 'end')
          yield checked.record;
      }
    },
  };
};
