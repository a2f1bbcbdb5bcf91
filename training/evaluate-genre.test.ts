/** GTZAN with its sounds, in a made-up folder of the usual layout: the lists decide who is learnt from and who is asked. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeWav } from '../test/audio/make-wav.ts';
import { GTZAN_GENRES } from './datasets/gtzan.ts';
import { evaluateGenre } from './evaluate-genre.ts';

let folder: string;

/** Each genre has a tone and a beat of its own, each song of it another loudness. */
const song = (genre: number, number: number): Uint8Array => {
  const samples = new Float32Array(8000 * 5.2);
  for (let i = 0; i < samples.length; i++) {
    const time = i / 8000;
    const beat = Math.exp(-8 * ((time * (1 + genre / 3)) % 1));
    samples[i] = (0.1 + 0.05 * number) * Math.sin(2 * Math.PI * 150 * 1.4 ** genre * time) * (0.2 + beat);
  }
  return makeWav([samples], { sampleRate: 8000 });
};

const nameOf = (genre: string, number: number): string => `${genre}.${String(number).padStart(5, '0')}.wav`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-gtzan-'));
  vi.stubEnv('ATTUNE_CACHE', join(folder, 'cache'));
  for (const [index, genre] of GTZAN_GENRES.entries()) {
    mkdirSync(join(folder, 'genres_original', genre), { recursive: true });
    for (let number = 0; number < 4; number++)
      writeFileSync(join(folder, 'genres_original', genre, nameOf(genre, number)), song(index, number));
  }
  // The usual copy has one clip that is no sound.
  writeFileSync(join(folder, 'genres_original', 'jazz', 'jazz.00000.wav'), 'no sound');
  const list = (...numbers: number[]): string =>
    GTZAN_GENRES.flatMap((genre) => numbers.map((number) => `${genre}/${nameOf(genre, number)}`)).join('\n');
  for (const [part, text] of Object.entries({ train: list(0), valid: list(1), test: list(2) }))
    writeFileSync(join(folder, `${part}_filtered.txt`), text);
  for (const [part, text] of Object.entries({ train: list(0), valid: list(1), test: list(2, 3) }))
    writeFileSync(join(folder, `${part}_stratified.txt`), text);
}, 120_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('GTZAN with sounds', () => {
  it('learns from the lists for training and validation and scores the list for the test, by track and by slice', async () => {
    const report = await evaluateGenre({
      dataPath: folder,
      split: 'filtered',
      rows: ['genre-svm', 'genre-cnn'],
      changes: ['epochs=1', 'widths=8,8'],
    });
    expect(report.dataset).toMatchObject({ name: 'GTZAN', split: 'filtered', count: 29 });
    expect(Object.keys(report.rows)).toEqual(['genre-svm', 'genre-cnn']);
    for (const row of Object.values(report.rows)) expect(row.count).toBe(10);
    // Ten tones are told apart by anything that works; chance is a tenth.
    expect(report.rows['genre-svm']!.accuracy).toBeGreaterThan(0.6);
    expect(report.rows['genre-svm']!.sliceAccuracy).toBeNull();
    expect(report.rows['genre-cnn']!.sliceAccuracy).not.toBeNull();
    expect(report.accuracy).toBe(report.rows[report.row]!.accuracy);
  }, 120_000);

  it('takes the other lists where they are asked for', async () => {
    const report = await evaluateGenre({ dataPath: folder, split: 'stratified', rows: ['genre-svm'] });
    expect(report.dataset).toMatchObject({ split: 'stratified', count: 39 });
    expect(report.count).toBe(20);
  });

  it('with genres, songs and a list missing scores what is there and says how many are not', async () => {
    const part = mkdtempSync(join(tmpdir(), 'attune-gtzan-part-'));
    const songs = (genre: string, ...numbers: number[]): string =>
      numbers.map((number) => `${genre}/${nameOf(genre, number)}`).join('\n');
    try {
      for (const genre of ['disco', 'metal', 'pop'])
        cpSync(join(folder, 'genres_original', genre), join(part, genre), { recursive: true });
      for (const genre of ['blues', 'disco', 'metal', 'pop'])
        for (const [list, numbers] of Object.entries({ train: [0, 1], valid: [2], test: [3] }))
          writeFileSync(join(part, `${list}_filtered.txt`), `${songs(genre, ...numbers)}\n`, { flag: 'a' });
      const report = await evaluateGenre({ dataPath: part, rows: ['genre-svm'] });
      expect(report).toMatchObject({ count: 3, labels: GTZAN_GENRES, dataset: { name: 'GTZAN', count: 12 } });
      expect(report.note).toMatch(/^Learnt from the filtered split.* 4 songs that the lists name are not there/);
      expect(report.perClass.blues).toMatchObject({ support: 0, recall: 0 });
      await expect(evaluateGenre({ dataPath: part, split: 'stratified' })).rejects.toMatchObject({
        message: expect.stringMatching(/train_stratified\.txt/),
      });
      rmSync(join(part, 'disco'), { recursive: true });
      rmSync(join(part, 'metal'), { recursive: true });
      await expect(evaluateGenre({ dataPath: part })).rejects.toMatchObject({
        code: 'data/too-few',
        message: expect.stringMatching(/12 are missing: 3 of 1 genres are left to learn from and 1 to score/),
      });
      rmSync(join(part, 'pop'), { recursive: true });
      await expect(evaluateGenre({ dataPath: part })).rejects.toMatchObject({
        code: 'data/not-found',
        message: expect.stringMatching(/none of the sounds .* no table features_30_sec\.csv/),
      });
    } finally {
      rmSync(part, { recursive: true });
    }
  });

  it('without lists says which are missing; with a model of other genres says so', async () => {
    rmSync(join(folder, 'test_stratified.txt'));
    await expect(evaluateGenre({ dataPath: folder, split: 'stratified' })).rejects.toMatchObject({
      code: 'data/not-found',
      message: expect.stringMatching(/test_stratified\.txt/),
    });
    await expect(evaluateGenre({ dataPath: folder, parts: Number.NaN })).rejects.toMatchObject({
      code: 'evaluate/parts',
    });
    await expect(evaluateGenre({ dataPath: folder, protocol: 'model' })).rejects.toMatchObject({
      code: 'evaluate/genre',
    });
  });
});
