/** Known values of the bench's own statistics. */
import { expect, test } from 'vitest';
import { median, quantile, timed } from './statistics.ts';

test('the median is the middle value, of an even number the lower middle one', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(median([])).toBeNaN();
});

test('a quantile is the value that so many are at most', () => {
  const values = [30, 10, 20, 40, 50];
  expect([0, 0.5, 0.95, 1].map((share) => quantile(values, share))).toEqual([10, 30, 50, 50]);
});

test('the result of timed work comes with times that are not negative', async () => {
  const { result, time } = await timed(async () => 'done');
  expect(result).toBe('done');
  expect(time.clock).toBeGreaterThanOrEqual(0);
  expect(time.processor).toBeGreaterThanOrEqual(0);
});
