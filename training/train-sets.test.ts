/** `attune train speech-…, song-mood, genre-…` on tiny sets: the files that come out open, say what they learnt from, and answer. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession } from '../node/open-session.ts';
import { FELT_EMOTIONS } from '../src/audio/felt-emotions.ts';
import { analyseSong, openSongModel } from '../src/audio/song-sound.ts';
import { createRandom } from '../src/base/random.ts';
import { makeWav } from '../test/audio/make-wav.ts';
import { EMOTIFY_GENRES } from './datasets/emotify.ts';
import { evaluateGenre } from './evaluate-genre.ts';
import { evaluateSongMood } from './evaluate-song-mood.ts';
import { evaluateSpeech } from './evaluate-speech.ts';
import { trainGenre } from './ship-genre.ts';
import { trainSongMood } from './train-song-mood.ts';
import { trainSpeech } from './train-speech.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-train-'));
  vi.stubEnv('ATTUNE_CACHE', join(folder, 'cache'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const random = createRandom('sets');
/** A tone that comes and goes, with some noise: `pace` times a second. */
const tone = (hz: number, pace: number, seconds: number): Float32Array =>
  Float32Array.from(
    { length: seconds * 16_000 },
    (_, n) =>
      0.2 * Math.sin((2 * Math.PI * hz * n) / 16_000) * (1 + Math.sin((2 * Math.PI * pace * n) / 16_000)) +
      0.005 * random.normal(),
  );

describe('speech-voice', () => {
  it('learns from actors, is judged on those left out, goes on where it broke off, and is evaluated from its own files', async () => {
    const data = join(folder, 'voices', 'ravdess');
    mkdirSync(join(data, 'audio'), { recursive: true });
    for (const actor of [1, 2, 3, 4])
      for (const emotion of [3, 5])
        for (const repetition of [1, 2])
          writeFileSync(
            join(data, 'audio', `03-01-0${emotion}-01-01-0${repetition}-0${actor}.wav`),
            makeWav([tone(100 * emotion + 5 * actor, emotion, 1)]),
          );
    const outPath = join(folder, 'voice');
    const options = {
      recipe: 'speech-voice',
      dataPath: join(folder, 'voices'),
      outPath,
      changes: ['epochs=1', 'batch=8', 'widths=4,8'],
      folds: 2,
    };
    const { modelPath, judged } = await trainSpeech(options);
    expect(judged?.rows).toHaveLength(16);
    expect(existsSync(join(outPath, 'voice-manner.onnx'))).toBe(true);
    await expect(trainSpeech(options)).rejects.toMatchObject({ code: 'train/out-used' });
    const before = readFileSync(modelPath);
    await trainSpeech({ ...options, resume: true });
    expect(readFileSync(modelPath).equals(before)).toBe(true);
    const report = await evaluateSpeech({
      dataPath: data,
      set: 'ravdess',
      model: modelPath,
      out: join(folder, 'page'),
    });
    expect(report).toMatchObject({ count: 16, scored: 'speakers heard in training', speakers: { unheard: [] } });
    expect(report.note).toMatch(/the figures flatter/);
    expect(readFileSync(join(folder, 'page', 'ravdess-model.md'), 'utf8')).toContain('| happy |');
    for (const figure of ['confusion', 'seven', 'speakers', 'spectrogram'])
      expect(readFileSync(join(folder, 'page', `ravdess-model-${figure}.svg`), 'utf8')).toMatch(/^<svg/);
  }, 60_000);
});

describe('songs', () => {
  const songs = 12;
  let data: string;
  beforeAll(() => {
    data = join(folder, 'songs');
    mkdirSync(join(data, 'audio'), { recursive: true });
    const rows = Array.from({ length: songs }, (_, i) => {
      const genre = i % EMOTIFY_GENRES.length;
      const file = `${EMOTIFY_GENRES[genre]}.${String(i).padStart(5, '0')}.wav`;
      writeFileSync(join(data, 'audio', file), makeWav([tone(150 + 100 * genre + 7 * i, 1 + genre, 6)]));
      return [file, EMOTIFY_GENRES[genre], ...FELT_EMOTIONS.map((_, k) => ((i + k) % 4) / 4)].join(',');
    });
    writeFileSync(join(data, 'index.csv'), `file,genre,${FELT_EMOTIONS.join(',')}\n${rows.join('\n')}\n`);
  });

  it('song-mood and genre: together they analyse a song, and each is evaluated from its own file', async () => {
    const mood = await trainSongMood({ dataPath: data, outPath: join(folder, 'mood') });
    const genre = await trainGenre({
      recipe: 'genre-rglu-joined',
      dataPath: data,
      outPath: join(folder, 'genre'),
      changes: ['epochs=1', 'batch=8', 'widths=8,8'],
    });
    const model = await openSongModel(
      { sound: readFileSync(genre.soundPath), mood: readFileSync(mood.modelPath) },
      openSession,
    );
    const { vector, genres } = await analyseSong(tone(300, 2, 12), model);
    expect(vector).toHaveLength(16);
    expect(Object.keys(genres)).toEqual([...EMOTIFY_GENRES]);
    await model.session.release();
    await model.mood.release();
    const heard = { count: songs, heardInTraining: songs, note: expect.stringMatching(/the figures flatter/) };
    const told = await evaluateSongMood({ dataPath: data, protocol: 'model', model: mood.modelPath });
    expect(told).toMatchObject(heard);
    const said = await evaluateGenre({ dataPath: data, protocol: 'model', model: genre.modelPath });
    expect(said).toMatchObject({ ...heard, row: 'genre-shipped' });
    // All were heard, so the folds are asked without being told to.
    expect(await evaluateSongMood({ dataPath: data, model: mood.modelPath })).toMatchObject({ protocol: 'folds' });
  }, 60_000);

  it('the support vector machine makes no model, and halves of two runs do not fit', async () => {
    const outPath = join(folder, 'svm');
    await expect(trainGenre({ recipe: 'genre-svm', dataPath: data, outPath })).rejects.toMatchObject({
      code: 'recipe/svm',
    });
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed);
    writeFileSync(join(mixed, 'model.onnx'), readFileSync(join(folder, 'genre', 'model.onnx')));
    writeFileSync(join(mixed, 'genre-statistics.onnx'), readFileSync(join(folder, 'mood', 'model.onnx')));
    await expect(
      evaluateGenre({ dataPath: data, protocol: 'model', model: join(mixed, 'model.onnx') }),
    ).rejects.toMatchObject({ code: 'model/labels', message: expect.stringMatching(/do not belong together/) });
  });
});
