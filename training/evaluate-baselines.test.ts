/** Table 2's command on made-up pictures: from stored models, training what is missing, and saying what is not there. */
import { statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { EMOTIONS } from '../src/base/emotions.ts';
import { createRandom } from '../src/base/random.ts';
import { untrainedExpressionModel } from '../test/face/untrained-model.ts';
import { PICTURE_BYTES, PICTURE_SIDE } from './datasets/face-set.ts';
import { SHIPPED_MODEL } from './evaluate.ts';
import { evaluateBaselines, METHODS } from './evaluate-baselines.ts';
import { describeBaselines } from './report-baselines.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let data: string;
let models: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-baselines-'));
  [data, models] = [join(folder, 'fer2013.csv'), join(folder, 'models')];
  const random = createRandom('pictures');
  const row = (label: number, usage: string): string => {
    const pixels = Uint8Array.from({ length: PICTURE_BYTES }, (_, at) => {
      const bright = Math.floor(at / PICTURE_SIDE / 7) === label;
      return random.integer(80) + (bright ? 150 : 20);
    });
    return `${label},${pixels.join(' ')},${usage}`;
  };
  const rows = [
    ...Array.from({ length: 70 }, (_, i) => row(i % 7, 'Training')),
    // No picture of sadness to score, and none of neutral.
    ...[0, 1, 2, 3, 5].map((label) => row(label, 'PublicTest')),
  ];
  await writeFile(data, `emotion,pixels,Usage\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what is missing is said with the command that makes it; --retrain makes it; stored models answer alone', async () => {
  const only = ['lbp', 'inception'];
  const nothing = await evaluateBaselines({
    dataPath: data,
    split: 'public',
    models,
    only: ['LBP + SVM', 'inception'],
  });
  expect(nothing.rows.map(({ method, whole }) => [method, whole])).toEqual([
    ['LBP + SVM', null],
    ['Mapped LBP + SVM', null],
    ['Inception, quarter width', null],
  ]);
  expect(nothing.rows[2]!.command).toContain('attune train inception-quarter');

  const trained = await evaluateBaselines({ dataPath: data, split: 'public', models, only: ['lbp'], retrain: true });
  expect((await readdir(models)).sort()).toEqual(['lbp.json', 'mapped-lbp.json']);
  expect(trained.list).toEqual({ count: 5, origin: 'drawn' });
  for (const { whole, list, withoutCopies, bytes, trainingSeconds } of trained.rows) {
    expect(whole!.count).toBe(5);
    expect(whole!.right).toBeGreaterThanOrEqual(4);
    expect(list).toEqual({ count: 5, right: whole!.right, accuracy: whole!.accuracy, interval: whole!.interval });
    expect(withoutCopies).toEqual(list);
    expect(bytes).toBeGreaterThan(1000);
    expect(trainingSeconds).toBeGreaterThan(0);
  }

  const page = describeBaselines({ ...nothing, rows: [...trained.rows, nothing.rows[2]!] });
  expect(page).toContain('| LBP + SVM | 53.5 % |');
  expect(page).toContain('Not trained yet: Inception, quarter width (`attune train inception-quarter --data DATA`)');
  expect(page).not.toMatch(/undefined|NaN/);

  await writeFile(join(models, 'inception.onnx'), untrainedExpressionModel());
  const stored = await evaluateBaselines({ dataPath: data, split: 'public', models, only });
  expect(stored.rows.slice(0, 2).map(({ whole }) => whole)).toEqual(trained.rows.map(({ whole }) => whole));
  expect(stored.rows[2]!.whole!.count).toBe(5);
  expect(stored.rows[2]!.trainingSeconds).toBeNull();
});

test('bad options, data and models are named', async () => {
  const failure = (options: Partial<Parameters<typeof evaluateBaselines>[0]>) =>
    evaluateBaselines({ dataPath: data, split: 'public', models, only: ['lbp'], ...options }).then(
      () => 'none',
      (error) => error.code,
    );
  expect(await failure({ split: 'validation' })).toBe('evaluate/split');
  expect(await failure({ split: 'private' })).toBe('data/split-empty');
  expect(await failure({ only: ['eigenfaces'] })).toBe('baselines/method');
  const other = join(folder, 'other');
  // A test set alone has nothing to train on.
  const test = join(folder, 'public.csv');
  const text = await readFile(data, 'utf8');
  await writeFile(
    test,
    text
      .split('\n')
      .filter((line) => !line.endsWith('Training'))
      .join('\n'),
  );
  expect(await failure({ dataPath: test, models: other, retrain: true })).toBe('data/split-empty');
  const damaged = join(models, 'lbp.json');
  await writeFile(damaged, (await readFile(join(models, 'mapped-lbp.json'), 'utf8')).slice(0, 200));
  expect(await failure({})).toBe('model/damaged');
  await expect(evaluateBaselines({ dataPath: data, split: 'public', models, only: ['lbp'] })).rejects.toThrow(damaged);
  await writeFile(damaged, await readFile(join(models, 'mapped-lbp.json')));
  expect(await failure({})).toBe('model/damaged');
  const foreign = join(models, 'transfer.onnx');
  await writeFile(foreign, untrainedExpressionModel({ metadata: { 'attune.labels': [...EMOTIONS].reverse().join() } }));
  expect(await failure({ only: ['transfer'] })).toBe('model/labels');
  await expect(evaluateBaselines({ dataPath: data, split: 'public', models, only: ['transfer'] })).rejects.toThrow(
    foreign,
  );
});

test('the model that ships is the one that ships, whatever folder the others lie in', async () => {
  const { rows } = await evaluateBaselines({ dataPath: data, split: 'public', models, only: ["Attune's own"] });
  expect(rows.map(({ whole, bytes }) => [whole?.count, bytes])).toEqual([[5, statSync(SHIPPED_MODEL).size]]);
});

test("the rows are those of the paper's Table 2", () => {
  expect(METHODS.map(({ paper }) => paper).sort()).toEqual([103, 107, 113, 125, 92, 99]);
});
