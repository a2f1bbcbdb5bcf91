/** Genres of songs by their sound: the model that ships on songs it has not heard, its recipe by folds, or all six rows of the comparison under equal conditions. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GENRE_MODEL, readSoundModel, statisticsFileOf } from '../node/sound-models.ts';
import { STATISTIC_BLOCKS } from '../src/audio/song-statistics.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { readOnnxMetadata } from '../src/graph/onnx.ts';
import { EMOTIFY_GENRES, loadEmotify } from './datasets/emotify.ts';
import type { GtzanSplit } from './datasets/gtzan.ts';
import { noteOfMissing } from './datasets/sound-set.ts';
import { type Answers, answerOf, askGenreModel, joinAnswers, joinHalves } from './genre-answers.ts';
import { type GenreData, isGtzan, loadGtzan } from './gtzan-tracks.ts';
import { fitKernelRidge, type KernelRidge, predictKernelRidge } from './kernel-ridge.ts';
import { accuracy, type ClassScore, confusionMatrix, macroF1, scoreClasses, wilsonInterval } from './metrics.ts';
import { describeMachine, findCommit } from './provenance.ts';
import {
  findGenreRow,
  GENRE_ROWS,
  GENRE_SETTINGS,
  type GenreRow,
  SHIPPED_ROW,
  STATISTICS_ROW,
  shapeOf,
} from './recipes/genre.ts';
import { songNetwork } from './recipes/sound-networks.ts';
import { resolveSoundSettings, type SoundSettings } from './recipes/sound-settings.ts';
import type { LabelledTrack } from './song-tracks.ts';
import { askTrained, judgeTrack, summaryRow, trackFolds, trainAndAskSvm, trainSongs } from './train-genre.ts';
import { shortSum, statisticsOf } from './train-song-mood.ts';

/** `auto`: `model` where the model has not heard some of the songs, else `folds`; `rows`: the six rows of the paper. */
export const GENRE_PROTOCOLS = ['auto', 'model', 'folds', 'rows'] as const;
export type GenreProtocol = (typeof GENRE_PROTOCOLS)[number];
export const GENRE_FOLDS = 5;

export interface EvaluateGenreOptions {
  /** Emotify's folder (index.csv), or GTZAN's: its table and lists, and the sounds where they are there. */
  readonly dataPath: string;
  /** @default 'auto' */
  readonly protocol?: GenreProtocol;
  /** GTZAN: which lists. @default 'filtered' */
  readonly split?: GtzanSplit;
  /** Of the recipes. @default the row that ships for `folds`, all for `rows` */
  readonly rows?: readonly string[];
  readonly model?: string;
  /** Changes to the settings of all rows, as `key=value`. */
  readonly changes?: readonly string[];
  /** Of the folds' parts, score only so many with the nets: a first look. @default all five */
  readonly parts?: number;
  /** Folder that keeps each fold's answers: a run broken off goes on there. @default none */
  readonly keep?: string;
  readonly onProgress?: (message: string) => void;
}

export interface GenreScore {
  readonly count: number;
  /** By track. */
  readonly accuracy: number;
  /** Wilson, 95 %. */
  readonly accuracyInterval: readonly [number, number];
  /** By slice of 5 s; null for the support vector machine, which hears whole tracks. */
  readonly sliceAccuracy: number | null;
  readonly macroF1: number;
  readonly perClass: Readonly<Record<string, ClassScore>>;
  /** [truth][answer], in the order of `labels`. */
  readonly confusion: readonly (readonly number[])[];
  readonly parameters: number | null;
  /** Processor seconds of training, all folds together. */
  readonly trainingSeconds: number | null;
}

/** What `attune evaluate genre --json` prints; the figures at the top are those of `row`. */
export interface GenreReport extends GenreScore {
  readonly task: 'genre';
  readonly row: string;
  readonly protocol: 'model' | 'folds' | 'split';
  readonly note: string;
  readonly labels: readonly string[];
  readonly rows: Readonly<Record<string, GenreScore>>;
  readonly heardInTraining: number;
  readonly settings: SoundSettings | null;
  readonly seed: number;
  readonly model: { readonly version: string; readonly sha256: string } | null;
  readonly dataset: { readonly name: string; readonly split: string; readonly count: number; readonly sha256: string };
  readonly seconds: number;
  readonly commit: string | null;
  readonly machine: string;
  readonly time: string;
}

const scoreAnswers = (
  { tracks, parameters, trainingSeconds }: Answers,
  genreOf: (index: number) => number,
  labels: readonly string[],
): GenreScore => {
  const truth = tracks.map(({ index }) => genreOf(index));
  const confusion = confusionMatrix(
    truth,
    tracks.map(({ said }) => said),
    labels.length,
  );
  const scores = scoreClasses(confusion);
  const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
  const slices = tracks.flatMap(({ slices: own, index }) => own.map((said) => said === genreOf(index)));
  return {
    count: tracks.length,
    accuracy: accuracy(confusion),
    accuracyInterval: wilsonInterval(right, tracks.length),
    sliceAccuracy: slices.length > 0 ? slices.filter(Boolean).length / slices.length : null,
    macroF1: macroF1(confusion),
    perClass: Object.fromEntries(labels.map((label, i) => [label, scores[i]!])),
    confusion,
    parameters,
    trainingSeconds,
  };
};

const statisticsKept = new WeakMap<readonly LabelledTrack[], Float32Array[]>();

/** The same for all folds. */
const statisticsOnce = (tracks: readonly LabelledTrack[]): Float32Array[] => {
  const known = statisticsKept.get(tracks) ?? statisticsOf(tracks);
  statisticsKept.set(tracks, known);
  return known;
};

/** One row of the comparison, learnt from some tracks and asked about others. */
const learnAndAsk = async (
  tracks: readonly LabelledTrack[],
  learnt: readonly number[],
  asked: readonly number[],
  row: GenreRow,
  settings: SoundSettings,
  { labels, featuresOf }: Pick<GenreData, 'labels' | 'featuresOf'>,
): Promise<Answers> => {
  const classes = labels.length;
  if (row.numbers === 'statistics') {
    const start = process.cpuUsage();
    const statistics = statisticsOnce(tracks);
    const model = fitGenreStatistics(
      learnt.map((i) => statistics[i]!),
      learnt.map((i) => tracks[i]!.genre),
      classes,
    );
    const answers = asked.map((index) => answerOf(index, predictKernelRidge(model, statistics[index]!)));
    const { user, system } = process.cpuUsage(start);
    return { tracks: answers, parameters: null, trainingSeconds: (user + system) / 1e6 };
  }
  if (row.numbers === 'summary') {
    const start = process.cpuUsage();
    const features = (rows: readonly number[]) => rows.map((i) => featuresOf(tracks[i]!));
    const truth = learnt.map((i) => tracks[i]!.genre);
    const { said } = trainAndAskSvm(features(learnt), truth, features(asked), settings.seed);
    const { user, system } = process.cpuUsage(start);
    const answers = asked.map((index, i) => ({ index, said: said[i]!, slices: [], probabilities: [] }));
    return { tracks: answers, parameters: null, trainingSeconds: (user + system) / 1e6 };
  }
  return learnNet(tracks, learnt, asked, row, settings, classes);
};

/** Kernel ridge on the statistics: one target a genre, 1 for the true one. */
export const fitGenreStatistics = (
  statistics: readonly Float32Array[],
  genres: readonly number[],
  classes: number,
): KernelRidge =>
  fitKernelRidge(
    statistics,
    genres.map((genre) => Array.from({ length: classes }, (_, k) => (genre === k ? 1 : 0))),
    STATISTIC_BLOCKS,
  );

const learnNet = async (
  tracks: readonly LabelledTrack[],
  learnt: readonly number[],
  asked: readonly number[],
  row: GenreRow,
  settings: SoundSettings,
  classes: number,
): Promise<Answers> => {
  const { weights, cpuSeconds, parameterCount } = await trainSongs(tracks, learnt, row, classes, settings);
  const network = songNetwork(shapeOf(row, settings, classes));
  const logits = await askTrained(
    network,
    weights,
    asked.map((i) => tracks[i]!),
  );
  const answers = asked.map((index, i) => {
    return { index, ...judgeTrack(logits[i]!, classes) };
  });
  return { tracks: answers, parameters: parameterCount, trainingSeconds: cpuSeconds };
};

/** What was answered in an earlier run under the same conditions, else `make`'s answer, kept. */
const keepAnswers = async (
  folder: string | undefined,
  conditions: unknown,
  make: () => Promise<Answers>,
): Promise<Answers> => {
  if (folder === undefined) return make();
  const name = createHash('sha256').update(JSON.stringify(conditions)).digest('hex').slice(0, 16);
  const path = join(folder, `${name}.json`);
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Answers;
  const answers = await make();
  await mkdir(folder, { recursive: true });
  await writeFile(path, JSON.stringify(answers));
  return answers;
};

/**
 * @throws {InvalidInputError} `data/…`, `audio/…`, `model/…`, `recipe/…`; `evaluate/genre`: GTZAN with `model`, whose genres
 *   are others.
 * @throws {UnavailableError} `model/missing`
 */
export const evaluateGenre = async (options: EvaluateGenreOptions): Promise<GenreReport> => {
  const { dataPath, protocol = 'auto', split = 'filtered', changes = [], keep, onProgress = () => {} } = options;
  const { parts = GENRE_FOLDS } = options;
  if (!(Number.isInteger(parts) && parts >= 1 && parts <= GENRE_FOLDS))
    throw new InvalidInputError(
      'evaluate/parts',
      `${parts} parts of the ${GENRE_FOLDS} cannot be scored: give a whole number from 1 to ${GENRE_FOLDS}.`,
    );
  const started = performance.now();
  const settings = resolveSoundSettings(GENRE_SETTINGS, changes);
  const finish = async (
    data: GenreData,
    part: Pick<GenreReport, 'row' | 'protocol' | 'note' | 'rows' | 'heardInTraining' | 'model' | 'settings'>,
  ): Promise<GenreReport> => ({
    task: 'genre',
    ...part.rows[part.row]!,
    ...part,
    labels: data.labels,
    seed: settings.seed,
    dataset: { name: data.name, split: data.split?.name ?? 'by track', count: data.tracks.length, sha256: data.sha256 },
    seconds: (performance.now() - started) / 1000,
    commit: (await findCommit()) ?? null,
    machine: describeMachine(),
    time: new Date().toISOString(),
  });

  if (await isGtzan(dataPath)) {
    if (protocol === 'model')
      throw new InvalidInputError(
        'evaluate/genre',
        `The genre model that ships knows ${EMOTIFY_GENRES.join(', ')}, not GTZAN's ten: use --protocol rows.`,
      );
    const data = await loadGtzan(dataPath, split, onProgress);
    const wanted = chooseRows(options.rows ?? (protocol === 'rows' ? undefined : ['genre-rglu-joined']));
    const rows = data.hasSounds ? wanted : [findGenreRow('genre-svm')];
    const scores: Record<string, GenreScore> = {};
    for (const row of rows) {
      onProgress(`Learning: ${row.name}`);
      const answers = await keepAnswers(keep, { row: row.name, settings, data: data.sha256, split }, () =>
        learnAndAsk(data.tracks, data.split!.learnt, data.split!.asked, row, settings, data),
      );
      scores[row.name] = scoreAnswers(answers, (i) => data.tracks[i]!.genre, data.labels);
    }
    const how = data.hasSounds
      ? `Learnt from the ${split} split's training and validation lists, scored on its test list.`
      : `The folder holds no sounds: the support vector machine on its table of 57 features, ${split} split.`;
    const note = how + noteOfMissing(data.missing, 'song');
    return finish(data, {
      row: bestRow(scores),
      protocol: 'split',
      note,
      rows: scores,
      heardInTraining: 0,
      model: null,
      settings,
    });
  }

  const set = await loadEmotify(dataPath, (done, count) => onProgress(`Reading: ${done} of ${count} songs`));
  const data: GenreData = {
    name: 'Emotify',
    labels: EMOTIFY_GENRES,
    tracks: set.tracks,
    sha256: set.sha256,
    featuresOf: ({ summary }) => summaryRow(summary),
  };
  if (protocol === 'auto' || protocol === 'model') {
    const bytes = await readSoundModel(
      options.model ?? GENRE_MODEL,
      'npx attune train genre-rglu-joined --data EMOTIFY',
    );
    const heard = new Set((readOnnxMetadata(bytes)['attune.trainedOn'] ?? '').split(','));
    const all = [...set.tracks.keys()];
    const fresh = all.filter((i) => !heard.has(shortSum(set.tracks[i]!.sha256)));
    if (protocol === 'model' || fresh.length > 0) {
      const asked = fresh.length > 0 ? fresh : all;
      const path = options.model ?? GENRE_MODEL;
      const second = statisticsFileOf(path);
      const half = existsSync(second) ? await readFile(second) : undefined;
      const { answers, version, row, parameters } = await askGenreModel(bytes, half, set.tracks, asked);
      const rows = { [row]: { ...scoreAnswers(answers, (i) => set.tracks[i]!.genre, data.labels), parameters } };
      const heardCount = all.length - fresh.length;
      const how =
        fresh.length === 0
          ? 'The model learnt from these very songs: the figures flatter. See --protocol folds for honest ones.'
          : `None of these songs was heard in training${heardCount > 0 ? `; the ${heardCount} that were are left out` : ''}.`;
      const note = how + noteOfMissing(set.missing, 'song');
      const model = { version, sha256: createHash('sha256').update(bytes).digest('hex') };
      return finish(data, { row, protocol: 'model', note, rows, heardInTraining: heardCount, model, settings: null });
    }
  }
  const rows: Record<string, GenreScore> = {};
  const answered: Record<string, Answers> = {};
  for (const row of chooseRows(
    options.rows ?? (protocol === 'rows' ? undefined : ['genre-rglu-joined', 'genre-statistics']),
  ))
    answered[row.name] = await judgeByFolds(data, row, settings, row.numbers ? GENRE_FOLDS : parts, keep, onProgress);
  if (answered['genre-rglu-joined'] && answered['genre-statistics'])
    answered[SHIPPED_ROW] = joinHalves(answered['genre-rglu-joined'], answered['genre-statistics']);
  for (const [name, answers] of Object.entries(answered))
    rows[name] = scoreAnswers(answers, (i) => set.tracks[i]!.genre, data.labels);
  const note = `${noteOfFolds(parts)}${noteOfMissing(set.missing, 'song')}`;
  // What ships was chosen before; only a comparison has a best row.
  const row = protocol !== 'rows' && rows[SHIPPED_ROW] ? SHIPPED_ROW : bestRow(rows);
  return finish(data, { row, protocol: 'folds', note, rows, heardInTraining: 0, model: null, settings });
};

const noteOfFolds = (parts: number): string =>
  `Learnt ${GENRE_FOLDS} times, each time without a fifth of the songs, which are then scored. Artists are not named in this set: songs of one may stand on both sides.${parts < GENRE_FOLDS ? ` Of the nets only ${parts} of the ${GENRE_FOLDS} parts were scored.` : ''}`;

/** The row whose figures stand at the top of a comparison: the most accurate; of equal ones the later, which builds on those before. */
const bestRow = (rows: Readonly<Record<string, GenreScore>>): string =>
  Object.entries(rows).reduce((best, row) => (row[1].accuracy >= best[1].accuracy ? row : best))[0];

const chooseRows = (names: readonly string[] | undefined): readonly GenreRow[] =>
  names ? names.map(findGenreRow) : [...GENRE_ROWS, STATISTICS_ROW];

const judgeByFolds = async (
  data: GenreData,
  row: GenreRow,
  settings: SoundSettings,
  partCount: number,
  keep: string | undefined,
  onProgress: (message: string) => void,
): Promise<Answers> => {
  const foldOf = trackFolds(data.tracks, GENRE_FOLDS, settings.seed);
  const parts: Answers[] = [];
  for (let fold = 0; fold < partCount; fold++) {
    onProgress(`${row.name}: part ${fold + 1} of ${GENRE_FOLDS}`);
    const learnt = [...data.tracks.keys()].filter((i) => foldOf[i] !== fold);
    const asked = [...data.tracks.keys()].filter((i) => foldOf[i] === fold);
    const conditions = { row: row.name, settings, fold, folds: GENRE_FOLDS, data: data.sha256 };
    parts.push(await keepAnswers(keep, conditions, () => learnAndAsk(data.tracks, learnt, asked, row, settings, data)));
  }
  return joinAnswers(parts);
};
