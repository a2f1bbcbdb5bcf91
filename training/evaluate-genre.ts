/** Genres of songs by their sound: the model that ships on songs it has not heard, its recipe by folds, or all six rows of the comparison under equal conditions. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSession } from '../node/open-session.ts';
import { GENRE_MODEL, readSoundModel } from '../node/sound-models.ts';
import { SONG_DIMS, SONG_SETTINGS } from '../src/audio/song-sound.ts';
import { openSoundModel } from '../src/audio/sound-model.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { readOnnxMetadata } from '../src/graph/onnx.ts';
import { EMOTIFY_GENRES, loadEmotify } from './datasets/emotify.ts';
import { findGtzanSounds, GTZAN_GENRES, type GtzanSplit, readGtzanFeatures, readGtzanSplit } from './datasets/gtzan.ts';
import { accuracy, type ClassScore, confusionMatrix, macroF1, scoreClasses, wilsonInterval } from './metrics.ts';
import { describeMachine, findCommit } from './provenance.ts';
import { findGenreRow, GENRE_ROWS, GENRE_SETTINGS, type GenreRow, shapeOf } from './recipes/genre.ts';
import { songNetwork } from './recipes/sound-networks.ts';
import { resolveSoundSettings, type SoundSettings } from './recipes/sound-settings.ts';
import { type LabelledTrack, loadSongTrack } from './song-tracks.ts';
import { joinSums } from './sound-cache.ts';
import {
  askSlices,
  askTrained,
  judgeTrack,
  summaryRow,
  type TrackAnswer,
  trackFolds,
  trainAndAskSvm,
  trainSongs,
} from './train-genre.ts';
import { shortSum } from './train-song-mood.ts';

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

/** A track's answer and where it stands. */
interface Answered extends Pick<TrackAnswer, 'said' | 'slices'> {
  readonly index: number;
}

interface Answers {
  readonly tracks: readonly Answered[];
  readonly parameters: number | null;
  readonly trainingSeconds: number | null;
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
  if (!row.shape) {
    const start = process.cpuUsage();
    const features = (rows: readonly number[]) => rows.map((i) => featuresOf(tracks[i]!));
    const truth = learnt.map((i) => tracks[i]!.genre);
    const { said } = trainAndAskSvm(features(learnt), truth, features(asked), settings.seed);
    const { user, system } = process.cpuUsage(start);
    const answers = asked.map((index, i) => ({ index, said: said[i]!, slices: [] }));
    return { tracks: answers, parameters: null, trainingSeconds: (user + system) / 1e6 };
  }
  const { weights, cpuSeconds, parameterCount } = await trainSongs(tracks, learnt, row, classes, settings);
  const network = songNetwork(shapeOf(row, settings, classes));
  const logits = await askTrained(
    network,
    weights,
    asked.map((i) => tracks[i]!),
  );
  const answers = asked.map((index, i) => {
    const { said, slices } = judgeTrack(logits[i]!, classes);
    return { index, said, slices };
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

const joinAnswers = (parts: readonly Answers[]): Answers => ({
  tracks: parts.flatMap(({ tracks }) => tracks),
  parameters: parts[0]?.parameters ?? null,
  trainingSeconds: parts.reduce((sum, { trainingSeconds }) => sum + (trainingSeconds ?? 0), 0),
});

interface GenreData {
  readonly name: string;
  readonly labels: readonly string[];
  readonly tracks: readonly LabelledTrack[];
  readonly sha256: string;
  /** What the support vector machine is given of a track. */
  readonly featuresOf: (track: LabelledTrack) => number[];
  /** GTZAN: which tracks are learnt from and asked; else folds. */
  readonly split?: { readonly name: string; readonly learnt: readonly number[]; readonly asked: readonly number[] };
}

const EMPTY = { decibels: new Int16Array(0), felt: [] } as const;

/** GTZAN: the sounds where they are there, else the rows of the table, which only the support vector machine can read. */
const loadGtzan = async (
  path: string,
  split: GtzanSplit,
  onProgress: (message: string) => void,
): Promise<GenreData & { readonly hasSounds: boolean }> => {
  const lists = await readGtzanSplit(path, split);
  const sounds = await findGtzanSounds(path);
  const wanted = [...lists.train, ...lists.valid, ...lists.test];
  const hasSounds = wanted.filter((id) => sounds.has(id)).length > 0.9 * wanted.length;
  const tracks: LabelledTrack[] = [];
  if (hasSounds) {
    for (const id of wanted) {
      const file = sounds.get(id);
      if (!file) continue;
      // One clip of the usual copy is damaged; it is left out, and the count shows it.
      const track = await loadSongTrack(id, file).catch((error: unknown) => {
        if (error instanceof InvalidInputError) return undefined;
        throw error;
      });
      if (track) tracks.push({ ...track, genre: genreIndex(id), felt: [] });
      onProgress(`Reading: ${tracks.length} of ${wanted.length} songs`);
    }
  } else {
    const rows = new Map((await readGtzanFeatures(path)).map((row) => [row.id, row]));
    for (const id of wanted) {
      const row = rows.get(id);
      if (row) tracks.push({ ...EMPTY, id, sha256: '', genre: row.genre, summary: Float64Array.from(row.features) });
    }
  }
  const asked = new Set(lists.test);
  const indices = [...tracks.keys()];
  return {
    name: hasSounds ? 'GTZAN' : 'GTZAN, table of 57 features',
    labels: GTZAN_GENRES,
    featuresOf: ({ summary }) => (hasSounds ? summaryRow(summary) : Array.from(summary)),
    tracks,
    sha256: joinSums(tracks.map(({ id, sha256 }) => `${id}${sha256}`)),
    split: {
      name: split,
      // Settings are chosen by folds within these: the list for validation may be learnt from too.
      learnt: indices.filter((i) => !asked.has(tracks[i]!.id)),
      asked: indices.filter((i) => asked.has(tracks[i]!.id)),
    },
    hasSounds,
  };
};

const genreIndex = (id: string): number => (GTZAN_GENRES as readonly string[]).indexOf(id.split('.')[0] ?? '');

/**
 * @throws {InvalidInputError} `data/…`, `audio/…`, `model/…`, `recipe/…`; `evaluate/genre`: GTZAN with `model`, whose genres
 *   are others.
 * @throws {UnavailableError} `model/missing`
 */
export const evaluateGenre = async (options: EvaluateGenreOptions): Promise<GenreReport> => {
  const { dataPath, protocol = 'auto', split = 'filtered', changes = [], keep, onProgress = () => {} } = options;
  const started = performance.now();
  const settings = resolveSoundSettings(GENRE_SETTINGS, changes);
  const isGtzan = !existsSync(join(dataPath, 'index.csv')) && existsSync(join(dataPath, `test_${split}.txt`));
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

  if (isGtzan) {
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
    const note = data.hasSounds
      ? `Learnt from the ${split} split's training and validation lists, scored on its test list.`
      : `The folder holds no sounds: the support vector machine on its table of 57 features, ${split} split.`;
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
      const { answers, version, row, parameters } = await askModel(bytes, set.tracks, asked);
      const rows = { [row]: { ...scoreAnswers(answers, (i) => set.tracks[i]!.genre, data.labels), parameters } };
      const heardCount = all.length - fresh.length;
      const note =
        fresh.length === 0
          ? 'The model learnt from these very songs: the figures flatter. See --protocol folds for honest ones.'
          : `None of these songs was heard in training${heardCount > 0 ? `; the ${heardCount} that were are left out` : ''}.`;
      const model = { version, sha256: createHash('sha256').update(bytes).digest('hex') };
      return finish(data, { row, protocol: 'model', note, rows, heardInTraining: heardCount, model, settings: null });
    }
  }
  const rows: Record<string, GenreScore> = {};
  for (const row of chooseRows(options.rows ?? (protocol === 'rows' ? undefined : ['genre-rglu-joined'])))
    rows[row.name] = scoreAnswers(
      await judgeByFolds(data, row, settings, keep, onProgress),
      (i) => set.tracks[i]!.genre,
      data.labels,
    );
  const note = `Learnt ${GENRE_FOLDS} times, each time without a fifth of the songs, which are then scored. Artists are not named in this set: songs of one may stand on both sides.`;
  return finish(data, { row: bestRow(rows), protocol: 'folds', note, rows, heardInTraining: 0, model: null, settings });
};

/** The row whose figures stand at the top: the most accurate; of equal ones the later, which builds on those before. */
const bestRow = (rows: Readonly<Record<string, GenreScore>>): string =>
  Object.entries(rows).reduce((best, row) => (row[1].accuracy >= best[1].accuracy ? row : best))[0];

const chooseRows = (names: readonly string[] | undefined): readonly GenreRow[] =>
  names ? names.map(findGenreRow) : GENRE_ROWS;

const judgeByFolds = async (
  data: GenreData,
  row: GenreRow,
  settings: SoundSettings,
  keep: string | undefined,
  onProgress: (message: string) => void,
): Promise<Answers> => {
  const foldOf = trackFolds(data.tracks, GENRE_FOLDS, settings.seed);
  const parts: Answers[] = [];
  for (let fold = 0; fold < GENRE_FOLDS; fold++) {
    onProgress(`${row.name}: part ${fold + 1} of ${GENRE_FOLDS}`);
    const learnt = [...data.tracks.keys()].filter((i) => foldOf[i] !== fold);
    const asked = [...data.tracks.keys()].filter((i) => foldOf[i] === fold);
    const conditions = { row: row.name, settings, fold, folds: GENRE_FOLDS, data: data.sha256 };
    parts.push(await keepAnswers(keep, conditions, () => learnAndAsk(data.tracks, learnt, asked, row, settings, data)));
  }
  return joinAnswers(parts);
};

const askModel = async (bytes: Uint8Array, tracks: readonly LabelledTrack[], asked: readonly number[]) => {
  const model = await openSoundModel(bytes, openSession, {
    task: 'genre',
    inputDims: SONG_DIMS,
    settings: SONG_SETTINGS,
  });
  try {
    if (model.labels.join(',') !== EMOTIFY_GENRES.join(','))
      throw new InvalidInputError(
        'model/labels',
        `This model's genres are "${model.labels}", expected "${EMOTIFY_GENRES}".`,
      );
    const logits = await askSlices(
      model.session,
      asked.map((i) => tracks[i]!),
    );
    const answered = asked.map((index, i) => {
      const { said, slices } = judgeTrack(logits[i]!, model.labels.length);
      return { index, said, slices };
    });
    const { metadata } = model.session;
    return {
      answers: { tracks: answered, parameters: null, trainingSeconds: null },
      version: model.version,
      row: metadata['attune.recipe'] ?? 'genre-rglu-joined',
      parameters: Number(metadata['attune.parameters']) || null,
    };
  } finally {
    await model.session.release();
  }
};
