/** Merges the many detections of one face into one: non-maximum suppression. */
import type { Detection } from './blazeface.ts';
import type { Box, Point } from './image.ts';

const area = ({ width, height }: Box): number => width * height;

const sharedArea = (a: Box, b: Box): number => {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
};

/** Area shared by two boxes as a fraction of the area they cover together (intersection over union), 0..1. */
export const overlap = (a: Box, b: Box): number => {
  const shared = sharedArea(a, b);
  return shared === 0 ? 0 : shared / (area(a) + area(b) - shared);
};

/** Area shared by two boxes as a fraction of the smaller one, 0..1. */
const sharedOfSmaller = (a: Box, b: Box): number => {
  const shared = sharedArea(a, b);
  return shared === 0 ? 0 : shared / Math.min(area(a), area(b));
};

/**
 * Non-maximum suppression, weighted: the best detection and all that overlap it by at least `minOverlap` become one,
 * whose box and keypoints are their mean weighted by score and whose score is the best one's. Best first.
 *
 * Blending instead of picking the best cuts the movement of the eyes by a sixth (scripts/measure-close-look.ts).
 *
 * @see Bazarevsky et al., BlazeFace (2019), section 3.4.
 */
export const mergeDetections = (detections: readonly Detection[], minOverlap: number): Detection[] => {
  let rest = [...detections].sort((a, b) => b.score - a.score);
  const merged: Detection[] = [];
  while (rest.length > 0) {
    const best = rest[0]!;
    const same = rest.filter((other) => other === best || overlap(best.box, other.box) >= minOverlap);
    const kept = new Set(same);
    rest = rest.filter((other) => !kept.has(other));
    merged.push(same.length === 1 ? best : blend(same));
  }
  return merged;
};

/** One box within another counts as a repeat when this much of the smaller one is shared. */
const NESTED = 0.7;

/** The best of all detections that show the same face: they overlap by `minOverlap`, or one lies within another. */
export const dropRepeats = (detections: readonly Detection[], minOverlap: number): Detection[] => {
  const kept: Detection[] = [];
  for (const detection of [...detections].sort((a, b) => b.score - a.score))
    if (
      !kept.some(
        ({ box }) => overlap(box, detection.box) >= minOverlap || sharedOfSmaller(box, detection.box) >= NESTED,
      )
    )
      kept.push(detection);
  return kept;
};

const blend = (same: readonly Detection[]): Detection => {
  const total = same.reduce((sum, { score }) => sum + score, 0);
  const mean = (pick: (detection: Detection) => number): number =>
    same.reduce((sum, detection) => sum + pick(detection) * detection.score, 0) / total;
  const point = (index: number): Point => ({
    x: mean(({ keypoints }) => keypoints[index]!.x),
    y: mean(({ keypoints }) => keypoints[index]!.y),
  });
  return {
    box: {
      x: mean(({ box }) => box.x),
      y: mean(({ box }) => box.y),
      width: mean(({ box }) => box.width),
      height: mean(({ box }) => box.height),
    },
    keypoints: same[0]!.keypoints.map((_, index) => point(index)),
    score: same[0]!.score,
  };
};
