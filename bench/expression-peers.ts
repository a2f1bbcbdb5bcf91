/** Attune's, human's and face-api's expression models on FER2013 PublicTest: `npx tsx bench/expression-peers.ts [--data PATH] [--rows N] [--rounds N]`. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { packagePath } from '../node/package-root.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { readOnnxMetadata } from '../src/graph/onnx.ts';
import { type FaceSet, pictureAt, rowsOf } from '../training/datasets/face-set.ts';
import { loadFer2013 } from '../training/datasets/fer2013.ts';
import { deduplicateAgainst } from '../training/datasets/split.ts';
import { accuracy, confusionMatrix, macroF1, wilsonInterval } from '../training/metrics.ts';
import { findExpressionModel, UNTRAINED_NOTE } from './measure/expression-model.ts';
import { canTieToOneCore, nodeCommand, runContenders } from './measure/fresh-process.ts';
import { median } from './measure/statistics.ts';
import { describeLoad, milliseconds, percent, printTable, ratio } from './measure/table.ts';

const schema = z.object({
  version: z.string(),
  backend: z.string(),
  bytes: z.number(),
  predicted: z.array(z.number()),
  times: z.array(z.object({ clock: z.number(), processor: z.number() })),
});
/** face-api's model does not depend on its detector: it runs once. */
const NAMES: Readonly<Record<string, string>> = { attune: 'attune', human: 'human', 'face-api (tiny)': 'face-api' };

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data'), 'fer2013') },
    rows: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '2' },
  },
});

const loadData = async (): Promise<FaceSet | undefined> => {
  try {
    return await loadFer2013(values.data);
  } catch (error) {
    if (error instanceof InvalidInputError && error.code === 'data/missing') return undefined;
    throw error;
  }
};

const set = await loadData();
if (set === undefined) {
  console.log(`\nLeft out: there is no FER2013 at ${values.data}; --data names another place.`);
  process.exit(0);
}
const all = rowsOf(set, 'public');
const rows = Number(values.rows) > 0 ? all.slice(0, Number(values.rows)) : all;
const hasTraining = set.splits.includes('train');
const fresh = new Set(hasTraining ? deduplicateAgainst(set.images, rows, set.images, rowsOf(set, 'train')).kept : []);
const model = await findExpressionModel();
const folder = await mkdtemp(join(tmpdir(), 'attune-bench-'));
try {
  const pictures = join(folder, 'pictures.bin');
  await writeFile(pictures, Buffer.concat(Array.from(rows, (row) => pictureAt(set.images, row))));
  const file = new URL('measure/expression-pictures.ts', import.meta.url);
  const outcomes = await runContenders({
    contenders: Object.keys(NAMES).map((name) => ({ name, command: nodeCommand(file, name, model.path, pictures) })),
    rounds: Number(values.rounds),
    schema,
    oneCore: true,
  });
  const table: string[][] = [];
  const skipped: string[] = [];
  let own: { clock: number; processor: number } | undefined;
  for (const [name, outcome] of outcomes) {
    if (outcome.kind === 'skipped') {
      skipped.push(`${NAMES[name]} is left out: ${outcome.reason}`);
      continue;
    }
    const { version, backend, bytes, predicted } = outcome.rounds[0]!;
    const times = outcome.rounds.flatMap((round) => round.times);
    const clock = median(times.map((time) => time.clock));
    const processor = median(times.map((time) => time.processor));
    own ??= { clock, processor };
    const labels = Array.from(rows, (row) => set.labels[row]!);
    const confusion = confusionMatrix(labels, predicted, EMOTIONS.length);
    const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
    const rightFresh = [...rows].filter((row, i) => fresh.has(row) && predicted[i] === set.labels[row]).length;
    table.push([
      `${NAMES[name]} ${version}`,
      percent(accuracy(confusion)),
      wilsonInterval(right, rows.length).map(percent).join(' – '),
      fresh.size > 0 ? percent(rightFresh / fresh.size) : '',
      percent(macroF1(confusion)),
      (bytes / 1e6).toFixed(2),
      milliseconds(clock),
      ratio(clock / own.clock),
      milliseconds(processor),
      ratio(processor / own.processor),
      backend,
    ]);
  }
  printTable({
    title: `FER2013 PublicTest, ${rows.length} whole pictures of 48x48, one at a time, no test-time augmentation`,
    columns: [
      'model',
      'accuracy %',
      '95 % interval',
      'without copies %',
      'macro F1 %',
      'MB',
      'ms a face',
      'ratio',
      'processor ms',
      'ratio',
      'backend',
    ],
    rows: table,
    notes: [
      ...skipped,
      ...(model.trained ? [await describeModel(model.path)] : [UNTRAINED_NOTE]),
      hasTraining
        ? `Without copies: the ${fresh.size} pictures that Training does not hold pixel by pixel.`
        : 'Without copies: not known, as the data holds no Training pictures.',
      "The peers' packages do not say which pictures their models were trained on.",
      'Ratio: of the model to the first one; above 1, the first one is faster.',
      ...(canTieToOneCore ? ['Every process was tied to one core.'] : []),
      describeLoad(),
    ],
  });
} finally {
  await rm(folder, { recursive: true });
}

async function describeModel(path: string): Promise<string> {
  const bytes = await readFile(path);
  const metadata = readOnnxMetadata(bytes);
  const sum = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return `Attune's model: ${metadata['attune.recipe']}, seed ${metadata['attune.seed']}, round ${metadata['attune.epoch']}, sha256 ${sum}...`;
}
