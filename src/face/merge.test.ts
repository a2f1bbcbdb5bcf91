import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Detection } from './blazeface.ts';
import { dropRepeats, mergeDetections, overlap } from './merge.ts';

const detection = (x: number, y: number, size: number, score: number): Detection => ({
  box: { x, y, width: size, height: size },
  keypoints: Array.from({ length: 6 }, (_, index) => ({ x: x + index, y: y + index })),
  score,
});

test('overlap of known boxes', () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  expect(overlap(box, box)).toBe(1);
  // 5 x 10 shared of 150 covered.
  expect(overlap(box, { x: 5, y: 0, width: 10, height: 10 })).toBeCloseTo(1 / 3, 12);
  expect(overlap(box, { x: 10, y: 0, width: 10, height: 10 })).toBe(0);
  expect(overlap(box, { x: 2, y: 2, width: 5, height: 5 })).toBe(0.25);
});

test('detections of one face are blended by score, another face stays apart', () => {
  const merged = mergeDetections([detection(0, 0, 10, 0.5), detection(2, 0, 10, 1), detection(50, 0, 10, 0.8)], 0.3);
  expect(merged.map(({ score }) => score)).toEqual([1, 0.8]);
  // (0 * 0.5 + 2 * 1) / 1.5
  expect(merged[0]!.box.x).toBeCloseTo(4 / 3, 12);
  expect(merged[0]!.keypoints[3]!.x).toBeCloseTo(3 + 4 / 3, 12);
  expect(merged[1]!.box).toEqual({ x: 50, y: 0, width: 10, height: 10 });
});

test('of repeats the best stays as it is, also of a box within another', () => {
  const kept = dropRepeats([detection(0, 0, 20, 0.6), detection(5, 5, 8, 0.9), detection(40, 0, 10, 0.7)], 0.3);
  expect(kept).toEqual([detection(5, 5, 8, 0.9), detection(40, 0, 10, 0.7)]);
});

test('nothing gives nothing', () => {
  expect(mergeDetections([], 0.3)).toEqual([]);
  expect(dropRepeats([], 0.3)).toEqual([]);
});

const detections = fc.array(
  fc
    .tuple(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 1, max: 30 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
    )
    .map(([x, y, size, score]) => detection(x, y, size, score)),
  { maxLength: 20 },
);

test('what is kept never overlaps, and the best is always kept', () => {
  fc.assert(
    fc.property(detections, (all) => {
      const kept = dropRepeats(all, 0.3);
      for (const [index, one] of kept.entries())
        for (const other of kept.slice(index + 1)) expect(overlap(one.box, other.box)).toBeLessThan(0.3);
      const best = Math.max(0, ...all.map(({ score }) => score));
      expect(kept[0]?.score ?? 0).toBe(best);
      expect(mergeDetections(all, 0.3)[0]?.score ?? 0).toBe(best);
    }),
  );
});
