/** Songs out of a workbook: the one Attune writes, seven sheets named after emotions, or any table with a header. */
import { readFile, stat } from 'node:fs/promises';
import { EMOTIONS, type Emotion, isEmotion } from '../../src/base/emotions.ts';
import { AttuneError, InvalidInputError } from '../../src/base/errors.ts';
import { type EmotionEvidence, EVIDENCE_SOURCES, type EvidenceSource } from '../../src/music/library-song.ts';
import { songId } from '../../src/music/song.ts';
import { checkWorkbookArchive } from '../spreadsheet/archive.ts';
import { EVIDENCE_SHEET, FILES_SHEET, LYRICS_SHEET, SONGS_SHEET, TAGS_SHEET } from '../spreadsheet/library-workbook.ts';
import type { FileState, Importer, ImportOptions, SongRecord } from './song-record.ts';
import { createRowReader, type RowRead } from './song-table.ts';

const MOST_FILE_BYTES = 1024 ** 3;
/** A sheet whose text is larger is read row by row, and merged cells are then left empty but for their first. */
const MOST_MERGED_ROWS = 200_000;

type CellValue = string | number | boolean | Date | null | undefined;

/** A cell as text: a formula's last result, never the formula; dates as 2001-02-03. */
const cellText = (value: CellValue): string => {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10);
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value);
};

interface SheetRow {
  /** As the spreadsheet shows it, from 1. */
  readonly row: number;
  readonly cells: readonly string[];
}

interface Workbook {
  readonly sheets: readonly string[];
  rows(sheet: string): AsyncIterable<SheetRow>;
}

const openWorkbook = async (path: string): Promise<Workbook> => {
  if ((await stat(path)).size > MOST_FILE_BYTES) {
    throw new InvalidInputError('import/large', `${path} is larger than 1 GiB: export the table as CSV.`);
  }
  const bytes = new Uint8Array(await readFile(path));
  await checkWorkbookArchive(bytes);
  const { readXlsx, streamXlsxRows } = await import('hucre/xlsx');
  const damaged = (error: unknown): never => {
    if (error instanceof AttuneError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new InvalidInputError(
      'import/damaged',
      `${path} cannot be read as a workbook (${said}): save it anew as .xlsx.`,
      {
        cause: error,
      },
    );
  };
  const sheets: string[] = [];
  await readXlsx(bytes, {
    sheets: ({ name }) => {
      sheets.push(name);
      return false;
    },
  }).catch(damaged);

  async function* stream(sheet: string): AsyncGenerator<SheetRow> {
    try {
      for await (const { index, values } of streamXlsxRows(bytes, { sheet })) {
        yield { row: index + 1, cells: (values as CellValue[]).map(cellText) };
      }
    } catch (error) {
      damaged(error);
    }
  }

  return {
    sheets,
    async *rows(sheet) {
      const first: SheetRow[] = [];
      const rest = stream(sheet);
      for (let next = await rest.next(); !next.done; next = await rest.next()) {
        first.push(next.value);
        if (first.length > MOST_MERGED_ROWS) {
          yield* first;
          yield* rest;
          return;
        }
      }
      const merges = (await readXlsx(bytes, { sheets: [sheet] }).catch(damaged)).sheets[0]?.merges ?? [];
      if (merges.length === 0) yield* first;
      else yield* unmerged(first, merges);
    },
  };
};

interface Merge {
  readonly startRow: number;
  readonly startCol: number;
  readonly endRow: number;
  readonly endCol: number;
}

/** Each cell of a merged block gets the block's text: an artist written once over ten songs is the artist of all ten. */
const unmerged = (rows: readonly SheetRow[], merges: readonly Merge[]): SheetRow[] => {
  const cells = new Map(rows.map(({ row, cells }) => [row, [...cells]]));
  for (const { startRow, startCol, endRow, endCol } of merges) {
    const text = cells.get(startRow + 1)?.[startCol] ?? '';
    if (text === '') continue;
    for (let row = startRow; row <= Math.min(endRow, startRow + MOST_MERGED_ROWS); row++) {
      const found = cells.get(row + 1);
      if (!found) continue;
      for (let col = startCol; col <= Math.min(endCol, startCol + 100); col++) found[col] ??= '';
      for (let col = startCol; col <= Math.min(endCol, startCol + 100); col++) if (found[col] === '') found[col] = text;
    }
  }
  return rows.map(({ row }) => ({ row, cells: cells.get(row) ?? [] }));
};

/** `songs 2` continues `songs`. */
const isPartOf = (sheet: string, name: string): boolean => sheet === name || new RegExp(`^${name} \\d+$`).test(sheet);

/** The facts kept on sheets of their own, by song id. */
interface Beside {
  readonly evidence: Map<string, EmotionEvidence[]>;
  readonly lyrics: Map<string, string>;
  readonly files: Map<string, FileState[]>;
}

const readBeside = async (
  workbook: Workbook,
  onProblem: (sheet: string, row: number, message: string) => void,
): Promise<Beside> => {
  const beside: Beside = { evidence: new Map(), lyrics: new Map(), files: new Map() };
  const each = async (name: string, read: (id: string, cell: (column: string) => string) => string | undefined) => {
    for (const sheet of workbook.sheets.filter((one) => isPartOf(one, name))) {
      let header: readonly string[] | undefined;
      for await (const { row, cells } of workbook.rows(sheet)) {
        if (!header) {
          header = cells;
          continue;
        }
        const columns = header;
        const cell = (column: string): string => cells[columns.indexOf(column)] ?? '';
        const problem = read(songId(cell('artist'), cell('title')), cell);
        if (problem) onProblem(sheet, row, problem);
      }
    }
  };
  await each(EVIDENCE_SHEET, (id, cell) => {
    const source = cell('source') as EvidenceSource;
    const confidence = Number(cell('confidence'));
    const scores = Object.fromEntries(EMOTIONS.map((emotion) => [emotion, Number(cell(emotion))])) as Record<
      Emotion,
      number
    >;
    const numbers = Object.values(scores);
    if (!EVIDENCE_SOURCES.includes(source))
      return `"${source}" is no source: write one of ${EVIDENCE_SOURCES.join(', ')}.`;
    if (!(confidence >= 0 && confidence <= 1)) return 'confidence must lie in 0..1.';
    if (!numbers.every((score) => score >= 0 && Number.isFinite(score)) || !numbers.some((score) => score > 0)) {
      return 'the seven scores must be numbers from 0, not all 0.';
    }
    beside.evidence.set(id, [
      ...(beside.evidence.get(id) ?? []),
      { source, version: cell('version'), confidence, scores },
    ]);
    return undefined;
  });
  await each(LYRICS_SHEET, (id, cell) => {
    beside.lyrics.set(id, (beside.lyrics.get(id) ?? '') + cell('lyrics'));
    return undefined;
  });
  await each(FILES_SHEET, (id, cell) => {
    const file = { path: cell('path'), size: Number(cell('size')), modified: Number(cell('modified')) };
    if (file.path === '' || !(file.size >= 0 && file.modified >= 0)) return 'a file needs path, size and time.';
    beside.files.set(id, [...(beside.files.get(id) ?? []), file]);
    return undefined;
  });
  return beside;
};

async function* readXlsxFile(path: string, options: ImportOptions = {}): AsyncGenerator<SongRecord> {
  const { onProblem = () => {}, onProgress = () => {}, signal, columns } = options;
  const workbook = await openWorkbook(path);
  const problem = (sheet: string, row: number, message: string): void =>
    onProblem({ source: path, place: `sheet ${sheet}, row ${row}`, code: 'import/row', message });
  const own = workbook.sheets.includes(SONGS_SHEET);
  // In Attune's own workbook the emotions' sheets repeat what the songs' sheet says.
  const tables = workbook.sheets.filter((sheet) => (own ? isPartOf(sheet, SONGS_SHEET) : !isPartOf(sheet, TAGS_SHEET)));
  const hasEvidence = own && workbook.sheets.includes(EVIDENCE_SHEET);
  const beside = own ? await readBeside(workbook, problem) : undefined;
  let looked = 0;
  let headers = 0;
  let failure: unknown;
  for (const sheet of tables) {
    let readRow: ((cells: readonly string[]) => RowRead) | undefined;
    const emotionWord = sheet.trim().toLowerCase().replace(/ \d+$/, '');
    const emotion = !own && isEmotion(emotionWord) ? emotionWord : undefined;
    for await (const { row, cells } of workbook.rows(sheet)) {
      signal?.throwIfAborted();
      if (cells.every((cell) => cell === '')) continue;
      if (!readRow) {
        try {
          readRow = createRowReader(cells, columns, { isGuarded: !own, isGuessed: false });
          headers += 1;
        } catch (error) {
          failure ??= error;
          problem(sheet, row, error instanceof Error ? error.message : String(error));
          break;
        }
        continue;
      }
      looked += 1;
      if (looked % 1000 === 0) onProgress(looked);
      const { song, problem: message } = readRow(cells);
      if (message) problem(sheet, row, message);
      if (song) yield* withBeside(song, emotion, hasEvidence, beside);
    }
  }
  onProgress(looked);
  // One sheet without a table is a note; a workbook without any is a mistake.
  if (headers === 0) {
    throw (
      failure ?? new InvalidInputError('import/empty', `${path} holds no row: write a header and a row for each song.`)
    );
  }
}

function* withBeside(
  song: SongRecord,
  emotion: Emotion | undefined,
  hasEvidence: boolean,
  beside: Beside | undefined,
): Generator<SongRecord> {
  const id = songId(song.artist, song.title);
  const [file, ...others] = beside?.files.get(id) ?? [];
  const lyrics = beside?.lyrics.get(id);
  yield {
    ...song,
    ...(song.emotion === undefined && emotion !== undefined && { emotion }),
    ...(hasEvidence && { evidence: beside?.evidence.get(id) ?? [] }),
    ...(lyrics !== undefined && { lyrics }),
    ...file,
  };
  for (const other of others) {
    const { title, artist, tags, emotion } = song;
    yield { title, artist, tags, ...(emotion !== undefined && { emotion }), ...other, evidence: [] };
  }
}

export const xlsxImporter: Importer = {
  name: 'workbook',
  accepts: (path, isFolder) => !isFolder && /\.xls[xm]$/i.test(path),
  read: readXlsxFile,
};
