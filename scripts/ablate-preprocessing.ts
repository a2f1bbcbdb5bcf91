/**
 * Compares the first paper's preprocessing methods (row P1) under one short recipe and writes reports/expression/preprocessing.md.
 *
 *   npx tsx scripts/ablate-preprocessing.ts DATA RUNS_FOLDER [REPORT]
 *
 * A method whose run is done is not run again; a run that was stopped goes on: the command can be given as often as one likes.
 * One worker, so that it can run beside other work.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PREPROCESSOR_NAMES, type PreprocessorName } from '../src/face/preprocessors.ts';
import { evaluateExpression } from '../training/evaluate.ts';
import { wilsonInterval } from '../training/metrics.ts';
import { describeMachine } from '../training/provenance.ts';
import { train } from '../training/train.ts';

const [data, runs, report = join('reports', 'expression', 'preprocessing.md')] = process.argv.slice(2);
if (!data || !runs) {
  console.error('Usage: npx tsx scripts/ablate-preprocessing.ts DATA RUNS_FOLDER [REPORT]');
  process.exit(2);
}

/** Half the width of `compact`, 36 px, a third of Training. */
const RECIPE = 'compact';
const SETTINGS = [
  'size=36',
  'startSize=0',
  'startShare=0',
  'widths=16,32,64,128',
  'limit=8600',
  'epochs=6',
  'batch=64',
  // One view: the same in use as in validation, so that nothing but the method differs.
  'views=1',
];
/** Every method with the first; none and those that did better than none with the others, too. */
const SEEDS = [1, 2];

const WORDS: Readonly<Record<PreprocessorName, string>> = {
  none: 'none',
  equalize: 'histogram equalisation',
  median: 'median filter, 3x3',
  stretch: 'gray stretching, 1st to 99th percentile',
  homomorphic: 'homomorphic filter, gains 0.5 and 1.5, cutoff 10',
  nearest: 'scaled to 24 px and back, nearest pixel',
  bilinear: 'scaled to 24 px and back, bilinear',
};

interface Outcome {
  readonly method: PreprocessorName;
  readonly seed: number;
  readonly validation: { readonly count: number; readonly accuracy: number };
  readonly public: { readonly count: number; readonly accuracy: number };
  readonly seconds: number;
}

const runOne = async (method: PreprocessorName, seed: number): Promise<Outcome> => {
  const outPath = join(runs, `${method}-${seed}`);
  const outcomePath = join(outPath, 'outcome.json');
  if (existsSync(outcomePath)) return JSON.parse(await readFile(outcomePath, 'utf8')) as Outcome;
  const { modelPath, validation, history } = await train({
    recipe: RECIPE,
    dataPath: data,
    outPath,
    changes: [...SETTINGS, `preprocess=${method}`, `seed=${seed}`],
    workers: 1,
    resume: true,
    onMessage: (message) => console.log(`${method} ${seed}: ${message}`),
  });
  const scored = await evaluateExpression({ dataPath: data, split: 'public', model: modelPath });
  const outcome: Outcome = {
    method,
    seed,
    validation: { count: validation.count, accuracy: validation.accuracy },
    public: { count: scored.dataset.count, accuracy: scored.accuracy },
    seconds: history.reduce((sum, round) => sum + round.seconds, 0),
  };
  await writeFile(outcomePath, JSON.stringify(outcome));
  return outcome;
};

const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;
const withInterval = ({ count, accuracy }: { count: number; accuracy: number }): string => {
  const [low, high] = wilsonInterval(Math.round(count * accuracy), count);
  return `${percent(accuracy)} (${percent(low)} to ${percent(high)})`;
};

const describe = (outcomes: readonly Outcome[]): string => `# Preprocessing (row P1)

The first paper lists six ways to prepare a picture and uses none of them on FER2013. Each was tried under one short recipe:
half-width \`compact\`, 36 px, 8,600 pictures of Training, 6 rounds; everything else as the recipe has it.${
  outcomes.some(({ seed }) => seed !== SEEDS[0])
    ? ' What did better than none with seed 1 is run again, and\nnone with it, with another seed (other weights, order and validation part).'
    : ''
}
The choice is made on validation; PublicTest is only reported. Intervals are Wilson's 95 %.

| Method | Seed | Validation, ${outcomes[0]?.validation.count} pictures | PublicTest, ${outcomes[0]?.public.count} pictures |
| --- | --- | --- | --- |
${outcomes
  .map(
    ({ method, seed, validation, public: tested }) =>
      `| ${WORDS[method]} | ${seed} | ${withInterval(validation)} | ${withInterval(tested)} |`,
  )
  .join('\n')}

Command: \`npx tsx scripts/ablate-preprocessing.ts DATA RUNS_FOLDER\`. Settings: \`attune train ${RECIPE} ${SETTINGS.map((setting) => `--set ${setting}`).join(' ')} --set preprocess=METHOD\`.
Machine: ${describeMachine()}, one thread beside other work; about a minute and a half of processor time a run.
`;

const outcomes: Outcome[] = [];
const isBetterThanNone = (method: PreprocessorName): boolean => {
  const of = (name: PreprocessorName): number =>
    outcomes.find((outcome) => outcome.method === name && outcome.seed === SEEDS[0])!.validation.accuracy;
  return method === 'none' || of(method) > of('none');
};
for (const seed of SEEDS)
  for (const method of PREPROCESSOR_NAMES.filter((name) => seed === SEEDS[0] || isBetterThanNone(name))) {
    await mkdir(join(runs, `${method}-${seed}`), { recursive: true });
    outcomes.push(await runOne(method, seed));
    await writeFile(report, describe(outcomes));
  }
console.log(`${report} is written.`);
