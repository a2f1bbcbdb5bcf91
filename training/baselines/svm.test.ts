/** The classical baselines: random features near their kernel, models that come back whole, and bad files named. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { PICTURE_BYTES, PICTURE_SIDE } from '../datasets/face-set.ts';
import { createRandomFeatures, hadamard } from './random-features.ts';
import { formatBaseline, parseBaseline, predictBaseline, predictMachine, trainBaseline, trainMachine } from './svm.ts';

describe('random features', () => {
  test("the transform is scipy.linalg.hadamard's", () => {
    // scipy.linalg.hadamard(8) @ [1, -2, 3, 0, 5, 1, -4, 2]
    const values = Float64Array.from([1, -2, 3, 0, 5, 1, -4, 2]);
    hadamard(values);
    expect([...values]).toEqual([6, 4, 4, 10, -2, 8, -12, -10]);
  });

  test('their dot products come near to the RBF kernel', () => {
    const { featureCount, map } = createRandomFeatures({ columnCount: 100, gamma: 0.3, seed: 1 });
    expect(featureCount).toBe(4096);
    // Short rows see the structure of the transform; features of pictures have a thousand numbers and more.
    const row = fc.tuple(fc.integer(), fc.double({ min: 0.01, max: 0.2, noNaN: true })).map(([seed, size]) => {
      const random = createRandom(seed);
      return Array.from({ length: 100 }, () => size * random.normal());
    });
    const [a, b] = [new Float32Array(featureCount), new Float32Array(featureCount)];
    fc.assert(
      fc.property(row, row, (x, y) => {
        map(Float32Array.from(x), a);
        map(Float32Array.from(y), b);
        const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
        const distance = x.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0);
        expect(Math.abs(dot - Math.exp(-0.3 * distance))).toBeLessThan(0.08);
      }),
      { numRuns: 50 },
    );
  });

  test('a kernel without width is named', () => {
    expect(() => createRandomFeatures({ columnCount: 5, gamma: 0, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'baselines/features' }),
    );
  });
});

describe('machines', () => {
  /** Two rings: no plane parts them, the kernel does. */
  const random = createRandom('rings');
  const labels = Array.from({ length: 400 }, (_, i) => i % 2);
  const values = Float32Array.from(
    labels.flatMap((label) => {
      const [angle, radius] = [2 * Math.PI * random.next(), (label === 0 ? 1 : 2.5) + 0.2 * random.normal()];
      return [radius * Math.cos(angle) + 7, 100 * radius * Math.sin(angle)];
    }),
  );
  // Both columns must count alike for the kernel.
  const even = values.map((value, i) => (i % 2 === 0 ? value : value / 100));
  const right = (predicted: Int32Array): number => labels.filter((label, i) => predicted[i] === label).length / 400;

  test('the kernel parts rings, a plane does not', () => {
    const rbf = trainMachine(even, 2, labels, { kernel: 'rbf', gammaShare: 4, C: 10 });
    expect(right(predictMachine(rbf, even))).toBeGreaterThan(0.97);
    const linear = trainMachine(even, 2, labels, { kernel: 'linear', C: 10 });
    expect(right(predictMachine(linear, even))).toBeLessThan(0.7);
  });

  test('to the plane it is all one how large the numbers of a column are', () => {
    const sides = Array.from({ length: 400 }, (_, i) => (even[2 * i]! > 7 ? 1 : 0));
    const options = { kernel: 'linear', C: 10 } as const;
    const small = predictMachine(trainMachine(even, 2, sides, options), even);
    expect([...predictMachine(trainMachine(values, 2, sides, options), values)]).toEqual([...small]);
    expect(sides.filter((side, i) => side === small[i]).length).toBeGreaterThan(380);
  });
});

describe('stored baselines', () => {
  /** Seven kinds of picture by where a bright bar lies. */
  const random = createRandom('bars');
  const labels = Uint8Array.from({ length: 70 }, (_, row) => row % 7);
  const images = Uint8Array.from({ length: 70 * PICTURE_BYTES }, (_, at) => {
    const y = Math.floor((at % PICTURE_BYTES) / PICTURE_SIDE);
    const bright = Math.floor(y / 7) === labels[Math.floor(at / PICTURE_BYTES)];
    return random.integer(60) + (bright ? 150 : 20);
  });
  const seen = Array.from({ length: 49 }, (_, row) => row);
  const unseen = Array.from({ length: 21 }, (_, i) => 49 + i);

  test.each(['lbp', 'mapped-lbp'] as const)('%s learns, is stored and comes back the same', (feature) => {
    const settings = { kernel: feature === 'lbp' ? 'linear' : 'rbf', gammaShare: 0.5, C: 10 } as const;
    const baseline = trainBaseline(feature, { images, rows: seen }, { labels, dataSha256: 'made', settings });
    const predicted = predictBaseline(baseline, { images, rows: unseen });
    expect(unseen.filter((row, i) => predicted[i] === labels[row]).length).toBeGreaterThan(14);
    const back = parseBaseline(formatBaseline(baseline));
    expect(predictBaseline(back, { images, rows: unseen })).toEqual(predicted);
    expect(back.training).toMatchObject({ count: 49, dataSha256: 'made' });
  });

  test('other files are named', () => {
    const baseline = trainBaseline(
      'mapped-lbp',
      { images, rows: seen },
      { labels, dataSha256: 'made', settings: { kernel: 'linear', C: 1 } },
    );
    const text = formatBaseline(baseline);
    const file = JSON.parse(text) as Record<string, unknown>;
    const wrong = [
      '',
      '{}',
      text.slice(0, -50),
      JSON.stringify({ ...file, weights: String(file.weights).slice(0, 400) }),
      JSON.stringify({ ...file, emotions: ['happy', 'sad'] }),
      JSON.stringify({ ...file, kernel: 'rbf' }),
    ];
    for (const bad of wrong)
      expect(() => parseBaseline(bad)).toThrow(expect.objectContaining({ code: 'model/damaged' }));
  });
});
