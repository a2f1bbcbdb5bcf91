/** Kernel ridge regression: numbers worked out by NumPy, the file that says the same, and what distance must do. */
import { describe, expect, it } from 'vitest';
import { openSession } from '../node/open-session.ts';
import { createRandom } from '../src/base/random.ts';
import { tensor } from '../src/graph/session.ts';
import {
  applyBlockScale,
  encodeKernelRidge,
  fitBlockScale,
  fitKernelRidge,
  fitKernelRidgeOn,
  predictKernelRidge,
} from './kernel-ridge.ts';

const random = createRandom('kernel ridge');
const BLOCKS = [{ length: 3 }, { length: 2 }];
const rows = Array.from({ length: 30 }, () => Array.from({ length: 5 }, () => random.normal()));
const targets = rows.map(([a, b, , d]) => [a! + Math.sin(b!), d! ** 2]);

describe('kernel ridge', () => {
  it('solves two songs by hand', () => {
    // Two rows, one number: scaled to -1 and 1, so |a - b|^2 = 4; K = [[1, e], [e, 1]] with e = exp(-1); y = -1, 1 after its mean.
    const model = fitKernelRidge([[0], [2]], [[1], [3]], [{ length: 1 }], { gamma: 0.25, lambda: 0.5 });
    const own = 1 / (1.5 - Math.exp(-1));
    // 8 bits hold -1 and 1 as 32/127 of the furthest: 1.0079.
    expect(Array.from(model.coefficients[0]!)).toEqual([expect.closeTo(-own, 2), expect.closeTo(own, 2)]);
    expect(model.intercepts[0]).toBe(2);
    expect(predictKernelRidge(model, [2])[0]).toBeCloseTo(2 + own * (1 - Math.exp(-1)), 2);
  });

  it('answers from its file as it does itself', async () => {
    const model = fitKernelRidge(rows, targets, BLOCKS);
    const session = await openSession(encodeKernelRidge(model, { 'attune.task': 'test' }));
    const fresh = Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => 3 * random.normal()));
    const { answers } = await session.run({ statistics: tensor(Float32Array.from(fresh.flat()), [4, 5]) });
    for (const [i, row] of fresh.entries())
      for (const [t, value] of predictKernelRidge(model, row).entries())
        expect(answers!.data[i * 2 + t]).toBeCloseTo(value, 3);
    expect(session.metadata['attune.task']).toBe('test');
    await session.release();
  });

  it('falls back to the mean far away from all it has learnt', () => {
    const model = fitKernelRidge(rows, targets, BLOCKS, { gamma: 1, lambda: 0.1 });
    const mean = targets.reduce((sum, [a]) => sum + a! / targets.length, 0);
    const near = Math.abs(predictKernelRidge(model, rows[0]!)[0]! - mean);
    const far = Math.abs(predictKernelRidge(model, [99, -99, 99, -99, 99])[0]! - mean);
    expect(far).toBeLessThan(Math.max(near, 0.5));
  });

  it('keeps few and learns from many: the same answers where it keeps all, better ones than from the few alone', () => {
    const fixed = { gamma: 0.5, lambda: 0.1 };
    const all = fitKernelRidge(rows, targets, BLOCKS, fixed);
    const lambda = rows.map(() => fixed.lambda);
    const kept = fitKernelRidgeOn(rows, rows, targets, BLOCKS, { ...fixed, lambda });
    for (const row of rows.slice(0, 5))
      for (const [t, value] of predictKernelRidge(kept, row).entries())
        expect(value).toBeCloseTo(predictKernelRidge(all, row)[t]!, 3);
    const few = [rows.slice(0, 10), targets.slice(0, 10)] as const;
    const alone = fitKernelRidge(...few, BLOCKS, fixed);
    const taught = fitKernelRidgeOn(few[0], rows, targets, BLOCKS, { ...fixed, lambda });
    expect(taught.songs).toHaveLength(10);
    const error = (model: typeof alone): number =>
      rows.reduce((sum, row, i) => sum + (predictKernelRidge(model, row)[0]! - targets[i]![0]!) ** 2, 0);
    expect(error(taught)).toBeLessThan(0.7 * error(alone));
  });

  it('refuses too few rows to choose its settings from, and rows without targets', () => {
    const code = expect.objectContaining({ code: 'ridge/rows' });
    expect(() => fitKernelRidge(rows.slice(0, 1), targets.slice(0, 1), BLOCKS)).toThrow(code);
    expect(() => fitKernelRidge([], [], BLOCKS, { gamma: 1, lambda: 1 })).toThrow(code);
    expect(() => fitKernelRidge(rows, targets.slice(1), BLOCKS)).toThrow(code);
    expect(() => fitKernelRidgeOn([], rows, targets, BLOCKS, { gamma: 1, lambda: [] })).toThrow(code);
  });

  it('gives every block of numbers the same say, and leaves out what never varies', () => {
    const scale = fitBlockScale(
      [
        [0, 7, 1],
        [2, 7, 3],
      ],
      [{ length: 2 }, { length: 1 }],
    );
    const scaled = applyBlockScale(scale, [2, 8, 3]);
    expect(scaled[0]).toBeCloseTo(1 / Math.sqrt(4), 12);
    expect(scaled[1]).toBe(0);
    expect(scaled[2]).toBeCloseTo(1 / Math.sqrt(2), 12);
  });
});
