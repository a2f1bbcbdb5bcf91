/** Starting from another run: what fits is taken, what does not stays fresh, and bad files are named. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../src/base/random.ts';
import { initializeWeights } from '../src/graph/build.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { findRecipe } from './recipes/index.ts';
import { resolveSettings } from './recipes/settings.ts';
import { takeOver } from './take-over.ts';

let folder: string;
let path: string;
const smoke = findRecipe('smoke');
const settingsOf = (...changes: string[]) => resolveSettings(smoke.settings, changes);
const weightsOf = (settings: ReturnType<typeof settingsOf>, seed: string) =>
  initializeWeights(smoke.network(settings), [1, settings.size, settings.size], createRandom(seed));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-take-over-'));
  path = join(folder, 'best.bin');
  const settings = settingsOf();
  const { parameters, statistics } = weightsOf(settings, 'theirs');
  await writeCheckpoint(path, {
    recipe: 'smoke',
    settings,
    dataSha256: '',
    step: 1,
    running: { loss: 0, correct: 0, count: 0, seconds: 0 },
    plateauFactor: 1,
    history: [],
    state: { parameters, statistics, average: parameters.map((value) => 2 * value), averageStatistics: statistics },
  });
});
afterAll(() => rm(folder, { recursive: true }));

test('the same network takes every averaged weight', async () => {
  const settings = settingsOf();
  const fresh = weightsOf(settings, 'ours');
  const taken = await takeOver(path, fresh, { network: smoke.network(settings), settings });
  expect(taken.parameters).toEqual(weightsOf(settings, 'theirs').parameters.map((value) => 2 * value));
  expect(taken.statistics.length).toBe(fresh.statistics.length);
});

test('a wider last stage keeps its own weights and takes the others', async () => {
  const settings = settingsOf('widths=8,8,24');
  const fresh = weightsOf(settings, 'ours');
  const { parameters } = await takeOver(path, fresh, { network: smoke.network(settings), settings });
  const same = parameters.filter((value, i) => value === fresh.parameters[i]).length;
  expect(same).toBeGreaterThan(0);
  expect(same).toBeLessThan(parameters.length);
});

test('a checkpoint that is no run of ours, or of a network that has changed since, is refused with the way out', async () => {
  const settings = settingsOf();
  const context = { network: smoke.network(settings), settings };
  const fresh = weightsOf(settings, 'ours');
  const run = await readCheckpoint(path);
  const { average, ...fewer } = run.state;
  const bad: Checkpoint[] = [
    { ...run, recipe: 'of-another-version' },
    { ...run, settings: { ...run.settings, dreaming: 3 } },
    { ...run, state: fewer },
    { ...run, state: { ...run.state, average: average!.slice(1) } },
  ];
  const other = join(folder, 'other.bin');
  for (const checkpoint of bad) {
    await writeCheckpoint(other, checkpoint);
    await expect(takeOver(other, fresh, context)).rejects.toMatchObject({
      code: 'recipe/start',
      message: expect.stringMatching(/other\.bin .*startFrom=FILE/),
    });
  }
  await writeFile(other, 'no checkpoint');
  for (const [place, code] of [
    [other, 'checkpoint/damaged'],
    [folder, 'checkpoint/missing'],
  ] as const)
    await expect(takeOver(place, fresh, context)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('startFrom=FILE'),
    });
});

test('no file, and a run of another layout, are named', async () => {
  const settings = settingsOf();
  const fresh = weightsOf(settings, 'ours');
  const context = { network: smoke.network(settings), settings };
  await expect(takeOver(join(folder, 'none.bin'), fresh, context)).rejects.toMatchObject({ code: 'recipe/start' });
  const paper = findRecipe('table1-3x3');
  const paperSettings = resolveSettings(paper.settings, []);
  const network = paper.network(paperSettings);
  const paperWeights = initializeWeights(network, [1, 48, 48], createRandom(1));
  await expect(takeOver(path, paperWeights, { network, settings: paperSettings })).rejects.toMatchObject({
    code: 'recipe/start',
  });
});
