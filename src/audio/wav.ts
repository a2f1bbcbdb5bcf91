/** WAV files: uncompressed sound, read piece by piece. */
import { InvalidInputError } from '../base/errors.ts';
import { asciiAt, type ByteReader } from './byte-reader.ts';

/** Some sound out of a file: all channels of the same length. */
export interface SoundPiece {
  /** Hz */
  readonly sampleRate: number;
  readonly channels: readonly Float32Array[];
}

interface WavFormat {
  readonly tag: number;
  readonly channelCount: number;
  readonly sampleRate: number;
  readonly bits: number;
}

const EXTENSIBLE = 0xfffe;
/** The longest format chunk that is known, extensible, has 40. */
const FORMAT_BYTES = 64;
const FRAMES_AT_ONCE = 16_384;
/** Written by programs that do not know the length beforehand; the sound goes to the file's end. */
const UNKNOWN_LENGTHS = [0, 0xffffffff];

const damaged = (what: string): InvalidInputError =>
  new InvalidInputError('audio/unreadable', `This WAV file is damaged: ${what}. Give another copy of it.`);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const readFormat = (chunk: Uint8Array): WavFormat => {
  if (chunk.length < 16) throw damaged('its format chunk is too short');
  const view = viewOf(chunk);
  const tag = view.getUint16(0, true);
  const format = {
    // An extensible format keeps the real one at the start of a longer identifier.
    tag: tag === EXTENSIBLE && chunk.length >= 26 ? view.getUint16(24, true) : tag,
    channelCount: view.getUint16(2, true),
    sampleRate: view.getUint32(4, true),
    bits: view.getUint16(14, true),
  };
  if (format.channelCount === 0 || format.sampleRate === 0) throw damaged('it has 0 channels or a sample rate of 0 Hz');
  return format;
};

type ReadSample = (view: DataView, at: number) => number;

/** By the format's tag (1: whole numbers, 3: floats) and its bits. */
const READ_SAMPLE: Readonly<Record<string, ReadSample>> = {
  '1/8': (view, at) => (view.getUint8(at) - 128) / 128,
  '1/16': (view, at) => view.getInt16(at, true) / 32_768,
  '1/24': (view, at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 8_388_608,
  '1/32': (view, at) => view.getInt32(at, true) / 2_147_483_648,
  '3/32': (view, at) => view.getFloat32(at, true),
  '3/64': (view, at) => view.getFloat64(at, true),
};

/** Whether `readWav` reads this sort of samples: whole numbers of 8 to 32 bits, and floats. */
export const isPlainWav = (head: Uint8Array): boolean => {
  let at = 12;
  while (at + 8 <= head.length && asciiAt(head, at) !== 'fmt ') {
    const length = viewOf(head).getUint32(at + 4, true);
    at += 8 + length + (length % 2);
  }
  if (at + 24 > head.length) return true; // readWav says what is wrong
  const { tag, bits } = readFormat(head.subarray(at + 8));
  return `${tag}/${bits}` in READ_SAMPLE;
};

/**
 * The sound of a WAV file, in pieces of about a third of a second. A file that is cut short gives what is there.
 *
 * @throws {InvalidInputError} `audio/unreadable`: damaged, or a compression that is not read here.
 */
export async function* readWav(reader: ByteReader): AsyncGenerator<SoundPiece> {
  await reader.skip(12);
  let format: WavFormat | undefined;
  while (true) {
    const header = await reader.take(8);
    if (header.length < 8) throw damaged('it holds no sound (no data chunk)');
    const name = asciiAt(header, 0);
    const length = viewOf(header).getUint32(4, true);
    if (name === 'data') {
      if (format === undefined) throw damaged('its format chunk is missing');
      yield* readSamples(reader, format, UNKNOWN_LENGTHS.includes(length) ? Number.POSITIVE_INFINITY : length);
      return;
    }
    // A damaged length would hold the rest of the file in memory.
    const wanted = name === 'fmt ' ? Math.min(length, FORMAT_BYTES) : 0;
    if (name === 'fmt ') format = readFormat((await reader.take(wanted)).slice());
    await reader.skip(length - wanted + (length % 2));
  }
}

async function* readSamples(reader: ByteReader, format: WavFormat, length: number): AsyncGenerator<SoundPiece> {
  const { tag, channelCount, sampleRate, bits } = format;
  const readSample = READ_SAMPLE[`${tag}/${bits}`];
  if (readSample === undefined)
    throw new InvalidInputError(
      'audio/unreadable',
      `This WAV file holds samples of kind ${tag} with ${bits} bits: save it as PCM (8 to 32 bits) or as float.`,
    );
  const sampleBytes = bits / 8;
  const frameBytes = sampleBytes * channelCount;
  for (let left = length; left >= frameBytes; ) {
    const bytes = await reader.take(Math.min(left, FRAMES_AT_ONCE * frameBytes));
    const frames = Math.floor(bytes.length / frameBytes);
    if (frames === 0) return;
    const view = viewOf(bytes);
    const channels = Array.from({ length: channelCount }, () => new Float32Array(frames));
    for (const [channel, samples] of channels.entries()) {
      for (let n = 0, at = channel * sampleBytes; n < frames; n++, at += frameBytes) samples[n] = readSample(view, at);
    }
    yield { sampleRate, channels };
    left -= bytes.length;
  }
}
