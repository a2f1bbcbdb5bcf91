/** Measures the server under uploads from a second process: answers, times, refusals, memory: `npx tsx bench/server.ts [--rounds 3]`. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packagePath } from '../node/package-root.ts';
import { describeLoad, milliseconds, printTable } from './measure/table.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const ROUNDS = Math.max(1, Number(values.rounds));
const photo = new Uint8Array(
  readFileSync(packagePath('node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg')),
);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(q * values.length) - 1] ?? Number.NaN;

const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
const child = fork(fileURLToPath(new URL('measure/upload-server.ts', import.meta.url)), [join(folder, 'data')]);
const [{ port }] = (await once(child, 'message')) as [{ port: number }];
const url = `http://127.0.0.1:${port}/api/v1`;
const memory = async (): Promise<{ rss: number; peak: number }> => {
  child.send('memory');
  const [answer] = (await once(child, 'message')) as [{ rss: number; peak: number }];
  return answer;
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Outcome {
  /** From the first try to the answer. */
  readonly milliseconds: number;
  readonly refusals: number;
  readonly failed: boolean;
}

/** One photo, sent again as Retry-After says until it is read. */
const upload = async (): Promise<Outcome> => {
  const start = performance.now();
  for (let refusals = 0; ; refusals++) {
    const form = new FormData();
    form.append('file', new Blob([photo]), 'photo.jpg');
    const answer = await fetch(`${url}/readings/photo`, { method: 'POST', body: form }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return { milliseconds: performance.now() - start, refusals, failed: false };
    const retryAfter = Number(answer?.headers.get('retry-after'));
    if (answer?.status !== 429 || !(retryAfter > 0))
      return { milliseconds: performance.now() - start, refusals, failed: true };
    await pause(retryAfter * 1000);
  }
};

try {
  await fetch(`${url}/health`);
  await pause(1000);
  console.log(`Idle, nothing asked yet: ${megabytes((await memory()).rss)}`);
  await upload();
  console.log(`Models open: ${megabytes((await memory()).rss)}`);
  const rows: (string | number)[][] = [];
  for (const atOnce of [1, 32, 50]) {
    const outcomes: Outcome[] = [];
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++)
      outcomes.push(...(await Promise.all(Array.from({ length: atOnce }, upload))));
    const seconds = (performance.now() - start) / 1000;
    const times = outcomes.map((one) => one.milliseconds);
    const failed = outcomes.filter((one) => one.failed).length;
    const refusals = outcomes.reduce((sum, one) => sum + one.refusals, 0);
    const figures = [quantile(times, 0.5), quantile(times, 0.99)].map(milliseconds);
    const { peak } = await memory();
    rows.push([
      atOnce,
      outcomes.length - failed,
      refusals,
      failed,
      ...figures,
      (outcomes.length / seconds).toFixed(1),
      megabytes(peak),
    ]);
  }
  printTable({
    title: `Photos of ${(photo.length / 1000).toFixed(0)} kB uploaded at once from a second process, ${ROUNDS} rounds each`,
    columns: [
      'at once',
      'answered',
      'refused (429), sent again',
      'failed',
      'p50 ms',
      'p99 ms',
      'photos/s',
      'most memory',
    ],
    rows,
    notes: [
      'A photo that was refused is sent again after Retry-After; its time runs from the first try.',
      describeLoad(),
    ],
  });
  await pause(3000);
  console.log(`Idle again: ${megabytes((await memory()).rss)}`);
  const start = performance.now();
  await (await fetch(`${url}/songs/counts`)).arrayBuffer();
  console.log(
    `Store opened, its first time: ${(performance.now() - start).toFixed(0)} ms, then ${megabytes((await memory()).rss)}`,
  );
} finally {
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
  rmSync(folder, { recursive: true, force: true });
}
