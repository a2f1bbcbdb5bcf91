/** How well the nine felt emotions of songs are told from their sound, by track: the model that ships on songs it has not heard, or its recipe by folds. */
import { createHash } from 'node:crypto';
import { openSession } from '../node/open-session.ts';
import { readSoundModel, SONG_MOOD_MODEL } from '../node/sound-models.ts';
import { FELT_EMOTIONS, type FeltEmotion } from '../src/audio/felt-emotions.ts';
import { SONG_SETTINGS } from '../src/audio/song-sound.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { createRandom } from '../src/base/random.ts';
import { tensor } from '../src/graph/session.ts';
import { loadEmotify } from './datasets/emotify.ts';
import { noteOfMissing } from './datasets/sound-set.ts';
import { describeMachine, findCommit } from './provenance.ts';
import { pearson } from './ridge.ts';
import type { LabelledTrack } from './song-tracks.ts';
import {
  judgeSongMood,
  MOOD_FOLDS,
  moodCorrelations,
  sevenAgreement,
  shortSum,
  statisticsOf,
  usualShares,
} from './train-song-mood.ts';

/** `auto`: `model` where the model has not heard some of the songs, else `folds`. */
export const SONG_PROTOCOLS = ['auto', 'model', 'folds'] as const;
export type SongProtocol = (typeof SONG_PROTOCOLS)[number];

export interface EvaluateSongMoodOptions {
  /** The folder of Emotify, or of any songs in its layout. */
  readonly dataPath: string;
  /** @default 'auto' */
  readonly protocol?: SongProtocol;
  /** An .onnx file. @default the shipped one */
  readonly model?: string;
  /** Of the folds. @default 1 */
  readonly seed?: number;
  readonly onProgress?: (message: string) => void;
}

/** What `attune evaluate song-mood --json` prints. */
export interface SongMoodReport {
  readonly task: 'song-mood';
  readonly protocol: 'model' | 'folds';
  /** One sentence on what the figures are worth. */
  readonly note: string;
  /** Mean over the nine of Pearson's correlation between what was said and what listeners felt, over the tracks. */
  readonly meanPearson: number;
  /** 95 %, bootstrap over the tracks. */
  readonly meanPearsonInterval: readonly [number, number];
  readonly pearson: Readonly<Record<FeltEmotion, number>>;
  /** How often the likeliest of the seven emotions is that of the listeners, both through the same table. */
  readonly sevenAgreement: number;
  /** Tracks scored. */
  readonly count: number;
  readonly heardInTraining: number;
  readonly seed: number;
  readonly model: {
    readonly version: string;
    readonly sha256: string;
    readonly metadata: Readonly<Record<string, string>>;
  } | null;
  readonly dataset: { readonly name: 'Emotify'; readonly count: number; readonly sha256: string };
  readonly seconds: number;
  readonly commit: string | null;
  readonly machine: string;
  readonly time: string;
}

const bootstrap = (
  said: readonly (readonly number[])[],
  tracks: readonly LabelledTrack[],
  seed: number,
): [number, number] => {
  const random = createRandom(`${seed}/bootstrap`);
  const draws = Array.from({ length: 1000 }, () => {
    const rows = tracks.map(() => random.integer(tracks.length));
    return (
      FELT_EMOTIONS.reduce(
        (sum, _, t) =>
          sum +
          pearson(
            rows.map((i) => said[i]![t]!),
            rows.map((i) => tracks[i]!.felt[t]!),
          ),
        0,
      ) / FELT_EMOTIONS.length
    );
  }).sort((a, b) => a - b);
  return [draws[25]!, draws[974]!];
};

/** Asks the model's file; its tracks are known by the first letters of their sums. */
export const askMoodModel = async (bytes: Uint8Array, statistics: readonly Float32Array[]): Promise<number[][]> => {
  const session = await openSession(bytes);
  try {
    if (session.metadata['attune.task'] !== 'song-mood' || session.metadata['attune.mel'] !== SONG_SETTINGS)
      throw new InvalidInputError(
        'model/task',
        `This model is for "${session.metadata['attune.task'] ?? 'an unknown task'}" on ${session.metadata['attune.mel'] ?? 'unknown spectrograms'}; expected "song-mood" on ${SONG_SETTINGS}.`,
      );
    const said: number[][] = [];
    for (const row of statistics)
      said.push(Array.from((await session.run({ statistics: tensor(row, [1, row.length]) })).answers!.data));
    return said;
  } finally {
    await session.release();
  }
};

/**
 * @throws {InvalidInputError} `data/…`, `audio/…`, `model/…`; `data/too-few`: fewer than three tracks to correlate.
 * @throws {UnavailableError} `model/missing`
 */
export const evaluateSongMood = async (options: EvaluateSongMoodOptions): Promise<SongMoodReport> => {
  const { dataPath, protocol = 'auto', seed = 1, onProgress = () => {} } = options;
  const started = performance.now();
  const set = await loadEmotify(dataPath, (done, count) => onProgress(`Reading: ${done} of ${count} songs`));
  const bytes =
    protocol === 'folds'
      ? undefined
      : await readSoundModel(options.model ?? SONG_MOOD_MODEL, 'npx attune train song-mood --data EMOTIFY');
  const session = bytes && (await openSession(bytes));
  const metadata = session?.metadata ?? {};
  await session?.release();
  const heard = new Set((metadata['attune.trainedOn'] ?? '').split(','));
  const isHeard = ({ sha256 }: LabelledTrack): boolean => heard.has(shortSum(sha256));
  const fresh = set.tracks.filter((track) => !isHeard(track));
  const heardInTraining = set.tracks.length - fresh.length;
  const useModel = bytes !== undefined && (protocol === 'model' || fresh.length >= 3);
  const tracks = useModel && fresh.length > 0 ? fresh : set.tracks;
  if (tracks.length < 3)
    throw new InvalidInputError('data/too-few', `${tracks.length} songs: a correlation needs at least three.`);
  const statistics = statisticsOf(tracks);
  const said = useModel
    ? await askMoodModel(bytes, statistics)
    : judgeSongMood(tracks, statistics, seed, (fold) => onProgress(`Learnt without part ${fold + 1} of ${MOOD_FOLDS}`));
  const correlations = moodCorrelations(said, tracks);
  const usual = (metadata['attune.usual'] ?? '').split(',').map(Number);
  return {
    task: 'song-mood',
    protocol: useModel ? 'model' : 'folds',
    note: noteOf(useModel, fresh.length, heardInTraining) + noteOfMissing(set.missing, 'song'),
    meanPearson: Object.values(correlations).reduce((sum, value) => sum + value / FELT_EMOTIONS.length, 0),
    meanPearsonInterval: bootstrap(said, tracks, seed),
    pearson: correlations,
    sevenAgreement: sevenAgreement(said, tracks, usual.length === FELT_EMOTIONS.length ? usual : usualShares(tracks)),
    count: tracks.length,
    heardInTraining,
    seed,
    model: useModel
      ? {
          version: metadata['attune.version'] ?? '',
          sha256: createHash('sha256').update(bytes).digest('hex'),
          metadata,
        }
      : null,
    dataset: { name: 'Emotify', count: set.tracks.length, sha256: set.sha256 },
    seconds: (performance.now() - started) / 1000,
    commit: (await findCommit()) ?? null,
    machine: describeMachine(),
    time: new Date().toISOString(),
  };
};

const noteOf = (useModel: boolean, fresh: number, heard: number): string => {
  if (!useModel)
    return `Learnt ${MOOD_FOLDS} times, each time without a fifth of the songs, which are then scored. Artists are not named in this set: songs of one may stand on both sides.`;
  if (fresh === 0)
    return 'The model learnt from these very songs: the figures flatter. See --protocol folds for honest ones.';
  return `None of these songs was heard in training${heard > 0 ? `; the ${heard} that were are left out` : ''}.`;
};
