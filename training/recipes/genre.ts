/** The six rows of the paper's comparison (P11) as one family: a support vector machine, and five nets that differ in gate, shortcut and pooling alone. */
import { InvalidInputError } from '../../src/base/errors.ts';
import type { Network } from '../../src/graph/build.ts';
import { type SongNetworkOptions, songNetwork } from './sound-networks.ts';
import type { SoundSettings, SoundSettingsInput } from './sound-settings.ts';

/** The same for all five: equal conditions. */
export const GENRE_SETTINGS: SoundSettingsInput = {
  epochs: 12,
  batch: 32,
  learningRate: 0.003,
  widths: [64, 64, 64, 64],
  weightDecay: 0.05,
  averageDecay: 0.98,
  dropout: 0.3,
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
  /** None for the support vector machine. */
  readonly shape?: Pick<SongNetworkOptions, 'gated' | 'residual' | 'pooling'>;
}

export const GENRE_ROWS: readonly GenreRow[] = [
  { name: 'genre-svm', summary: 'support vector machine (rbf) on 50 summary features of the track' },
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

/** @throws {InvalidInputError} `recipe/unknown` */
export const findGenreRow = (name: string): GenreRow => {
  const row = GENRE_ROWS.find((candidate) => candidate.name === name);
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
