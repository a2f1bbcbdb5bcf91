/** Decides how hard to look for faces in the next frame of a camera: the least that keeps up with how they move. */
import type { Face } from '../src/face/detect.ts';

/**
 * `search` the whole picture, `follow` the faces of the frame before from close by, or let them `stay` where they are:
 * each costs about half of the one before.
 */
export type LookKind = 'search' | 'follow' | 'stay';

export interface FaceFollowerOptions {
  /** Faces that came in are searched this often, milliseconds. @default 400 */
  readonly searchMs?: number;
  /** Faces whose points moved by less than this part of their width since the look before may stay for one frame. @default 0.02 */
  readonly stillShare?: number;
}

/** How far a face's points moved, as a part of its width; far where the number of points differs. */
const movement = (before: Face, now: Face): number =>
  Math.max(
    ...now.keypoints.map(({ x, y }, index) => {
      const old = before.keypoints[index];
      return old ? Math.hypot(x - old.x, y - old.y) / now.box.width : 1;
    }),
  );

export const createFaceFollower = ({ searchMs = 400, stillShare = 0.02 }: FaceFollowerOptions = {}) => {
  let faces: readonly Face[] = [];
  let width = 0;
  let searchedAt = Number.NEGATIVE_INFINITY;
  let areStill = false;
  return {
    /** Those of the frame before. */
    faces: (): readonly Face[] => faces,
    next: (nowMs: number, frameWidth: number): LookKind => {
      if (faces.length === 0 || frameWidth !== width || nowMs - searchedAt >= searchMs) return 'search';
      if (!areStill) return 'follow';
      // Only one frame: the next look must show whether they still are.
      areStill = false;
      return 'stay';
    },
    /** What a look found; not needed for faces that stayed. */
    saw: (found: readonly Face[], kind: 'search' | 'follow', nowMs: number, frameWidth: number): void => {
      areStill =
        kind === 'follow' &&
        found.length === faces.length &&
        found.every((face, index) => movement(faces[index]!, face) < stillShare);
      faces = found;
      width = frameWidth;
      if (kind === 'search') searchedAt = nowMs;
    },
  };
};
