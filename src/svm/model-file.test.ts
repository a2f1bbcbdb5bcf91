/** LIBSVM's model files: one that svm-train wrote, our own there and back, and damaged ones. */
import { expect, test } from 'vitest';
import { drawData, largestDifference, REFERENCE, referenceData } from '../../test/reference/svm.ts';
import type { Kernel } from './kernel.ts';
import { formatSvcModel, parseSvcModel } from './model-file.ts';
import { predictSvcProbabilities, svcDecisions } from './predict.ts';
import { trainSvc } from './svc.ts';

const { model: text, probabilities, predicted, labels } = REFERENCE.probability;

test('a model with probabilities that svm-train wrote says what svm-predict says', () => {
  const model = parseSvcModel(text);
  expect([...model.labels]).toEqual(labels);
  const said = predictSvcProbabilities(model, referenceData('test').rows);
  expect(largestDifference(said.probabilities, probabilities.flat())).toBeLessThan(2e-6); // printed with six digits
  expect([...said.labels]).toEqual(predicted);
});

test('training on the same data gives the same machine, and about the same sigmoids', () => {
  const { rows, labels } = referenceData('train');
  const theirs = parseSvcModel(text);
  const ours = trainSvc(rows, labels, { kernel: theirs.kernel, probability: true });
  expect(ours.supportCounts).toEqual(theirs.supportCounts);
  expect(largestDifference(ours.coefficients, theirs.coefficients)).toBeLessThan(1e-6);
  expect(ours.supportVectors.values).toEqual(theirs.supportVectors.values);
  // The folds behind the sigmoids are drawn otherwise, so they agree only roughly.
  expect(largestDifference(ours.sigmoids!.a, theirs.sigmoids!.a)).toBeLessThan(1);
  const test = referenceData('test').rows;
  const difference = largestDifference(
    predictSvcProbabilities(ours, test).probabilities,
    predictSvcProbabilities(theirs, test).probabilities,
  );
  expect(difference).toBeLessThan(0.1);
});

const KERNELS: readonly Kernel[] = [
  { type: 'linear' },
  { type: 'rbf', gamma: 0.1 },
  { type: 'polynomial', gamma: 0.1, coef0: 1, degree: 2 },
  { type: 'sigmoid', gamma: 0.01, coef0: -0.5 },
];
test.each(KERNELS)('a $type model comes back to the last bit', (kernel) => {
  const { rows, labels } = drawData({ rowCount: 40, columnCount: 6, perRow: 4, classCount: 4, seed: 2 });
  const model = trainSvc(rows, labels, { kernel, probability: kernel.type === 'rbf' });
  const back = parseSvcModel(formatSvcModel(model));
  expect(back).toEqual(model);
  expect(svcDecisions(back, rows)).toEqual(svcDecisions(model, rows));
});

const HEAD = text.split('\n').findIndex((line) => line.trim() === 'SV');
const edit = (change: (lines: string[]) => void): string => {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
};
const set = (line: number, value: string) => edit((lines) => lines.splice(line - 1, 1, value));

test.each([
  ['nothing', '', 'Line 1'],
  ['another file', '<html>', "Line 1 of the model: '<html>'"],
  ['another machine', set(1, 'svm_type nu_svc'), 'only c_svc'],
  ['another kernel', set(2, 'kernel_type precomputed'), 'kernel_type is precomputed'],
  ['a gamma that is none', set(3, 'gamma x'), 'Line 3'],
  ['a gamma below 0', set(3, 'gamma -1'), 'gamma -1'],
  ['no gamma', edit((lines) => lines.splice(2, 1)), 'no line gamma'],
  ['one class', set(4, 'nr_class 1'), 'Line 4'],
  ['a billion classes', set(4, 'nr_class 1000000000'), 'Line 4'],
  ['too few rho', set(6, 'rho 1 2'), 'rho needs 3'],
  ['a label twice', set(7, 'label 3 3 2'), 'label comes twice'],
  ['a line twice', set(7, 'rho 1 2 3'), 'rho comes twice'],
  ['counts that do not add up', set(10, 'nr_sv 1 1 1'), 'add up'],
  ['a negative count', set(10, 'nr_sv -1 1 1'), 'Line 10'],
  ['no SV', text.split('\n').slice(0, HEAD).join('\n'), 'ends before the line SV'],
  ['a vector too few', edit((lines) => lines.splice(HEAD + 1, 1)), 'total_sv is'],
  ['a coefficient too few', set(HEAD + 3, '0.5 1:2'), `Line ${HEAD + 3}`],
  ['a value that is none', set(HEAD + 3, '0.5 0.5 1:nan'), `Line ${HEAD + 3}`],
  ['half of Platt', edit((lines) => lines.splice(8, 1)), 'probA and probB'],
])('refuses %s', (_, damaged, message) => {
  expect(() => parseSvcModel(damaged)).toThrow(expect.objectContaining({ code: 'svm/model-file' }));
  expect(() => parseSvcModel(damaged)).toThrow(message);
});
