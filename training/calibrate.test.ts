/** Calibration: scipy's minimum, what it must not change, and bad input. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSession } from '../node/open-session.ts';
import { createRandom } from '../src/base/random.ts';
import { dense, flatten } from '../src/graph/basic-layers.ts';
import { buildModel, initializeWeights, type Network } from '../src/graph/build.ts';
import { tensor } from '../src/graph/session.ts';
import {
  applyCalibration,
  type CalibrationData,
  calibratedLoss,
  calibratedNetwork,
  chooseCalibration,
  chooseWeightedThreshold,
  fitCalibration,
  validationWeights,
} from './calibrate.ts';
import { type FaceSet, PICTURE_BYTES } from './datasets/face-set.ts';
import { fitTemperature } from './metrics.ts';

const classes = 3;

/** The data of the reference below, by formulas that NumPy has too. */
const formulaData = (): CalibrationData => ({
  logits: Float32Array.from({ length: 60 }, (_, i) => 3 * Math.sin(i * i)),
  labels: Array.from({ length: 20 }, (_, i) => (i * 7) % 3),
  weights: Float64Array.from({ length: 20 }, (_, i) => 1 + (i % 4)),
  classes,
});

/** Labels drawn from softmax(logits / 2 + offset): what a calibration should find again. */
const drawnData = (seed: number | string, count: number, offset = [0.6, 0, -0.6]): CalibrationData => {
  const random = createRandom(seed);
  const logits = Float32Array.from({ length: count * classes }, () => 3 * random.normal());
  const labels = Array.from({ length: count }, (_, i) => {
    const powers = offset.map((value, k) => Math.exp(logits[i * classes + k]! / 2 + value));
    let left = random.next() * powers.reduce((sum, power) => sum + power, 0);
    return powers.findIndex((power) => {
      left -= power;
      return left < 0;
    });
  });
  return { logits, labels, classes };
};

describe('fitting', () => {
  test("the minimum is scipy.optimize.minimize's", () => {
    // numpy: z = (3 * sin(arange(60.0) ** 2)).reshape(20, 3), y = arange(20) * 7 % 3, w = 1 + arange(20) % 4;
    // minimize(weighted mean of logsumexp(z * s + o) - (z * s + o)[y], method='BFGS', gtol=1e-10)
    const data = formulaData();
    const vector = fitCalibration(data, 'vector');
    expect(calibratedLoss(data, vector)).toBeCloseTo(1.068005387, 6);
    [-0.002981, 0.177376, 0.21156].forEach((value, k) => {
      expect(vector.scale[k]).toBeCloseTo(value, 3);
    });
    const [first, second, third] = vector.offset as [number, number, number];
    expect(first - third).toBeCloseTo(0.281916, 3);
    expect(second - third).toBeCloseTo(0.277155, 3);
  });

  test('one temperature is that of the golden section search', () => {
    const data = drawnData('temperature', 400, [0, 0, 0]);
    const { scale } = fitCalibration(data, 'temperature');
    expect(1 / scale[0]!).toBeCloseTo(fitTemperature(data.logits, data.labels, classes), 4);
  });

  test('a weight counts as that many copies, and no fit is worse than no change', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('temperature' as const, 'vector' as const), (seed, kind) => {
        const data = drawnData(seed, 40);
        const weights = Float64Array.from({ length: 40 }, (_, i) => i % 3);
        const copies = [...weights.keys()].flatMap((i) => new Array<number>(weights[i]!).fill(i));
        const repeated: CalibrationData = {
          logits: Float32Array.from(copies.flatMap((i) => [...data.logits.subarray(i * classes, (i + 1) * classes)])),
          labels: copies.map((i) => data.labels[i]!),
          classes,
        };
        const fitted = fitCalibration({ ...data, weights }, kind);
        expect(calibratedLoss(repeated, fitted)).toBeCloseTo(
          calibratedLoss(repeated, fitCalibration(repeated, kind)),
          6,
        );
        const same = { kind, scale: [1, 1, 1], offset: [0, 0, 0] } as const;
        expect(calibratedLoss({ ...data, weights }, fitted)).toBeLessThanOrEqual(
          calibratedLoss({ ...data, weights }, same) + 1e-9,
        );
      }),
      { numRuns: 15 },
    );
  });

  test('the choice takes the vector where classes differ, and the temperature where they do not', () => {
    expect(chooseCalibration(drawnData('uneven', 600)).kind).toBe('vector');
    const even = chooseCalibration(drawnData('even', 200, [0, 0, 0]));
    expect(even.kind).toBe('temperature');
    expect(even.crossValidated.temperature).toBeLessThan(even.crossValidated.vector);
  });

  test('arrays that do not fit are named', () => {
    const data = formulaData();
    for (const wrong of [
      { ...data, labels: [0] },
      { ...data, weights: new Float64Array(20) },
      { ...data, weights: new Float64Array(3).fill(1) },
    ])
      expect(() => fitCalibration(wrong, 'vector')).toThrow(expect.objectContaining({ code: 'calibrate/count' }));
  });
});

test('the threshold keeps the most while enough weight is right', () => {
  // Confidences 0.99, 0.95, 0.88, 0.73 right, wrong, right, right: unweighted 4/5 is never reached after the first.
  const data: CalibrationData = {
    logits: Float32Array.from([5, 0, 3, 0, 2, 0, 1, 0]),
    labels: [0, 1, 0, 0],
    classes: 2,
  };
  const plain = { kind: 'temperature', scale: [1, 1], offset: [0, 0] } as const;
  expect(chooseWeightedThreshold(data, plain, 0.8)).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
  expect(chooseWeightedThreshold(data, plain, 0.75)).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  // With a quarter of its weight the wrong one costs little: everything is kept.
  const weights = Float64Array.from([1, 0.25, 1, 1]);
  expect(chooseWeightedThreshold({ ...data, weights }, plain, 0.8)).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  expect(chooseWeightedThreshold({ ...data, labels: [1, 1, 1, 1] }, plain, 0.8)).toBe(1);
});

test('weights make validation stand for all of Training', () => {
  const random = createRandom('weights');
  // Ten pictures of noise; the last is a copy of the first. Votes agree with the label of the even ones.
  const images = Uint8Array.from({ length: 10 * PICTURE_BYTES }, () => random.integer(256));
  images.copyWithin(9 * PICTURE_BYTES, 0, PICTURE_BYTES);
  const votes = new Uint8Array(100);
  // Column 4 is anger, label 0; column 0 neutral.
  for (let row = 0; row < 10; row++) votes[row * 10 + (row % 2 === 0 ? 4 : 0)] = 10;
  const set: FaceSet = {
    name: 'made',
    form: 'csv',
    path: 'made',
    images,
    labels: new Uint8Array(10),
    splits: new Array(10).fill('train'),
    votes,
    checksums: [],
    notes: [],
  };
  const weights = validationWeights(set, {
    trained: Int32Array.from([0, 1, 2, 3, 4, 5]),
    validation: Int32Array.from([6, 7, 8, 9]),
  });
  // Half of all ten agree. Validation less the copy: 6 and 8 agree, 7 does not, so 7 counts twice.
  expect([...weights].map((weight) => Math.round(weight * 1e9) / 1e9)).toEqual([1, 2, 1, 0]);
});

test('built into a model file, it gives what applyCalibration gives', async () => {
  const network: Network = (tape, input) => ({
    logits: dense(tape, flatten(tape, input), { name: 'classifier', units: 3 }),
  });
  const weights = initializeWeights(network, [1, 2, 2], createRandom(1));
  const calibration = { kind: 'vector', scale: [1, 2, 0.5], offset: [0.25, 0, -1] } as const;
  const run = async (built: Network): Promise<Float32Array> => {
    const session = await openSession(buildModel({ network: built, inputDims: [1, 2, 2], weights, metadata: {} }));
    const { logits } = await session.run({ pixels: tensor(Float32Array.from([1, -2, 3, 0.5]), [1, 1, 2, 2]) });
    await session.release();
    return logits!.data;
  };
  const expected = applyCalibration(await run(network), calibration);
  const found = await run(calibratedNetwork(network, calibration));
  found.forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k]!, 5);
  });
});
