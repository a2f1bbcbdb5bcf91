/** Bytes of unknown encoding as text: UTF-8 and UTF-16 told for certain, GBK, Big5 and Shift-JIS by which characters come out. */

export interface DecodedText {
  readonly text: string;
  /** A label `TextDecoder` knows. */
  readonly encoding: string;
}

/** The encoding the first bytes give away; a byte order mark or zero bytes beside letters. */
const encodingOfMark = (bytes: Uint8Array): string | undefined => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const [first, second, third, fourth] = bytes;
  if (bytes.length < 4) return undefined;
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'utf-16be';
  return undefined;
};

const decodeWhole = (bytes: Uint8Array, encoding: string): string | undefined => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

interface Candidate {
  readonly encoding: string;
  /** How usual a two-byte character is in the texts of its language, 0 to 1. */
  readonly usual: (lead: number, trail: number) => number;
  /** Bytes over 0x7f that are a character alone. */
  readonly single?: (byte: number) => boolean;
}

/** The rows of each set where its everyday characters stand. @see GB 2312 (rows 16-55), Big5 (A440-C67E), JIS X 0208 (rows 16-47). */
const CANDIDATES: readonly Candidate[] = [
  {
    encoding: 'gb18030',
    usual: (lead, trail) => {
      if (trail < 0xa1) return 0.05;
      if (lead >= 0xb0 && lead <= 0xd7) return 1;
      if (lead >= 0xd8 && lead <= 0xf7) return 0.3;
      return lead >= 0xa1 && lead <= 0xa9 ? 0.5 : 0.05;
    },
  },
  {
    encoding: 'shift_jis',
    usual: (lead, trail) => {
      if (lead === 0x82 && trail >= 0x9f) return 1; // hiragana
      if (lead === 0x83 && trail <= 0x96) return 1; // katakana
      if (lead === 0x81 || lead === 0x82) return 0.6;
      if (lead >= 0x88 && lead <= 0x97) return 0.9;
      return (lead >= 0x98 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xea) ? 0.25 : 0.05;
    },
    single: (byte) => byte >= 0xa1 && byte <= 0xdf, // half-width katakana
  },
  {
    encoding: 'big5',
    usual: (lead) => {
      if (lead >= 0xa4 && lead <= 0xc6) return 0.95;
      if (lead >= 0xa1 && lead <= 0xa3) return 0.4;
      return lead >= 0xc9 && lead <= 0xf9 ? 0.2 : 0.05;
    },
  },
];

/** Mean over the bytes past ASCII of how usual their characters are. */
const scoreOf = (bytes: Uint8Array, { usual, single }: Candidate): number => {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte < 0x80) continue;
    if (single?.(byte)) {
      sum += 0.15;
      count += 1;
      continue;
    }
    const trail = bytes[i + 1] ?? 0;
    sum += 2 * usual(byte, trail);
    count += 2;
    i += 1;
  }
  return count === 0 ? 0 : sum / count;
};

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));

/** Western letters stand alone or in pairs beside ASCII ones; longer runs of bytes past ASCII are rarely Western. */
const scoreOfWestern = (bytes: Uint8Array): number => {
  let sum = 0;
  let count = 0;
  for (let start = 0; start < bytes.length; start++) {
    if (bytes[start]! < 0x80) continue;
    let end = start;
    while ((bytes[end] ?? 0) >= 0x80) end += 1;
    const length = end - start;
    // From 0xc0 on they are letters; the leads of Shift-JIS and most of Big5's lie below.
    const inWord =
      bytes.subarray(start, end).every((byte) => byte >= 0xc0) && (isLetter(bytes[start - 1]) || isLetter(bytes[end]));
    sum += length * (length > 2 ? 0.1 : inWord ? 0.97 : length === 1 ? 0.5 : 0.1);
    count += length;
    start = end;
  }
  return count === 0 ? 0 : sum / count;
};

/**
 * The encoding the bytes are most likely in. UTF-8 and UTF-16 are certain; the others are told by their everyday
 * characters, which fails for a few words of rare ones: one or two characters are a guess.
 *
 * @param cut the bytes are the beginning of something longer, so the last character may be half there
 */
export const guessEncoding = (bytes: Uint8Array, cut = false): string => {
  const marked = encodingOfMark(bytes);
  if (marked) return marked;
  const lengths = cut ? [0, 1, 2, 3] : [0];
  const valid = (encoding: string): boolean =>
    lengths.some((less) => decodeWhole(bytes.subarray(0, bytes.length - less), encoding) !== undefined);
  if (valid('utf-8')) return 'utf-8';
  let best = { encoding: 'windows-1252', score: scoreOfWestern(bytes) };
  for (const candidate of CANDIDATES) {
    const score = scoreOf(bytes, candidate);
    if (score > best.score && valid(candidate.encoding)) best = { encoding: candidate.encoding, score };
  }
  return best.encoding;
};

/**
 * The text of a whole file or tag.
 *
 * @param declared the encoding its source claims; believed only where every byte fits
 */
export const decodeText = (bytes: Uint8Array, declared?: string): DecodedText => {
  const marked = encodingOfMark(bytes);
  if (!marked && declared && isEncoding(declared)) {
    const text = decodeWhole(bytes, declared);
    // Any bytes are Western text, so that claim says nothing against UTF-8.
    if (text !== undefined && !isSingleByte(declared)) return { text, encoding: normalName(declared) };
  }
  const encoding = guessEncoding(bytes);
  const chosen = encoding === 'windows-1252' && declared && isEncoding(declared) ? normalName(declared) : encoding;
  return { text: new TextDecoder(chosen).decode(bytes), encoding: chosen };
};

const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
};
const normalName = (label: string): string => new TextDecoder(label).encoding;
const isSingleByte = (label: string): boolean => /^(windows-|iso-8859|koi8|ibm|mac|x-mac)/.test(normalName(label));

/** Windows-1252's characters at 0x80 to 0x9f, which Latin-1 leaves to control characters. */
const WESTERN = new Map(
  Array.from({ length: 32 }, (_, i) => [new TextDecoder('windows-1252').decode(Uint8Array.of(0x80 + i)), 0x80 + i]),
);

/** The bytes that a reader took for Latin-1, or `undefined` where the text holds other characters. */
const westernBytes = (text: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const byte = code <= 0xff ? code : WESTERN.get(text.charAt(i));
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
};

/**
 * Names that were written in GBK, Big5, Shift-JIS or UTF-8 and read as Latin-1, as ID3v1 and old ID3v2 tags are, set right.
 * All names of one file are judged together, since one name alone is often too short.
 *
 * @returns the names in their order; the same where they are Western, or already right
 */
export const repairNames = (names: readonly string[]): string[] => {
  const wrong = names.map((name) => {
    const bytes = westernBytes(name);
    return bytes?.some((byte) => byte >= 0x80) ? bytes : undefined;
  });
  const known = wrong.filter((bytes) => bytes !== undefined);
  if (known.length === 0) return [...names];
  const joined = new Uint8Array(known.reduce((sum, bytes) => sum + bytes.length + 1, 0)).fill(0x0a);
  let at = 0;
  for (const bytes of known) {
    joined.set(bytes, at);
    at += bytes.length + 1;
  }
  const encoding = guessEncoding(joined);
  if (encoding === 'windows-1252' || encoding.startsWith('utf-16')) return [...names];
  return names.map((name, i) => (wrong[i] ? (decodeWhole(wrong[i], encoding) ?? name) : name));
};
