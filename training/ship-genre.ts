/** Trains one of the genre nets on all songs into the files that ship: genre.onnx, and song-sound.onnx, which describes songs. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { statisticsFileOf } from '../node/sound-models.ts';
import { SONG_DIMS, SONG_SETTINGS } from '../src/audio/song-sound.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { concat, dense } from '../src/graph/basic-layers.ts';
import { buildModel, type Network } from '../src/graph/build.ts';
import { EMOTIFY_GENRES, loadEmotify } from './datasets/emotify.ts';
import { fitGenreStatistics } from './evaluate-genre.ts';
import { encodeKernelRidge } from './kernel-ridge.ts';
import { findGenreRow, GENRE_SETTINGS, shapeOf } from './recipes/genre.ts';
import { type SongNetworkOptions, songFeatures, songNetwork } from './recipes/sound-networks.ts';
import { resolveSoundSettings } from './recipes/sound-settings.ts';
import { sliceStarts } from './song-tracks.ts';
import { askTrained, trainSongs } from './train-genre.ts';
import { shortSum, statisticsOf } from './train-song-mood.ts';

const TERMS =
  'Learnt from Emotify (Aljanaki et al. 2015), whose music is Magnatune’s (as far as known CC BY-NC-SA): for research and personal use, not commercial.';

/** The same network with its features before the genres: [features, genres]. */
const describingNetwork =
  (options: SongNetworkOptions): Network =>
  (tape, input) => {
    const features = songFeatures(tape, input, options);
    return { logits: concat(tape, [features, dense(tape, features, { name: 'classifier', units: options.classes })]) };
  };

export interface GenreTrainResult {
  readonly modelPath: string;
  readonly soundPath: string;
  readonly bytes: number;
}

/**
 * @throws {InvalidInputError} `recipe/unknown`, `recipe/setting`, `data/…`, `audio/…`; `recipe/svm`: the support vector
 *   machine is only compared.
 */
export const trainGenre = async ({
  recipe,
  dataPath,
  outPath,
  changes = [],
  onMessage = () => {},
}: {
  readonly recipe: string;
  readonly dataPath: string;
  readonly outPath: string;
  readonly changes?: readonly string[];
  readonly onMessage?: (message: string) => void;
}): Promise<GenreTrainResult> => {
  const row = findGenreRow(recipe);
  if (!row.shape)
    throw new InvalidInputError(
      'recipe/svm',
      `${recipe} is only compared, it makes no model file: see attune evaluate genre --protocol rows.`,
    );
  const settings = resolveSoundSettings(GENRE_SETTINGS, changes);
  const { tracks, sha256 } = await loadEmotify(dataPath);
  onMessage(`${tracks.length} songs of ${EMOTIFY_GENRES.length} genres`);
  const classes = EMOTIFY_GENRES.length;
  const trained = await trainSongs(tracks, [...tracks.keys()], row, classes, settings);
  const { weights, history, cpuSeconds, parameterCount } = trained;
  onMessage(
    `trained in ${cpuSeconds.toFixed(0)} s of processor; last round right on ${(100 * history.at(-1)!.accuracy).toFixed(1)} % of slices`,
  );
  const shape = shapeOf(row, settings, classes);
  const describing = describingNetwork(shape);
  const means = await meanFeatures(describing, weights, tracks, classes);
  const version = createHash('sha256').update(JSON.stringify({ recipe, settings, sha256 })).digest('hex').slice(0, 8);
  const metadata = {
    'attune.labels': EMOTIFY_GENRES.join(','),
    'attune.mel': SONG_SETTINGS,
    'attune.recipe': recipe,
    'attune.settings': JSON.stringify(settings),
    'attune.parameters': String(parameterCount),
    'attune.seed': String(settings.seed),
    'attune.dataSha256': sha256,
    'attune.trainedOn': tracks.map((track) => shortSum(track.sha256)).join(','),
    'attune.terms': TERMS,
  };
  const common = { inputDims: SONG_DIMS, weights, inputName: 'sound', storage: 'float16' } as const;
  const genre = buildModel({
    ...common,
    network: songNetwork(shape),
    metadata: { 'attune.task': 'genre', 'attune.version': `genre-${version}`, ...metadata },
  });
  const sound = buildModel({
    ...common,
    network: describing,
    metadata: {
      'attune.task': 'song-sound',
      'attune.version': `song-sound-${version}`,
      ...metadata,
      'attune.vectorMeans': means.means.map((value) => value.toPrecision(6)).join(','),
      'attune.vectorScales': means.scales.map((value) => value.toPrecision(6)).join(','),
    },
  });
  await mkdir(outPath, { recursive: true });
  const modelPath = join(outPath, 'model.onnx');
  const soundPath = join(outPath, 'song-sound.onnx');
  await writeFile(modelPath, genre);
  await writeFile(soundPath, sound);
  const statistics = fitGenreStatistics(
    statisticsOf(tracks),
    tracks.map(({ genre: label }) => label),
    classes,
  );
  await writeFile(
    statisticsFileOf(modelPath),
    encodeKernelRidge(statistics, {
      'attune.task': 'genre-statistics',
      'attune.version': `genre-${version}`,
      ...metadata,
    }),
  );
  const summary = { recipe, settings, dataSha256: sha256, parameterCount, cpuSeconds, history };
  await writeFile(join(outPath, 'training.json'), JSON.stringify(summary, null, 1));
  return { modelPath, soundPath, bytes: genre.length };
};

/** Mean and 1 / deviation over the songs of each feature's mean over the song's slices. */
const meanFeatures = async (
  network: Network,
  weights: Parameters<typeof askTrained>[1],
  tracks: Parameters<typeof askTrained>[2],
  classes: number,
): Promise<{ means: number[]; scales: number[] }> => {
  const said = await askTrained(network, weights, tracks);
  const width = said[0]!.length / sliceStarts(tracks[0]!).length - classes;
  const songs = said.map((rows) => {
    const count = rows.length / (width + classes);
    return Array.from({ length: width }, (_, k) => {
      let sum = 0;
      for (let slice = 0; slice < count; slice++) sum += rows[slice * (width + classes) + k]!;
      return sum / count;
    });
  });
  const means = Array.from({ length: width }, (_, k) => songs.reduce((sum, song) => sum + song[k]! / songs.length, 0));
  const scales = means.map((mean, k) => {
    const variance = songs.reduce((sum, song) => sum + (song[k]! - mean) ** 2 / songs.length, 0);
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  });
  return { means, scales };
};
