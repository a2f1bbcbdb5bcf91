/** How long a voice of some seconds takes to be read, from samples to mood: in Chromium's worker beside Node: `npm run bench -- voice [-- --seconds N --rounds N]`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { z } from 'zod';
import { findBrowser } from '../node/find-program.ts';
import { packagePath } from '../node/package-root.ts';
import { openStaticHost } from '../test/browser/static-host.ts';
import { nodeCommand, runContenders } from './measure/fresh-process.ts';
import { median } from './measure/statistics.ts';
import { describeLoad, milliseconds, printTable, ratio } from './measure/table.ts';
import { voiceLike } from './measure/voice-like.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    repeats: { type: 'string', default: '5' },
  },
});
const folder = packagePath('dist', 'web');

/** The page's own worker, asked as the page asks it; the first answer waits for the models and is told apart. */
const askScript = (worker: string, samples: readonly number[], repeats: number): string => `(async () => {
  const worker = new Worker(${JSON.stringify(worker)}, { type: 'module' });
  const samples = Float32Array.from(${JSON.stringify(samples)});
  const ask = (id) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.kind === 'failed' || data.kind === 'load-failed') reject(new Error(data.problem.message));
      if (data.kind === 'voice' && data.id === id) resolve();
    };
    worker.postMessage({ kind: 'voice', id, samples: samples.slice() });
  });
  worker.postMessage({ kind: 'load', modelsUrl: new URL('models/', document.baseURI).href });
  const times = [];
  for (let id = 1; id <= ${repeats + 1}; id++) {
    const start = performance.now();
    await ask(id);
    times.push(performance.now() - start);
  }
  return times;
})()`;

interface Latency {
  /** ms, by the clock, once the models are there. */
  readonly warm: number;
  /** ms: with loading the engine and the models. */
  readonly first?: number;
}

const inChromium = async (url: string, worker: string): Promise<Latency> => {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('No browser was found: run "npx tsx scripts/ensure-browser.ts".');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const samples = Array.from(voiceLike(Number(values.seconds)));
    const [first, ...warm] = await page.evaluate<number[]>(askScript(worker, samples, Number(values.repeats)));
    return { warm: median(warm), ...(first !== undefined && { first }) };
  } finally {
    await browser.close();
  }
};

const inNode = async (): Promise<Latency> => {
  const program = new URL('measure/audio-models.ts', import.meta.url);
  const [outcome] = (
    await runContenders({
      contenders: [{ name: 'Node', command: nodeCommand(program, 'voice', values.seconds, values.repeats) }],
      rounds: 1,
      schema: z.object({ clock: z.number() }),
      oneCore: false,
    })
  ).values();
  if (outcome?.kind !== 'measured') throw new Error(outcome?.reason ?? 'Node was not measured.');
  return { warm: median(outcome.rounds.map(({ clock }) => clock)) };
};

const assets = join(folder, 'assets');
const worker = existsSync(assets) ? readdirSync(assets).find((name) => /^worker-.*\.js$/.test(name)) : undefined;
if (!worker) throw new Error('The page is not built: run "npm run build".');
const host = await openStaticHost({ folder });
const chromiumTimes: Latency[] = [];
const nodeTimes: Latency[] = [];
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    const measures = [
      async () => chromiumTimes.push(await inChromium(host.url, new URL(`assets/${worker}`, host.url).href)),
      async () => nodeTimes.push(await inNode()),
    ];
    for (const measure of round % 2 === 0 ? measures : measures.reverse()) await measure();
  }
} finally {
  await host.close();
}
const [page, node] = [chromiumTimes, nodeTimes].map((times) => median(times.map(({ warm }) => warm))) as [
  number,
  number,
];
printTable({
  title: `A voice of ${values.seconds} s, from samples to mood`,
  columns: ['', 'ms by the clock, warm', 'the first, with engine and models', 'times Node'],
  rows: [
    [
      'Chromium, worker',
      milliseconds(page),
      milliseconds(median(chromiumTimes.map(({ first = Number.NaN }) => first))),
      ratio(page / node),
    ],
    ['Node', milliseconds(node), '', '1.00'],
  ],
  notes: [`${values.rounds} rounds, fresh processes, the order reversed each round.`, describeLoad()],
});
