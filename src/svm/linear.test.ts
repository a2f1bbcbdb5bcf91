/** The fast linear solver and its files against LIBLINEAR, against the kernel solver, and what they refuse. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  drawData,
  largestDifference,
  REFERENCE,
  readOptions,
  readWeights,
  referenceData,
} from '../../test/reference/svm.ts';
import { type LinearModel, linearDecisions, predictLinear, trainLinear } from './linear.ts';
import { formatLinearModel, parseLinearModel } from './linear-model-file.ts';
import { svcDecisions } from './predict.ts';
import { sparseRows } from './rows.ts';
import { trainSvc } from './svc.ts';

const trainAs = (text: string, data: 'train' | 'binary'): LinearModel => {
  const options = readOptions(text);
  const classWeights = readWeights(options);
  const { rows, labels } = referenceData(data);
  return trainLinear(rows, labels, {
    loss: options.get('s') === 3 ? 'hinge' : 'squared-hinge',
    C: options.get('c') ?? 1,
    epsilon: 1e-9,
    maxRounds: 100_000,
    ...(options.has('B') ? { bias: options.get('B')! } : {}),
    ...(classWeights ? { classWeights } : {}),
  });
};

test.each(REFERENCE.linear)('liblinear-train $options: same planes and predictions ($data)', (said) => {
  const model = trainAs(said.options, said.data);
  expect([...model.labels]).toEqual(said.labels);
  expect(largestDifference(model.weights, said.weights.flat())).toBeLessThan(2e-6);
  expect([...predictLinear(model, referenceData('test').rows)]).toEqual(said.predicted);
});

test('with the plain loss it is the linear kernel without rho', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0.1, 1), (seed, C) => {
      const { rows, labels } = drawData({ rowCount: 40, columnCount: 6, perRow: 4, classCount: 2, seed });
      // Every row and its mirror image of the other class: the best plane goes through 0.
      const list = Array.from(labels, (_, row) =>
        Array.from(rows.columns.subarray(rows.starts[row]!, rows.starts[row + 1]!), (column, i) => {
          return [column, rows.values[rows.starts[row]! + i]!] as const;
        }),
      );
      const mirrored = sparseRows([...list, ...list.map((row) => row.map(([column, x]) => [column, -x] as const))], 6);
      const both = Int32Array.from([...labels, ...labels.map((label) => 3 - label)]);
      const fast = trainLinear(mirrored, both, { C, loss: 'hinge', epsilon: 1e-6, maxRounds: 1e5 });
      const slow = trainSvc(mirrored, both, { C, kernel: { type: 'linear' }, epsilon: 1e-6 });
      expect([...fast.labels]).toEqual([...slow.labels]);
      expect(largestDifference(linearDecisions(fast, mirrored), svcDecisions(slow, mirrored))).toBeLessThan(1e-3);
    }),
    { numRuns: 10 },
  );
});

test('the seed changes the order of visits, not the planes', () => {
  const { rows, labels } = drawData({ rowCount: 80, columnCount: 20, perRow: 6, classCount: 3, seed: 1 });
  const train = (seed: number, epsilon: number) => trainLinear(rows, labels, { seed, epsilon, maxRounds: 1e5 });
  expect(train(1, 0.1)).toEqual(train(1, 0.1));
  expect(train(2, 0.1).weights).not.toEqual(train(1, 0.1).weights);
  expect(largestDifference(train(1, 1e-8).weights, train(2, 1e-8).weights)).toBeLessThan(1e-6);
});

test('equal planes give the class that stands first, a lone plane at 0 the second; unseen columns count for nothing', () => {
  const base = { loss: 'hinge' as const, columnCount: 1 };
  const three = { ...base, labels: Int32Array.of(9, 4, 5), weights: Float64Array.of(1, 1, 0) };
  const two = { ...base, labels: Int32Array.of(9, 4), weights: Float64Array.of(1) };
  expect([...predictLinear(three, sparseRows([[[0, 1]], []]))]).toEqual([9, 9]);
  expect([...predictLinear(two, sparseRows([[[0, 1], [7, -9]], [[7, 1]]]))]).toEqual([9, 4]); // biome-ignore format: short
});

test('files come back to the last bit', () => {
  for (const { options, data } of REFERENCE.linear) {
    const model = trainAs(options, data);
    expect(parseLinearModel(formatLinearModel(model))).toEqual(model);
  }
});

test('damaged files name the line', () => {
  const text = formatLinearModel(trainAs('-s 1', 'train'));
  const set = (line: number, value: string) => {
    const lines = text.split('\n');
    lines[line - 1] = value;
    return lines.join('\n');
  };
  for (const [damaged, message] of [
    ['', 'Line 1'],
    [set(1, 'solver_type MCSVM_CS'), 'MCSVM_CS'],
    [set(2, 'nr_class 1'), 'Line 2'],
    [set(3, 'label 1 2'), 'Line 3'],
    [set(4, 'nr_feature -4'), 'Line 4'],
    [set(5, 'bias x'), 'Line 5'],
    [set(6, 'SV'), 'Line 6'],
    [set(8, '1 2'), 'Line 8'],
    [set(9, '1 2 nan'), 'Line 9'],
    [text.trimEnd().split('\n').slice(0, -1).join('\n'), '9 lines of weights'],
  ] as const) {
    expect(() => parseLinearModel(damaged)).toThrow(expect.objectContaining({ code: 'svm/model-file' }));
    expect(() => parseLinearModel(damaged)).toThrow(message);
  }
});

test('says what it cannot train on', () => {
  const rows = sparseRows([[[0, 1]], [[0, 2]]]);
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => trainLinear(rows, [2, 2])).toThrow(code('svm/one-class'));
  expect(() => trainLinear(rows, [1, 2, 3])).toThrow(code('svm/labels'));
  expect(() => trainLinear(rows, [1, 2], { C: -1 })).toThrow(code('svm/options'));
  expect(() => trainLinear(rows, [1, 2], { bias: 0 })).toThrow(code('svm/options'));
});
