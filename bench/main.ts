/** Runs the benchmarks, each in a fresh process: `npm run bench -- [NAME…] [--json FILE] [-- OPTIONS]`. Nothing here passes or fails by time. */
import { fork } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, findCommit } from '../training/provenance.ts';

interface Finished {
  readonly name: string;
  readonly seconds: number;
  readonly exitCode: number | null;
  /** The tables the benchmark handed over, see bench/measure/table.ts. */
  readonly tables: readonly unknown[];
  /** Everything it printed. */
  readonly output: string;
}

/** Every file beside this one is a benchmark; its first line says what it measures. */
const findBenchmarks = async (): Promise<Map<string, URL>> => {
  const here = new URL('.', import.meta.url);
  const files = (await readdir(here)).filter((file) => /^(?!main\.|.*\.test\.).*\.ts$/.test(file)).sort();
  return new Map(files.map((file) => [basename(file, '.ts'), new URL(file, here)]));
};

const runBenchmark = async (name: string, file: URL, options: readonly string[]): Promise<Finished> => {
  const start = performance.now();
  const child = fork(fileURLToPath(file), options, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const tables: unknown[] = [];
  let output = '';
  child.on('message', (table) => tables.push(table));
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { name, seconds: (performance.now() - start) / 1000, exitCode, tables, output };
};

const benchmarks = await findBenchmarks();
// What stands behind a second "--" is for the benchmarks named: `npm run bench -- photo -- --rounds 1`.
const given = process.argv.slice(2);
const end = given.includes('--') ? given.indexOf('--') : given.length;
const benchmarkOptions = given.slice(end + 1);
const { values, positionals } = parseArgs({
  args: given.slice(0, end),
  allowPositionals: true,
  options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
});
const unknown = positionals.filter((name) => !benchmarks.has(name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no benchmark ${unknown.join(', ')}.\n`);
  console.log('npm run bench -- [NAME…] [--json FILE] [-- OPTIONS OF THE BENCHMARKS NAMED]\n');
  for (const [name, file] of benchmarks) {
    const firstLine = (await readFile(file, 'utf8')).split('\n')[0]!;
    console.log(`${name.padEnd(18)}${firstLine.replaceAll(/^\/\*\* | \*\/$/g, '')}`);
  }
  process.exit(unknown.length > 0 ? 2 : 0);
}

const finished: Finished[] = [];
for (const [name, file] of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n== ${name} ==`);
  const result = await runBenchmark(name, file, benchmarkOptions);
  finished.push(result);
  if (result.exitCode !== 0) process.exitCode = 1;
}
if (values.json !== undefined) {
  const report = {
    machine: describeMachine(),
    commit: (await findCommit()) ?? null,
    time: new Date().toISOString(),
    benchmarks: finished,
  };
  await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
