/** Scores a speech model on recordings: spoken digits or the mood of the voice, by speakers it has or has not heard. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { openSession } from '../node/open-session.ts';
import { DIGITS_MODEL, loadVoiceModel, readSoundModel, VOICE_MODEL } from '../node/sound-models.ts';
import { openSoundModel } from '../src/audio/sound-model.ts';
import { describePicture } from '../src/audio/speech-picture.ts';
import { findVoice } from '../src/audio/voice-activity.ts';
import { voiceLogits } from '../src/audio/voice-mood.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { noteOfMissing, type SoundClip } from './datasets/sound-set.ts';
import {
  accuracy,
  type ClassScore,
  confusionMatrix,
  expectedCalibrationError,
  likeliest,
  macroF1,
  scoreClasses,
  unweightedAverageRecall,
  wilsonInterval,
} from './metrics.ts';
import { describeMachine, findCommit } from './provenance.ts';
import { resolveSoundSettings } from './recipes/sound-settings.ts';
import { findSpeechRecipe, SPEECH_SETS, type SpeechRecipe, type SpeechSet } from './recipes/speech.ts';
import { loadSpeechSet, makeExamples, type SpeechExample, speechLogits } from './speech-examples.ts';

import { makeSpeechFigures } from './speech-report.ts';
import { judgeSpeech, sevenLabel, sevenOf, speakerFolds } from './train-speech.ts';

/** `model`: the model as it is. `speakers`: its recipe, trained anew without each speaker in turn (or each part of them). */
export const SPEECH_PROTOCOLS = ['model', 'speakers'] as const;

export interface EvaluateSpeechOptions {
  /** The set's folder, in the layout of its own page; any speakers, any number of clips. */
  readonly dataPath: string;
  readonly set: SpeechSet;
  /** @default 'model' */
  readonly protocol?: (typeof SPEECH_PROTOCOLS)[number];
  /** An .onnx file. @default the shipped one */
  readonly model?: string;
  /** Changes to the recipe's settings for `speakers`, as `key=value`. */
  readonly changes?: readonly string[];
  /** Folder that gets index.md, metrics.json and figures. @default none is written */
  readonly out?: string;
  readonly onProgress?: (message: string) => void;
}

export interface SpeechScore {
  readonly count: number;
  readonly accuracy: number;
  /** Wilson, 95 %. */
  readonly accuracyInterval: readonly [number, number];
  /** Unweighted average recall over the classes that occur. */
  readonly uar: number;
  readonly macroF1: number;
  readonly labels: readonly string[];
  readonly perClass: Readonly<Record<string, ClassScore>>;
  /** [truth][predicted], in the order of `labels`. */
  readonly confusion: readonly (readonly number[])[];
  /** Calibration error, 15 bins. */
  readonly ece: number;
}

/** What `attune evaluate speech --json` prints. Rates are fractions 0..1. */
export interface SpeechReport extends SpeechScore {
  readonly task: 'speech';
  readonly set: SpeechSet;
  readonly protocol: (typeof SPEECH_PROTOCOLS)[number];
  /** Whose clips the figures above are of. */
  readonly scored:
    | 'speakers not heard in training'
    | 'test takes of speakers heard in training'
    | 'speakers heard in training'
    | 'speakers left out in turn';
  /** One sentence on what the figures are worth. */
  readonly note: string;
  readonly speakers: { readonly heard: readonly string[]; readonly unheard: readonly string[] };
  /** Accuracy of each speaker's clips. */
  readonly perSpeaker: Readonly<Record<string, number>>;
  /** Mood of the voice only: the classes folded into the seven emotions. */
  readonly sevenEmotions?: SpeechScore;
  /** Clips in which no voice was found, so that `attune read` would not answer. */
  readonly noVoice: number;
  readonly model: {
    readonly version: string;
    readonly sha256: string;
    readonly metadata: Readonly<Record<string, string>>;
  } | null;
  readonly recipe: string;
  readonly dataset: { readonly name: string; readonly count: number; readonly sha256: string };
  readonly seconds: number;
  readonly commit: string | null;
  readonly machine: string;
  /** When, ISO 8601. */
  readonly time: string;
}

/** Scores of logits [count, classes] against labels; only columns of `allowed` can win. */
export const scoreSpeech = (
  logits: Float32Array,
  labels: readonly number[],
  names: readonly string[],
  allowed: readonly number[] = [...names.keys()],
): SpeechScore => {
  const width = allowed.length;
  const kept = new Float32Array(labels.length * width);
  for (let row = 0; row < labels.length; row++) {
    const own = allowed.map((k) => logits[row * names.length + k]!);
    const largest = Math.max(...own);
    const powers = own.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, value) => total + value, 0);
    kept.set(
      powers.map((value) => value / sum),
      row * width,
    );
  }
  const truth = labels.map((label) => allowed.indexOf(label));
  return scoreProbabilities(
    kept,
    truth,
    allowed.map((k) => names[k]!),
  );
};

const scoreProbabilities = (
  probabilities: Float32Array,
  truth: readonly number[],
  labels: readonly string[],
): SpeechScore => {
  const confusion = confusionMatrix(truth, likeliest(probabilities, labels.length), labels.length);
  const scores = scoreClasses(confusion);
  return {
    count: truth.length,
    accuracy: accuracy(confusion),
    accuracyInterval: wilsonInterval(
      confusion.reduce((sum, row, i) => sum + row[i]!, 0),
      truth.length,
    ),
    uar: unweightedAverageRecall(confusion),
    macroF1: macroF1(confusion),
    labels,
    perClass: Object.fromEntries(labels.map((label, i) => [label, scores[i]!])),
    confusion,
    ece: expectedCalibrationError({ labels: truth, probabilities, classes: labels.length }),
  };
};

/** The seven emotions out of voice logits. */
export const scoreSeven = (logits: Float32Array, labels: readonly number[], classes: number): SpeechScore => {
  const rows = labels.map((_, row) => sevenOf(logits.subarray(row * classes, (row + 1) * classes)));
  return scoreProbabilities(
    Float32Array.from(rows.flat()),
    labels.map((label) => sevenLabel(label, classes)),
    EMOTIONS,
  );
};

/**
 * @throws {InvalidInputError} `evaluate/set`: no such set. `data/…`, `audio/…`: the recordings cannot be read.
 *   `model/…`: the model does not fit.
 * @throws {UnavailableError} `model/missing`
 */
export const evaluateSpeech = async (options: EvaluateSpeechOptions): Promise<SpeechReport> => {
  const { dataPath, set, protocol = 'model', changes = [], onProgress = () => {} } = options;
  if (!SPEECH_SETS.includes(set))
    throw new InvalidInputError('evaluate/set', `There is no set "${set}": choose ${SPEECH_SETS.join(', ')}.`);
  const started = performance.now();
  const recipe = findSpeechRecipe(set === 'fsdd' ? 'speech-digits' : 'speech-voice');
  onProgress(`Reading ${dataPath}`);
  const loaded = await loadSpeechSet(set, dataPath, (done, count) => onProgress(`Reading: ${done} of ${count} clips`));
  const noVoice = loaded.clips.filter(({ samples }) => findVoice(samples).voicedSeconds < 0.08).length;
  const allowed = [...new Set(loaded.labels.map((name) => recipe.labels.indexOf(name)))].sort((a, b) => a - b);
  const found =
    protocol === 'model'
      ? await askModel(
          loaded.clips,
          await makeExamples(set, loaded, { ...recipe, manner: undefined }),
          set,
          recipe,
          options,
        )
      : await askFolds(await makeExamples(set, loaded, recipe, recipe.speeds), set, recipe, changes, onProgress);
  const { examples, rows, logits } = found;
  const classes = recipe.labels.length;
  const truth = rows.map((row) => examples[row]!.label);
  const score = scoreSpeech(logits, truth, recipe.labels, allowed);
  const seven = set === 'fsdd' ? undefined : scoreSeven(logits, truth, classes);
  const report: SpeechReport = {
    task: 'speech',
    set,
    protocol,
    scored: found.scored,
    note: found.note + noteOfMissing(loaded.missing, 'clip'),
    ...score,
    speakers: found.speakers,
    perSpeaker: accuracyBySpeaker(examples, rows, logits, allowed, classes),
    ...(seven && { sevenEmotions: seven }),
    noVoice,
    model: found.model,
    recipe: recipe.name,
    dataset: { name: loaded.name, count: loaded.clips.length, sha256: loaded.sha256 },
    seconds: (performance.now() - started) / 1000,
    commit: (await findCommit()) ?? null,
    machine: describeMachine(),
    time: new Date().toISOString(),
  };
  if (options.out !== undefined) {
    const shown = rows.find((row, i) => bestOf(logits, i, allowed, classes) === examples[row]!.label) ?? rows[0]!;
    await makeSpeechFigures(options.out, report, {
      id: examples[shown]!.id,
      samples: loaded.clips[shown]!.samples,
      truth: recipe.labels[examples[shown]!.label]!,
      said: recipe.labels[bestOf(logits, rows.indexOf(shown), allowed, classes)]!,
    });
  }
  return report;
};

const bestOf = (logits: Float32Array, row: number, allowed: readonly number[], classes: number): number =>
  allowed.reduce((best, k) => (logits[row * classes + k]! > logits[row * classes + best]! ? k : best));

const accuracyBySpeaker = (
  examples: readonly SpeechExample[],
  rows: readonly number[],
  logits: Float32Array,
  allowed: readonly number[],
  classes: number,
): Record<string, number> => {
  const sums = new Map<string, { right: number; count: number }>();
  for (const [i, row] of rows.entries()) {
    const { group, label } = examples[row]!;
    const sum = sums.get(group) ?? { right: 0, count: 0 };
    sums.set(group, sum);
    sum.count++;
    if (bestOf(logits, i, allowed, classes) === label) sum.right++;
  }
  return Object.fromEntries([...sums].sort().map(([group, { right, count }]) => [group, right / count]));
};

type Asked = Pick<SpeechReport, 'scored' | 'note' | 'speakers' | 'model'> & {
  readonly examples: readonly SpeechExample[];
  /** Rows of the examples that are scored. */
  readonly rows: readonly number[];
  /** [rows, classes] */
  readonly logits: Float32Array;
};

/** The shipped reader itself for voices, the bare network for digits: what is measured is what answers. */
const openAsker = async (
  set: SpeechSet,
  recipe: SpeechRecipe,
  path: string | undefined,
  clips: readonly SoundClip[],
  examples: readonly SpeechExample[],
) => {
  const file = path ?? (set === 'fsdd' ? DIGITS_MODEL : VOICE_MODEL);
  const bytes = await readSoundModel(file, `npx attune train ${recipe.name} --data PATH`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (set !== 'fsdd') {
    const voice = await loadVoiceModel({ model: file });
    const ask = async (rows: readonly number[]): Promise<Float32Array> => {
      const logits = new Float32Array(rows.length * recipe.labels.length);
      for (const [i, row] of rows.entries())
        logits.set(await voiceLogits(clips[row]!.samples, voice), i * recipe.labels.length);
      return logits;
    };
    return {
      model: voice,
      sha256,
      ask,
      close: async () => {
        await voice.session.release();
        await voice.manner.release();
      },
    };
  }
  const model = await openSoundModel(bytes, openSession, {
    task: recipe.task,
    inputDims: [1, recipe.picture.bandCount, recipe.picture.frameCount],
    settings: describePicture(recipe.picture),
  });
  const ask = (rows: readonly number[]): Promise<Float32Array> => speechLogits(model.session, examples, rows, recipe);
  return { model, sha256, ask, close: () => model.session.release() };
};

const askModel = async (
  clips: readonly SoundClip[],
  examples: readonly SpeechExample[],
  set: SpeechSet,
  recipe: SpeechRecipe,
  { model: path, onProgress = () => {} }: EvaluateSpeechOptions,
): Promise<Asked> => {
  const { model, sha256, ask, close } = await openAsker(set, recipe, path, clips, examples);
  try {
    if (model.labels.join(',') !== recipe.labels.join(','))
      throw new InvalidInputError(
        'model/labels',
        `This model's labels are "${model.labels}", expected "${recipe.labels}": train it again.`,
      );
    const { metadata } = model.session;
    const heardGroups = new Set((metadata['attune.trainedOn'] ?? '').split(','));
    const groups = [...new Set(examples.map(({ group }) => group))].sort();
    const heard = groups.filter((group) => heardGroups.has(group));
    const unheard = groups.filter((group) => !heardGroups.has(group));
    const all = [...examples.keys()];
    const isHeard = (row: number): boolean => heardGroups.has(examples[row]!.group);
    const tests = all.filter((row) => isHeard(row) && examples[row]!.part === 'test');
    const rows = unheard.length > 0 ? all.filter((row) => !isHeard(row)) : tests.length > 0 ? tests : all;
    const scored: Asked['scored'] =
      unheard.length > 0
        ? 'speakers not heard in training'
        : tests.length > 0
          ? 'test takes of speakers heard in training'
          : 'speakers heard in training';
    onProgress(`Scoring ${rows.length} clips`);
    const logits = await ask(rows);
    const said = { version: model.version, sha256, metadata };
    return {
      examples,
      rows,
      logits,
      scored,
      note: noteOf(scored, heard.length),
      speakers: { heard, unheard },
      model: said,
    };
  } finally {
    await close();
  }
};

const noteOf = (scored: Asked['scored'], heard: number): string =>
  scored === 'speakers not heard in training'
    ? `None of these speakers was heard in training${heard > 0 ? `; clips of the ${heard} that were are left out` : ''}.`
    : scored === 'test takes of speakers heard in training'
      ? 'These speakers were heard in training, these takes of theirs were not (the official split).'
      : 'These very speakers and clips were learnt from: the figures flatter. See --protocol speakers for honest ones.';

const askFolds = async (
  examples: readonly SpeechExample[],
  set: SpeechSet,
  recipe: SpeechRecipe,
  changes: readonly string[],
  onProgress: (message: string) => void,
): Promise<Asked> => {
  const settings = resolveSoundSettings(recipe.settings, changes);
  const groups = [...new Set(examples.map(({ group }) => group))].sort();
  if (groups.length < 2)
    throw new InvalidInputError(
      'data/too-few',
      `All clips are of one speaker (${groups[0]}): to leave one out and learn from the others takes two. Score the model that ships with --protocol model.`,
    );
  // RAVDESS has so many actors that parts of them do; the other sets leave one speaker out at a time.
  const folds = set === 'ravdess' ? Math.min(recipe.folds, groups.length) : groups.length;
  const foldOf = set === 'ravdess' ? speakerFolds(examples, folds) : examples.map(({ group }) => groups.indexOf(group));
  let done = 0;
  const logits = await judgeSpeech(examples, foldOf, recipe, settings, {
    onFold: async () => onProgress(`Trained without ${++done} of ${folds} parts of the speakers`),
  });
  const note =
    set === 'ravdess'
      ? `Trained ${folds} times on this set alone, each time without some of the actors, who are then scored.`
      : `Trained ${folds} times on this set alone, each time without one speaker, who is then scored.`;
  return {
    examples,
    rows: [...examples.keys()],
    logits,
    scored: 'speakers left out in turn',
    note,
    speakers: { heard: [], unheard: groups },
    model: null,
  };
};

/** What a model's training run found on speakers it had not heard; `path`: its training.json. */
export const readJudged = async (
  path: string,
): Promise<{ set: SpeechSet; group: string; label: number; logits: number[] }[]> => {
  const file = JSON.parse(await readFile(path, 'utf8')) as {
    judged?: { examples: { set: SpeechSet; group: string; label: number; logits: number[] }[] };
  };
  return file.judged?.examples ?? [];
};
