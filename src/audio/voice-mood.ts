/** Reads the mood of a voice: recording in, seven calibrated probabilities out; no voice, no mood. */
import { EMOTIONS, type Emotion, type EmotionScores, rankEmotions } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import { type OpenSession, type Session, tensor } from '../graph/session.ts';
import { removeConstant } from './resample.ts';
import { openSoundModel, runSoundModel, type SoundModel } from './sound-model.ts';
import {
  cutPicture,
  describePicture,
  pictureStarts,
  speechPower,
  toDecibels,
  VOICE_PICTURE,
} from './speech-picture.ts';
import { requireVoice, type VoiceSpan } from './voice-activity.ts';
import { VOICE_STATISTIC_COUNT, voiceStatistics } from './voice-statistics.ts';

/** What the model tells apart: the classes of its two data sets together. */
export const VOICE_LABELS = [
  'neutral',
  'calm',
  'happy',
  'sad',
  'angry',
  'fear',
  'disgust',
  'surprise',
  'bored',
] as const;

/** Which of the seven each of `VOICE_LABELS` counts as: neither set has another word for a voice at rest. */
const EMOTION_OF: Readonly<Record<(typeof VOICE_LABELS)[number], Emotion>> = {
  neutral: 'neutral',
  calm: 'neutral',
  happy: 'happy',
  sad: 'sad',
  angry: 'angry',
  fear: 'fear',
  disgust: 'disgust',
  surprise: 'surprise',
  bored: 'neutral',
};

/** A voice model, opened with `openVoiceModel`: one half looks at pictures of the sound, the other knows the manner of speaking. */
export interface VoiceModel extends SoundModel {
  /** Takes "statistics" [1, VOICE_STATISTIC_COUNT], gives "answers" [1, VOICE_LABELS]. */
  readonly manner: Session;
  /** The two halves' sum is divided by it, so that its softmax is calibrated. */
  readonly temperature: number;
  /** A reading whose likeliest emotion has a lower probability counts as "not sure", 0..1. */
  readonly threshold: number;
}

export interface VoiceReading {
  /** Calibrated probabilities. */
  readonly scores: EmotionScores;
  /** The likeliest emotion. */
  readonly emotion: Emotion;
  /** Whether the likeliest emotion reaches the model's threshold; if not, the answer is "not sure". */
  readonly certain: boolean;
  /** Where somebody speaks. */
  readonly spans: readonly VoiceSpan[];
  readonly voicedSeconds: number;
}

const DIMS = [1, VOICE_PICTURE.bandCount, VOICE_PICTURE.frameCount] as const;
export const VOICE_SHAPE = {
  task: 'voice-emotion',
  inputDims: DIMS,
  settings: describePicture(VOICE_PICTURE),
} as const;
/** A long recording is judged by so many pictures, evenly chosen among those with a voice. */
const MOST_PICTURES = 48;
/** A picture that is voiced for a smaller share of its frames says more about the pause. */
const LEAST_VOICED = 0.2;

/** A shorter sound is not listened to, seconds. */
const LEAST_SECONDS = 0.1;
/** A mood is looked for in so much of a recording, from its start, seconds: an hour would take a minute and say no more. */
export const VOICE_SECONDS = 120;

/** What one of the manner's answers, about 0 to 1, counts beside a logit. */
export const MANNER_WEIGHT = 5;

/**
 * @param pictures voice-emotion.onnx
 * @param manner voice-manner.onnx
 * @throws {InvalidInputError} as `openSoundModel`; `model/labels`: their labels are not `VOICE_LABELS`, in that order, or
 *   the two were not made together.
 */
export const openVoiceModel = async (
  pictures: Uint8Array,
  manner: Uint8Array,
  openSession: OpenSession,
): Promise<VoiceModel> => {
  const model = await openSoundModel(pictures, openSession, VOICE_SHAPE);
  const second = await openSession(manner).catch(async (error: unknown) => {
    await model.session.release();
    throw error;
  });
  const { metadata } = model.session;
  const threshold = Number.parseFloat(metadata['attune.threshold'] ?? '');
  const temperature = Number.parseFloat(metadata['attune.temperature'] ?? '');
  const isPair =
    second.metadata['attune.task'] === 'voice-manner' &&
    second.metadata['attune.version'] === metadata['attune.version'];
  if (
    isPair &&
    model.labels.join(',') === VOICE_LABELS.join(',') &&
    threshold >= 0 &&
    threshold <= 1 &&
    temperature > 0
  )
    return { ...model, manner: second, threshold, temperature };
  await model.session.release();
  await second.release();
  throw new InvalidInputError(
    'model/labels',
    isPair
      ? `This model's labels are "${model.labels}", its threshold ${threshold}, its temperature ${temperature}; expected "${VOICE_LABELS}", 0 to 1, and above 0: train it again.`
      : `The two halves of the voice model do not belong together ("${metadata['attune.version']}" and "${second.metadata['attune.version']}"): take both from the same run.`,
  );
};

/**
 * The model's own numbers for a recording: the mean over its pictures and the manner of speaking, calibrated.
 *
 * @param voiced where there is a voice, seconds; @default everywhere
 * @returns [VOICE_LABELS]
 * @throws {InvalidInputError} `audio/empty`, `model/damaged`
 */
export const voiceLogits = async (
  samples: Float32Array,
  model: VoiceModel,
  voiced?: readonly VoiceSpan[],
): Promise<Float64Array> => {
  const power = speechPower(samples, VOICE_PICTURE);
  const { bandCount, frameCount, floor } = VOICE_PICTURE;
  const starts = chooseStarts(pictureStarts(power.frameCount, VOICE_PICTURE), power.firstFrame, voiced);
  const size = bandCount * frameCount;
  const pictures = new Float32Array(starts.length * size);
  for (const [i, start] of starts.entries())
    toDecibels(cutPicture(power, start, frameCount), bandCount, floor, pictures.subarray(i * size, (i + 1) * size));
  const logits = await runSoundModel(model, pictures, DIMS, VOICE_LABELS.length);
  const answers = await askManner(samples, model, voiced);
  const joint = Float64Array.from(answers, (value) => (MANNER_WEIGHT * value) / model.temperature);
  for (const [i, value] of logits.entries()) joint[i % joint.length]! += value / starts.length / model.temperature;
  return joint;
};

/** A manner of speaking shows within so many seconds; a long recording is judged by those with the most voice. */
const MANNER_SECONDS = 20;

/** Where the stretch begins that holds the most voice, the first of equal ones; each begins with a voice. */
const mannerStart = (voiced: readonly VoiceSpan[]): number => {
  let best = { seconds: 0, startSeconds: 0 };
  for (const [first, { startSeconds }] of voiced.entries()) {
    const end = startSeconds + MANNER_SECONDS;
    let seconds = 0;
    for (let i = first; i < voiced.length && voiced[i]!.startSeconds < end; i++)
      seconds += Math.min(end, voiced[i]!.endSeconds) - voiced[i]!.startSeconds;
    // A cough before the first word is a stretch too, but a poor one.
    if (seconds > best.seconds + 1e-6) best = { seconds, startSeconds };
  }
  return best.startSeconds;
};

const askManner = async (
  samples: Float32Array,
  { manner }: VoiceModel,
  voiced: readonly VoiceSpan[] | undefined,
): Promise<Float32Array> => {
  const from = Math.floor(mannerStart(voiced ?? []) * VOICE_PICTURE.sampleRate);
  const heard = samples.subarray(from, from + MANNER_SECONDS * VOICE_PICTURE.sampleRate);
  const statistics = tensor(voiceStatistics(heard), [1, VOICE_STATISTIC_COUNT]);
  const answers = (await manner.run({ statistics })).answers?.data;
  if (answers?.length === VOICE_LABELS.length && answers.every(Number.isFinite)) return answers;
  throw new InvalidInputError(
    'model/damaged',
    `The second half of this voice model gave ${answers?.length ?? 0} numbers instead of ${VOICE_LABELS.length}: build it again.`,
  );
};

const chooseStarts = (
  starts: readonly number[],
  firstFrame: number,
  voiced: readonly VoiceSpan[] | undefined,
): readonly number[] => {
  const { frameCount, hopSize, sampleRate } = VOICE_PICTURE;
  const share = (start: number): number => {
    const from = ((firstFrame + start) * hopSize) / sampleRate;
    const to = from + (frameCount * hopSize) / sampleRate;
    const within = (voiced ?? []).reduce(
      (sum, span) => sum + Math.max(0, Math.min(to, span.endSeconds) - Math.max(from, span.startSeconds)),
      0,
    );
    return within / (to - from);
  };
  const heard = voiced === undefined ? starts : starts.filter((start) => share(start) >= LEAST_VOICED);
  // A word or two fill no picture: then the one that holds most of them decides.
  const chosen =
    heard.length > 0 ? heard : [starts.reduce((best, start) => (share(start) > share(best) ? start : best))];
  if (chosen.length <= MOST_PICTURES) return chosen;
  return Array.from({ length: MOST_PICTURES }, (_, i) => chosen[Math.floor((i * chosen.length) / MOST_PICTURES)]!);
};

/** Softmax of the model's numbers, folded into the seven emotions. @param logits [VOICE_LABELS] */
export const voiceScores = (logits: ArrayLike<number>): EmotionScores => {
  const all = Array.from(logits);
  const largest = Math.max(...all);
  const powers = all.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const scores = Object.fromEntries(EMOTIONS.map((emotion) => [emotion, 0])) as Record<Emotion, number>;
  for (const [i, label] of VOICE_LABELS.entries()) scores[EMOTION_OF[label]] += powers[i]! / total;
  return scores;
};

/**
 * The mood of a voice, wherever in the first two minutes it speaks.
 *
 * @param samples mono, 16 kHz, -1 to 1
 * @throws {NoAnswerError} `audio/no-voice`: nobody speaks in them.
 * @throws {InvalidInputError} `audio/empty`: no samples. `audio/too-short`: less than 0.1 s, which holds no word.
 */
export const readVoice = async (samples: Float32Array, model: VoiceModel): Promise<VoiceReading> => {
  const { sampleRate } = VOICE_PICTURE;
  if (samples.length > 0 && samples.length < LEAST_SECONDS * sampleRate)
    throw new InvalidInputError(
      'audio/too-short',
      `This sound is ${((1000 * samples.length) / sampleRate).toFixed(0)} ms long: a mood needs a word or two.`,
    );
  const heard = removeConstant(samples.subarray(0, VOICE_SECONDS * sampleRate));
  const { spans, voicedSeconds } = requireVoice(heard, { sampleRate });
  const scores = voiceScores(await voiceLogits(heard, model, spans));
  const emotion = rankEmotions(scores)[0]!;
  return { scores, emotion, certain: scores[emotion] >= model.threshold, spans, voicedSeconds };
};
