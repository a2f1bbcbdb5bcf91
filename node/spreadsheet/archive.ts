/** Looks at a workbook's archive before anything in it is read: passwords, damage, and archives that unpack to far more than they say. */
import { createInflateRaw } from 'node:zlib';
import { InvalidInputError } from '../../src/base/errors.ts';

/** All parts together, unpacked: a sheet of 1,048,576 rows and 13 columns of text takes about 1 GiB. */
const MOST_BYTES = 4 * 1024 ** 3;
/** The shared texts are held in memory whole. */
const MOST_SHARED_BYTES = 256 * 1024 ** 2;
/** Text packs 5 to 40 times smaller; 1000 times is what nothing but repetition reaches. */
const MOST_RATIO = 250;
/** Below this a high ratio does no harm. */
const HARMLESS_BYTES = 64 * 1024 ** 2;
const MOST_PARTS = 10_000;

const bad = (code: string, message: string): never => {
  throw new InvalidInputError(code, message);
};

interface Part {
  readonly name: string;
  readonly method: number;
  readonly packed: Uint8Array;
  readonly size: number;
}

/** The parts as the directory at the archive's end lists them. @see PKWARE APPNOTE 4.3.12, 4.3.16 */
const listParts = (bytes: Uint8Array): Part[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  const lowest = Math.max(0, bytes.length - 22 - 0xffff);
  while (end >= lowest && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < lowest)
    return bad('import/damaged', 'The workbook is cut off or no .xlsx file: it has no directory. Save it anew.');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff)
    return bad('import/large', 'The workbook is larger than 4 GiB: export it as CSV.');
  if (count > MOST_PARTS) return bad('import/bomb', `The workbook has ${count} parts, no real one has ${MOST_PARTS}.`);
  const parts: Part[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
      return bad('import/damaged', 'The directory of the workbook is damaged: save it anew.');
    }
    const nameLength = view.getUint16(at + 28, true);
    const head = view.getUint32(at + 42, true);
    if (head + 30 > bytes.length)
      return bad('import/damaged', 'A part of the workbook lies outside of it: save it anew.');
    const start = head + 30 + view.getUint16(head + 26, true) + view.getUint16(head + 28, true);
    parts.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      packed: bytes.subarray(start, start + view.getUint32(at + 20, true)),
      size: view.getUint32(at + 24, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return parts;
};

/** Unpacks and throws away, to learn whether a part keeps to the size it claims. */
const holdsToSize = async ({ method, packed, size }: Part): Promise<boolean> => {
  if (method === 0) return packed.length === size;
  if (method !== 8) return false;
  const inflate = createInflateRaw();
  let found = 0;
  const feed = async (): Promise<void> => {
    for (let at = 0; at < packed.length; at += 65_536) {
      if (!inflate.write(packed.subarray(at, at + 65_536)))
        await new Promise((resolve) => inflate.once('drain', resolve));
    }
    inflate.end();
  };
  const fed = feed();
  try {
    for await (const piece of inflate) {
      found += (piece as Uint8Array).length;
      if (found > size) return false;
    }
  } catch {
    return false;
  } finally {
    inflate.destroy();
    void fed;
  }
  return found === size;
};

/**
 * @throws {InvalidInputError} `import/password`: protected, or an old .xls. `import/damaged`: no archive. `import/bomb`: it
 *   unpacks to more than it says, or to more than a workbook holds. `import/large`: past 4 GiB.
 */
export const checkWorkbookArchive = async (bytes: Uint8Array): Promise<void> => {
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0) {
    bad('import/password', 'The workbook has a password, or is an old .xls: save it as .xlsx without a password.');
  }
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    bad('import/damaged', 'This is no .xlsx file, whatever its name says: save the table as .xlsx or CSV.');
  }
  const parts = listParts(bytes);
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const mebibytes = (size: number): string => `${Math.round(size / 1024 ** 2)} MiB`;
  if (total > MOST_BYTES)
    bad('import/bomb', `The workbook unpacks to ${mebibytes(total)}; the most is ${mebibytes(MOST_BYTES)}.`);
  if (total > HARMLESS_BYTES && total > MOST_RATIO * bytes.length) {
    bad(
      'import/bomb',
      `The workbook of ${mebibytes(bytes.length)} unpacks to ${mebibytes(total)}: no real table repeats itself so. Save it as CSV if it is one.`,
    );
  }
  for (const part of parts) {
    if (/sharedStrings\.xml$/i.test(part.name) && part.size > MOST_SHARED_BYTES) {
      bad('import/large', `The texts of the workbook take ${mebibytes(part.size)}: export it as CSV.`);
    }
    if (!(await holdsToSize(part))) {
      bad('import/bomb', `The part ${part.name} of the workbook does not unpack to the size it claims: save it anew.`);
    }
  }
};
