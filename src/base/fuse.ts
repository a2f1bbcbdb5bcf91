/** Several sources (a face, a voice) say how the same person feels at the same time: one answer out of all of them. */
import { EMOTIONS, type Emotion, type EmotionScores, rankEmotions } from './emotions.ts';
import { InvalidInputError, NoAnswerError } from './errors.ts';

export interface EmotionSource {
  /** For the reader: 'face', 'voice'. */
  readonly name: string;
  /** Calibrated probabilities, summing to 1. */
  readonly scores: EmotionScores;
  /** Whether the source stands by its likeliest emotion; one that is "not sure" is not heard while another one is sure. */
  readonly certain: boolean;
  /** How far its probabilities are to be trusted beside the others', 0 (not at all) to 1 (as they are). @default 1 */
  readonly confidence?: number;
}

export interface FusedReading {
  /** Sums to 1. */
  readonly scores: EmotionScores;
  readonly emotion: Emotion;
  /** Whether any source was sure and, where sure ones contradict one another, one emotion still stands out. */
  readonly certain: boolean;
  /** Names of the sources that were heard. */
  readonly sources: readonly string[];
}

/** What one source thinks likeliest counts as no less with the others: none can forbid what another says. */
const LEAST_PROBABILITY = 0.01;
/** Sure sources that contradict each other must leave this much to one emotion: what a voice's own threshold asks of its answers. */
const LEAST_JOINT = 0.8;

/**
 * Independent witnesses (naive Bayes with equal priors): p(e) is proportional to the product over the sources of
 * scores(e) to the power of the confidence. Two sources of confidence 1 that agree are surer together than the surer of them
 * alone; one with equal scores, or with confidence 0, changes nothing. Sources that are not sure are left out while another
 * is sure.
 * One source alone keeps its own scores.
 *
 * @throws {NoAnswerError} `mood/no-source`: there is no source, or none with a confidence above 0.
 * @throws {InvalidInputError} `mood/source`: a confidence outside 0..1, or scores that are no probabilities.
 */
export const fuseReadings = (sources: readonly EmotionSource[]): FusedReading => {
  for (const { name, scores, confidence = 1 } of sources) {
    const sum = EMOTIONS.reduce((total, emotion) => total + scores[emotion], 0);
    if (
      !(confidence >= 0 && confidence <= 1) ||
      EMOTIONS.some((emotion) => !(scores[emotion] >= 0)) ||
      !(Math.abs(sum - 1) < 0.01)
    )
      throw new InvalidInputError(
        'mood/source',
        `What ${name} says has scores that sum to ${sum} and confidence ${confidence}: expected seven probabilities that sum to 1, and 0 to 1.`,
      );
  }
  const trusted = sources.filter(({ confidence = 1 }) => confidence > 0);
  if (trusted.length === 0)
    throw new NoAnswerError('mood/no-source', 'Nothing was read that a mood could come from: give a face or a voice.');
  const sure = trusted.filter(({ certain }) => certain);
  const heard = sure.length > 0 ? sure : trusted;
  const [only] = heard;
  const scores = heard.length === 1 ? only!.scores : multiply(heard);
  const emotion = rankEmotions(scores)[0]!;
  const areAtOne = new Set(sure.map((one) => rankEmotions(one.scores)[0])).size === 1;
  const certain = areAtOne || (sure.length > 0 && scores[emotion] >= LEAST_JOINT);
  return { scores, emotion, certain, sources: heard.map(({ name }) => name) };
};

const multiply = (sources: readonly EmotionSource[]): EmotionScores => {
  const said = new Set(sources.map(({ scores }) => rankEmotions(scores)[0]!));
  // Only there: a floor under all seven would make two sources that agree on 99.99 % less sure together than alone.
  const floor = (emotion: Emotion): number => (said.has(emotion) ? LEAST_PROBABILITY : 0);
  const logs = EMOTIONS.map((emotion) =>
    sources.reduce(
      (sum, { scores, confidence = 1 }) => sum + confidence * Math.log(Math.max(floor(emotion), scores[emotion])),
      0,
    ),
  );
  const largest = Math.max(...logs);
  const powers = logs.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return Object.fromEntries(EMOTIONS.map((emotion, i) => [emotion, powers[i]! / total])) as Record<Emotion, number>;
};
