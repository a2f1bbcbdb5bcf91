import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeWav } from '../../test/audio/make-wav.ts';
import { audioKind, id3Length, KIND_BYTES } from './audio-kind.ts';

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../test/audio/fixtures/${name}`, import.meta.url)).subarray(0, KIND_BYTES);

describe('real files', () => {
  test.each([
    ['layer3.mp3', 'mp3'],
    ['mpeg2-layer3.mp3', 'mp3'],
    ['opus.ogg', 'ogg'],
    ['opus.webm', 'webm'],
    ['flac16.flac', 'flac'],
    ['aac.m4a', 'm4a'],
    ['aac.aac', 'aac'],
  ] as const)('%s is %s', (name, kind) => {
    const head = fixture(name);
    expect(audioKind(head.subarray(id3Length(head)))).toBe(kind);
  });

  test('WAV', () => expect(audioKind(makeWav([new Float32Array(9)]))).toBe('wav'));

  // From the formats' own documents: the first bytes of each.
  test.each([
    ['RIFF\0\0\0\0AVI LIST', 'avi'],
    ['FORM\0\0\0\0AIFFCOMM', 'aiff'],
    ['0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa', 'asf'],
    ['FLV\x01\x05\0\0\0\x09', 'flv'],
    ['\0\0\x01\xba\x44\0', 'mpeg'],
    ['wvpk\0\0\0\0', 'wavpack'],
    ['MAC \x96\x0f', 'ape'],
    ['MPCKSH', 'musepack'],
    ['DSD \x1c\0', 'dsf'],
    ['\0\0\0\x08wide\0\0\0\0mdat', 'm4a'],
  ] as const)('%j is %s', (start, kind) => {
    const bytes = new Uint8Array(5000);
    bytes.set(Array.from(start, (letter) => letter.charCodeAt(0)));
    expect(audioKind(bytes)).toBe(kind);
  });

  test('a sentence with a box in its fifth letter is none', () =>
    expect(audioKind(new TextEncoder().encode('The free song.'))).toBeUndefined());
});

test('text is no sound', () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 50 }), (text) => {
      const bytes = new TextEncoder().encode(text);
      expect([audioKind(bytes), id3Length(bytes)]).toEqual([undefined, 0]);
    }),
  );
});

test('the length of a tag, seven bits a byte', () => {
  expect(id3Length(Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 2, 1))).toBe(10 + 257);
  expect(id3Length(Uint8Array.of(0x49, 0x44, 0x33))).toBe(0);
});
