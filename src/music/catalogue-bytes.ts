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
  let decoder: Decoder | undefined;
  let head = new Uint8Array(0);
  const decode = (bytes: Uint8Array): void => {
    decoder ??= chooseDecoder(bytes);
    for (let at = 0; at < bytes.length; at += PIECE) reader.push(decoder.decode(bytes.subarray(at, at + PIECE)));
  };
  return {
    push: (bytes) => {
      if (decoder) {
        decode(bytes);
        return;
      }
      // The first four bytes tell the encoding; they may come one by one.
      const joined = new Uint8Array(head.length + bytes.length);
      joined.set(head);
      joined.set(bytes, head.length);
      if (joined.length < 4) head = joined;
      else decode(joined);
    },
    end: () => {
      if (!decoder) decode(head);
      decoder?.end();
      return reader.end();
    },
  };
};

/** Bytes decoded at a time: few enough to hand the characters over as arguments. */
const PIECE = 8192;

interface Decoder {
  /** The text of at most `PIECE` bytes; a character cut off at their end comes with the next ones. */
  decode(bytes: Uint8Array): string;
  /** Throws if a character is cut off at the end of all. */
  end(): void;
}

const chooseDecoder = (head: Uint8Array): Decoder => {
  const [first, second, third, fourth] = head;
  if (first === 0x50 && second === 0x4b && third === 3 && fourth === 4) {
    throw new InvalidInputError(
      'catalogue/encoding',
      'The catalogue is a spreadsheet workbook or a zip file, not CSV: save the sheet as "CSV UTF-8" and use that file.',
    );
  }
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return createUtf16Decoder(false);
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return createUtf16Decoder(true);
  return createUtf8Decoder();
};

const textOf = (units: Uint16Array, length: number): string =>
  Reflect.apply(String.fromCharCode, undefined, units.subarray(0, length));

const createUtf16Decoder = (bigEndian: boolean): Decoder => {
  const units = new Uint16Array(PIECE);
  let waiting = -1;
  return {
    decode: (bytes) => {
      let length = 0;
      for (const byte of bytes) {
        if (waiting < 0) {
          waiting = byte;
        } else {
          units[length++] = bigEndian ? waiting * 256 + byte : byte * 256 + waiting;
          waiting = -1;
        }
      }
      return textOf(units, length);
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
const createUtf8Decoder = (): Decoder => {
  // A cut-off character of up to three bytes may come before a piece.
  const units = new Uint16Array(PIECE + 4);
  let [offset, row] = [0, 1];
  // The character under way: its bits so far, the bytes still needed, and what the next of them may be.
  let [code, needed, lowest, highest] = [0, 0, 0x80, 0xbf];
  let lead = { byte: 0, offset: 0 };

  const start = (byte: number, at: number): void => {
    if (byte < 0xc2 || byte > 0xf4) throw notUtf8(byte, at, row);
    lead = { byte, offset: at };
    needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    code = byte & (0x3f >> needed);
    lowest = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    highest = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
  };
  return {
    decode: (bytes) => {
      let length = 0;
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!;
        if (needed > 0) {
          if (byte < lowest || byte > highest) throw notUtf8(lead.byte, lead.offset, row);
          code = code * 64 + (byte & 0x3f);
          lowest = 0x80;
          highest = 0xbf;
          needed -= 1;
          if (needed > 0) continue;
          if (code > 0xffff) units[length++] = 0xd800 + ((code - 0x10000) >> 10);
          units[length++] = code > 0xffff ? 0xdc00 + (code & 0x3ff) : code;
        } else if (byte < 0x80) {
          if (byte === 0) throw notUtf8(byte, offset + i, row);
          if (byte === 0x0a) row += 1;
          units[length++] = byte;
        } else {
          start(byte, offset + i);
        }
      }
      offset += bytes.length;
      return textOf(units, length);
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
