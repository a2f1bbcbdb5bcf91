/** Learns what songs make their listeners feel: kernel ridge regression on statistics of their sound, judged by track. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FELT_EMOTIONS, feltScores } from '../src/audio/felt-emotions.ts';
import { SONG_SETTINGS } from '../src/audio/song-sound.ts';
import { STATISTIC_BLOCKS, songStatistics } from '../src/audio/song-statistics.ts';
import { rankEmotions } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { type EmotifySet, loadEmotify } from './datasets/emotify.ts';
import { encodeKernelRidge, fitKernelRidge, type KernelRidge, predictKernelRidge } from './kernel-ridge.ts';
import { pearson } from './ridge.ts';
import { type LabelledTrack, trackFrames } from './song-tracks.ts';
import { trackFolds } from './train-genre.ts';

export const MOOD_FOLDS = 5;
const TERMS =
  'Learnt from Emotify (Aljanaki et al. 2015), whose music is Magnatune’s (as far as known CC BY-NC-SA): for research and personal use, not commercial.';

/** [tracks, numbers] @throws {InvalidInputError} `audio/too-short`; the message names the track */
export const statisticsOf = (tracks: readonly LabelledTrack[]): Float32Array[] =>
  tracks.map((track) => {
    try {
      return songStatistics(trackFrames(track));
    } catch (cause) {
      if (!(cause instanceof InvalidInputError)) throw cause;
      throw new InvalidInputError(cause.code, `${track.id}: ${cause.message}`, { cause });
    }
  });

/** Each track's nine shares as said by a machine that has not heard it. @returns [tracks, 9] */
export const judgeSongMood = (
  tracks: readonly LabelledTrack[],
  statistics: readonly Float32Array[],
  seed: number,
  onFold: (fold: number) => void = () => {},
): number[][] => {
  const foldOf = trackFolds(tracks, MOOD_FOLDS, seed);
  const said = new Array<number[]>(tracks.length);
  for (let fold = 0; fold < MOOD_FOLDS; fold++) {
    const learnt = [...tracks.keys()].filter((i) => foldOf[i] !== fold);
    const model = fitOn(tracks, statistics, learnt);
    for (const i of tracks.keys()) if (foldOf[i] === fold) said[i] = predictKernelRidge(model, statistics[i]!);
    onFold(fold);
  }
  return said;
};

const fitOn = (
  tracks: readonly LabelledTrack[],
  statistics: readonly Float32Array[],
  rows: readonly number[],
): KernelRidge =>
  fitKernelRidge(
    rows.map((i) => statistics[i]!),
    rows.map((i) => tracks[i]!.felt),
    STATISTIC_BLOCKS,
  );

/** Correlation of what was said and felt, emotion by emotion, over the tracks. */
export const moodCorrelations = (
  said: readonly (readonly number[])[],
  tracks: readonly Pick<LabelledTrack, 'felt'>[],
): Record<(typeof FELT_EMOTIONS)[number], number> =>
  Object.fromEntries(
    FELT_EMOTIONS.map((name, t) => [
      name,
      pearson(
        said.map((row) => row[t]!),
        tracks.map(({ felt }) => felt[t]!),
      ),
    ]),
  ) as Record<(typeof FELT_EMOTIONS)[number], number>;

/** How often each emotion is felt over all tracks. */
export const usualShares = (tracks: readonly Pick<LabelledTrack, 'felt'>[]): number[] =>
  FELT_EMOTIONS.map((_, t) => tracks.reduce((sum, { felt }) => sum + felt[t]! / tracks.length, 0));

/** How often the likeliest of the seven by what was said is the likeliest by what was felt: the model's own confidence. */
export const sevenAgreement = (
  said: readonly (readonly number[])[],
  tracks: readonly Pick<LabelledTrack, 'felt'>[],
  usual: readonly number[],
): number => {
  const top = (felt: readonly number[]) => rankEmotions(feltScores(felt, usual))[0];
  return tracks.filter(({ felt }, i) => top(said[i]!) === top(felt)).length / tracks.length;
};

export interface SongMoodResult {
  readonly modelPath: string;
  readonly bytes: number;
  readonly meanPearson: number;
  readonly confidence: number;
}

/** First letters of a file's sum: enough to know a track again, and short enough for a model's metadata. */
export const shortSum = (sha256: string): string => sha256.slice(0, 10);

/**
 * Judges the recipe by track, then fits it on all tracks and leaves `model.onnx` and `training.json` in `outPath`.
 *
 * @throws {InvalidInputError} as `loadEmotify`
 */
export const trainSongMood = async ({
  dataPath,
  outPath,
  seed = 1,
  onMessage = () => {},
}: {
  readonly dataPath: string;
  readonly outPath: string;
  readonly seed?: number;
  readonly onMessage?: (message: string) => void;
}): Promise<SongMoodResult> => {
  const set: EmotifySet = await loadEmotify(dataPath);
  const { tracks } = set;
  const statistics = statisticsOf(tracks);
  onMessage(`${tracks.length} songs, ${statistics[0]!.length} numbers each`);
  const said = judgeSongMood(tracks, statistics, seed, (fold) => onMessage(`fold ${fold + 1} of ${MOOD_FOLDS}`));
  const correlations = moodCorrelations(said, tracks);
  const meanPearson = Object.values(correlations).reduce((sum, value) => sum + value / FELT_EMOTIONS.length, 0);
  const usual = usualShares(tracks);
  const confidence = sevenAgreement(said, tracks, usual);
  const fitted = fitOn(tracks, statistics, [...tracks.keys()]);
  const version = `song-mood-${createHash('sha256').update(`${set.sha256} ${seed} ${SONG_SETTINGS}`).digest('hex').slice(0, 8)}`;
  const model = encodeKernelRidge(fitted, {
    'attune.task': 'song-mood',
    'attune.labels': FELT_EMOTIONS.join(','),
    'attune.mel': SONG_SETTINGS,
    'attune.usual': usual.map((value) => value.toFixed(4)).join(','),
    'attune.confidence': confidence.toFixed(4),
    'attune.recipe': `kernel ridge, gamma ${fitted.gamma}, lambda ${fitted.lambda}`,
    'attune.seed': String(seed),
    'attune.dataSha256': set.sha256,
    'attune.version': version,
    'attune.judged': JSON.stringify({ folds: MOOD_FOLDS, meanPearson, correlations }),
    'attune.trainedOn': tracks.map(({ sha256 }) => shortSum(sha256)).join(','),
    'attune.terms': TERMS,
  });
  await mkdir(outPath, { recursive: true });
  const modelPath = join(outPath, 'model.onnx');
  await writeFile(modelPath, model);
  const summary = {
    recipe: 'song-mood',
    seed,
    meanPearson,
    correlations,
    confidence,
    gamma: fitted.gamma,
    lambda: fitted.lambda,
  };
  await writeFile(join(outPath, 'training.json'), JSON.stringify({ ...summary, dataSha256: set.sha256 }, null, 1));
  onMessage(
    `mean correlation ${meanPearson.toFixed(3)} on songs not heard; top emotion of the seven as felt: ${(100 * confidence).toFixed(1)} %`,
  );
  return { modelPath, bytes: model.length, meanPearson, confidence };
};
