/** The curve of mood over a song's time: pieces of one emotion each, as lines whose height is how pleasant it sounds. */
import type { MoodMoment } from '../src/audio/song-sound.ts';
import { EMOTIONS, type Emotion, rankEmotions } from '../src/base/emotions.ts';
import { type Dot, smoothPath } from './plane.ts';
import type { HeardSong } from './song-hearing.ts';
import { smoothTimeline, spansOf } from './timeline.ts';

export interface CurvePiece {
  readonly emotion: Emotion;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Where it begins and ends, px. */
  readonly left: number;
  readonly right: number;
  /** SVG path. */
  readonly path: string;
}

/** Half a stroke stays free above and below, px. */
const MARGIN = 3;

/**
 * The curve in a box of this size. Its first and last values reach to the song's beginning and end.
 *
 * @param seconds the song's length, above 0
 */
export const curvePieces = (
  curve: readonly MoodMoment[],
  seconds: number,
  width: number,
  height: number,
): CurvePiece[] => {
  const [first] = curve;
  const last = curve.at(-1);
  if (!first || !last) return [];
  const end = Math.max(seconds, last.seconds);
  const moments = [{ ...first, seconds: 0 }, ...curve, { ...last, seconds: end }];
  const x = (time: number): number => (time / end) * width;
  const y = (valence: number): number => MARGIN + ((1 - valence) / 2) * (height - 2 * MARGIN);
  const dots: Dot[] = moments.map((moment) => ({ x: x(moment.seconds), y: y(moment.valence) }));
  const between = (time: number): Dot => {
    const after = Math.max(
      1,
      moments.findIndex((moment) => moment.seconds >= time),
    );
    const [from, to] = [moments[after - 1]!, moments[after]!];
    const share = to.seconds > from.seconds ? (time - from.seconds) / (to.seconds - from.seconds) : 0;
    return { x: x(time), y: y(from.valence + share * (to.valence - from.valence)) };
  };
  const named = smoothTimeline(
    moments.map((moment) => ({
      timeSeconds: moment.seconds,
      scores: moment.scores,
      emotion: rankEmotions(moment.scores)[0]!,
    })),
  );
  return spansOf(named).map(({ emotion, fromSeconds, toSeconds }) => {
    const [start, stop] = [between(fromSeconds), between(toSeconds)];
    const inner = dots.filter((dot) => dot.x > start.x && dot.x < stop.x);
    return {
      emotion,
      fromSeconds,
      toSeconds,
      left: start.x,
      right: stop.x,
      path: smoothPath([start, ...inner, stop]),
    };
  });
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isMoment = (value: unknown): boolean =>
  isRecord(value) &&
  [value.seconds, value.valence, value.arousal].every(Number.isFinite) &&
  isRecord(value.scores) &&
  EMOTIONS.every((name) => Number.isFinite((value.scores as Readonly<Record<string, unknown>>)[name]));

/** Whether what was kept is a song heard by these very models; another version's is passed over. */
export const isHeardSong = (value: unknown, version: string): value is HeardSong =>
  isRecord(value) &&
  value.version === version &&
  typeof value.seconds === 'number' &&
  value.seconds > 0 &&
  Array.isArray(value.vector) &&
  value.vector.length > 0 &&
  value.vector.every(Number.isFinite) &&
  Array.isArray(value.curve) &&
  value.curve.length > 0 &&
  value.curve.every(isMoment);
