/** AU files (Sun, NeXT): uncompressed sound as the original GTZAN has it, read piece by piece. */
import { InvalidInputError } from '../base/errors.ts';
import type { ByteReader } from './byte-reader.ts';
import type { SoundPiece } from './wav.ts';

const HEADER_BYTES = 24;
const FRAMES_AT_ONCE = 16_384;
/** Written by programs that do not know the length beforehand; the sound goes to the file's end. */
const UNKNOWN_LENGTH = 0xffffffff;

type ReadSample = (view: DataView, at: number) => number;

/** Bytes and how to read them, by the header's code; all numbers are big-endian. @see Sun, audio.h */
const ENCODINGS: Readonly<Record<number, { readonly bytes: number; readonly read: ReadSample }>> = {
  2: { bytes: 1, read: (view, at) => view.getInt8(at) / 128 },
  3: { bytes: 2, read: (view, at) => view.getInt16(at) / 32_768 },
  4: { bytes: 3, read: (view, at) => (view.getInt16(at) * 256 + view.getUint8(at + 2)) / 8_388_608 },
  5: { bytes: 4, read: (view, at) => view.getInt32(at) / 2_147_483_648 },
  6: { bytes: 4, read: (view, at) => view.getFloat32(at) },
  7: { bytes: 8, read: (view, at) => view.getFloat64(at) },
};

/**
 * The sound of an AU file, in pieces. A file that is cut short gives what is there.
 *
 * @throws {InvalidInputError} `audio/unreadable`: damaged, or a compression that is not read here.
 */
export async function* readAu(reader: ByteReader): AsyncGenerator<SoundPiece> {
  const header = (await reader.take(HEADER_BYTES)).slice();
  if (header.length < HEADER_BYTES)
    throw new InvalidInputError('audio/unreadable', 'This AU file ends within its header: give another copy of it.');
  const view = new DataView(header.buffer);
  const [start, length, code, sampleRate, channelCount] = [4, 8, 12, 16, 20].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const encoding = ENCODINGS[code];
  if (encoding === undefined || channelCount === 0 || channelCount > 64 || sampleRate === 0 || start < HEADER_BYTES)
    throw new InvalidInputError(
      'audio/unreadable',
      `This AU file holds ${channelCount} channels of kind ${code} at ${sampleRate} Hz: save it as WAV (PCM).`,
    );
  await reader.skip(start - HEADER_BYTES);
  const frameBytes = encoding.bytes * channelCount;
  for (let left = length === UNKNOWN_LENGTH ? Number.POSITIVE_INFINITY : length; left >= frameBytes; ) {
    const bytes = await reader.take(Math.min(left, FRAMES_AT_ONCE * frameBytes));
    const frames = Math.floor(bytes.length / frameBytes);
    if (frames === 0) return;
    const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const channels = Array.from({ length: channelCount }, (_, channel) =>
      Float32Array.from({ length: frames }, (_, n) =>
        encoding.read(numbers, n * frameBytes + channel * encoding.bytes),
      ),
    );
    yield { sampleRate, channels };
    left -= bytes.length;
  }
}
