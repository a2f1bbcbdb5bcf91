/** Training on a small made-up set: it learns, it repeats itself, it survives being stopped, it says what is wrong. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession } from '../node/open-session.ts';
import { hasWebGpu } from '../node/webgpu.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { createRandom } from '../src/base/random.ts';
import { readOnnxMetadata } from '../src/graph/onnx.ts';
import { tensor } from '../src/graph/session.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { PICTURE_SIDE } from './datasets/face-set.ts';
import { shipEnsemble } from './ensemble.ts';
import { resolveSettings } from './recipes/settings.ts';
import { learningRateAt, train } from './train.ts';

// Whole training runs, each with its own workers: seconds when the machine is free, a minute when it is not.
vi.setConfig({ testTimeout: 120_000 });

let folder = '';
let dataPath = '';

/** Seven kinds of picture that differ by where a bright bar lies, over noise: a csv as Kaggle writes it. */
const madeUpCsv = (count: number): string => {
  const random = createRandom('made up');
  const rows = Array.from({ length: count }, (_, row) => {
    const label = row % EMOTIONS.length;
    const pixels = Array.from({ length: PICTURE_SIDE ** 2 }, (_, i) => {
      const y = Math.floor(i / PICTURE_SIDE);
      return Math.floor(random.next() * 120) + (Math.floor(y / 7) === label ? 130 : 0);
    });
    return `${label},${pixels.join(' ')},Training`;
  });
  return ['emotion,pixels,Usage', ...rows, ''].join('\n');
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-train-'));
  dataPath = join(folder, 'fer2013.csv');
  await writeFile(dataPath, madeUpCsv(420));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const FAST = [
  'batch=32',
  'size=16',
  'epochs=4',
  'schedule=constant',
  'learningRate=0.05',
  'flip=0',
  'rotation=0',
  'scale=0',
  'shift=0',
  'erasing=0',
];
const run = (
  out: string,
  changes: string[] = [],
  rest: { resume?: boolean; workers?: number; device?: 'cpu' | 'webgpu' } = {},
) => train({ recipe: 'smoke', dataPath, outPath: join(folder, out), changes: [...FAST, ...changes], ...rest });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('train', () => {
  it('learns, and leaves a calibrated model, curves and a report', async () => {
    const { modelPath, history, validation } = await run('learns');
    expect(history).toHaveLength(4);
    expect(validation.accuracy).toBeGreaterThan(0.9);
    const metadata = readOnnxMetadata(await readFile(modelPath));
    expect(metadata['attune.labels']).toBe(EMOTIONS.join(','));
    expect(Number(metadata['attune.threshold'])).toBeGreaterThanOrEqual(0);
    for (const file of ['training.json', 'training.md', 'loss.svg', 'accuracy.svg'])
      expect(existsSync(join(folder, 'learns', file))).toBe(true);
  });

  it('comes to the same numbers when it is stopped after a round and goes on', async () => {
    const whole = await run('whole');
    await run('parts', ['epochs=2']);
    const parts = await run('parts', ['epochs=4'], { resume: true });
    const losses = (history: typeof whole.history) =>
      history.map(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]);
    expect(losses(parts.history)).toEqual(losses(whole.history));
  });

  it('learns from a teacher, ships through several views in 8 bits, and ships again in another form', async () => {
    await run('teacher', ['epochs=2']);
    const teacher = `teacher=${join(folder, 'teacher', 'model.onnx')}`;
    const changes = [teacher, 'teacherShare=1', 'epochs=2'];
    const taught = await run('taught', [...changes, 'views=3', 'storage=int8']);
    const alone = await run('alone', ['epochs=2']);
    // With all of the target from the teacher the labels play no part: another loss on the same pictures.
    expect(taught.history[0]!.trainLoss).not.toBeCloseTo(alone.history[0]!.trainLoss, 3);
    expect(taught.validation.accuracy).toBeGreaterThan(0.5);
    const again = await run('taught', [...changes, 'views=1', 'storage=float32'], { resume: true });
    expect(again.history).toEqual(taught.history);
    expect(readOnnxMetadata(await readFile(again.modelPath))['attune.views']).toBe('1');
  });

  it('joins runs that kept the same pictures for selection into one model', async () => {
    const places = ['plain', 'equalized', 'median', 'other-split'];
    await run('plain', ['epochs=3']);
    await run('equalized', ['epochs=3', 'seed=2', 'preprocess=equalize']);
    await run('median', ['epochs=1', 'preprocess=median']);
    await run('other-split', ['epochs=1', 'splitSeed=2']);
    const [plain, equal, median, otherSplit] = places.map((place) => ({ path: join(folder, place), views: 1 }));
    const joinRuns = (...runs: { path: string; views: number }[]) =>
      shipEnsemble({ runs, dataPath, outPath: join(folder, 'joined') });
    const { modelPath, validation } = await joinRuns(plain!, { ...equal!, views: 2 });
    expect(validation.accuracy).toBeGreaterThan(0.8);
    const bytes = await readFile(modelPath);
    expect(readOnnxMetadata(bytes)).toMatchObject({ 'attune.recipe': 'smoke + smoke', 'attune.views': '3' });
    const pixels = new Float32Array(2 * PICTURE_SIDE ** 2).map((_, i) => (i * 37) % 256);
    const { logits } = await (await openSession(bytes)).run({
      pixels: tensor(pixels, [2, 1, PICTURE_SIDE, PICTURE_SIDE]),
    });
    expect(logits!.dims).toEqual([2, EMOTIONS.length]);
    await expect(joinRuns(plain!, median!)).rejects.toMatchObject({ code: 'ensemble/preprocess' });
    await expect(joinRuns(plain!, otherSplit!)).rejects.toMatchObject({ code: 'ensemble/split' });
    await expect(joinRuns()).rejects.toMatchObject({ code: 'ensemble/empty' });
  });

  it('one worker and two see the same pictures', async () => {
    const one = await run('one', ['epochs=1'], { workers: 1 });
    const two = await run('two', ['epochs=1'], { workers: 2 });
    // Their batch statistics differ (32 pictures against 2 x 16), so the losses are near, not equal.
    expect(Math.abs(one.history[0]!.trainLoss - two.history[0]!.trainLoss)).toBeLessThan(0.15);
  });

  it('goes on after kill -9', async () => {
    const out = join(folder, 'killed');
    await mkdir(out);
    const script = join(folder, 'long-run.mts');
    const options = { recipe: 'smoke', dataPath, outPath: out, changes: [...FAST, 'epochs=500'] };
    await writeFile(
      script,
      `const { train } = await import(${JSON.stringify(new URL('./train.ts', import.meta.url).href)});\nawait train(${JSON.stringify(options)});\n`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: 'ignore' });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const checkpointPath = join(out, 'checkpoint.bin');
    const deadline = Date.now() + 15_000;
    while (!existsSync(checkpointPath) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGKILL');
    await exited;
    const { step, history } = await readCheckpoint(checkpointPath);
    expect(step).toBeGreaterThan(0);
    const resumed = await train({ ...options, changes: [...FAST, `epochs=${history.length + 1}`], resume: true });
    expect(resumed.history.length).toBe(history.length + 1);
  });
});

describe('WebGPU', () => {
  it('gives the losses of the CPU for the same seed, over twenty steps', async ({ skip }) => {
    // SwiftShader, which Debian's Chromium brings, computes as a GPU would where there is none.
    const software = '/usr/lib/chromium/vk_swiftshader_icd.json';
    if (!process.env.VK_ICD_FILENAMES && existsSync(software)) process.env.VK_ICD_FILENAMES = software;
    // One step a round, so that each of the twenty losses is seen by itself.
    const changes = ['limit=32', 'batch=32', 'epochs=20', 'validateEvery=20', 'clipNorm=1', 'mixupAlpha=0.2'];
    if (!(await hasWebGpu())) skip('no WebGPU adapter: neither a GPU with a Vulkan driver nor SwiftShader is here');
    const cpu = await run('cpu', changes, { workers: 1 });
    const gpu = await run('gpu', changes, { device: 'webgpu' });
    expect(cpu.history).toHaveLength(20);
    for (const [i, round] of cpu.history.entries())
      expect(Math.abs(gpu.history[i]!.trainLoss - round.trainLoss)).toBeLessThan(1e-3);
  });
});

describe('what cannot go on says so', () => {
  const code = (value: string) => expect.objectContaining({ code: value });

  it('a file where the folder should be', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await failure(run('file'))).toEqual(code('out/cannot-write'));
  });

  it('a folder with a run in it', async () => {
    await run('used', ['epochs=1']);
    expect(await failure(run('used', ['epochs=1']))).toEqual(code('train/out-used'));
    expect(await failure(run('used', ['epochs=1', 'dropout=0.5'], { resume: true }))).toEqual(
      expect.objectContaining({
        code: 'checkpoint/other',
        message: expect.stringContaining('dropout was 0.2, is 0.5'),
      }),
    );
    const path = join(folder, 'used', 'checkpoint.bin');
    const kept = await readCheckpoint(path);
    await writeCheckpoint(path, { ...kept, state: { ...kept.state, parameters: kept.state.parameters!.slice(1) } });
    expect(await failure(run('used', ['epochs=1'], { resume: true }))).toEqual(
      expect.objectContaining({
        code: 'checkpoint/other',
        message: expect.stringMatching(/the network had \d+ weights, has \d+/),
      }),
    );
    await truncate(path, 1000);
    expect(await failure(run('used', ['epochs=1'], { resume: true }))).toEqual(
      expect.objectContaining({
        code: 'checkpoint/damaged',
        message: expect.stringContaining(`startFrom=${join(folder, 'used', 'best.bin')}`),
      }),
    );
    // The way out is one.
    await run('again', ['epochs=1', `startFrom=${join(folder, 'used', 'best.bin')}`]);
  });

  it('a loss that is no number: at which step, and the last checkpoint stays', async () => {
    const error = await failure(run('diverges', ['learningRate=1e18']));
    expect(error).toEqual(code('train/diverged'));
    expect((error as Error).message).toMatch(/at step \d+: .*another --out/);
  });

  it('weights that are no numbers never reach a checkpoint, though the loss of their step was one', async () => {
    // One step a round: its loss is of the weights before it.
    const changes = ['batch=320', 'validateEvery=5'];
    await run('explodes', [...changes, 'epochs=1']);
    const path = join(folder, 'explodes', 'checkpoint.bin');
    const { state, ...rest } = await readCheckpoint(path);
    await writeCheckpoint(path, {
      ...rest,
      state: { ...state, velocity: state.velocity!.fill(Number.POSITIVE_INFINITY) },
    });
    const kept = await readFile(path);
    expect(await failure(run('explodes', [...changes, 'epochs=4'], { resume: true }))).toEqual(
      expect.objectContaining({
        code: 'train/diverged',
        message: expect.stringMatching(/at step 2: .*startFrom/),
      }),
    );
    expect(Buffer.compare(await readFile(path), kept)).toBe(0);
  });

  it('an unknown recipe, an unknown setting, a wrong value', async () => {
    expect(await failure(train({ recipe: 'grand', dataPath, outPath: folder }))).toEqual(code('recipe/unknown'));
    for (const change of ['learnRate=1', 'epochs=many', 'epochs=0', 'dropout=1.5', 'epochs'])
      expect(() => resolveSettings({}, [change])).toThrow(code('recipe/setting'));
  });

  it('pictures too small for the network', async () => {
    const small = ['size=16', 'auxiliaryWeight=0'];
    for (const changes of [small, ['auxiliaryWeight=0', 'startSize=16', 'startShare=0.5']])
      expect(await failure(train({ recipe: 'table1-7x7', dataPath, outPath: join(folder, 'small'), changes }))).toEqual(
        expect.objectContaining({ code: 'recipe/setting', message: expect.stringMatching(/16 px \(conv3: .*larger/) }),
      );
  });

  it('a set without one of the seven, and votes that are not there', async () => {
    const path = join(folder, 'six.csv');
    const lines = (await readFile(dataPath, 'utf8')).split('\n');
    await writeFile(path, lines.filter((line) => !line.startsWith('3,')).join('\n'));
    expect(await failure(train({ recipe: 'smoke', dataPath: path, outPath: join(folder, 'six') }))).toEqual(
      expect.objectContaining({ code: 'data/classes', message: expect.stringContaining('happy') }),
    );
    expect(await failure(run('votes', ['auxiliaryWeight=1']))).toEqual(code('data/votes-missing'));
  });
});

describe('learningRateAt', () => {
  const settings = resolveSettings({ learningRate: 0.1, warmupEpochs: 1, epochs: 11 });

  it('rises over the warm-up, is half at half time, and ends near nothing', () => {
    expect(learningRateAt(settings, 0, 100, 1)).toBeCloseTo(0.001, 9);
    expect(learningRateAt(settings, 99, 100, 1)).toBeCloseTo(0.1, 9);
    expect(learningRateAt(settings, 600, 100, 1)).toBeCloseTo(0.05, 9);
    expect(learningRateAt(settings, 1099, 100, 1)).toBeLessThan(1e-5);
  });

  it('follows the plateau factor', () => {
    expect(learningRateAt({ ...settings, schedule: 'plateau' }, 600, 100, 0.25)).toBeCloseTo(0.025, 9);
  });
});
