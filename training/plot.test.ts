import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { barChart, confusionChart, lineChart, reliabilityChart, roundTicks } from './plot.ts';

describe('roundTicks', () => {
  // The values d3.ticks(low, high, 5) gives, after d3.nice has widened the ends.
  test.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.23, 0.66, [0.2, 0.3, 0.4, 0.5, 0.6, 0.7]],
    [-3, 12, [-5, 0, 5, 10, 15]],
    [3, 3, [3, 4]],
    [0, 0, [0, 0.2]],
  ])('from %f to %f', (low, high, ticks) => {
    expect(roundTicks(low, high)).toEqual(ticks);
  });

  test('cover both ends, rise, and stay few', () => {
    const end = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(end, end, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ticks = roundTicks(low, high);
        const slack = (ticks[1]! - ticks[0]!) * 1e-6;
        expect(ticks[0]! <= low + slack && ticks.at(-1)! >= high - slack).toBe(true);
        expect(ticks.every((tick, i) => i === 0 || tick > ticks[i - 1]!)).toBe(true);
        expect(ticks.length).toBeLessThanOrEqual(8);
      }),
    );
  });

  test('ends that are no numbers are a mistake of the caller', () => {
    expect(() => roundTicks(0, Number.NaN)).toThrow(RangeError);
  });
});

const percent = { range: [0, 1], unit: 'percent' } as const;

describe('figures', () => {
  test('a line goes through the pixels of its values', () => {
    const svg = lineChart({
      title: 'T',
      x: { label: 'x', range: [0, 10] },
      y: { label: 'y', range: [0, 1] },
      series: [
        {
          name: 'a',
          points: [
            [0, 0],
            [5, 0.5],
            [7, Number.NaN],
            [10, 1],
          ],
        },
      ],
    });
    // The plot reaches from x 64 to 616 and, upwards, from y 348 to 82.
    expect(svg).toContain('points="64,348 340,215 616,82"');
    expect(svg).not.toContain('NaN');
  });

  test('a confusion matrix shows shares of the true class, a class without pictures a dash', () => {
    const svg = confusionChart({
      title: 'T',
      labels: ['a', 'b'],
      confusion: [
        [3, 1],
        [0, 0],
      ],
    });
    expect(svg).toContain('75\u2009%');
    expect(svg).toContain('25\u2009%');
    expect(svg.match(/–/g)).toHaveLength(2);
  });

  test('names cannot break out of the text', () => {
    const svg = barChart({ title: '<script>"&', bars: [{ label: '<b>', value: 1 }] });
    expect(svg).not.toMatch(/<script>|<b>/);
    expect(svg).toContain('&lt;script&gt;&quot;&amp;');
  });

  test.each([
    [
      'lines',
      lineChart({
        title: 'T',
        x: { label: 'x' },
        y: { label: 'y', ...percent },
        series: [
          { name: 'a', points: [[1, 0.5]] },
          { name: 'b', points: [] },
        ],
        mark: { x: 1, label: 'm' },
      }),
    ],
    ['no points', lineChart({ title: 'T', x: { label: 'x' }, y: { label: 'y' }, series: [] })],
    ['bars', barChart({ title: 'T', bars: [{ label: 'a', value: 0 }] })],
    ['confusion', confusionChart({ title: 'T', labels: ['a'], confusion: [[0]] })],
    ['reliability', reliabilityChart({ title: 'T', bins: [{ low: 0, high: 1, count: 1, accuracy: 0.5 }] })],
  ])('%s is a picture that renders', async (_, svg) => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const { width, height, format } = await sharp(Buffer.from(svg)).metadata();
    expect(format).toBe('svg');
    expect(width! * height!).toBeGreaterThan(10_000);
  });
});
