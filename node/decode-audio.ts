/** Sound files -> mono samples at 16 kHz, in Node. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAu } from '../src/audio/au.ts';
import { audioKind, id3Length, KIND_BYTES, MOST_TAGS } from '../src/audio/audio-kind.ts';
import { type ByteReader, createByteReader } from '../src/audio/byte-reader.ts';
import { readFlac } from '../src/audio/flac.ts';
import { oggCodec } from '../src/audio/ogg.ts';
import { cleanSamples, createResampler, joinSamples, mixToMono, type Resampler } from '../src/audio/resample.ts';
import { isPlainWav, readWav, type SoundPiece } from '../src/audio/wav.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { decodeOggOpus, decodeWithFfmpeg, openWebmOpus } from './audio-decoders.ts';

/** The rate of all sound inside, Hz. */
export const SAMPLE_RATE = 16_000;

export interface DecodeAudioOptions {
  /** A longer sound is refused. An hour takes 230 MB. @default 7200 (two hours) */
  readonly maxSeconds?: number;
}

export interface ReadAudioOptions {
  /** Stops here without complaint; the rest of the file is not decoded. @default no end */
  readonly untilSeconds?: number;
}

const PIECE_BYTES = 262_144;

const unreadable = (message: string, cause?: unknown): InvalidInputError =>
  new InvalidInputError('audio/unreadable', message, { cause });

async function* piecesOf(sound: Uint8Array | string): AsyncGenerator<Uint8Array> {
  if (typeof sound === 'string') {
    try {
      yield* createReadStream(sound, { highWaterMark: PIECE_BYTES });
    } catch (cause) {
      throw unreadable(`The sound "${sound}" cannot be read (${messageOf(cause)}): check its permissions.`, cause);
    }
  } else for (let at = 0; at < sound.length; at += PIECE_BYTES) yield sound.subarray(at, at + PIECE_BYTES);
}

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);

/** Only a program outside needs the sound as a file. */
async function* decodeOutside(sound: Uint8Array | string, name: string): AsyncGenerator<SoundPiece> {
  if (typeof sound === 'string') {
    yield* decodeWithFfmpeg(sound, name);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'attune-'));
  try {
    const path = join(folder, randomUUID());
    await writeFile(path, sound);
    yield* decodeWithFfmpeg(path, name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const checkFile = async (sound: Uint8Array | string): Promise<void> => {
  if (typeof sound === 'string') {
    const found = await stat(sound).catch((cause: unknown) => {
      throw unreadable(`The sound "${sound}" cannot be read: check its name.`, cause);
    });
    if (!found.isFile()) throw unreadable(`"${sound}" is no file: give a sound file.`);
    if (found.size > 0) return;
  } else if (sound.length > 0) return;
  throw unreadable('This sound is empty (0 bytes): give another copy of it.');
};

/** Passes over ID3v2 tags with their pictures (some programs write two), so that the bytes behind them can tell the kind. */
const openBehindTags = async (pieces: AsyncIterable<Uint8Array>): Promise<ByteReader> => {
  const reader = createByteReader(pieces);
  await reader.fill(KIND_BYTES);
  for (let tags = 0; tags < MOST_TAGS; tags++) {
    const tag = id3Length(reader.held());
    if (tag === 0) break;
    const skipped = await reader.skip(tag);
    if (skipped < tag || (await reader.fill(KIND_BYTES)) === 0)
      throw unreadable(`This file ends within its tag (${tag} bytes) and holds no sound: give another copy of it.`);
  }
  return reader;
};

/** @param pieces the file's bytes, for those kinds that need no program */
const openSound = async (
  sound: Uint8Array | string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<AsyncGenerator<SoundPiece>> => {
  const reader = await openBehindTags(pieces);
  const head = reader.held();
  const kind = audioKind(head);
  switch (kind) {
    case 'wav':
      return isPlainWav(head) ? readWav(reader) : decodeOutside(sound, 'compressed WAV');
    case 'au':
      return readAu(reader);
    case 'flac':
      return readFlac(reader);
    case 'mp3':
      return decodeOutside(sound, 'MP3');
    case 'webm':
      return (await openWebmOpus(reader)) ?? decodeOutside(sound, 'this kind of WebM or Matroska');
    case 'm4a':
    case 'aac':
      return decodeOutside(sound, 'AAC (M4A, MP4)');
    case 'ogg':
      return oggCodec(head) === 'opus' ? decodeOggOpus(reader) : decodeOutside(sound, 'this kind of Ogg');
    case undefined:
      throw unreadable(
        'This is no sound file that Attune knows, whatever its name says: give WAV, MP3, Ogg, Opus, FLAC, M4A or WebM.',
      );
    default:
      return decodeOutside(sound, kind.toUpperCase());
  }
};

/**
 * A sound, mono at 16 kHz, piece by piece as it is decoded: memory stays small however long the file is.
 *
 * Reads WAV, AU, FLAC and Opus (Ogg and WebM) itself; MP3, Vorbis, AAC and what else there is with the ffmpeg on the
 * PATH. The kind is told by the first bytes. All channels count alike. A file cut short gives what is there.
 *
 * @param sound the bytes of the file, or its path
 * @throws {InvalidInputError} `audio/unreadable`: no sound file, empty or damaged. `audio/no-sound`: no sound track.
 * @throws {UnavailableError} `audio/no-ffmpeg`: this kind needs ffmpeg.
 */
export async function* readAudio(
  sound: Uint8Array | string,
  { untilSeconds = Number.POSITIVE_INFINITY }: ReadAudioOptions = {},
): AsyncGenerator<Float32Array> {
  await checkFile(sound);
  const pieces = piecesOf(sound);
  try {
    yield* toMono(await openSound(sound, pieces), untilSeconds);
  } finally {
    // Whether read to its end or not: an open file more for each song would stop a scan after some thousand.
    await pieces.return(undefined);
  }
}

async function* toMono(sound: AsyncIterable<SoundPiece>, untilSeconds: number): AsyncGenerator<Float32Array> {
  let resampler: { readonly rate: number; readonly run: Resampler } | undefined;
  let count = 0;
  const limit = untilSeconds * SAMPLE_RATE;
  const upToLimit = (samples: Float32Array): Float32Array => {
    const kept = samples.subarray(0, Math.max(0, limit - count));
    count += kept.length;
    return kept;
  };
  for await (const { sampleRate, channels } of sound) {
    if (resampler?.rate !== sampleRate) {
      if (sampleRate < 1000 || sampleRate > 768_000)
        throw unreadable(
          `This file says that it has ${sampleRate} samples a second, which no sound has: give another copy of it.`,
        );
      // Chained streams may change their rate on the way.
      if (resampler !== undefined) yield upToLimit(resampler.run.flush());
      resampler = { rate: sampleRate, run: createResampler(sampleRate, SAMPLE_RATE) };
    }
    yield upToLimit(resampler.run.push(cleanSamples(mixToMono(channels))));
    if (count >= limit) return;
  }
  if (resampler !== undefined) yield upToLimit(resampler.run.flush());
  if (count === 0)
    throw unreadable('No sound can be read from this file: it is damaged or cut short. Give another copy.');
}

/**
 * A whole sound, mono at 16 kHz, -1 to 1.
 *
 * @throws {InvalidInputError} `audio/too-long`: longer than `maxSeconds`; decoding stops there.
 * @throws as `readAudio`
 */
export const decodeAudio = async (
  sound: Uint8Array | string,
  { maxSeconds = 7200 }: DecodeAudioOptions = {},
): Promise<Float32Array> => {
  const pieces: Float32Array[] = [];
  let count = 0;
  for await (const piece of readAudio(sound)) {
    pieces.push(piece);
    count += piece.length;
    if (count > maxSeconds * SAMPLE_RATE)
      throw new InvalidInputError(
        'audio/too-long',
        `This sound is longer than ${maxSeconds} seconds: cut out the part that matters and give that.`,
      );
  }
  return joinSamples(pieces);
};
