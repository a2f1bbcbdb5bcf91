/** The same data through svm-train and svm-predict as installed on this machine, and through our own: equal answers. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawData, largestDifference } from '../../test/reference/svm.ts';
import { formatSvmData } from './data-file.ts';
import type { Kernel } from './kernel.ts';
import { formatSvcModel, parseSvcModel } from './model-file.ts';
import { predictSvc, predictSvcProbabilities } from './predict.ts';
import { trainSvc } from './svc.ts';

const lacksLibsvm = ['svm-train', 'svm-predict'].some((name) => spawnSync(name).error !== undefined);
const parity = test.skipIf(lacksLibsvm);
const needs = '(needs svm-train and svm-predict: Debian package libsvm-tools)';
if (lacksLibsvm) console.warn(`Parity with LIBSVM is skipped ${needs}`);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'svm-parity-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const svmTrain = (train: string, options: readonly string[]): string => {
  writeFileSync(join(folder, 'train'), train);
  execFileSync('svm-train', ['-q', ...options, join(folder, 'train'), join(folder, 'model')]);
  return readFileSync(join(folder, 'model'), 'utf8');
};
const svmPredict = (test: string, model: string, options: readonly string[] = []): number[][] => {
  writeFileSync(join(folder, 'test'), test);
  writeFileSync(join(folder, 'model'), model);
  execFileSync('svm-predict', [...options, join(folder, 'test'), join(folder, 'model'), join(folder, 'out')]);
  const lines = readFileSync(join(folder, 'out'), 'utf8').trim().split('\n');
  return lines.filter((line) => !line.startsWith('labels')).map((line) => line.trim().split(' ').map(Number));
};

// Numbers that single precision holds: Debian's svm-train rounds its options to it.
const CASES: readonly [name: string, kernel: Kernel, options: string, C: number, weight: number][] = [
  ['linear', { type: 'linear' }, '-t 0', 0.5, 1],
  ['rbf, sparse', { type: 'rbf', gamma: 0.0625 }, '-t 2 -g 0.0625', 2, 1],
  ['rbf, weighted', { type: 'rbf', gamma: 0.5 }, '-t 2 -g 0.5', 8, 3],
  ['polynomial', { type: 'polynomial', gamma: 0.125, coef0: 1, degree: 3 }, '-t 1 -g 0.125 -r 1 -d 3', 0.25, 1],
];

parity.each(CASES)(`%s: equal support vectors, rho and predictions ${needs}`, (name, kernel, options, C, weight) => {
  const shape = { columnCount: name.includes('sparse') ? 400 : 20, perRow: 15, classCount: 4, distance: 0.8 };
  const train = drawData({ ...shape, rowCount: 300, seed: name });
  const test = drawData({ ...shape, rowCount: 200, seed: `${name}, test` });
  const testText = formatSvmData(test.rows, test.labels);
  const text = svmTrain(formatSvmData(train.rows, train.labels), [
    ...options.split(' '),
    ...['-c', `${C}`, '-w2', `${weight}`],
  ]);
  const theirs = parseSvcModel(text);
  const ours = trainSvc(train.rows, train.labels, { kernel, C, classWeights: new Map([[2, weight]]) });

  expect([...ours.supportCounts]).toEqual([...theirs.supportCounts]);
  expect(ours.supportVectors.values).toEqual(theirs.supportVectors.values);
  expect(largestDifference(ours.rho, theirs.rho)).toBeLessThan(1e-4);
  const predicted = [...predictSvc(ours, test.rows)];
  expect(svmPredict(testText, text).flat()).toEqual(predicted);
  expect(svmPredict(testText, formatSvcModel(ours)).flat()).toEqual(predicted);
  expect([...predictSvc(theirs, test.rows)]).toEqual(predicted);
});

parity(`svm-predict reads our probabilities ${needs}`, () => {
  const shape = { columnCount: 12, perRow: 8, classCount: 3 };
  const { rows, labels } = drawData({ ...shape, rowCount: 90, seed: 1 });
  const test = drawData({ ...shape, rowCount: 60, seed: 2 });
  const model = trainSvc(rows, labels, { kernel: { type: 'rbf', gamma: 0.0625 }, probability: true });
  const ours = predictSvcProbabilities(model, test.rows);
  const theirs = svmPredict(formatSvmData(test.rows, test.labels), formatSvcModel(model), ['-b', '1']);
  expect(theirs.map(([label]) => label)).toEqual([...ours.labels]);
  const probabilities = theirs.flatMap(([, ...own]) => own);
  expect(largestDifference(ours.probabilities, probabilities)).toBeLessThan(2e-6); // printed with six digits
});
