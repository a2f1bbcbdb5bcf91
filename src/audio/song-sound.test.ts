/** Analysing songs: with an untrained network and a small regression, what must hold whatever they have learnt. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../node/open-session.ts';
import { encodeKernelRidge, fitKernelRidge } from '../../training/kernel-ridge.ts';
import { EMOTIONS } from '../base/emotions.ts';
import { createRandom } from '../base/random.ts';
import { dense } from '../graph/basic-layers.ts';
import { buildModel, initializeWeights, type Network } from '../graph/build.ts';
import { globalAveragePool } from '../graph/pooling.ts';
import { FELT_EMOTIONS } from './felt-emotions.ts';
import {
  analyseSong,
  openSongModel,
  SONG_DIMS,
  SONG_SETTINGS,
  type SongModel,
  soundSimilarity,
  soundsLike,
} from './song-sound.ts';
import { STATISTIC_BLOCKS, STATISTIC_COUNT } from './song-statistics.ts';

const VECTOR = 6;
const GENRES = ['classical', 'rock'];
const network: Network = (tape, input) => ({
  logits: dense(tape, globalAveragePool(tape, input), { name: 'all', units: VECTOR + GENRES.length }),
});

const soundFile = (changes: Readonly<Record<string, string>> = {}): Uint8Array =>
  buildModel({
    network,
    inputDims: SONG_DIMS,
    weights: initializeWeights(network, SONG_DIMS, createRandom(1)),
    inputName: 'sound',
    metadata: {
      'attune.task': 'song-sound',
      'attune.mel': SONG_SETTINGS,
      'attune.labels': GENRES.join(','),
      'attune.vectorMeans': new Array(VECTOR).fill(0).join(','),
      'attune.vectorScales': new Array(VECTOR).fill(1).join(','),
      'attune.version': 'sound-1',
      ...changes,
    },
  });

const moodFile = (changes: Readonly<Record<string, string>> = {}): Uint8Array => {
  const random = createRandom(2);
  const rows = Array.from({ length: 6 }, () => Array.from({ length: STATISTIC_COUNT }, () => 10 * random.normal()));
  const felt = rows.map(() => FELT_EMOTIONS.map(() => random.next()));
  return encodeKernelRidge(fitKernelRidge(rows, felt, STATISTIC_BLOCKS, { gamma: 0.3, lambda: 0.3 }), {
    'attune.task': 'song-mood',
    'attune.mel': SONG_SETTINGS,
    'attune.usual': FELT_EMOTIONS.map(() => 0.2).join(','),
    'attune.confidence': '0.6',
    'attune.version': 'mood-1',
    ...changes,
  });
};

const music = (seconds: number): Float32Array => {
  const random = createRandom('music');
  return Float32Array.from(
    { length: Math.round(seconds * 16_000) },
    (_, i) => 0.2 * Math.sin((2 * Math.PI * 220 * i) / 16_000) * (1 + Math.sin(i / 4000)) + 0.01 * random.normal(),
  );
};

describe('analyseSong', () => {
  let model: SongModel;
  beforeAll(async () => {
    model = await openSongModel({ sound: soundFile(), mood: moodFile() }, openSession);
  });

  it('gives a vector, shares that sum to 1, genres, and a moment every ten seconds', async () => {
    const shares: number[] = [];
    const analysis = await analyseSong(music(45), model, (share) => shares.push(share));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
    expect(analysis.vector.length).toBe(VECTOR);
    expect(analysis.vector.every(Number.isFinite)).toBe(true);
    expect(EMOTIONS.reduce((sum, emotion) => sum + analysis.evidence.scores[emotion], 0)).toBeCloseTo(1, 6);
    expect(Object.values(analysis.genres).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(analysis.curve.map(({ seconds }) => Math.round(seconds))).toEqual([10, 20, 30]);
    expect(analysis.evidence).toMatchObject({ source: 'sound', version: 'sound-1+mood-1', confidence: 0.6 });
    for (const share of Object.values(analysis.felt)) expect(share >= 0 && share <= 1).toBe(true);
  });

  it('is the same with a constant on top', async () => {
    const piece = music(6);
    const [plain, offset] = [
      await analyseSong(piece, model),
      await analyseSong(
        piece.map((v) => v + 0.2),
        model,
      ),
    ];
    for (const [name, share] of Object.entries(plain.genres)) expect(offset.genres[name]).toBeCloseTo(share, 3);
    for (const name of EMOTIONS) expect(offset.evidence.scores[name]).toBeCloseTo(plain.evidence.scores[name], 3);
  });

  it('is the same every time, and less sure of a short piece', async () => {
    const piece = music(6);
    const [a, b] = [await analyseSong(piece, model), await analyseSong(piece, model)];
    expect(a).toEqual(b);
    expect(a.evidence.confidence).toBeCloseTo((0.6 * 6) / 15, 6);
    expect(a.curve).toHaveLength(1);
  });

  it('refuses nothing, silence and a blink', async () => {
    await expect(analyseSong(new Float32Array(0), model)).rejects.toMatchObject({ code: 'audio/empty' });
    for (const constant of [0, 0.5])
      await expect(analyseSong(new Float32Array(160_000).fill(constant), model)).rejects.toMatchObject({
        code: 'audio/silent',
        message: 'This sound of 10.0 s is silent: there is no music in it to analyse.',
      });
    await expect(analyseSong(music(0.3), model)).rejects.toMatchObject({ code: 'audio/too-short' });
  });
});

describe('openSongModel', () => {
  it('refuses other settings, another task and halves that say too little', async () => {
    const open = (sound: Uint8Array, mood: Uint8Array) => openSongModel({ sound, mood }, openSession);
    await expect(open(soundFile({ 'attune.mel': '8000 Hz' }), moodFile())).rejects.toMatchObject({
      code: 'audio/other-settings',
      message: expect.stringMatching(/8000 Hz.*16000 Hz/),
    });
    await expect(open(soundFile({ 'attune.task': 'genre' }), moodFile())).rejects.toMatchObject({ code: 'model/task' });
    await expect(open(soundFile(), moodFile({ 'attune.mel': '8000 Hz' }))).rejects.toMatchObject({
      code: 'audio/other-settings',
      message: expect.stringMatching(/8000 Hz.*16000 Hz/),
    });
    await expect(open(soundFile(), moodFile({ 'attune.usual': '' }))).rejects.toMatchObject({ code: 'model/damaged' });
    await expect(open(soundFile(), new Uint8Array(9))).rejects.toMatchObject({ code: 'model/damaged' });
  });
});

describe('sound vectors', () => {
  it('are compared by their angle', () => {
    expect(soundSimilarity([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
    const vectors = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 });
    const pointing = vectors.filter((vector) => vector.some((value) => Math.abs(value) > 0.1));
    fc.assert(
      fc.property(pointing, pointing, fc.double({ min: 0.5, max: 3, noNaN: true }), (a, b, factor) => {
        expect(soundSimilarity(a, b)).toBeCloseTo(soundSimilarity(b, a), 9);
        expect(
          soundSimilarity(
            a.map((value) => factor * value),
            b,
          ),
        ).toBeCloseTo(soundSimilarity(a, b), 6);
        expect(Math.abs(soundSimilarity(a, b))).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
    expect(() => soundSimilarity([1], [1, 2])).toThrow(expect.objectContaining({ code: 'audio/vectors' }));
  });

  it('find the nearest first, equal ones by id', () => {
    const songs = [
      { id: 'b', vector: [0, 1] },
      { id: 'a', vector: [0, 1] },
      { id: 'c', vector: [1, 0.1] },
    ];
    expect(soundsLike([1, 0], songs).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    expect(soundsLike([1, 0], songs, 1)).toHaveLength(1);
  });
});
