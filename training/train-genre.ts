/** Learns genres from songs: folds by track, one network or support vector machine for each, and the rows scored alike. */
import { FELT_EMOTIONS } from '../src/audio/felt-emotions.ts';
import { SONG_DIMS } from '../src/audio/song-sound.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { createRandom } from '../src/base/random.ts';
import type { Network, Weights } from '../src/graph/build.ts';
import type { Session } from '../src/graph/session.ts';
import { gridSearch, stratifiedFolds } from '../src/svm/cross-validation.ts';
import { predictSvc } from '../src/svm/predict.ts';
import { denseRows, type SparseRows, selectRows } from '../src/svm/rows.ts';
import { trainSvc } from '../src/svm/svc.ts';
import { changeLevel, maskSpectrogram } from './augment-sound.ts';
import { type GenreRow, SLICES_A_ROUND, shapeOf } from './recipes/genre.ts';
import { songNetwork } from './recipes/sound-networks.ts';
import type { SoundSettings } from './recipes/sound-settings.ts';
import { type LabelledTrack, type SongTrack, sliceStarts, writeSlice } from './song-tracks.ts';
import { openTrained, runSound, type SoundProblem, type TrainedSound, trainSound } from './train-sound.ts';

const BANDS = SONG_DIMS[0];

/** What is to be learnt from `rows` of the tracks: random slices, each as another record might have it. */
export const songProblem = (
  tracks: readonly LabelledTrack[],
  rows: readonly number[],
  network: Network,
  classes: number,
  settings: SoundSettings,
  withFelt = false,
): SoundProblem => ({
  network,
  inputDims: SONG_DIMS,
  classes,
  rows: rows.flatMap((row) => new Array<number>(SLICES_A_ROUND).fill(row)),
  labelOf: (row) => tracks[row]!.genre,
  makeExample: (row, random, input) => {
    const track = tracks[row]!;
    const last = sliceStarts(track).at(-1)!;
    writeSlice(track, random.integer(last + 1), input);
    changeLevel(input, BANDS, settings, random);
    maskSpectrogram(input, BANDS, settings, random);
  },
  // The second head learns which emotions were felt more than others: shares of all that was felt.
  ...(withFelt && {
    auxiliary: {
      classes: FELT_EMOTIONS.length,
      sharesOf: (row) => {
        const { felt } = tracks[row]!;
        const sum = felt.reduce((total, value) => total + value, 0);
        return felt.map((value) => (sum > 0 ? value / sum : 1 / felt.length));
      },
    },
  }),
});

export const trainSongs = (
  tracks: readonly LabelledTrack[],
  rows: readonly number[],
  row: GenreRow,
  classes: number,
  settings: SoundSettings,
  withFelt = false,
): Promise<TrainedSound> => {
  const network = songNetwork(shapeOf(row, settings, classes, withFelt ? FELT_EMOTIONS.length : 0));
  return trainSound(songProblem(tracks, rows, network, classes, settings, withFelt), settings);
};

/**
 * What a model says of every slice of a track.
 *
 * @returns one array [slices, outputs] a track
 */
export const askSlices = async (session: Session, tracks: readonly SongTrack[]): Promise<Float32Array[]> => {
  const answers: Float32Array[] = [];
  for (const track of tracks) {
    const starts = sliceStarts(track);
    answers.push(await runSound(session, SONG_DIMS, starts.length, (i, input) => writeSlice(track, starts[i]!, input)));
  }
  return answers;
};

/** A trained network asked about tracks. */
export const askTrained = async (
  network: Network,
  weights: Weights,
  tracks: readonly SongTrack[],
): Promise<Float32Array[]> => {
  const session = await openTrained({ network, inputDims: SONG_DIMS }, weights);
  try {
    return await askSlices(session, tracks);
  } finally {
    await session.release();
  }
};

export interface TrackAnswer {
  /** Class said of the track: the mean of its slices' probabilities decides. */
  readonly said: number;
  /** Mean probabilities. */
  readonly probabilities: readonly number[];
  /** Class said of each slice. */
  readonly slices: readonly number[];
}

/** @param logits [slices, classes] */
export const judgeTrack = (logits: Float32Array, classes: number): TrackAnswer => {
  const count = logits.length / classes;
  const probabilities = new Array<number>(classes).fill(0);
  const slices: number[] = [];
  for (let slice = 0; slice < count; slice++) {
    const row = logits.subarray(slice * classes, (slice + 1) * classes);
    const largest = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, value) => total + value, 0);
    for (let k = 0; k < classes; k++) probabilities[k]! += powers[k]! / sum / count;
    slices.push(row.indexOf(largest));
  }
  return { said: probabilities.indexOf(Math.max(...probabilities)), probabilities, slices };
};

/**
 * Folds by track, every genre dealt out alike. The set names no artists, so songs of one artist may be parted.
 *
 * @throws {InvalidInputError} `data/too-few`: fewer than two songs a fold.
 */
export const trackFolds = (
  tracks: readonly Pick<LabelledTrack, 'genre'>[],
  folds: number,
  seed: number,
): Int32Array => {
  if (tracks.length < 2 * folds)
    throw new InvalidInputError(
      'data/too-few',
      `${tracks.length} songs are too few to learn from some of them and score the others in ${folds} parts: give at least ${2 * folds}, or score the model that ships with --protocol model.`,
    );
  return stratifiedFolds(
    tracks.map(({ genre }) => genre),
    folds,
    `${seed}/folds`,
  );
};

/** Every column to mean 0 and deviation 1 over the training rows. */
export const standardizer = (rows: readonly ArrayLike<number>[]): ((row: ArrayLike<number>) => number[]) => {
  const width = rows[0]!.length;
  const columns = Array.from({ length: width }, (_, k) => {
    const mean = rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 0) / rows.length;
    return { mean, scale: variance > 1e-18 ? 1 / Math.sqrt(variance) : 0 };
  });
  return (row) => columns.map(({ mean, scale }, k) => (row[k]! - mean) * scale);
};

/** The variances of a summary (every second number) reach over decades: their roots do not. */
export const summaryRow = (summary: ArrayLike<number>): number[] =>
  Array.from(summary, (value, i) => (i % 2 === 1 ? Math.sqrt(Math.max(0, value)) : value));

const GRID = { C: [1, 3, 10, 30, 100], gamma: [0.003, 0.01, 0.03] };

/**
 * A support vector machine on rows of features: C and gamma are chosen by four folds within the training rows alone.
 *
 * @returns the label of each row to be asked
 */
export const trainAndAskSvm = (
  training: readonly ArrayLike<number>[],
  labels: readonly number[],
  asked: readonly ArrayLike<number>[],
  seed: number,
): { said: Int32Array; C: number; gamma: number } => {
  const scale = standardizer(training);
  const rowsOf = (rows: readonly ArrayLike<number>[]): SparseRows =>
    denseRows(rows.flatMap(scale), training[0]!.length);
  const rows = rowsOf(training);
  const classify = (own: SparseRows, ownLabels: Int32Array, C: number, gamma: number) => {
    const model = trainSvc(own, ownLabels, { C, kernel: { type: 'rbf', gamma } });
    return (fresh: SparseRows) => predictSvc(model, fresh);
  };
  const foldOf = stratifiedFolds(labels, 4, `${seed}/svm`);
  const { best } = gridSearch(
    { rows, labels, foldOf },
    (own, ownLabels, { C, gamma }) => classify(own, ownLabels, C, gamma),
    GRID,
  );
  const said = classify(
    selectRows(rows, [...labels.keys()]),
    Int32Array.from(labels),
    best.C,
    best.gamma,
  )(rowsOf(asked));
  return { said: Int32Array.from(said), C: best.C, gamma: best.gamma };
};

/** A bootstrap over tracks: the middle 95 % of a mean. */
export const bootstrapInterval = (values: readonly number[], seed: number | string, draws = 2000): [number, number] => {
  const random = createRandom(`${seed}/bootstrap`);
  const means = Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.integer(values.length)]!;
    return sum / values.length;
  }).sort((a, b) => a - b);
  return [means[Math.floor(0.025 * draws)]!, means[Math.floor(0.975 * draws)]!];
};
