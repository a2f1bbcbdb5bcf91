import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTrainingReport } from './report.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-report-'));
});
afterAll(() => rm(folder, { recursive: true }));

const round = (epoch: number) => ({
  epoch,
  learningRate: 0.1 / epoch,
  trainLoss: 1.9 / epoch,
  trainAccuracy: 0.2 * epoch,
  imagesPerSecond: 400.4,
  seconds: 60,
});

test('a training report holds every round, with gaps where nothing was validated', async () => {
  await writeTrainingReport(folder, {
    recipe: 'smoke',
    settings: { seed: 1, widths: [8, 16] },
    history: [round(1), { ...round(2), validationLoss: 1.5, validationAccuracy: 0.4321 }],
    bestEpoch: 2,
    labelCounts: [1, 2, 3, 4, 5, 6, 7],
  });
  expect((await readdir(folder)).sort()).toEqual([
    'accuracy.svg',
    'labels.svg',
    'learning-rate.svg',
    'loss.svg',
    'training.md',
  ]);
  const page = await readFile(join(folder, 'training.md'), 'utf8');
  expect(page).toContain('| 1 | 0.100 | 1.9000 | 20.00 % |  |  | 400 | 60 |');
  expect(page).toContain('| 2 | 0.0500 | 0.9500 | 40.00 % | 1.5000 | 43.21 % | 400 | 60 |');
  expect(page).toContain('| widths | `[8,16]` |');
  expect(page).not.toContain('both heads');
  expect(await readFile(join(folder, 'loss.svg'), 'utf8')).toContain('kept: round 2');
});

test('the loss of two heads is named as such', async () => {
  await writeTrainingReport(folder, { recipe: 'smoke', settings: { auxiliaryWeight: 1 }, history: [round(1)] });
  expect(await readFile(join(folder, 'training.md'), 'utf8')).toContain('the sum over both heads');
});

test('a run without any round still writes a page', async () => {
  await writeTrainingReport(folder, { recipe: 'smoke', settings: {}, history: [] });
  expect(await readFile(join(folder, 'loss.svg'), 'utf8')).not.toMatch(/NaN|undefined/);
});
