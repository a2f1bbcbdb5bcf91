/** Looks are saved while faces are still, and spent when they move. */
import { expect, it } from 'vitest';
import type { Face } from '../src/face/detect.ts';
import { createFaceFollower, type LookKind } from './face-follower.ts';

const faceAt = (x: number): Face => {
  const point = (dx: number): { x: number; y: number } => ({ x: x + dx, y: 50 });
  const keypoints = [point(30), point(70), point(50), point(50), point(10), point(90)];
  const eyes = { right: keypoints[0]!, left: keypoints[1]! };
  return { box: { x, y: 0, width: 100, height: 100 }, eyes, keypoints, score: 0.9 };
};

/** Frames 33 ms apart with a face at these places; `undefined` for none. */
const run = (places: readonly (number | undefined)[]): LookKind[] => {
  const follower = createFaceFollower();
  return places.map((place, index) => {
    const now = index * 33;
    const kind = follower.next(now, 640);
    if (kind !== 'stay') follower.saw(place === undefined ? [] : [faceAt(place)], kind, now, 640);
    return kind;
  });
};

it('a face that is still is looked at in every other frame', () => {
  expect(run([0, 0.5, 1, 0.5, 0, 0.5])).toEqual(['search', 'follow', 'stay', 'follow', 'stay', 'follow']);
});

it('a face that moves is looked at in every frame', () => {
  expect(run([0, 5, 10, 15, 20])).toEqual(['search', 'follow', 'follow', 'follow', 'follow']);
});

it('the whole picture is searched where there is no face, and again after 400 ms', () => {
  expect(run([undefined, undefined, 0, 5])).toEqual(['search', 'search', 'search', 'follow']);
  const kinds = run(Array.from({ length: 26 }, () => 0));
  expect(kinds.filter((kind) => kind === 'search')).toHaveLength(2);
  expect(kinds[13]).toBe('search');
});

it('another size of the picture is searched', () => {
  const follower = createFaceFollower();
  follower.saw([faceAt(0)], 'search', 0, 640);
  expect(follower.next(33, 320)).toBe('search');
});
