/** The evaluation end to end, on a few pictures and a model whose answers the pictures themselves hold. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EMOTIONS } from '../src/base/emotions.ts';
import { encodeOnnx } from '../src/graph/onnx.ts';
import { dataPath, lacksData, needsData } from '../test/data.ts';
import { untrainedExpressionModel } from '../test/face/untrained-model.ts';
import { PICTURE_BYTES } from './datasets/face-set.ts';
import { type EvaluateOptions, evaluateExpression } from './evaluate.ts';

let folder: string;
let model: string;
let dataFile: string;

const floats = (values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer as ArrayBuffer);

/** logits[i] = pixel i / 50: a picture says which emotion it will be taken for. */
const tellingModel = (threshold = '0.5', more: Record<string, string> = {}): Uint8Array =>
  encodeOnnx({
    inputs: [{ name: 'pixels', type: 'float32', dims: ['batch', 1, 48, 48] }],
    outputs: [{ name: 'logits', type: 'float32', dims: ['batch', 7] }],
    initializers: [
      {
        name: 'pick',
        type: 'float32',
        dims: [PICTURE_BYTES, 7],
        raw: floats(Array.from({ length: PICTURE_BYTES * 7 }, (_, at) => (Math.floor(at / 7) === at % 7 ? 1 / 50 : 0))),
      },
    ],
    nodes: [
      { op: 'Flatten', inputs: ['pixels'], outputs: ['flat'], attributes: { axis: 1 } },
      { op: 'MatMul', inputs: ['flat', 'pick'], outputs: ['logits'], attributes: {} },
    ],
    metadata: {
      'attune.task': 'expression',
      'attune.labels': EMOTIONS.join(','),
      'attune.threshold': threshold,
      'attune.recipe': 'telling',
      'attune.seed': '7',
      ...more,
    },
  });

/** A row whose picture will be taken for `taken`; `n` makes it unlike others. */
const row = (label: number, taken: number, n: number, usage: string): string => {
  const pixels = new Uint8Array(PICTURE_BYTES);
  pixels[taken] = 200;
  pixels[100] = n;
  return `${label},${pixels.join(' ')},${usage}\n`;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-evaluate-'));
  model = join(folder, 'telling.onnx');
  dataFile = join(folder, 'few.csv');
  await writeFile(model, tellingModel());
  const rows = [
    row(0, 0, 1, 'Training'),
    row(3, 3, 2, 'PublicTest'),
    row(3, 3, 3, 'PublicTest'),
    row(4, 6, 4, 'PublicTest'),
    row(0, 0, 1, 'PublicTest'), // the same picture as the Training row
  ];
  await writeFile(dataFile, `emotion,pixels,Usage\n${rows.join('')}`);
});
afterAll(() => rm(folder, { recursive: true }));

test('the report has its keys and the figures that follow from known answers', async () => {
  const progress: number[] = [];
  const report = await evaluateExpression({
    dataPath: dataFile,
    split: 'public',
    model,
    deduplicateAgainst: dataFile,
    batch: 3,
    onProgress: (done) => progress.push(done),
  });
  expect(Object.keys(report).sort()).toEqual(
    'accuracy accuracyInterval commit confusion dataset deduplicated ece kept machine macroF1 model perClass seconds seed settings slices task time uar'.split(
      ' ',
    ),
  );
  expect(report).toMatchObject({
    task: 'expression',
    seed: 7,
    accuracy: 0.75,
    deduplicated: { count: 3, accuracy: 2 / 3 },
  });
  expect(report.dataset).toMatchObject({ name: 'FER2013', split: 'public', count: 4 });
  expect(report.dataset.sha256).toMatch(/^[0-9a-f]{64}$/);
  // Recalls: angry 1, happy 1, sad 0. F1 over angry 1, happy 1, sad 0, neutral 0.
  expect(report.uar).toBeCloseTo(2 / 3, 12);
  expect(report.macroF1).toBe(0.5);
  expect(report.confusion[4]).toEqual([0, 0, 0, 0, 0, 0, 1]);
  expect(report.perClass.happy).toEqual({ precision: 1, recall: 1, f1: 1, support: 2 });
  // Every answer has confidence e^4 / (e^4 + 6).
  expect(report.ece).toBeCloseTo(Math.exp(4) / (Math.exp(4) + 6) - 0.75, 6);
  expect(report.kept).toMatchObject({ threshold: 0.5, count: 4, coverage: 1, accuracy: 0.75 });
  expect(progress).toEqual([3, 4]);
});

test('an answer below the threshold is "not sure": where all are, none is right or wrong', async () => {
  const doubting = join(folder, 'doubting.onnx');
  await writeFile(doubting, tellingModel('0.95'));
  const out = join(folder, 'doubting');
  const { kept } = await evaluateExpression({ dataPath: dataFile, split: 'public', model: doubting, out });
  expect(kept).toEqual({ threshold: 0.95, count: 0, coverage: 0, accuracy: null, interval: [0, 1] });
  const index = await readFile(join(out, 'index.md'), 'utf8');
  expect(index).toContain('says "not sure" to all of them');
  expect(index).not.toMatch(/undefined|NaN|null/);
});

test('with a folder, index.md, metrics.json and the figures are written', async () => {
  const out = join(folder, 'reports', 'expression');
  const report = await evaluateExpression({ dataPath: dataFile, split: 'public', model, out });
  expect((await readdir(out)).sort()).toEqual([
    'confusion.svg',
    'coverage.svg',
    'index.md',
    'labels.svg',
    'metrics.json',
    'reliability.svg',
  ]);
  expect(JSON.parse(await readFile(join(out, 'metrics.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(report)));
  const index = await readFile(join(out, 'index.md'), 'utf8');
  expect(index).toContain('75.00 % (95 % interval 30.06 % to 95.44 %)');
  // A class without pictures has no recall; one that was never named has no precision.
  expect(index).toContain('| disgust | - | - | - | 0 |');
  expect(index).toContain('| sad | - | 0.00 % | 0.00 % | 1 |');
  expect(index).toContain('| neutral | 0.00 % | - | 0.00 % | 0 |');
  expect(index).not.toMatch(/undefined|NaN/);
});

test('an ensemble tells the seed of each of its networks', async () => {
  const members = [4, 2].map((seed) => ({ settings: { seed }, epoch: 1 }));
  const joined = join(folder, 'joined.onnx');
  await writeFile(joined, tellingModel('0.5', { 'attune.members': JSON.stringify(members) }));
  const out = join(folder, 'joined');
  await evaluateExpression({ dataPath: dataFile, split: 'public', model: joined, out });
  expect(await readFile(join(out, 'index.md'), 'utf8')).toContain(
    '| Seeds of the trainings | 4, 2 (one network each) |',
  );
});

test('what cannot end well is refused before the first picture is read', async () => {
  const only = join(folder, 'only.csv');
  await writeFile(only, `emotion,pixels\n${row(0, 0, 1, '').replace(/,\n/, '\n')}`);
  const read: number[] = [];
  const failure = (options: Partial<EvaluateOptions>) =>
    evaluateExpression({
      dataPath: dataFile,
      split: 'public',
      model,
      onProgress: (done) => read.push(done),
      ...options,
    }).then(
      () => 'none',
      (error) => error.code,
    );
  expect(await failure({ deduplicateAgainst: join(folder, 'nowhere') })).toBe('data/missing');
  expect(await failure({ dataPath: only, deduplicateAgainst: only })).toBe('evaluate/all-copies');
  expect(await failure({ out: model })).toBe('out/cannot-write');
  expect(await failure({ out: join(model, 'below') })).toBe('out/cannot-write');
  expect(read).toEqual([]);
});

test('bad options, data and models are named', async () => {
  const failure = (options: Partial<EvaluateOptions>) =>
    evaluateExpression({ dataPath: dataFile, split: 'public', model, ...options }).then(
      () => 'none',
      (error) => error.code,
    );
  const foreign = join(folder, 'foreign.onnx');
  await writeFile(foreign, untrainedExpressionModel({ metadata: { 'attune.labels': 'sad,happy' } }));
  const wide = join(folder, 'wide.onnx');
  await writeFile(wide, untrainedExpressionModel({ outputs: 8 }));
  // Opens, since it is tried with one picture, and refuses the first batch.
  const single = join(folder, 'single.onnx');
  await writeFile(single, untrainedExpressionModel({ batch: 1 }));
  expect(await failure({ split: 'validation' })).toBe('evaluate/split');
  expect(await failure({ split: 'private' })).toBe('data/split-empty');
  expect(await failure({ batch: 0 })).toBe('evaluate/batch');
  expect(await failure({ dataPath: join(folder, 'none') })).toBe('data/missing');
  expect(await failure({ model: join(folder, 'none.onnx') })).toBe('model/missing');
  expect(await failure({ model: dataFile })).toBe('model/damaged');
  expect(await failure({ model: foreign })).toBe('model/labels');
  expect(await failure({ model: wide })).toBe('model/damaged');
  expect(await failure({ model: single })).toBe('model/damaged');
  expect(await failure({ model: single, batch: 1 })).toBe('none');
});

test.skipIf(lacksData('fer2013'))(
  `PublicTest: 3,589 rows, 3,309 without Training's ${needsData('fer2013')}`,
  async () => {
    const untrained = join(folder, 'untrained.onnx');
    await writeFile(untrained, untrainedExpressionModel());
    const data = dataPath('fer2013');
    const report = await evaluateExpression({
      dataPath: data,
      split: 'public',
      model: untrained,
      deduplicateAgainst: data,
    });
    expect(report.dataset).toEqual({
      name: 'FER2013',
      split: 'public',
      count: 3589,
      sha256: '55b4b9d1b3c61f36ffc4121ab62edc1391693780bf078827a8f8a3aa077145a3',
    });
    expect(report.deduplicated?.count).toBe(3309);
  },
);
