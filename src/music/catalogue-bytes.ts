/** The bytes of a catalogue file as text: UTF-8 or UTF-16, and a clear refusal of anything else. */
import { InvalidInputError } from '../base/errors.ts';
import { type Catalogue, createCatalogueReader } from './catalogue.ts';

/** Reads a catalogue file piece by piece. */
export interface CatalogueBytesReader {
  push(bytes: Uint8Array): void;
  end(): Catalogue;
}

/**
 * A catalogue out of a file's bytes.
 *
 * @throws {InvalidInputError} `catalogue/encoding`, and whatever `parseCatalogue` throws.
 */
export const parseCatalogueBytes = (bytes: Uint8Array): Catalogue => {
  const reader = createCatalogueBytesReader();
  reader.push(bytes);
  return reader.end();
};

/**
 * The same for a file that comes in pieces. UTF-8 with or without byte order mark, and UTF-16 of either order, with mark or
 * told by the zero byte beside its first letter. Single-byte and East Asian encodings cannot be told apart safely, so none is
 * guessed: the first byte that is not UTF-8 is named, with its row and the way out.
 *
 * @throws {InvalidInputError} `catalogue/encoding`: the bytes are neither, or a spreadsheet's own file.
 */
export const createCatalogueBytesReader = (): CatalogueBytesReader => {
  const reader = createCatalogueReader();
  const units = createUnits((text) => reader.push(text));
  let decoder: Decoder | undefined;
  let head = new Uint8Array(0);
  return {
    push: (bytes) => {
      let rest = bytes;
      if (!decoder) {
        // The first four bytes tell the encoding; they may come one by one.
        rest = new Uint8Array(head.length + bytes.length);
        rest.set(head);
        rest.set(bytes, head.length);
        if (rest.length < 4) {
          head = rest as Uint8Array<ArrayBuffer>;
          return;
        }
        decoder = chooseDecoder(rest, units.push);
      }
      decoder.push(rest);
      units.flush();
    },
    end: () => {
      if (!decoder) {
        decoder = chooseDecoder(head, units.push);
        decoder.push(head);
      }
      decoder.end();
      units.flush();
      return reader.end();
    },
  };
};

interface Decoder {
  push(bytes: Uint8Array): void;
  end(): void;
}

/** Collects UTF-16 code units into texts. */
const createUnits = (onText: (text: string) => void): { push: (unit: number) => void; flush: () => void } => {
  const units = new Uint16Array(16_384);
  let length = 0;
  const flush = (): void => {
    if (length > 0) onText(String.fromCharCode(...units.subarray(0, length)));
    length = 0;
  };
  return {
    push: (unit) => {
      units[length++] = unit;
      if (length === units.length) flush();
    },
    flush,
  };
};

const chooseDecoder = (head: Uint8Array, onUnit: (unit: number) => void): Decoder => {
  const [first, second, third, fourth] = head;
  if (first === 0x50 && second === 0x4b && third === 3 && fourth === 4) {
    throw new InvalidInputError(
      'catalogue/encoding',
      'The catalogue is a spreadsheet workbook or a zip file, not CSV: save the sheet as "CSV UTF-8" and use that file.',
    );
  }
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return decodeUtf16(0, onUnit);
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return decodeUtf16(1, onUnit);
  return decodeUtf8(onUnit);
};

/** @param high which byte of a pair is the higher one's place: 0 for little-endian's second byte, 1 for big-endian's first. */
const decodeUtf16 = (high: 0 | 1, onUnit: (unit: number) => void): Decoder => {
  let waiting = -1;
  return {
    push: (bytes) => {
      for (const byte of bytes) {
        if (waiting < 0) {
          waiting = byte;
          continue;
        }
        onUnit(high === 1 ? waiting * 256 + byte : byte * 256 + waiting);
        waiting = -1;
      }
    },
    end: () => {
      if (waiting >= 0) {
        throw new InvalidInputError(
          'catalogue/encoding',
          'The catalogue is UTF-16 with half a character at its end: save it anew.',
        );
      }
    },
  };
};

/** @see The Unicode Standard, table 3-7: well-formed UTF-8 byte sequences. */
const decodeUtf8 = (onUnit: (unit: number) => void): Decoder => {
  let [offset, row] = [0, 1];
  let [code, needed, lowest, highest] = [0, 0, 0x80, 0xbf];
  let lead = { byte: 0, offset: 0 };
  return {
    push: (bytes) => {
      for (const byte of bytes) {
        if (needed > 0) {
          if (byte < lowest || byte > highest) throw notUtf8(lead.byte, lead.offset, row);
          code = code * 64 + (byte & 0x3f);
          [lowest, highest] = [0x80, 0xbf];
          needed -= 1;
          if (needed === 0) {
            if (code > 0xffff) onUnit(0xd800 + ((code - 0x10000) >> 10));
            onUnit(code > 0xffff ? 0xdc00 + (code & 0x3ff) : code);
          }
        } else if (byte < 0x80) {
          if (byte === 0) throw notUtf8(byte, offset, row);
          if (byte === 0x0a) row += 1;
          onUnit(byte);
        } else {
          if (byte < 0xc2 || byte > 0xf4) throw notUtf8(byte, offset, row);
          lead = { byte, offset };
          needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
          code = byte & (0x3f >> needed);
          if (byte === 0xe0) lowest = 0xa0;
          if (byte === 0xed) highest = 0x9f;
          if (byte === 0xf0) lowest = 0x90;
          if (byte === 0xf4) highest = 0x8f;
        }
        offset += 1;
      }
    },
    end: () => {
      if (needed > 0) throw notUtf8(lead.byte, lead.offset, row);
    },
  };
};

const notUtf8 = (byte: number, offset: number, line: number): InvalidInputError =>
  new InvalidInputError(
    'catalogue/encoding',
    `The catalogue is not UTF-8: byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')} at offset ${offset} (line ${line}) ` +
      'cannot stand there. Spreadsheets in Chinese (GBK), Japanese (Shift-JIS) or Western (Windows-1252) settings save such ' +
      'bytes: save it as "CSV UTF-8", or convert it, for example with "iconv -f GBK -t UTF-8 songs.csv > songs-utf8.csv".',
  );
