/** The paper's figures from a small run: the page, its figures, and a folder that holds no run. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../src/base/random.ts';
import { untrainedExpressionModel } from '../test/face/untrained-model.ts';
import { PICTURE_BYTES } from './datasets/face-set.ts';
import { writePaperReport } from './report-paper.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-paper-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a run and a set become the page, each figure beside the words of the paper', async () => {
  const random = createRandom('paper');
  const row = (label: number, usage: string): string =>
    `${label},${Array.from({ length: PICTURE_BYTES }, () => random.integer(256)).join(' ')},${usage}`;
  const rows = [...Array(14).keys()].map((i) => row(i % 7, i < 7 ? 'Training' : 'PublicTest'));
  const dataPath = join(folder, 'fer2013.csv');
  await writeFile(dataPath, `emotion,pixels,Usage\n${rows.join('\n')}\n`);
  await writeFile(join(folder, 'model.onnx'), untrainedExpressionModel());
  const history = [1, 2, 3].map((epoch) => ({
    epoch,
    trainLoss: 2 - epoch / 10,
    trainAccuracy: epoch / 10,
    validationLoss: 2,
    validationAccuracy: 0.2 + epoch / 50,
    seconds: 1200,
  }));
  await writeFile(join(folder, 'training.json'), JSON.stringify({ recipe: 'table1-7x7', history, bestEpoch: 3 }));
  const out = join(folder, 'report');
  await writePaperReport({ run: folder, dataPath, out });
  expect((await readdir(out)).sort()).toEqual([
    'examples.svg',
    'paper-accuracy.svg',
    'paper-confusion.svg',
    'paper-labels.svg',
    'paper-loss.svg',
    'paper.md',
  ]);
  const page = await readFile(join(out, 'paper.md'), 'utf8');
  expect(page).toContain('3 rounds (1.0 h), round 3 kept');
  expect(page).toContain('From round 1 to round 3 validation went from 22.0 % to 26.0 %');
  expect(page).toContain("Ours ends at 1.70 on training pictures, the paper's");
  expect(page).not.toMatch(/undefined|NaN/);

  const twoHeads = { recipe: 'table1-7x7', settings: { auxiliaryWeight: 1 }, history, bestEpoch: 3 };
  await writeFile(join(folder, 'training.json'), JSON.stringify(twoHeads));
  await writePaperReport({ run: folder, dataPath, out });
  expect(await readFile(join(out, 'paper.md'), 'utf8')).toContain(
    'Ours ends at 1.70 on training pictures (the sum of two heads',
  );
  expect(await readFile(join(out, 'examples.svg'), 'utf8')).toMatch(/^<svg .*(angry|disgust).*<\/svg>\n$/s);
});

test('a folder without a run is named', async () => {
  const options = { run: join(folder, 'none'), dataPath: folder, out: join(folder, 'never') };
  await expect(writePaperReport(options)).rejects.toMatchObject({ code: 'report/run' });
});
