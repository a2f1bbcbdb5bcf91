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
