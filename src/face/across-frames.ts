/** One reading a person out of many frames of a video: follows each face and averages what it shows. */
import { EMOTIONS, type Emotion, type EmotionScores, rankEmotions } from '../base/emotions.ts';
import type { Box } from './image.ts';
import type { FaceReading } from './read.ts';

/** A face followed through a video. `face` is where it was largest; `scores` are the mean over its frames. */
export interface FollowedFace extends FaceReading {
  /** In how many of the frames it was seen. */
  readonly frames: number;
}

/** Joins a face to the nearest one of before if their centres lie at most this many face widths apart. */
const MAX_MOVE_WIDTHS = 1;

const centreDistance = (a: Box, b: Box): number =>
  Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
const areaOf = ({ face }: FaceReading): number => face.box.width * face.box.height;

/** Each face of a frame joins the nearest track that is near enough and not yet taken in this frame; else it starts one. */
const follow = (frames: readonly (readonly FaceReading[])[]): FaceReading[][] => {
  const tracks: FaceReading[][] = [];
  for (const readings of frames) {
    const pairs = tracks.flatMap((track, index) =>
      readings.map((reading) => {
        const last = track.at(-1)!.face.box;
        const widths = centreDistance(last, reading.face.box) / Math.max(last.width, reading.face.box.width);
        return { index, reading, widths };
      }),
    );
    const takenTracks = new Set<number>();
    const takenReadings = new Set<FaceReading>();
    for (const { index, reading, widths } of pairs.sort((a, b) => a.widths - b.widths)) {
      if (widths > MAX_MOVE_WIDTHS || takenTracks.has(index) || takenReadings.has(reading)) continue;
      tracks[index]!.push(reading);
      takenTracks.add(index);
      takenReadings.add(reading);
    }
    for (const reading of readings) if (!takenReadings.has(reading)) tracks.push([reading]);
  }
  return tracks;
};

/** The mean of the scores, each frame weighted by its likeliest emotion's probability: a frame that says little counts little. */
const averageScores = (track: readonly FaceReading[]): EmotionScores => {
  const weights = track.map(({ scores, emotion }) => scores[emotion]);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(
    EMOTIONS.map((emotion) => [
      emotion,
      track.reduce((total, { scores }, index) => total + scores[emotion] * (weights[index]! / sum), 0),
    ]),
  ) as Record<Emotion, number>;
};

/**
 * The people of a video, the one who filled most of it first.
 *
 * @param frames the faces of each frame, in the order of time, a few a second
 * @param threshold a face whose likeliest emotion has a lower mean probability counts as "not sure", 0..1
 * @returns one entry a followed face; empty where no frame held one. A quality note stays if more than half of the face's frames carry it.
 */
export const combineFrames = (
  frames: readonly (readonly FaceReading[])[],
  threshold: number,
): readonly FollowedFace[] =>
  follow(frames)
    .sort((a, b) => b.reduce((sum, reading) => sum + areaOf(reading), 0) - a.reduce((sum, r) => sum + areaOf(r), 0))
    .map((track) => {
      const scores = averageScores(track);
      const emotion = rankEmotions(scores)[0]!;
      const largest = track.reduce((best, reading) => (areaOf(reading) > areaOf(best) ? reading : best));
      const notes = [...new Set(track.flatMap(({ quality }) => quality))];
      return {
        face: largest.face,
        scores,
        emotion,
        certain: scores[emotion] >= threshold,
        quality: notes.filter(
          (note) => track.filter(({ quality }) => quality.includes(note)).length > track.length / 2,
        ),
        frames: track.length,
      };
    });
