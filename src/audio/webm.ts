/** WebM and Matroska files: finds the packets of the first sound track. */
import { InvalidInputError } from '../base/errors.ts';
import { asciiAt, type ByteReader } from './byte-reader.ts';

/** The header of the sound track first, then its packets, copied. */
export type WebmItem =
  | { readonly kind: 'track'; readonly codec: string; readonly codecPrivate: Uint8Array }
  | { readonly kind: 'packet'; readonly data: Uint8Array };

const EBML_HEADER = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const TRACK_NUMBER = 0xd7;
const TRACK_TYPE = 0x83;
const CODEC_ID = 0x86;
const CODEC_PRIVATE = 0x63a2;
const CLUSTER = 0x1f43b675;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const SIMPLE_BLOCK = 0xa3;
const SOUND = 2;
/** These only hold others; their own end does not matter to a reader that goes straight through. */
const CONTAINERS = new Set([SEGMENT, TRACKS, TRACK_ENTRY, CLUSTER, BLOCK_GROUP]);
/** No packet of sound is larger; a size beyond says that the file is damaged. */
const MAX_PACKET_BYTES = 8 * 1024 * 1024;

/** A number whose first byte's leading zeros tell its length. @returns its bytes and value, or undefined at the end */
const readVariable = async (
  reader: ByteReader,
  keepMarker: boolean,
): Promise<{ value: number; isUnknown: boolean } | undefined> => {
  if ((await reader.fill(1)) < 1) return undefined;
  const first = reader.held()[0]!;
  const length = Math.clz32(first) - 23;
  if (length > 8) return undefined;
  const bytes = await reader.take(length);
  if (bytes.length < length) return undefined;
  const marker = 0x80 >> (length - 1);
  let value = keepMarker ? first : first & (marker - 1);
  let allOnes = (first & (marker - 1)) === marker - 1;
  for (const byte of bytes.subarray(1)) {
    value = value * 256 + byte;
    allOnes &&= byte === 0xff;
  }
  return { value, isUnknown: allOnes };
};

const toNumber = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Takes the track's number off a block. @returns the number and the packet; the packet undefined where several are laced */
const openBlock = (block: Uint8Array): { track: number; packet: Uint8Array | undefined } => {
  const length = Math.clz32(block[0] ?? 0) - 23;
  const track = toNumber(block.subarray(0, length)) - 2 ** (7 * length);
  const flags = block[length + 2] ?? 0;
  return { track, packet: (flags & 0x06) === 0 ? block.slice(length + 3) : undefined };
};

/**
 * Goes through a file once and gives its first sound track. A file that is cut short ends early.
 *
 * @throws {InvalidInputError} `audio/unreadable`: damaged, or written in a way that is not read here (lacing).
 *   `audio/no-sound`: it has no sound track.
 * @see RFC 9559 (Matroska), RFC 8794 (EBML)
 */
export async function* readWebm(reader: ByteReader): AsyncGenerator<WebmItem> {
  let entry = { number: 0, type: 0, codec: '', codecPrivate: new Uint8Array(0) as Uint8Array };
  let chosen: number | undefined;
  while (true) {
    const id = await readVariable(reader, true);
    const size = id && (await readVariable(reader, false));
    if (id === undefined || size === undefined) break;
    if (chosen === undefined && entry.type === SOUND && (id.value === TRACK_ENTRY || id.value === CLUSTER)) {
      chosen = entry.number;
      yield { kind: 'track', codec: entry.codec, codecPrivate: entry.codecPrivate };
    }
    if (id.value === TRACK_ENTRY) entry = { number: 0, type: 0, codec: '', codecPrivate: new Uint8Array(0) };
    if (CONTAINERS.has(id.value)) continue;
    const isWanted = [TRACK_NUMBER, TRACK_TYPE, CODEC_ID, CODEC_PRIVATE, SIMPLE_BLOCK, BLOCK].includes(id.value);
    if (size.isUnknown || (isWanted && size.value > MAX_PACKET_BYTES))
      throw new InvalidInputError('audio/unreadable', 'This WebM file is damaged: give another copy of it.');
    if (!isWanted || id.value === EBML_HEADER) {
      await reader.skip(size.value);
      continue;
    }
    const data = (await reader.take(size.value)).slice();
    if (data.length < size.value) break;
    if (id.value === TRACK_NUMBER) entry.number = toNumber(data);
    else if (id.value === TRACK_TYPE) entry.type = toNumber(data);
    else if (id.value === CODEC_ID) entry.codec = asciiAt(data, 0, data.length);
    else if (id.value === CODEC_PRIVATE) entry.codecPrivate = data;
    else {
      const { track, packet } = openBlock(data);
      if (track !== chosen) continue;
      if (packet === undefined)
        throw new InvalidInputError(
          'audio/unreadable',
          'This WebM file packs several packets into one block (lacing), which is not read here: save it as WAV or MP3.',
        );
      yield { kind: 'packet', data: packet };
    }
  }
  if (chosen === undefined)
    throw new InvalidInputError('audio/no-sound', 'This file has no sound track: give one with sound.');
}
