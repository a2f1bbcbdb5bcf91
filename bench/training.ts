/** Images per processor-second of one training step, and its memory, beside PyTorch: `npx tsx bench/training.ts [--batch N] [--steps N] [--rounds N]`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { hasWebGpu } from '../node/webgpu.ts';
import { type Contender, nodeCommand, type Outcome, runContenders } from './measure/fresh-process.ts';
import { median } from './measure/statistics.ts';
import { describeLoad, printTable, ratio } from './measure/table.ts';

const RECIPES = ['compact', 'table1-7x7'];
const schema = z.object({
  version: z.string(),
  parameterCount: z.number(),
  loss: z.number(),
  times: z.array(z.object({ clock: z.number(), processor: z.number() })),
  peakBytes: z.number(),
});

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '2' },
  },
});
const batch = Number(values.batch);
/** Debian's own Python, which sees Debian's python3-torch, comes before others on the PATH. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const script = fileURLToPath(new URL('peers/training_step.py', import.meta.url));
const webGpu = await hasWebGpu();

const contendersFor = (recipe: string): Contender[] => {
  const own = (device: string): Contender => ({
    name: `attune, ${device}`,
    command: nodeCommand(
      new URL('measure/training-step.ts', import.meta.url),
      recipe,
      device,
      values.batch,
      values.steps,
    ),
  });
  const torch = { name: 'PyTorch, cpu', command: [python, script, recipe, values.batch, values.steps] };
  return webGpu ? [own('cpu'), torch, own('webgpu')] : [own('cpu'), torch];
};

const summarize = (outcome: Outcome<z.output<typeof schema>>) => {
  if (outcome.kind === 'skipped') return outcome.reason;
  const times = outcome.rounds.flatMap((round) => round.times);
  const { version, parameterCount } = outcome.rounds[0]!;
  return {
    version,
    parameterCount,
    perProcessorSecond: (1000 * batch) / median(times.map(({ processor }) => processor)),
    perSecond: (1000 * batch) / median(times.map(({ clock }) => clock)),
    peakBytes: Math.max(...outcome.rounds.map((round) => round.peakBytes)),
  };
};

for (const recipe of RECIPES) {
  const outcomes = await runContenders({ contenders: contendersFor(recipe), rounds: Number(values.rounds), schema });
  const torch = summarize(outcomes.get('PyTorch, cpu')!);
  const rows: (string | number)[][] = [];
  const notes: string[] = [];
  for (const [name, outcome] of outcomes) {
    const summary = summarize(outcome);
    if (typeof summary === 'string') {
      notes.push(`${name} is left out: ${summary}`);
      continue;
    }
    if (typeof torch !== 'string' && summary.parameterCount !== torch.parameterCount)
      throw new Error(
        `${recipe} has ${summary.parameterCount} parameters here and ${torch.parameterCount} in PyTorch.`,
      );
    rows.push([
      name,
      summary.perProcessorSecond.toFixed(1),
      typeof torch === 'string' ? '' : ratio(summary.perProcessorSecond / torch.perProcessorSecond),
      summary.perSecond.toFixed(1),
      (summary.peakBytes / 2 ** 20).toFixed(0),
      summary.parameterCount,
      summary.version,
    ]);
  }
  if (!webGpu) notes.push('WebGPU is left out: onnxruntime-node finds no adapter on this machine.');
  printTable({
    title: `Training step of ${recipe}: forward, gradients, Nesterov, average of weights; batch ${batch}, 48x48, one thread`,
    columns: [
      'contender',
      'images / processor second',
      'ratio to PyTorch',
      'images / s',
      'peak MiB',
      'parameters',
      'version',
    ],
    rows,
    notes: [...notes, 'Above 1, Attune is faster. The whole process counts for the memory.', describeLoad()],
  });
}
