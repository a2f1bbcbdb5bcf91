/** Sets in their own layout with other speakers, other songs or fewer of them: each evaluation answers, or says in a sentence why not. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { packagePath } from '../node/package-root.ts';
import { FELT_EMOTIONS } from '../src/audio/felt-emotions.ts';
import { makeWav } from '../test/audio/make-wav.ts';
import { evaluateGenre } from './evaluate-genre.ts';
import { evaluateSongMood } from './evaluate-song-mood.ts';
import { evaluateSpeech } from './evaluate-speech.ts';

let cache: string;
let folder: string;
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'attune-cache-'));
  vi.stubEnv('ATTUNE_CACHE', cache);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-other-'));
  mkdirSync(join(folder, 'audio'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Overtones that swell twice a second: neither a voice nor a song, but a sound of its own for each pitch. */
const sound = (hz: number, seconds: number): Uint8Array =>
  makeWav([
    Float32Array.from(
      { length: seconds * 16_000 },
      (_, n) =>
        0.1 *
        Math.sin((2 * Math.PI * n) / 8000) ** 2 *
        [1, 2, 3].reduce((sum, k) => sum + Math.sin((2 * Math.PI * hz * k * n) / 16_000) / k, 0),
    ),
  ]);
const put = (name: string, bytes: Uint8Array | string): void => writeFileSync(join(folder, name), bytes);

describe('voices', () => {
  it('of RAVDESS: other actors alone, or beside those that were learnt from, in the folder or in its "audio"', async () => {
    put('audio/03-01-03-01-01-01-22.wav', sound(180, 1));
    put('audio/03-01-05-02-02-01-23.wav', sound(120, 1));
    put('audio/03-02-05-02-02-01-23.wav', sound(120, 1)); // sung, not spoken
    const report = await evaluateSpeech({ dataPath: folder, set: 'ravdess' });
    expect(report).toMatchObject({ count: 2, scored: 'speakers not heard in training' });
    expect(Object.keys(report.perSpeaker)).toEqual(['ravdess/actor 22', 'ravdess/actor 23']);
    // Two of eight classes occur: the mean is over these.
    expect(report.uar).toBeCloseTo((report.perClass.happy!.recall + report.perClass.angry!.recall) / 2, 12);
    expect(JSON.stringify(report)).not.toMatch(/NaN|:null,"(accuracy|uar)/);
    put('audio/03-01-03-01-01-01-05.wav', sound(140, 1));
    const mixed = await evaluateSpeech({ dataPath: join(folder, 'audio'), set: 'ravdess' });
    expect(mixed).toMatchObject({ count: 2, speakers: { heard: ['ravdess/actor 05'] } });
    expect(mixed.note).toMatch(/clips of the 1 that were are left out/);
  });

  it('of one speaker cannot be judged by leaving speakers out, and a damaged clip is named', async () => {
    put('audio/17a01Wa.wav', sound(150, 1));
    expect(await evaluateSpeech({ dataPath: folder, set: 'emodb' })).toMatchObject({ count: 1, labels: { length: 7 } });
    await expect(evaluateSpeech({ dataPath: folder, set: 'emodb', protocol: 'speakers' })).rejects.toMatchObject({
      code: 'data/too-few',
      message: expect.stringMatching(/speaker 17.*--protocol model/),
    });
    put('audio/17b02Tb.wav', 'no sound');
    await expect(evaluateSpeech({ dataPath: folder, set: 'emodb' })).rejects.toMatchObject({
      code: 'audio/unreadable',
      message: expect.stringMatching(/17b02Tb\.wav: This is no sound file/),
    });
  });

  it('of FSDD: other speakers, test takes alone, a speaker whose file is not there', async () => {
    cpSync(packagePath('test', 'audio', 'fixtures', 'flac16.flac'), join(folder, 'anna.flac'));
    const rows = ['anna,0,0,0,10000', 'anna,7,4,10000,9000', 'bert,3,0,0,4000'];
    put('index.csv', `\ufeffspeaker,digit,take,offset,length\r\n${rows.join('\r\n')}\r\n`);
    const report = await evaluateSpeech({ dataPath: folder, set: 'fsdd' });
    expect(report).toMatchObject({ count: 2, scored: 'speakers not heard in training', dataset: { count: 2 } });
    expect(report.note).toMatch(/ One clip that the lists name is not there/);
    put('index.csv', 'speaker,digit,take,offset,length\nanna,0,0,30000,4000\n');
    await expect(evaluateSpeech({ dataPath: folder, set: 'fsdd' })).rejects.toMatchObject({
      code: 'data/index',
      message: expect.stringMatching(/samples 30000 to 34000, but anna\.flac has 30870/),
    });
  });
});

describe('songs of Emotify', () => {
  const putIndex = (names: readonly string[]): void =>
    put(
      'index.csv',
      `file,genre,${FELT_EMOTIONS.join(',')}\n${names
        .map((name, i) => `${name},${name.split('.')[0]},${FELT_EMOTIONS.map((_, k) => ((i + k) % 5) / 5)}`)
        .join('\n')}\n`,
    );

  it('with other numbers, one genre missing and one song not there: the model that ships is scored on those it has', async () => {
    const names = ['rock.00105.wav', 'rock.00110.wav', 'pop.00120.wav', 'classical.00400.wav'];
    for (const [i, name] of names.entries()) put(`audio/${name}`, sound(110 + 70 * i, 6));
    putIndex([...names, 'pop.00125.wav']);
    const genre = await evaluateGenre({ dataPath: folder });
    expect(genre).toMatchObject({ protocol: 'model', count: 4, heardInTraining: 0, dataset: { count: 4 } });
    expect(genre.note).toBe(
      'None of these songs was heard in training. One song that the lists name is not there or cannot be read, and is left out.',
    );
    expect(genre.sliceAccuracy).not.toBeNull();
    const mood = await evaluateSongMood({ dataPath: folder });
    expect(mood).toMatchObject({ protocol: 'model', count: 4, heardInTraining: 0 });
    expect(Number.isFinite(mood.meanPearson)).toBe(true);
    for (const evaluate of [evaluateGenre, evaluateSongMood])
      await expect(evaluate({ dataPath: folder, protocol: 'folds' })).rejects.toMatchObject({
        code: 'data/too-few',
        message: expect.stringMatching(/^4 songs are too few .* --protocol model/),
      });
  });

  it('too few, or an index without sounds or with an empty cell, is said', async () => {
    put('audio/rock.00105.wav', sound(110, 6));
    putIndex(['rock.00105.wav']);
    expect(await evaluateGenre({ dataPath: folder })).toMatchObject({ count: 1, protocol: 'model' });
    await expect(evaluateSongMood({ dataPath: folder })).rejects.toMatchObject({ code: 'data/too-few' });
    put('audio/pop.00005.wav', sound(200, 0.5));
    putIndex(['rock.00105.wav', 'pop.00005.wav', 'rock.00900.wav']);
    await expect(evaluateGenre({ dataPath: folder })).rejects.toMatchObject({
      code: 'audio/too-short',
      message: expect.stringMatching(/^pop\.00005: 32 frames of sound are less than a second/),
    });
    putIndex(['rock.00900.wav']);
    await expect(evaluateGenre({ dataPath: folder })).rejects.toMatchObject({
      code: 'data/sound',
      message: expect.stringMatching(/names 1 songs, but none of their sounds \(rock\.00900\.wav \.\.\.\)/),
    });
    put('index.csv', `file,genre,${FELT_EMOTIONS.join(',')}\nrock.00105.wav,rock,,0,0,0,0,0,0,0,0\n`);
    await expect(evaluateSongMood({ dataPath: folder })).rejects.toMatchObject({ code: 'data/index' });
  });
});
