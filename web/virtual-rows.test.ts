import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_HEIGHT, rowsOnView, scrollToRow } from './virtual-rows.ts';

describe('rows on view', () => {
  it('are those the box shows, and some beyond', () => {
    expect(rowsOnView(100_000, 60, 6000, 600, 2)).toEqual({ height: 6_000_000, first: 98, last: 112, top: 5880 });
    expect(rowsOnView(3, 60, 0, 600)).toEqual({ height: 180, first: 0, last: 2, top: 0 });
    expect(rowsOnView(0, 60, 0, 600)).toEqual({ height: 0, first: 0, last: -1, top: 0 });
  });

  it('reach the last of a million, in a list no browser refuses', () => {
    const { height } = rowsOnView(1_000_000, 60, 0, 600);
    expect(height).toBe(MOST_HEIGHT);
    expect(rowsOnView(1_000_000, 60, height - 600, 600, 0)).toMatchObject({ first: 999_990, last: 999_999 });
  });

  it('always cover the box, wherever it is scrolled, and any row can be scrolled to', () => {
    const numbers = fc.tuple(
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.integer({ min: 20, max: 120 }),
      fc.integer({ min: 130, max: 2000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(numbers, ([count, rowHeight, viewHeight, place, share]) => {
        const height = Math.min(count * rowHeight, MOST_HEIGHT);
        const scrollTop = share * Math.max(0, height - viewHeight);
        const covers = (at: number): { first: number; last: number } => {
          const { first, last, top } = rowsOnView(count, rowHeight, at, viewHeight);
          expect(top).toBeLessThanOrEqual(at + 0.01);
          const end = top + (last - first + 1) * rowHeight;
          expect(end).toBeGreaterThanOrEqual(Math.min(at + viewHeight, height) - 0.01);
          expect(last - first).toBeLessThan(viewHeight / rowHeight + 16);
          return { first, last };
        };
        covers(scrollTop);
        const row = Math.min(count - 1, Math.floor(place * count));
        const there = scrollToRow(row, count, rowHeight, scrollTop, viewHeight);
        const { first, last } = covers(there);
        expect(row).toBeGreaterThanOrEqual(first);
        expect(row).toBeLessThanOrEqual(last);
        expect(scrollToRow(row, count, rowHeight, there, viewHeight)).toBeCloseTo(there, 3);
      }),
    );
  });
});
