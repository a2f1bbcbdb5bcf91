/** Ogg files: finds the packets of compressed sound in their pages. */
import { asciiAt, type ByteReader } from './byte-reader.ts';

export interface OggPage {
  /** Which of the file's streams it belongs to. */
  readonly serial: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Samples up to the end of this page's last whole packet; -1 where none ends here. */
  readonly granule: number;
  /** The packets that end on this page, copied. */
  readonly packets: readonly Uint8Array[];
}

const HEADER_BYTES = 27;

const joinBytes = (pieces: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
};

/**
 * The pages of a file in order, packets that go over several pages put together. Bytes that belong to no page are
 * passed over; a file that is cut short ends early.
 *
 * @see RFC 3533
 */
export async function* readOggPages(reader: ByteReader): AsyncGenerator<OggPage> {
  const unfinished = new Map<number, Uint8Array[]>();
  while ((await reader.fill(HEADER_BYTES)) >= HEADER_BYTES) {
    const held = reader.held();
    if (asciiAt(held, 0) !== 'OggS') {
      // To the next letter that may begin a page, a held piece at a time: rubbish may be long.
      const next = held.indexOf(0x4f, 1);
      await reader.skip(next < 0 ? held.length : next);
      continue;
    }
    const segmentCount = reader.held()[26]!;
    if ((await reader.fill(HEADER_BYTES + segmentCount)) < HEADER_BYTES + segmentCount) return;
    const header = (await reader.take(HEADER_BYTES + segmentCount)).slice();
    const sizes = header.subarray(HEADER_BYTES);
    const bodyBytes = sizes.reduce((sum, size) => sum + size, 0);
    const body = (await reader.take(bodyBytes)).slice();
    if (body.length < bodyBytes) return;
    const view = new DataView(header.buffer);
    const flags = header[5]!;
    const serial = view.getUint32(14, true);
    const isContinued = (flags & 1) !== 0;
    let parts = isContinued ? (unfinished.get(serial) ?? []) : [];
    const packets: Uint8Array[] = [];
    let start = 0;
    let end = 0;
    for (const size of sizes) {
      end += size;
      if (size === 255) continue;
      packets.push(joinBytes([...parts, body.subarray(start, end)]));
      parts = [];
      start = end;
    }
    unfinished.set(serial, [...parts, body.subarray(start, end)]);
    yield {
      serial,
      isFirst: (flags & 2) !== 0,
      isLast: (flags & 4) !== 0,
      granule: Number(view.getBigInt64(6, true)),
      packets,
    };
  }
}

export type OggCodec = 'opus' | 'vorbis' | 'other';

/** What the first sound stream of an Ogg file is compressed with, by the file's first bytes. */
export const oggCodec = (head: Uint8Array): OggCodec => {
  const text = String.fromCharCode(...head.subarray(0, 512));
  if (text.includes('OpusHead')) return 'opus';
  return text.includes('\x01vorbis') ? 'vorbis' : 'other';
};

/** The header of an Opus stream, in Ogg and in WebM. @see RFC 7845, 5.1 */
export interface OpusHead {
  readonly channelCount: number;
  /** Samples at 48 kHz to drop at the start. */
  readonly preSkip: number;
  /** To be multiplied with. */
  readonly gain: number;
  /** Above two channels: how they are coded. */
  readonly layout:
    | { readonly streams: number; readonly coupled: number; readonly mapping: readonly number[] }
    | undefined;
}

/** @returns undefined where it is no such header */
export const readOpusHead = (packet: Uint8Array): OpusHead | undefined => {
  if (packet.length < 19 || asciiAt(packet, 0, 8) !== 'OpusHead') return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const channelCount = packet[9]!;
  const hasLayout = packet[18] !== 0;
  if (channelCount === 0 || (hasLayout ? packet.length < 21 + channelCount : channelCount > 2)) return undefined;
  return {
    channelCount,
    preSkip: view.getUint16(10, true),
    gain: 10 ** (view.getInt16(16, true) / 256 / 20),
    layout: hasLayout
      ? { streams: packet[19]!, coupled: packet[20]!, mapping: [...packet.subarray(21, 21 + channelCount)] }
      : undefined,
  };
};
