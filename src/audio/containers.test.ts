import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeWav } from '../../test/audio/make-wav.ts';
import { AttuneError } from '../base/errors.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { readFlac } from './flac.ts';
import { readOggPages, readOpusHead } from './ogg.ts';
import { isPlainWav, readWav } from './wav.ts';
import { readWebm } from './webm.ts';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../test/audio/fixtures/${name}`, import.meta.url)));

const readerOf = (bytes: Uint8Array, pieceBytes = 1000): ByteReader =>
  createByteReader(
    (async function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    })(),
  );

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

test('Ogg: 0.7 s of Opus in packets of 20 ms, cut into pieces anywhere', async () => {
  for (const pieceBytes of [7, 100_000]) {
    const pages = await collect(readOggPages(readerOf(fixture('opus.ogg'), pieceBytes)));
    const head = readOpusHead(pages[0]!.packets[0]!);
    expect(head).toEqual({ channelCount: 2, preSkip: 312, gain: 1, layout: undefined });
    expect(pages.at(-1)!.granule).toBe(0.7 * 48_000 + 312);
    expect(pages.slice(2).flatMap(({ packets }) => packets)).toHaveLength(36);
  }
});

test('Ogg: rubbish between two pages, however long, is passed over', async () => {
  const bytes = fixture('opus.ogg');
  const second = Buffer.from(bytes).indexOf('OggS', 1);
  const rubbish = Buffer.from('no page, but Os and Og and OggO. '.repeat(20_000));
  const pages = await collect(
    readOggPages(readerOf(Buffer.concat([bytes.subarray(0, second), rubbish, bytes.subarray(second)]), 65_536)),
  );
  expect(pages.slice(2).flatMap(({ packets }) => packets)).toHaveLength(36);
});

test('WAV: chunks of odd length before the sound, and a format chunk that claims the whole file', async () => {
  const plain = makeWav([new Float32Array(9).fill(0.5)]);
  const odd = Uint8Array.of(0x4a, 0x55, 0x4e, 0x4b, 3, 0, 0, 0, 1, 2, 3, 0);
  const file = Buffer.concat([plain.subarray(0, 12), odd, plain.subarray(12)]);
  expect(isPlainWav(file)).toBe(true);
  const [piece] = await collect(readWav(readerOf(file)));
  expect(piece!.channels[0]).toHaveLength(9);
  // 7: mu-law, which another program reads.
  const muLaw = Buffer.from(file);
  muLaw.writeUInt16LE(7, 32);
  expect(isPlainWav(muLaw)).toBe(false);
  const greedy = Buffer.from(plain);
  greedy.writeUInt32LE(0xfffffff0, 16);
  await expect(collect(readWav(readerOf(greedy)))).rejects.toThrow('no data chunk');
});

test('WebM: the track, then the same count of packets', async () => {
  const [track, ...packets] = await collect(readWebm(readerOf(fixture('opus.webm'))));
  expect(track).toMatchObject({ kind: 'track', codec: 'A_OPUS' });
  expect(packets).toHaveLength(36);
});

test('FLAC: rate, channels and length as its header says', async () => {
  const pieces = await collect(readFlac(readerOf(fixture('flac16.flac'))));
  expect(new Set(pieces.map(({ sampleRate, channels }) => `${sampleRate}/${channels.length}`))).toEqual(
    new Set(['44100/2']),
  );
  expect(pieces.reduce((sum, { channels }) => sum + channels[0]!.length, 0)).toBe(30_870);
});

describe('damage', () => {
  const FILES: readonly [string, Uint8Array, (reader: ByteReader) => AsyncIterable<unknown>][] = [
    ['WAV', makeWav([new Float32Array(500)]), readWav],
    ['FLAC', fixture('flac16.flac').subarray(0, 12_000), readFlac],
    ['Ogg', fixture('opus.ogg'), readOggPages],
    ['WebM', fixture('opus.webm'), readWebm],
  ];

  test.each(FILES)('%s: changed bytes give other sound or one of our errors, never another', async (_, bytes, read) => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const broken = bytes.slice();
        for (const [at, value] of changes) broken[at < 3000 ? at % 200 : at] = value;
        await collect(read(readerOf(broken))).catch((error: unknown) => expect(error).toBeInstanceOf(AttuneError));
      }),
      { numRuns: 40 },
    );
  });

  test('a WAV that ends before its sound, and one of 0 channels', async () => {
    const bytes = makeWav([new Float32Array(9)]);
    await expect(collect(readWav(readerOf(bytes.subarray(0, 30))))).rejects.toThrow('This WAV file is damaged');
    bytes[22] = 0;
    await expect(collect(readWav(readerOf(bytes)))).rejects.toThrow('0 channels');
  });

  test('a WebM without sound', async () => {
    await expect(collect(readWebm(readerOf(fixture('opus.webm').subarray(0, 60))))).rejects.toThrow(
      expect.objectContaining({ code: 'audio/no-sound' }),
    );
  });
});
