/** Drawing on the plane. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smoothPath, spreadDots } from './plane.ts';

it('dots are spread apart, the first stays', () => {
  const dot = fc.record({ x: fc.integer({ min: 0, max: 40 }), y: fc.integer({ min: 0, max: 40 }) });
  fc.assert(
    fc.property(fc.array(dot, { minLength: 1, maxLength: 25 }), (dots) => {
      const spread = spreadDots(dots, 12);
      expect(spread[0]).toEqual(dots[0]);
      spread.forEach((a, i) => {
        for (const b of spread.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(12);
      });
    }),
    { numRuns: 50 },
  );
});

it('a path goes through its points', () => {
  expect(smoothPath([])).toBe('');
  const path = smoothPath([
    { x: 0, y: 0 },
    { x: 10, y: 5 },
    { x: 30, y: 0 },
  ]);
  expect(path).toMatch(/^M0 0C/);
  expect(path).toContain('10 5C');
  expect(path.endsWith('30 0')).toBe(true);
});
