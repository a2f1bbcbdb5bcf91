/** The same samples give the same spectra in Chromium as in Node; and what a browser decodes, and refuses. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeAudio } from '../../node/decode-audio.ts';
import { findProgram } from '../../node/find-program.ts';
import { packagePath } from '../../node/package-root.ts';
import { logMelSpectrogram, PAPER_MEL } from '../../src/audio/log-mel.ts';
import { mfcc } from '../../src/audio/mfcc.ts';
import { resample } from '../../src/audio/resample.ts';
import { openBrowser } from '../browser/stand.ts';
import { largestDifference, makeSound, sine } from '../reference/audio.ts';
import { makeWav } from './make-wav.ts';

let browser: Browser;
let page: Page;

/** Bundles one file of ours as a script that leaves its exports in a global. */
const bundle = async (name: string, ...path: readonly string[]): Promise<string> => {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, target: 'es2022', lib: { entry: packagePath(...path), formats: ['iife'], name } },
  });
  const [first] = [result].flat();
  if (first === undefined || !('output' in first)) throw new Error(`${name} was not bundled`);
  return first.output[0].code;
};

beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
  for (const [name, ...path] of [
    ['attuneMel', 'src', 'audio', 'log-mel.ts'],
    ['attuneMfcc', 'src', 'audio', 'mfcc.ts'],
    ['attuneResample', 'src', 'audio', 'resample.ts'],
    ['attuneDecode', 'browser', 'decode-audio.ts'],
  ] as const)
    await page.addScriptTag({ content: await bundle(name, ...path) });
});

afterAll(async () => browser?.close());

const inPage = async (expression: string): Promise<number[]> => page.evaluate<number[]>(expression);

test('spectra, coefficients and resampling of the same samples', async () => {
  const sound = makeSound(8000);
  const text = `Float32Array.from(${JSON.stringify([...sound])})`;
  const settings = JSON.stringify(PAPER_MEL);
  const mel = await inPage(`[...attuneMel.logMelSpectrogram(${text}, ${settings}).data]`);
  expect(largestDifference(mel, logMelSpectrogram(sound, PAPER_MEL).data)).toBeLessThan(1e-4);
  const coefficients = await inPage(`[...attuneMfcc.mfcc(${text}).data]`);
  expect(largestDifference(coefficients, mfcc(sound).data)).toBeLessThan(1e-3);
  const resampled = await inPage(`[...attuneResample.resample(${text}, 44100, 16000)]`);
  expect(largestDifference(resampled, resample(sound, 44_100, 16_000))).toBeLessThan(1e-6);
});

const decodeInPage = async (
  bytes: Uint8Array,
  options: { readonly maxBytes?: number; readonly maxSeconds?: number } = {},
): Promise<number[] | string> =>
  page.evaluate<number[] | string>(
    `attuneDecode.decodeAudio(new Blob([Uint8Array.from(atob('${Buffer.from(bytes).toString('base64')}'), (c) => c.charCodeAt(0))]), ${JSON.stringify(options)})
      .then((samples) => [...samples], (error) => error.code + ' ' + error.message)`,
  );

describe('decoding', () => {
  const expectNearlySame = async (name: string): Promise<void> => {
    const bytes = await readFile(new URL(`fixtures/${name}`, import.meta.url));
    const samples = await decodeInPage(bytes);
    if (typeof samples === 'string') throw new Error(samples);
    const expected = await decodeAudio(bytes);
    const count = Math.min(samples.length, expected.length);
    expect(Math.abs(samples.length - expected.length)).toBeLessThan(1200); // browsers keep an encoder's padding
    const level = (values: ArrayLike<number>): number =>
      Math.sqrt(Array.from({ length: count }, (_, n) => values[n]! ** 2).reduce((a, b) => a + b, 0) / count);
    expect(level(samples) / level(expected)).toBeGreaterThan(0.9);
    expect(level(samples) / level(expected)).toBeLessThan(1.1);
  };
  test.each(['flac16.flac', 'opus.ogg', 'opus.webm'])('%s is nearly the sound that Node decodes', expectNearlySame);
  test.skipIf(findProgram('ffmpeg') === undefined).each(['layer3.mp3', 'vorbis.ogg'])(
    '%s is nearly the sound that Node decodes (needs ffmpeg)',
    expectNearlySame,
  );

  test('aac.m4a is nearly the sound that Node decodes, or refused where the browser lacks AAC', async () => {
    const bytes = await readFile(new URL('fixtures/aac.m4a', import.meta.url));
    const samples = await decodeInPage(bytes);
    if (typeof samples === 'string') expect(samples).toMatch(/^audio\/unreadable This M4A sound .* cannot read/);
    else expect(samples.length / 16_000).toBeCloseTo(0.7, 0);
  });

  test('8 bits, 96 kHz in eight channels, and floats that are no numbers', async () => {
    const tone = sine(1000, 16_000, 3200, 0.5);
    const coarse = await decodeInPage(makeWav([tone], { bits: 8 }));
    expect(largestDifference(coarse as number[], tone)).toBeLessThan(0.02);
    const loud = sine(1000, 96_000, 19_200, 0.8);
    const quiet = new Float32Array(loud.length);
    const many = await decodeInPage(
      makeWav([loud, quiet, quiet, quiet, quiet, quiet, quiet, quiet], { sampleRate: 96_000 }),
    );
    expect(many).toHaveLength(3200);
    expect(Math.max(...(many as number[]).slice(800, 2400))).toBeCloseTo(0.1, 2);
    const broken = Float32Array.from(tone, (value, n) => (n % 100 === 7 ? Number.NaN : n % 100 === 8 ? 1e30 : value));
    const cleaned = await decodeInPage(makeWav([broken], { bits: -32 }));
    expect((cleaned as number[]).every((value) => Math.abs(value) <= 8)).toBe(true);
  });

  test('a picture of 20 MB in a tag, and ten hours', async () => {
    const mp3 = await readFile(new URL('fixtures/layer3.mp3', import.meta.url));
    const size = 20 * 1024 * 1024;
    const tag = [0x49, 0x44, 0x33, 3, 0, 0, ...[21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f)];
    const seconds = await page.evaluate<number>(
      `attuneDecode.decodeAudio(new Blob([Uint8Array.from(${JSON.stringify(tag)}), new Uint8Array(${size}),
        Uint8Array.from(atob('${mp3.toString('base64')}'), (c) => c.charCodeAt(0))])).then((samples) => samples.length / 16000)`,
    );
    expect(seconds).toBeCloseTo(0.7, 0);
    const length = 36_000 * 3000;
    const header = [...makeWav([new Float32Array(0)], { sampleRate: 3000, bits: 8, dataLength: length })];
    const said = await page.evaluate<string>(
      `attuneDecode.decodeAudio(new Blob([Uint8Array.from(${JSON.stringify(header)}), new Uint8Array(${length})]))
        .then(() => 'decoded', (error) => error.message)`,
    );
    expect(said).toBe('This sound is longer than 7200 seconds: cut out the part that matters and give that.');
  });

  test.each([
    ['0 bytes', new Uint8Array(0)],
    ['a text', new TextEncoder().encode('song.mp3 '.repeat(600))],
    ['a header alone', new TextEncoder().encode('fLaC')],
  ])('%s is refused in a sentence', async (_, bytes) => {
    expect(await decodeInPage(bytes)).toMatch(/^audio\/unreadable This .+[.]$/);
  });

  test('more bytes or seconds than asked for are refused, and the sentence says how many are read', async () => {
    const sound = makeWav([new Float32Array(32_001)]);
    expect(await decodeInPage(sound, { maxSeconds: 2 })).toMatch(
      /^audio\/too-long This sound is longer than 2 seconds/,
    );
    expect(await decodeInPage(sound, { maxBytes: 60_000 })).toMatch(/^audio\/too-large This file has 1 MB/);
  });
});
