/** A song of the listener's own library: a catalogue song, where it lies, and what is known about its emotion from where. */
import { EMOTIONS, type Emotion, type EmotionScores } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import type { Song } from './song.ts';

/** Where a distribution over the seven emotions came from. `hand` is the listener's own correction, `annotation` a list's label. */
export const EVIDENCE_SOURCES = ['hand', 'annotation', 'lyrics', 'tags', 'sound'] as const;

export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number];

/** What one source says about a song. */
export interface EmotionEvidence {
  readonly source: EvidenceSource;
  /** Seven shares, 0 or more, not all 0; they are brought to sum 1 where they are joined. */
  readonly scores: EmotionScores;
  /** How far to trust it, 0 (not at all) to 1. */
  readonly confidence: number;
  /** Of the model or table that said so, so that a newer one redoes only what it changes; a date for a hand correction. */
  readonly version: string;
}

export interface LibrarySong extends Song {
  readonly album?: string;
  readonly durationSeconds?: number;
  /** As text, one line a line. Never sent anywhere. */
  readonly lyrics?: string;
  /** The file it was read from. */
  readonly path?: string;
  readonly url?: string;
  /** How often it is heard by everybody, in any unit of its source, 0 or more. */
  readonly popularity?: number;
  readonly evidence: readonly EmotionEvidence[];
}

/** What all sources together say about a song. */
export interface JoinedEvidence {
  /** Sums to 1; all seven equal where nothing is known. */
  readonly scores: EmotionScores;
  /** 0..1; 0 where nothing is known, 1 after a correction by hand. */
  readonly confidence: number;
}

/**
 * Joins what several sources say into one distribution.
 *
 * A correction by hand wins for ever: the last one in the list is the answer, whatever was found before or is found later.
 * Otherwise the mean of the distributions, weighted by confidence. The joint confidence is that of independent witnesses,
 * 1 - product of (1 - confidence), times how far they agree: the weighted mean of the overlap (sum of the smaller shares)
 * of each with the mean. One witness alone keeps its own confidence.
 *
 * @throws {InvalidInputError} `music/evidence`: a confidence outside 0..1, a share below 0 or not finite, or seven zeros.
 */
export const joinEvidence = (evidence: readonly EmotionEvidence[]): JoinedEvidence => {
  const witnesses = evidence.map(({ source, scores, confidence }) => {
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new InvalidInputError(
        'music/evidence',
        `The confidence of what ${source} says must lie in 0..1; it is ${confidence}.`,
      );
    }
    return { source, confidence, shares: normalized(scores, source) };
  });
  const correction = witnesses.filter(({ source }) => source === 'hand').at(-1);
  if (correction) return { scores: toScores(correction.shares), confidence: 1 };

  const weight = witnesses.reduce((sum, { confidence }) => sum + confidence, 0);
  if (weight === 0) return { scores: toScores(EMOTIONS.map(() => 1 / EMOTIONS.length)), confidence: 0 };
  const mean = EMOTIONS.map((_, e) =>
    witnesses.reduce((sum, { confidence, shares }) => sum + (confidence / weight) * shares[e]!, 0),
  );
  const agreement = witnesses.reduce(
    (sum, { confidence, shares }) =>
      sum + (confidence / weight) * shares.reduce((overlap, share, e) => overlap + Math.min(share, mean[e]!), 0),
    0,
  );
  const doubt = witnesses.reduce((product, { confidence }) => product * (1 - confidence), 1);
  return { scores: toScores(mean), confidence: Math.min(1, (1 - doubt) * agreement) };
};

const normalized = (scores: EmotionScores, source: EvidenceSource): number[] => {
  const shares = EMOTIONS.map((emotion) => scores[emotion]);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (!shares.every((share) => share >= 0) || !(sum > 0 && Number.isFinite(sum))) {
    throw new InvalidInputError(
      'music/evidence',
      `The scores ${source} gives must be seven numbers from 0, not all 0; they are ${shares.join(', ')}.`,
    );
  }
  return shares.map((share) => share / sum);
};

const toScores = (shares: readonly number[]): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((emotion, e) => [emotion, shares[e]!])) as Record<Emotion, number>;
