/** One decoder for each kind of sound file: compressed bytes in, pieces of sound out. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ByteReader } from '../src/audio/byte-reader.ts';
import { createByteReader } from '../src/audio/byte-reader.ts';
import { type OpusHead, readOggPages, readOpusHead } from '../src/audio/ogg.ts';
import { readWav, type SoundPiece } from '../src/audio/wav.ts';
import { readWebm } from '../src/audio/webm.ts';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import { findProgram } from './find-program.ts';

const OPUS_RATE = 48_000;

/** What the decoders out of packages give. */
interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
}

const openOpus = async ({ channelCount, preSkip, layout }: OpusHead) => {
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder({
    channels: channelCount,
    preSkip,
    ...(layout && {
      streamCount: layout.streams,
      coupledStreamCount: layout.coupled,
      channelMappingTable: [...layout.mapping],
    }),
  });
  await decoder.ready;
  return decoder;
};

const amplify = ({ channelData }: Decoded, gain: number, count: number): SoundPiece => ({
  sampleRate: OPUS_RATE,
  channels: channelData.map((channel) => channel.subarray(0, count).map((value) => value * gain)),
});

/** Opus in Ogg: the first Opus stream, and those that are chained behind it. */
export async function* decodeOggOpus(reader: ByteReader): AsyncGenerator<SoundPiece> {
  let open: { serial: number; head: OpusHead; decoder: Awaited<ReturnType<typeof openOpus>> } | undefined;
  let before = 0; // the granule where this page's sound begins
  try {
    for await (const page of readOggPages(reader)) {
      let { packets } = page;
      const head = page.isFirst && packets[0] ? readOpusHead(packets[0]) : undefined;
      if (head !== undefined) {
        open?.decoder.free();
        open = { serial: page.serial, head, decoder: await openOpus(head) };
        before = head.preSkip;
        continue;
      }
      if (open === undefined || page.serial !== open.serial) continue;
      packets = packets.filter((packet) => !String.fromCharCode(...packet.subarray(0, 8)).startsWith('OpusTags'));
      if (packets.length === 0) continue;
      const decoded = open.decoder.decodeFrames([...packets]);
      // The last page says how much of its last packet is sound; the encoder filled up the rest.
      const count = page.isLast ? page.granule - before : decoded.samplesDecoded;
      before = page.granule;
      if (decoded.samplesDecoded > 0)
        yield amplify(decoded, open.head.gain, Math.max(0, Math.min(count, decoded.samplesDecoded)));
    }
  } finally {
    open?.decoder.free();
  }
}

/** Opus in WebM. @returns by `undefined` that the sound is compressed in another way */
export const openWebmOpus = async (reader: ByteReader): Promise<AsyncGenerator<SoundPiece> | undefined> => {
  const items = readWebm(reader);
  const { value: track } = await items.next();
  const head = track?.kind === 'track' && track.codec === 'A_OPUS' ? readOpusHead(track.codecPrivate) : undefined;
  return head && decodeWebmOpus(items, head);
};

async function* decodeWebmOpus(items: ReturnType<typeof readWebm>, head: OpusHead): AsyncGenerator<SoundPiece> {
  const decoder = await openOpus(head);
  try {
    for await (const item of items) {
      if (item.kind !== 'packet') continue;
      const decoded = decoder.decodeFrame(item.data);
      if (decoded.samplesDecoded > 0) yield amplify(decoded, head.gain, decoded.samplesDecoded);
    }
  } finally {
    decoder.free();
  }
}

/**
 * Whatever else ffmpeg reads.
 *
 * @param name for the message, such as 'AAC (M4A)'
 * @throws {UnavailableError} `audio/no-ffmpeg`: there is none on the PATH.
 * @throws {InvalidInputError} `audio/unreadable`: ffmpeg finds no sound in it either.
 */
export async function* decodeWithFfmpeg(path: string, name: string): AsyncGenerator<SoundPiece> {
  const program = findProgram('ffmpeg');
  if (program === undefined)
    throw new UnavailableError(
      'audio/no-ffmpeg',
      `Reading ${name} needs ffmpeg, and there is none on the PATH: install it (Debian and Ubuntu: ` +
        '"sudo apt-get install ffmpeg", macOS: "brew install ffmpeg", Windows: "winget install ffmpeg"), ' +
        'or save the sound as WAV, FLAC or Opus.',
    );
  // Nothing but the file itself is opened, whatever it refers to. Its own rate and channels: both change here.
  const input = ['-v', 'error', '-nostdin', '-protocol_whitelist', 'file,pipe', '-i', `file:${path}`];
  const output = ['-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'wav', '-'];
  const child = spawn(program, [...input, ...output], { stdio: ['ignore', 'pipe', 'ignore'] });
  // A program that does not start closes nothing, but its end is seen below as a file without sound.
  const closed = once(child, 'close').catch(() => undefined);
  try {
    const reader = createByteReader(child.stdout);
    if ((await reader.fill(12)) < 12)
      throw new InvalidInputError(
        'audio/unreadable',
        `No sound can be read from this file (${name}): it is damaged, cut short or has no sound track. Give another copy of it.`,
      );
    yield* readWav(reader);
  } finally {
    child.kill();
    // Whoever stops early leaves sound unread in the pipe, and an unread pipe never closes.
    child.stdout.destroy();
    await closed;
  }
}
