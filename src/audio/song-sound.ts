/** What a song feels like by its sound alone: a vector that describes it (P12), its emotions, and how they change over time. */
import type { EmotionScores } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import type { OpenSession } from '../graph/session.ts';
import { FELT_EMOTIONS, type FeltEmotion, feltPlace, feltScores, type MoodPlace } from './felt-emotions.ts';
import { describeMelSettings, logMelSpectrogram, PAPER_MEL } from './log-mel.ts';
import { sliceSamples } from './slices.ts';
import { openSoundModel, runSoundModel, type SoundModel } from './sound-model.ts';

/** The paper's spectrograms without a limit to their range, so that a slice is the same in whatever song it stands. */
export const SONG_MEL = { ...PAPER_MEL, topDb: Number.POSITIVE_INFINITY } as const;
/** Frames of one slice: 5 s. */
export const SLICE_FRAMES = 313;
export const SONG_DIMS = [SONG_MEL.bandCount, SLICE_FRAMES] as const;
export const SONG_SETTINGS = `${describeMelSettings(SONG_MEL)}, slices of ${SLICE_FRAMES} frames`;

/** A song model, opened with `openSongModel`. Its labels are genres. */
export interface SongModel extends SoundModel {
  readonly vectorLength: number;
  /** How often each of `FELT_EMOTIONS` was felt in the songs it learnt from, 0..1. */
  readonly usual: readonly number[];
  /** How often its likeliest emotion is that of the listeners, on songs it had not heard, 0..1. */
  readonly confidence: number;
}

export interface MoodMoment extends MoodPlace {
  /** The middle of the slice. */
  readonly seconds: number;
  readonly scores: EmotionScores;
}

export interface SongAnalysis {
  /** Describes the sound; compare two songs' of the same model by their cosine. */
  readonly vector: Float32Array;
  /** As the library keeps it beside what lyrics and tags say. */
  readonly evidence: {
    readonly source: 'sound';
    readonly scores: EmotionScores;
    readonly confidence: number;
    readonly version: string;
  };
  /** Where the whole song lies. */
  readonly place: MoodPlace;
  /** Share of listeners expected to feel each of the nine, 0..1. */
  readonly felt: Readonly<Record<FeltEmotion, number>>;
  /** Probability of each genre that the model knows. */
  readonly genres: Readonly<Record<string, number>>;
  /** Mood over time, one moment a slice, in order. */
  readonly curve: readonly MoodMoment[];
}

/** More slices of a long song cost time and say nothing new: about five minutes' worth, evenly spread. */
const MOST_SLICES = 128;
/** Slices of one run of the model. */
const RUN_SLICES = 16;
/** With fewer slices than this (15 s), what is heard may be an intro. */
const ENOUGH_SLICES = 5;

/**
 * @throws {InvalidInputError} as `openSoundModel`; `model/damaged`: the file does not say how long its vectors are.
 */
export const openSongModel = async (bytes: Uint8Array, openSession: OpenSession): Promise<SongModel> => {
  let vectorLength = 0;
  const opening: OpenSession = async (model) => {
    const session = await openSession(model);
    vectorLength = Number(session.metadata['attune.vectorLength'] ?? 0);
    return session;
  };
  const shape = { task: 'song-sound', inputDims: SONG_DIMS, settings: SONG_SETTINGS };
  const model = await openSoundModel(bytes, opening, {
    ...shape,
    // Known only once the file is open.
    get outputs() {
      return vectorLength + GENRE_COUNT + FELT_EMOTIONS.length;
    },
  });
  const usual = (model.session.metadata['attune.usual'] ?? '').split(',').map(Number);
  const confidence = Number(model.session.metadata['attune.confidence']);
  if (
    model.labels.length === GENRE_COUNT &&
    usual.length === FELT_EMOTIONS.length &&
    confidence >= 0 &&
    confidence <= 1
  )
    return { ...model, vectorLength, usual, confidence };
  await model.session.release();
  throw new InvalidInputError(
    'model/damaged',
    `This song model names ${model.labels.length} genres, ${usual.length} usual shares and the confidence ${confidence}; expected ${GENRE_COUNT}, ${FELT_EMOTIONS.length} and 0 to 1: build it again.`,
  );
};

const GENRE_COUNT = 4;

/** One slice as the song models take it: [bands, frames], dB. @param samples 5 s at 16 kHz */
const writeSlice = (samples: Float32Array, out: Float32Array): void => {
  const { data, width, frameCount } = logMelSpectrogram(samples, SONG_MEL);
  for (let frame = 0; frame < Math.min(frameCount, SLICE_FRAMES); frame++)
    for (let band = 0; band < width; band++) out[band * SLICE_FRAMES + frame] = data[frame * width + band]!;
};

const chooseEvenly = <T>(items: readonly T[], most: number): T[] =>
  items.length <= most
    ? [...items]
    : Array.from({ length: most }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / most)]!);

const softmax = (logits: Float32Array): number[] => {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (value) => Math.exp(value - largest));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
};

/**
 * Analyses a song. Pure: the same samples and model give the same answer. A song of four minutes takes well under a
 * second of one core.
 *
 * @param samples mono, 16 kHz, -1 to 1
 * @throws {InvalidInputError} `audio/empty`: no samples. `audio/silent`: nothing but silence.
 */
export const analyseSong = async (samples: Float32Array, model: SongModel): Promise<SongAnalysis> => {
  const slices = chooseEvenly(sliceSamples(samples), MOST_SLICES).filter(({ samples: piece }) => isHeard(piece));
  if (slices.length === 0)
    throw new InvalidInputError(
      'audio/silent',
      `This sound of ${(samples.length / SONG_MEL.sampleRate).toFixed(1)} s is silent: there is no music in it to analyse.`,
    );
  const { vectorLength, labels, usual } = model;
  const outputs = vectorLength + labels.length + FELT_EMOTIONS.length;
  const size = SONG_DIMS[0] * SONG_DIMS[1];
  const sums = new Float64Array(outputs);
  const moments: { seconds: number; felt: Float32Array }[] = [];
  for (let at = 0; at < slices.length; at += RUN_SLICES) {
    const part = slices.slice(at, at + RUN_SLICES);
    const input = new Float32Array(part.length * size);
    for (const [i, slice] of part.entries()) writeSlice(slice.samples, input.subarray(i * size, (i + 1) * size));
    const said = await runSoundModel(model, input, SONG_DIMS, outputs);
    for (const [i, slice] of part.entries()) {
      const row = said.subarray(i * outputs, (i + 1) * outputs);
      for (const [k, value] of row.entries()) sums[k]! += value / slices.length;
      moments.push({ seconds: slice.startSeconds + 2.5, felt: row.slice(outputs - FELT_EMOTIONS.length) });
    }
  }
  const mean = Float32Array.from(sums);
  const felt = mean.subarray(outputs - FELT_EMOTIONS.length).map((value) => Math.max(0, Math.min(1, value)));
  const genres = softmax(mean.subarray(vectorLength, vectorLength + labels.length));
  return {
    vector: mean.slice(0, vectorLength),
    evidence: {
      source: 'sound',
      scores: feltScores(felt, usual),
      confidence: model.confidence * Math.min(1, slices.length / ENOUGH_SLICES),
      version: model.version,
    },
    place: feltPlace(felt, usual),
    felt: Object.fromEntries(FELT_EMOTIONS.map((name, i) => [name, felt[i]!])) as Record<FeltEmotion, number>,
    genres: Object.fromEntries(labels.map((label, i) => [label, genres[i]!])),
    curve: smooth(moments).map(({ seconds, felt: own }) => ({
      seconds,
      scores: feltScores(own, usual),
      ...feltPlace(own, usual),
    })),
  };
};

/** Digital silence before or after a song says nothing about it: quieter than -70 dB below full scale. */
const isHeard = (samples: Float32Array): boolean => {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return sum / samples.length > 1e-7;
};

/** The mean of each moment and its two neighbours: half of a slice is its neighbour's anyway. */
const smooth = (moments: readonly { seconds: number; felt: Float32Array }[]): { seconds: number; felt: number[] }[] =>
  moments.map(({ seconds }, i) => {
    const near = moments.slice(Math.max(0, i - 1), i + 2);
    return {
      seconds,
      felt: FELT_EMOTIONS.map((_, k) => near.reduce((sum, { felt }) => sum + felt[k]!, 0) / near.length),
    };
  });

/**
 * How alike two songs sound by their vectors: the cosine of the angle between them, -1 to 1.
 *
 * @throws {InvalidInputError} `audio/vectors`: of different lengths, so of different models, or one is all 0.
 */
export const soundSimilarity = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    squaresA += a[i]! * a[i]!;
    squaresB += b[i]! * b[i]!;
  }
  if (a.length !== b.length || !(squaresA > 0 && squaresB > 0))
    throw new InvalidInputError(
      'audio/vectors',
      `Two sound vectors of ${a.length} and ${b.length} numbers cannot be compared: both must come from the same model and not be all 0.`,
    );
  return dot / Math.sqrt(squaresA * squaresB);
};

/** Of many songs' vectors the ones that sound most like `vector`, most alike first; equal ones by id. */
export const soundsLike = (
  vector: ArrayLike<number>,
  songs: Iterable<{ readonly id: string; readonly vector: ArrayLike<number> }>,
  limit = 20,
): { id: string; similarity: number }[] =>
  Array.from(songs, ({ id, vector: other }) => ({ id, similarity: soundSimilarity(vector, other) }))
    .sort((a, b) => b.similarity - a.similarity || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
