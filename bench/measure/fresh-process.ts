/** Runs contenders in fresh processes, one after the other, in an order that turns around each round. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A program that measures itself and prints its figures as one line of JSON, the last that begins with "{". */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
}

/** Figures of each round, or why there are none. */
export type Outcome<T> =
  | { readonly kind: 'measured'; readonly rounds: readonly T[] }
  | { readonly kind: 'skipped'; readonly reason: string };

const skippedSchema = z.object({ skipped: z.string() });
const TASKSET = ['/usr/bin/taskset', '/bin/taskset'].find((path) => existsSync(path));

/** The last core that this process may use; undefined outside Linux. */
const findCore = (): string | undefined => {
  if (TASKSET === undefined) return undefined;
  const status = readFileSync('/proc/self/status', 'utf8');
  return /^Cpus_allowed_list:.*?(\d+)$/m.exec(status)?.[1];
};

const CORE = findCore();

/** Whether `oneCore` below can be kept: Linux's taskset ties a process and all its threads to one core. */
export const canTieToOneCore = CORE !== undefined;

/** The command that runs a TypeScript file of the bench the way this process runs. */
export const nodeCommand = (file: URL, ...args: readonly string[]): string[] => [
  process.execPath,
  ...process.execArgv,
  fileURLToPath(file),
  ...args,
];

/** What a contender's program prints when something it needs is not on this machine. */
export const printSkipped = (reason: string): void => console.log(JSON.stringify({ skipped: reason }));

export interface RunOptions<T> {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** What a contender prints. */
  readonly schema: z.ZodType<T>;
  /** Tie every process to one core, where that can be done. @default false */
  readonly oneCore?: boolean;
}

/**
 * Runs every contender once a round. Odd rounds run backwards, so that none always runs after the same one. One that is
 * skipped is not started again; one that fails is reported as skipped with its last words, and the exit code becomes 1.
 */
export const runContenders = async <T>(options: RunOptions<T>): Promise<Map<string, Outcome<T>>> => {
  const { contenders, rounds, schema, oneCore = false } = options;
  const measured = new Map<string, T[]>(contenders.map(({ name }) => [name, []]));
  const skipped = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, command } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      if (skipped.has(name)) continue;
      if (process.stderr.isTTY) process.stderr.write(`round ${round + 1} of ${rounds}: ${name}\n`);
      const { code, lastWords, answer } = await runFresh(command, oneCore);
      const reason = skippedSchema.safeParse(answer);
      const figures = schema.safeParse(answer);
      if (reason.success) skipped.set(name, reason.data.skipped);
      else if (code === 0 && figures.success) measured.get(name)!.push(figures.data);
      else {
        skipped.set(name, `failed with exit code ${code}: ${lastWords}`);
        process.exitCode = 1;
      }
    }
  }
  return new Map(
    contenders.map(({ name }): [string, Outcome<T>] => {
      const reason = skipped.get(name);
      return [
        name,
        reason === undefined ? { kind: 'measured', rounds: measured.get(name)! } : { kind: 'skipped', reason },
      ];
    }),
  );
};

const runFresh = async (
  command: readonly string[],
  oneCore: boolean,
): Promise<{ code: number | null; lastWords: string; answer: unknown }> => {
  const [program, ...args] = oneCore && TASKSET && CORE ? [TASKSET, '-c', CORE, ...command] : command;
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const line = out.split('\n').findLast((candidate) => candidate.startsWith('{'));
  return { code, lastWords: describeFailure(errors || out), answer: line === undefined ? undefined : parse(line) };
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** The line that names the error, else the last one. */
const describeFailure = (text: string): string => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'it printed nothing').slice(0, 300);
};
