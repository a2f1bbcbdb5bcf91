/** What a song feels like by its sound alone: a vector that describes it (P12), its emotions, and how they change over time. */
import type { EmotionScores } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import { readOnnxMetadata } from '../graph/onnx.ts';
import { type OpenSession, type Session, tensor } from '../graph/session.ts';
import { FELT_EMOTIONS, type FeltEmotion, feltPlace, feltScores, type MoodPlace } from './felt-emotions.ts';
import { checkSamples, type Frames } from './frames.ts';
import { describeMelSettings, logMelSpectrogram, PAPER_MEL } from './log-mel.ts';
import { removeConstant } from './resample.ts';
import { STATISTIC_COUNT, songStatistics } from './song-statistics.ts';
import { openSoundModel, runSoundModel, type SoundModel } from './sound-model.ts';

/** The paper's spectrograms without a limit to their range, so that a slice is the same in whatever song it stands. */
export const SONG_MEL = { ...PAPER_MEL, topDb: Number.POSITIVE_INFINITY } as const;
/** Frames of one slice: 5 s. */
export const SLICE_FRAMES = 313;
export const SONG_DIMS = [SONG_MEL.bandCount, SLICE_FRAMES] as const;
export const SONG_SETTINGS = `${describeMelSettings(SONG_MEL)}, slices of ${SLICE_FRAMES} frames`;

/** The song models, opened with `openSongModel`: a network that describes and tells genres, and a regression that tells the mood. */
export interface SongModel extends SoundModel {
  /** Takes "statistics" [batch, STATISTIC_COUNT], gives "answers" [batch, FELT_EMOTIONS]. */
  readonly mood: Session;
  /** Mean and 1 / deviation of each of the vector's numbers over the songs that were learnt from. */
  readonly vectorScale: { readonly means: Float32Array; readonly scales: Float32Array };
  /** How often each of `FELT_EMOTIONS` was felt in the songs learnt from, 0..1. */
  readonly usual: readonly number[];
  /** How often its likeliest emotion is that of the listeners, on songs it had not heard, 0..1. */
  readonly confidence: number;
}

export interface MoodMoment extends MoodPlace {
  /** The middle of the piece. */
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
  /** Mood over time, a moment every ten seconds, in order. */
  readonly curve: readonly MoodMoment[];
}

/** More slices of a long song cost time and say nothing new: as many as in five minutes, evenly spread. */
const MOST_SLICES = 128;
/** Slices of one run of the model. */
const RUN_SLICES = 16;
const MOST_SECONDS = 600;
const ENOUGH_SECONDS = 15;
const PIECE_SECONDS = 20;
/** Of the time an analysis takes: its spectrogram, and the network over slices of it. */
const SPECTROGRAM_SHARE = 0.5;
const DESCRIBING_SHARE = 0.3;
/** What `SONG_MEL` gives for silence. */
const FLOOR_DB = -100;

/** Numbers in a text, between commas. */
const numbersIn = (text: string | undefined): Float32Array =>
  Float32Array.from((text ?? '').split(',').filter(Boolean), Number);

/**
 * @param files `sound`: song-sound.onnx; `mood`: song-mood.onnx
 * @throws {InvalidInputError} as `openSoundModel`; `model/damaged`: a file lacks what it should say of itself.
 */
export const openSongModel = async (
  files: { readonly sound: Uint8Array; readonly mood: Uint8Array },
  openSession: OpenSession,
): Promise<SongModel> => {
  const means = numbersIn(readOnnxMetadata(files.sound)['attune.vectorMeans']);
  const genres = (readOnnxMetadata(files.sound)['attune.labels'] ?? '').split(',').filter(Boolean);
  const shape = {
    task: 'song-sound',
    inputDims: SONG_DIMS,
    settings: SONG_SETTINGS,
    outputs: means.length + genres.length,
  };
  const model = await openSoundModel(files.sound, openSession, shape);
  const mood = await openSession(files.mood).catch(async (error: unknown) => {
    await model.session.release();
    throw error;
  });
  const { metadata } = mood;
  const scales = numbersIn(model.session.metadata['attune.vectorScales']);
  const usual = Array.from(numbersIn(metadata['attune.usual']));
  const confidence = Number(metadata['attune.confidence']);
  const isTrainedAlike = metadata['attune.mel'] === SONG_SETTINGS;
  const fits =
    metadata['attune.task'] === 'song-mood' &&
    isTrainedAlike &&
    usual.length === FELT_EMOTIONS.length &&
    confidence >= 0 &&
    confidence <= 1 &&
    means.length > 0 &&
    scales.length === means.length;
  const version = `${model.version}+${metadata['attune.version'] ?? ''}`;
  if (fits) return { ...model, version, mood, vectorScale: { means, scales }, usual, confidence };
  await model.session.release();
  await mood.release();
  if (metadata['attune.task'] === 'song-mood' && !isTrainedAlike)
    throw new InvalidInputError(
      'audio/other-settings',
      `The model of songs' moods was trained on spectrograms with ${metadata['attune.mel'] ?? 'unknown settings'}, but would be given ${SONG_SETTINGS}: train it again, or use the version of Attune it was made with.`,
    );
  throw new InvalidInputError(
    'model/damaged',
    `The song models do not fit: "${metadata['attune.task']}" of ${metadata['attune.mel']}, ${usual.length} usual shares, confidence ${confidence}, vectors of ${means.length}; expected "song-mood" of ${SONG_SETTINGS}, ${FELT_EMOTIONS.length}, 0 to 1, above 0: build them again.`,
  );
};

/** Frames [start, start + SLICE_FRAMES) as the network takes them; beyond the end the floor. @param out [bands, frames], dB */
const writeSlice = ({ data, width, frameCount }: Frames, start: number, out: Float32Array): void => {
  for (let frame = 0; frame < SLICE_FRAMES; frame++)
    for (let band = 0; band < width; band++)
      out[band * SLICE_FRAMES + frame] = start + frame < frameCount ? data[(start + frame) * width + band]! : FLOOR_DB;
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
 * Analyses a song. Pure: the same samples and model give the same answer. A song of four minutes takes about a second of
 * one core. Of a longer one than ten minutes the first ten are heard.
 *
 * @param samples mono, 16 kHz, -1 to 1
 * @param onProgress is told which share of the work is about done, 0..1
 * @throws {InvalidInputError} `audio/empty`: no samples. `audio/too-short`: less than a second. `audio/silent`: nothing but
 *   silence, or a constant.
 */
export const analyseSong = async (
  samples: Float32Array,
  model: SongModel,
  onProgress: (share: number) => void = () => {},
): Promise<SongAnalysis> => {
  checkSamples(samples);
  const heard = removeConstant(samples.subarray(0, MOST_SECONDS * SONG_MEL.sampleRate));
  const seconds = heard.length / SONG_MEL.sampleRate;
  if (!isHeard(heard))
    throw new InvalidInputError(
      'audio/silent',
      `This sound of ${seconds.toFixed(1)} s is silent: there is no music in it to analyse.`,
    );
  const frames = logMelSpectrogram(heard, SONG_MEL);
  onProgress(SPECTROGRAM_SHARE);
  const { vector, genres } = await describeSound(frames, model, (share) =>
    onProgress(SPECTROGRAM_SHARE + share * DESCRIBING_SHARE),
  );
  const felt = (await askMood([songStatistics(frames)], model))[0]!;
  const { usual } = model;
  return {
    vector,
    evidence: {
      source: 'sound',
      scores: feltScores(felt, usual),
      // With less than this, what is heard may be an intro.
      confidence: model.confidence * Math.min(1, seconds / ENOUGH_SECONDS),
      version: model.version,
    },
    place: feltPlace(felt, usual),
    felt: Object.fromEntries(FELT_EMOTIONS.map((name, i) => [name, felt[i]!])) as Record<FeltEmotion, number>,
    genres,
    curve: await moodOverTime(frames, seconds, model),
  };
};

/** The joined pooled vector, mean over slices, and the genres. */
const describeSound = async (
  frames: Frames,
  model: SongModel,
  onProgress: (share: number) => void,
): Promise<Pick<SongAnalysis, 'vector' | 'genres'>> => {
  const { means, scales } = model.vectorScale;
  const outputs = means.length + model.labels.length;
  const size = SONG_DIMS[0] * SONG_DIMS[1];
  const step = (2.5 * SONG_MEL.sampleRate) / SONG_MEL.hopSize;
  const count = 1 + Math.max(0, Math.floor((frames.frameCount - SLICE_FRAMES) / step));
  const slices = chooseEvenly(
    Array.from({ length: count }, (_, i) => Math.round(i * step)),
    MOST_SLICES,
  );
  const sums = new Float64Array(outputs);
  const genres = new Float64Array(model.labels.length);
  for (let at = 0; at < slices.length; at += RUN_SLICES) {
    const part = slices.slice(at, at + RUN_SLICES);
    const input = new Float32Array(part.length * size);
    for (const [i, start] of part.entries()) writeSlice(frames, start, input.subarray(i * size, (i + 1) * size));
    const said = await runSoundModel(model, input, SONG_DIMS, outputs);
    for (let i = 0; i < part.length; i++) {
      const row = said.subarray(i * outputs, (i + 1) * outputs);
      for (const [k, value] of row.entries()) sums[k]! += value / slices.length;
      for (const [k, value] of softmax(row.subarray(means.length)).entries()) genres[k]! += value / slices.length;
    }
    onProgress((at + part.length) / slices.length);
  }
  return {
    vector: means.map((mean, k) => (sums[k]! - mean) * scales[k]!),
    genres: Object.fromEntries(model.labels.map((label, i) => [label, genres[i]!])),
  };
};

/** Share of listeners expected to feel each of the nine, 0..1, for each row of statistics. */
const askMood = async (rows: readonly Float32Array[], { mood }: SongModel): Promise<number[][]> => {
  const data = new Float32Array(rows.length * STATISTIC_COUNT);
  for (const [i, row] of rows.entries()) data.set(row, i * STATISTIC_COUNT);
  const answers = (await mood.run({ statistics: tensor(data, [rows.length, STATISTIC_COUNT]) })).answers?.data;
  const width = FELT_EMOTIONS.length;
  if (answers?.length !== rows.length * width || !answers.every(Number.isFinite))
    throw new InvalidInputError(
      'model/damaged',
      `The mood model gave ${answers?.length ?? 0} numbers for ${rows.length} pieces instead of ${width} each: build it again.`,
    );
  return rows.map((_, i) =>
    Array.from(answers.subarray(i * width, (i + 1) * width), (value) => Math.max(0, Math.min(1, value))),
  );
};

/** Pieces of 20 s, one every 10 s: a shorter one says too little. A song of less has one moment. */
const moodOverTime = async (frames: Frames, seconds: number, model: SongModel): Promise<MoodMoment[]> => {
  const perSecond = SONG_MEL.sampleRate / SONG_MEL.hopSize;
  const length = Math.min(frames.frameCount, Math.round(PIECE_SECONDS * perSecond));
  const count = 1 + Math.max(0, Math.floor((frames.frameCount - length) / ((PIECE_SECONDS / 2) * perSecond)));
  const starts = Array.from({ length: count }, (_, i) => Math.round((i * PIECE_SECONDS * perSecond) / 2));
  const pieces = starts.map((start) => ({
    frameCount: length,
    width: frames.width,
    data: frames.data.subarray(start * frames.width, (start + length) * frames.width),
  }));
  const felt = await askMood(pieces.map(songStatistics), model);
  return felt.map((own, i) => ({
    seconds: count === 1 ? seconds / 2 : starts[i]! / perSecond + PIECE_SECONDS / 2,
    scores: feltScores(own, model.usual),
    ...feltPlace(own, model.usual),
  }));
};

/** Louder than 70 dB below full scale. */
const isHeard = (samples: Float32Array): boolean => {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return sum / samples.length > 1e-7;
};

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
