/** Decoded sounds kept between runs, outside the project: decoding compressed music takes longer than learning from it. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decodeAudio } from '../node/decode-audio.ts';
import { InvalidInputError } from '../src/base/errors.ts';

/** Changes whenever decoding gives other samples. */
const VERSION = 'samples-1';

/** `ATTUNE_CACHE`, else a folder beside the system's other temporary files; it can be deleted at any time. */
export const cacheFolder = (): string => process.env.ATTUNE_CACHE ?? join(tmpdir(), 'attune-sounds');

export interface CachedSound {
  /** Mono, 16 kHz, -1 to 1. */
  readonly samples: Float32Array;
  /** Of the file's bytes. */
  readonly sha256: string;
}

const toFloats = (bytes: Buffer): Float32Array => {
  const whole = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const samples = new Float32Array(whole.length);
  for (let i = 0; i < samples.length; i++) samples[i] = whole[i]! / 32_767;
  return samples;
};

/**
 * A sound file's samples, decoded the first time and read back later. The key is the file's content, so a changed
 * file is decoded anew. Kept as 16-bit numbers: a first and a later run see the same rounded samples.
 *
 * @throws {InvalidInputError} `data/sound`: there is no such file. Otherwise as `decodeAudio`; the message names the file,
 *   which is one of thousands.
 */
export const loadSound = async (path: string, decode: typeof decodeAudio = decodeAudio): Promise<CachedSound> => {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new InvalidInputError('data/sound', `The sound ${path} is named in the index but cannot be read.`, { cause });
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const kept = join(cacheFolder(), VERSION, sha256.slice(0, 2), `${sha256}.pcm`);
  const known = await readFile(kept).catch(() => undefined);
  if (known !== undefined && known.length > 0 && known.length % 2 === 0) return { samples: toFloats(known), sha256 };
  const samples = await decode(path).catch((cause: unknown) => {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new InvalidInputError(cause.code, `${path}: ${cause.message}`, { cause });
  });
  const rounded = Int16Array.from(samples, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 32_767));
  const buffer = Buffer.from(rounded.buffer);
  await keepInCache(kept, [rounded]);
  return { samples: toFloats(buffer), sha256 };
};

/** Writes numbers whole or not at all. A cache that cannot be written (a full disk, another's folder) costs time, not the run. */
export const keepInCache = async (
  path: string,
  parts: readonly (Float32Array | Float64Array | Int16Array | Uint8Array)[],
): Promise<void> => {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      for (const part of parts) await file.writeFile(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch {
    // Nothing is lost but the time to make it again.
  }
};

/** One sum for many files, in the order given: tells whether two runs saw the same data. */
export const joinSums = (sums: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const sum of sums) hash.update(sum);
  return hash.digest('hex');
};
