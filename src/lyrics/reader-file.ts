/** The file of a lyric model: JSON with terms as text, and weights in one byte each. */
import { InvalidInputError } from '../base/errors.ts';
import type { EmotionReader, LyricModel, ReaderHead } from './emotion-reader.ts';

const FORMAT = 'attune-lyrics-1';

/** Rarities are kept in steps of 1/4096, up to 16. */
const RARITY_STEPS = 4096;
/** Weights are kept as signed square roots in 127 steps of the class's largest: small ones keep their say. */
const WEIGHT_STEPS = 127;

interface StoredReader {
  readonly blocks: readonly { kind: string; scale: number; terms: string; rarities: string }[];
  readonly means: readonly number[];
  readonly factors: readonly number[];
  readonly valueScale: number;
  readonly heads: Readonly<Record<string, { classes: readonly string[]; largest: readonly number[]; weights: string }>>;
}

/** Terms hold no line break, so they stand one a line. */
export const formatLyricModel = ({ version, readers }: LyricModel): string =>
  JSON.stringify({
    format: FORMAT,
    version,
    readers: Object.fromEntries(Object.entries(readers).map(([name, reader]) => [name, storeReader(reader)])),
  });

const storeReader = ({ vectors, heads }: EmotionReader): StoredReader => ({
  blocks: vectors.blocks.map(({ kind, scale, tfIdf }) => ({
    kind,
    scale,
    terms: [...tfIdf.columns.keys()].join('\n'),
    rarities: toBase64(
      new Uint8Array(Uint16Array.from(tfIdf.weights, (weight) => Math.round(weight * RARITY_STEPS)).buffer),
    ),
  })),
  means: vectors.means,
  factors: vectors.factors,
  valueScale: vectors.valueScale,
  heads: Object.fromEntries(
    Object.entries(heads).map(([name, { classes, weights }]) => {
      const largest = classes.map((_, k) => {
        let most = 0;
        for (let at = k; at < weights.length; at += classes.length) most = Math.max(most, Math.abs(weights[at]!));
        return most;
      });
      const steps = Int8Array.from(weights, (weight, at) => {
        const most = largest[at % classes.length]!;
        return most === 0 ? 0 : Math.round(Math.sign(weight) * Math.sqrt(Math.abs(weight) / most) * WEIGHT_STEPS);
      });
      return [name, { classes, largest, weights: toBase64(new Uint8Array(steps.buffer)) }];
    }),
  ),
});

/** @throws {InvalidInputError} `lyrics/model`: no JSON, another format, or sizes that do not fit each other. */
export const parseLyricModel = (text: string): LyricModel => {
  const fail = (what: string): never => {
    throw new InvalidInputError(
      'lyrics/model',
      `The lyric model is damaged: ${what}. Take the file that ships, or train one.`,
    );
  };
  let stored: { format?: unknown; version?: unknown; readers?: Readonly<Record<string, StoredReader>> };
  try {
    stored = JSON.parse(text) as typeof stored;
  } catch {
    return fail('it is no JSON');
  }
  if (stored === null || stored.format !== FORMAT || typeof stored.readers !== 'object') {
    return fail(`its format is not ${FORMAT}`);
  }
  const readers: Record<string, EmotionReader> = {};
  for (const [name, reader] of Object.entries(stored.readers)) {
    try {
      readers[name] = restoreReader(reader);
    } catch (cause) {
      return fail(`reader ${name}: ${cause instanceof Error ? cause.message : 'unreadable'}`);
    }
  }
  return { version: String(stored.version), readers };
};

const restoreReader = (stored: StoredReader): EmotionReader => {
  const blocks = stored.blocks.map(({ kind, scale, terms, rarities }) => {
    const names = terms === '' ? [] : terms.split('\n');
    const steps = new Uint16Array(fromBase64(rarities).buffer);
    if (steps.length !== names.length) throw new Error(`${names.length} terms and ${steps.length} rarities of ${kind}`);
    return {
      kind,
      scale,
      tfIdf: {
        columns: new Map(names.map((term, column) => [term, column])),
        weights: Float64Array.from(steps, (step) => step / RARITY_STEPS),
      },
    };
  });
  const columnCount = blocks.reduce((sum, { tfIdf }) => sum + tfIdf.columns.size, 0) + stored.means.length;
  const heads = Object.fromEntries(
    Object.entries(stored.heads).map(([name, { classes, largest, weights }]): [string, ReaderHead] => {
      const steps = new Int8Array(fromBase64(weights).buffer);
      if (steps.length !== (columnCount + 1) * classes.length) {
        throw new Error(`${steps.length} weights of ${name}, expected ${(columnCount + 1) * classes.length}`);
      }
      return [
        name,
        {
          classes,
          weights: Float32Array.from(
            steps,
            (step, at) => Math.sign(step) * (step / WEIGHT_STEPS) ** 2 * largest[at % classes.length]!,
          ),
        },
      ];
    }),
  );
  const { means, factors, valueScale } = stored;
  return { vectors: { columnCount, blocks, means, factors, valueScale }, heads };
};

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The language alone has no base64: atob and Buffer belong to platforms. */
const toBase64 = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at]!, bytes[at + 1], bytes[at + 2]];
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    parts.push(
      DIGITS[word >> 18]! +
        DIGITS[(word >> 12) & 63]! +
        (b === undefined ? '=' : DIGITS[(word >> 6) & 63]!) +
        (c === undefined ? '=' : DIGITS[word & 63]!),
    );
  }
  return parts.join('');
};

const VALUES = new Int16Array(128).fill(-1);
for (let digit = 0; digit < 64; digit++) VALUES[DIGITS.charCodeAt(digit)] = digit;

const fromBase64 = (text: string): Uint8Array => {
  const end = text.indexOf('=');
  const digits = end < 0 ? text.length : end;
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let [held, bits, to] = [0, 0, 0];
  for (let at = 0; at < digits; at++) {
    const value = VALUES[text.charCodeAt(at)] ?? -1;
    if (value < 0) throw new Error('a character that is not base64');
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[to++] = (held >> bits) & 255;
    }
  }
  return bytes;
};
