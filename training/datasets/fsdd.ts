/** The Free Spoken Digit Dataset: one FLAC a speaker and index.csv that says where each digit lies in it. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createByteReader } from '../../src/audio/byte-reader.ts';
import { readFlac } from '../../src/audio/flac.ts';
import { joinSamples, mixToMono, resample } from '../../src/audio/resample.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { joinSums } from '../sound-cache.ts';
import { makeSoundSet, readTable, type SoundClip, type SoundSet } from './sound-set.ts';

export const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const SAMPLE_RATE = 16_000;
/** Takes below this are the official test, the others training. */
const TEST_TAKES = 5;

/**
 * @param path the folder with index.csv and SPEAKER.flac; speakers of the index whose file is not there are left out
 * @throws {InvalidInputError} `data/not-found`, `data/columns`, `data/empty`; `data/sound`: no speaker's file is there.
 *   `data/index`: a row names no digit, or samples that its file does not have. `audio/unreadable`: a file is damaged.
 */
export const loadFsdd = async (path: string): Promise<SoundSet> => {
  const table = join(path, 'index.csv');
  const rows = await readTable(table, ['speaker', 'digit', 'take', 'offset', 'length']);
  const speakers = [...new Set(rows.map(({ speaker }) => speaker!))].sort();
  const sums: string[] = [createHash('sha256').update(JSON.stringify(rows)).digest('hex')];
  const clips: SoundClip[] = [];
  let missing = 0;
  for (const speaker of speakers) {
    const file = join(path, `${speaker}.flac`);
    if (!existsSync(file)) {
      missing += rows.filter((row) => row.speaker === speaker).length;
      continue;
    }
    const { samples, sampleRate, sha256 } = await readSpeaker(file);
    sums.push(sha256);
    for (const row of rows.filter((other) => other.speaker === speaker)) {
      const [take, offset, length] = [row.take, row.offset, row.length].map(Number) as [number, number, number];
      const label = DIGITS.indexOf(row.digit as (typeof DIGITS)[number]);
      if (label < 0 || !(length > 0) || !(offset >= 0) || offset + length > samples.length)
        throw new InvalidInputError(
          'data/index',
          `${table} names digit "${row.digit}" of ${speaker} at samples ${row.offset} to ${offset + length}, but ${speaker}.flac has ${samples.length}: digits are 0 to 9 within the file.`,
        );
      clips.push({
        id: `${row.digit}_${speaker}_${take}`,
        group: speaker,
        label,
        part: take < TEST_TAKES ? 'test' : 'train',
        // Cut out before the rate changes: no filter carries one recording into its neighbour.
        samples: resample(samples.slice(offset, offset + length), sampleRate, SAMPLE_RATE),
      });
    }
  }
  if (clips.length === 0 && missing > 0)
    throw new InvalidInputError(
      'data/sound',
      `${table} names ${speakers.length} speakers, but none of their sounds (${speakers[0]}.flac ...) is there: check the path.`,
    );
  return makeSoundSet('FSDD', DIGITS, clips, [joinSums(sums)], missing);
};

const readSpeaker = async (path: string) => {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new InvalidInputError('data/sound', `The sound ${path} is named in the index but cannot be read.`, { cause });
  });
  const pieces: Float32Array[] = [];
  let sampleRate = 8000;
  const whole = async function* () {
    yield new Uint8Array(bytes);
  };
  try {
    for await (const piece of readFlac(createByteReader(whole()))) {
      pieces.push(mixToMono(piece.channels));
      sampleRate = piece.sampleRate;
    }
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new InvalidInputError(cause.code, `${path}: ${cause.message}`, { cause });
  }
  return { samples: joinSamples(pieces), sampleRate, sha256: createHash('sha256').update(bytes).digest('hex') };
};
