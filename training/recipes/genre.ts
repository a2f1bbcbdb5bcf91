/** The six rows of the paper's comparison (P11) as one family: a support vector machine, and five nets that differ in gate, shortcut and pooling alone. */
import { InvalidInputError } from '../../src/base/errors.ts';
import type { Network } from '../../src/graph/build.ts';
import { type SongNetworkOptions, songNetwork } from './sound-networks.ts';
import type { SoundSettings, SoundSettingsInput } from './sound-settings.ts';

/** The same for all five: equal conditions. */
export const GENRE_SETTINGS: SoundSettingsInput = {
  epochs: 10,
  // Small batches: a round is a thousand slices, and few steps leave a net half learnt.
  batch: 16,
  learningRate: 0.003,
  widths: [64, 64, 64, 64],
  weightDecay: 0.05,
  averageDecay: 0.99,
  dropout: 0.2,
  // Records differ in loudness and balance for reasons other than genre.
  gainDb: 3,
  tiltDb: 3,
  noiseShare: 0,
  roomShare: 0,
  bandMask: 16,
  frameMask: 40,
  masks: 1,
};

/** Slices of each track in a round, from places drawn anew. */
export const SLICES_A_ROUND = 4;

export interface GenreRow {
  readonly name: string;
  readonly summary: string;
  /** Learns from numbers about the whole track instead of its slices. */
  readonly numbers?: 'summary' | 'statistics';
  /** None where it learns from numbers. */
  readonly shape?: Pick<SongNetworkOptions, 'gated' | 'residual' | 'pooling'>;
}

export const GENRE_ROWS: readonly GenreRow[] = [
  {
    name: 'genre-svm',
    summary: 'support vector machine (rbf) on 50 summary features of the track',
    numbers: 'summary',
  },
  { name: 'genre-cnn', summary: 'convolutions over time', shape: { gated: false, residual: false } },
  { name: 'genre-glu', summary: 'gated convolutions', shape: { gated: true, residual: false } },
  { name: 'genre-rcnn', summary: 'convolutions with shortcuts', shape: { gated: false, residual: true } },
  { name: 'genre-rglu', summary: 'gated convolutions with shortcuts', shape: { gated: true, residual: true } },
  {
    name: 'genre-rglu-joined',
    summary: 'gated convolutions with shortcuts, average and maximum joined: the model that ships',
    shape: { gated: true, residual: true, pooling: 'joined' },
  },
];

/** Not in the paper: kernel ridge on the 554 statistics that the mood of songs is read from. It joins the net that ships. */
export const STATISTICS_ROW: GenreRow = {
  name: 'genre-statistics',
  summary: 'kernel ridge on 554 statistics of the track',
  numbers: 'statistics',
};
/** The shipped answer: the mean of the joined net's probabilities and the statistics' answers. */
export const SHIPPED_ROW = 'genre-shipped';

/** @throws {InvalidInputError} `recipe/unknown` */
export const findGenreRow = (name: string): GenreRow => {
  const row = [...GENRE_ROWS, STATISTICS_ROW].find((candidate) => candidate.name === name);
  if (row) return row;
  throw new InvalidInputError(
    'recipe/unknown',
    `There is no genre recipe "${name}". The recipes are: ${GENRE_ROWS.map((candidate) => candidate.name).join(', ')}.`,
  );
};

export const shapeOf = (
  row: GenreRow,
  settings: SoundSettings,
  classes: number,
  auxiliaryClasses = 0,
): SongNetworkOptions => ({
  classes,
  auxiliaryClasses,
  widths: settings.widths,
  dropout: settings.dropout,
  ...(row.shape ?? { gated: true, residual: true, pooling: 'joined' }),
});

export const genreNetwork = (row: GenreRow, settings: SoundSettings, classes: number): Network =>
  songNetwork(shapeOf(row, settings, classes));
