/** Texts in the encodings that tags and tables of East Asia are written in, for tests: the platform only decodes these. */

const tables = new Map<string, Map<string, readonly number[]>>();

const tableOf = (encoding: string): Map<string, readonly number[]> => {
  const known = tables.get(encoding);
  if (known) return known;
  const decoder = new TextDecoder(encoding);
  const table = new Map<string, readonly number[]>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const char = decoder.decode(Uint8Array.of(lead, trail));
      if ([...char].length === 1 && char !== '\ufffd' && !table.has(char)) table.set(char, [lead, trail]);
    }
  }
  tables.set(encoding, table);
  return table;
};

/** @throws {RangeError} a character the encoding does not have */
export const encodeEastAsian = (text: string, encoding: 'gbk' | 'shift_jis' | 'big5'): Uint8Array => {
  const table = tableOf(encoding);
  return Uint8Array.from(
    [...text].flatMap((char) => {
      if (char.charCodeAt(0) < 0x80) return [char.charCodeAt(0)];
      const bytes = table.get(char);
      if (!bytes) throw new RangeError(`${encoding} has no ${char}`);
      return [...bytes];
    }),
  );
};
