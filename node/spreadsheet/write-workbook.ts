/** A workbook of any number of sheets and rows written as a stream: memory does not grow with it, and no cell can run. */
import { crc32, createDeflateRaw } from 'node:zlib';
import { InvalidInputError } from '../../src/base/errors.ts';

/** Rows a sheet holds, its header included; what comes after goes into a sheet of the same name with a number. */
export const MOST_ROWS = 1_048_576;
/** Characters a cell holds. */
export const LONGEST_CELL = 32_767;

export type CellToWrite = string | number | undefined;

export interface SheetToWrite {
  /** At most 25 characters, none of : \ / ? * [ ]. */
  readonly name: string;
  readonly columns: readonly { readonly name: string /** In characters. @default 14 */; readonly width?: number }[];
  readonly rows: Iterable<readonly CellToWrite[]> | AsyncIterable<readonly CellToWrite[]>;
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
const NOT_XML = /[\u0000-\u0008\u000b\u000c\r\u000e-\u001f\ufffe\uffff]/g;

/** What XML has no way to hold is written as spreadsheets do, `_x0007_`, and what looks like that is kept apart. */
const xmlText = (text: string): string =>
  text
    .replaceAll(/_x[0-9a-fA-F]{4}_/g, '_x005F$&')
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(NOT_XML, (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

const attribute = (text: string): string => xmlText(text).replaceAll('"', '&quot;');

/** A, B ... Z, AA ... */
const columnName = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : columnName(Math.floor(index / 26) - 1) + columnName(index % 26);

/** Style 1 keeps a text a text when it is edited, as the apostrophe does that people type. */
const TEXT_STYLE = /^[=+\-@\t\r＝＋－＠]/u;

const rowXml = (cells: readonly CellToWrite[], row: number, letters: readonly string[]): string => {
  let xml = `<row r="${row}">`;
  cells.forEach((cell, i) => {
    if (cell === undefined || cell === '') return;
    if (typeof cell === 'number') {
      if (Number.isFinite(cell)) xml += `<c r="${letters[i]}${row}"><v>${cell}</v></c>`;
      return;
    }
    const style = TEXT_STYLE.test(cell) ? ' s="1"' : '';
    const text = cell.length > LONGEST_CELL ? cell.slice(0, LONGEST_CELL) : cell;
    xml += `<c r="${letters[i]}${row}"${style} t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
  });
  return `${xml}</row>`;
};

const sheetHead = ({ columns }: SheetToWrite): string =>
  `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns
    .map(({ width = 14 }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`)
    .join('')}</cols><sheetData>`;
const SHEET_END = '</sheetData></worksheet>';

const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs></styleSheet>`;

interface WrittenPart {
  readonly name: string;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

const MOST_ARCHIVE = 0xffff_fffe;

/** Parts of a zip archive one after the other, each of unknown length until it ends. @see PKWARE APPNOTE 4.3.9 */
const createArchive = () => {
  const parts: WrittenPart[] = [];
  let at = 0;
  const count = (bytes: Uint8Array): Uint8Array => {
    at += bytes.length;
    if (at > MOST_ARCHIVE) {
      throw new InvalidInputError('export/large', 'The workbook grows past 4 GiB: export the library as CSV.');
    }
    return bytes;
  };
  const header = (signature: number, length: number, fill: (view: DataView) => void, name = ''): Uint8Array => {
    const bytes = Buffer.alloc(length + Buffer.byteLength(name));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint32(0, signature, true);
    fill(view);
    bytes.write(name, length);
    return bytes;
  };

  async function* add(name: string, pieces: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Uint8Array> {
    const start = at;
    yield count(
      header(
        0x04034b50,
        30,
        (view) => {
          view.setUint16(4, 20, true);
          view.setUint16(6, 0x0808, true); // sizes follow the data; names are UTF-8
          view.setUint16(8, 8, true);
          view.setUint16(12, 0x21, true); // 1 January 1980: equal libraries make equal files
          view.setUint16(26, Buffer.byteLength(name), true);
        },
        name,
      ),
    );
    const deflate = createDeflateRaw({ level: 6 });
    let crc = 0;
    let size = 0;
    let packed = 0;
    const fill = (async () => {
      try {
        for await (const piece of pieces) {
          const bytes = Buffer.from(piece, 'utf8');
          crc = crc32(bytes, crc);
          size += bytes.length;
          if (!deflate.write(bytes)) await new Promise((resolve) => deflate.once('drain', resolve));
        }
        deflate.end();
      } catch (error) {
        deflate.destroy(error as Error);
      }
    })();
    for await (const bytes of deflate) {
      packed += (bytes as Uint8Array).length;
      yield count(bytes as Uint8Array);
    }
    await fill;
    if (size > MOST_ARCHIVE)
      throw new InvalidInputError('export/large', `The sheet ${name} is past 4 GiB: export as CSV.`);
    yield count(
      header(0x08074b50, 16, (view) => {
        view.setUint32(4, crc, true);
        view.setUint32(8, packed, true);
        view.setUint32(12, size, true);
      }),
    );
    parts.push({ name, crc, packed, size, at: start });
  }

  function* end(): Generator<Uint8Array> {
    const start = at;
    for (const { name, crc, packed, size, at: place } of parts) {
      yield count(
        header(
          0x02014b50,
          46,
          (view) => {
            view.setUint16(4, 20, true);
            view.setUint16(6, 20, true);
            view.setUint16(8, 0x0808, true);
            view.setUint16(10, 8, true);
            view.setUint16(14, 0x21, true);
            view.setUint32(16, crc, true);
            view.setUint32(20, packed, true);
            view.setUint32(24, size, true);
            view.setUint16(28, Buffer.byteLength(name), true);
            view.setUint32(42, place, true);
          },
          name,
        ),
      );
    }
    const length = at - start;
    yield header(0x06054b50, 22, (view) => {
      view.setUint16(8, parts.length, true);
      view.setUint16(10, parts.length, true);
      view.setUint32(12, length, true);
      view.setUint32(16, start, true);
    });
  }
  return { add, end };
};

/**
 * The bytes of an .xlsx file. Every text is a text cell: one that begins with = + - @ is shown as it is and never run.
 *
 * @throws {InvalidInputError} `export/large`: past 4 GiB.
 */
export async function* writeWorkbook(
  sheets: Iterable<SheetToWrite> | AsyncIterable<SheetToWrite>,
  mostRows = MOST_ROWS,
): AsyncGenerator<Uint8Array> {
  const archive = createArchive();
  const names: string[] = [];
  for await (const sheet of sheets) {
    const letters = sheet.columns.map((_, i) => columnName(i));
    const source =
      Symbol.asyncIterator in sheet.rows ? sheet.rows[Symbol.asyncIterator]() : sheet.rows[Symbol.iterator]();
    let next = await source.next();
    for (let part = 1; part === 1 || !next.done; part++) {
      async function* pieces(): AsyncGenerator<string> {
        let xml =
          sheetHead(sheet) +
          rowXml(
            sheet.columns.map(({ name }) => name),
            1,
            letters,
          );
        for (let row = 2; row <= mostRows && !next.done; row++) {
          xml += rowXml(next.value, row, letters);
          if (xml.length > 65_536) {
            yield xml;
            xml = '';
          }
          next = await source.next();
        }
        yield xml + SHEET_END;
      }
      names.push(part === 1 ? sheet.name : `${sheet.name} ${part}`);
      yield* archive.add(`xl/worksheets/sheet${names.length}.xml`, pieces());
    }
  }
  yield* archive.add('xl/styles.xml', [STYLES]);
  yield* archive.add('xl/workbook.xml', [
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${names
      .map((name, i) => `<sheet name="${attribute(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
      .join('')}</sheets></workbook>`,
  ]);
  yield* archive.add('xl/_rels/workbook.xml.rels', [
    `${XML}<Relationships xmlns="${RELATIONS}">${names
      .map(
        (_, i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
      )
      .join(
        '',
      )}<Relationship Id="rId${names.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  ]);
  yield* archive.add('_rels/.rels', [
    `${XML}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ]);
  yield* archive.add('[Content_Types].xml', [
    `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/>${names
      .map(
        (_, i) => `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/>`,
      )
      .join('')}</Types>`,
  ]);
  yield* archive.end();
}
