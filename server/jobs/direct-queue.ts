/** Jobs of one process, in its memory: for a program beside the server that has the library open. What was done stays done. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AttuneError, InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import type { JobContext, JobHandler, JobQueue } from './job-queue.ts';
import type { Job, JobKind } from './jobs.ts';

const KEPT_PROBLEMS = 20;

interface Entry {
  job: Job;
  readonly control: AbortController;
}

export interface DirectQueueOptions {
  /** The wait after the first failure that may pass; each further one is twice as long. @default 5000 */
  readonly retryMilliseconds?: number;
  /** @default 6 */
  readonly tries?: number;
}

export const createDirectQueue = ({ retryMilliseconds = 5000, tries = 6 }: DirectQueueOptions = {}): JobQueue => {
  const entries = new Map<string, Entry>();
  const waiting: string[] = [];
  const closing = new AbortController();
  let handlers: Readonly<Partial<Record<JobKind, JobHandler>>> = {};
  let free = 0;
  const running = new Set<Promise<void>>();

  const change = (entry: Entry, changes: Partial<Job>): void => {
    entry.job = { ...entry.job, ...changes };
  };
  const entryOf = (id: string): Entry => {
    const entry = entries.get(id);
    if (!entry) throw new InvalidInputError('jobs/none', `There is no job ${id} in this process.`);
    return entry;
  };
  const isCounted = ({ state }: Job): boolean => state === 'waiting' || state === 'running';

  /** Does a job's parts one after the other, as though they were its own steps. */
  const runParts = async (
    entry: Entry,
    parts: readonly { kind: JobKind; input: unknown }[],
  ): Promise<Record<string, unknown>> => {
    const sums: Record<string, number> = {};
    for (const [i, { kind, input }] of parts.entries()) {
      const before = entry.job.done ?? 0;
      const context = contextOf(entry);
      const result = await handlers[kind]?.(input, {
        ...context,
        progress: ({ done = 0 }) => change(entry, { done: before + done }),
        addParts: async () => {},
      });
      for (const [name, value] of Object.entries(result ?? {})) {
        if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
      }
      change(entry, { message: `part ${i + 1} of ${parts.length}` });
    }
    return sums;
  };

  const contextOf = (entry: Entry): JobContext => ({
    job: entry.job,
    signal: entry.control.signal,
    progress: (progress) => change(entry, progress),
    problem: (problem) => {
      const { problems, problemCount } = entry.job;
      change(entry, {
        problemCount: problemCount + 1,
        problems: problems.length < KEPT_PROBLEMS ? [...problems, problem] : problems,
      });
    },
    addParts: async () => {},
  });

  const run = async (entry: Entry): Promise<void> => {
    const { kind, input } = entry.job;
    const handler = handlers[kind];
    if (!handler) {
      change(entry, { state: 'failed', error: { code: 'jobs/kind', message: `Nobody here does "${kind}".` } });
      return;
    }
    for (;;) {
      change(entry, { state: 'running', tries: entry.job.tries + 1, worker: `process ${process.pid}` });
      try {
        const parts: { kind: JobKind; input: unknown }[] = [];
        const result = await handler(input, {
          ...contextOf(entry),
          addParts: async (partKind, inputs) => {
            parts.push(...inputs.map((one) => ({ kind: partKind, input: one })));
          },
        });
        const sums = parts.length > 0 ? await runParts(entry, parts) : {};
        change(entry, {
          state: 'done',
          result: { ...result, ...sums },
          endedAt: new Date().toISOString(),
          ...(parts.length > 0 && { total: entry.job.done ?? 0 }),
        });
        return;
      } catch (error) {
        const endedAt = new Date().toISOString();
        if (entry.control.signal.aborted) {
          change(entry, { state: 'cancelled', endedAt });
          return;
        }
        const message = error instanceof Error ? error.message : String(error);
        change(entry, { error: { code: error instanceof AttuneError ? error.code : 'jobs/failed', message } });
        const mayPass = error instanceof UnavailableError && entry.job.tries < tries;
        if (!mayPass) {
          change(entry, { state: 'failed', endedAt });
          return;
        }
        change(entry, { state: 'waiting', message: `again soon: ${message}` });
        const milliseconds = retryMilliseconds * 2 ** (entry.job.tries - 1);
        await sleep(milliseconds, undefined, { signal: entry.control.signal }).catch(() => {});
      }
    }
  };

  const next = (): void => {
    while (free > 0 && waiting.length > 0 && !closing.signal.aborted) {
      const entry = entries.get(waiting.shift() ?? '');
      if (entry?.job.state !== 'waiting') continue;
      free -= 1;
      const work = run(entry).finally(() => {
        free += 1;
        running.delete(work);
        next();
      });
      running.add(work);
    }
  };

  return {
    add: async (kind, input) => {
      const job: Job = {
        id: randomUUID(),
        kind,
        input,
        state: 'waiting',
        problems: [],
        problemCount: 0,
        tries: 0,
        createdAt: new Date().toISOString(),
      };
      entries.set(job.id, { job, control: new AbortController() });
      waiting.push(job.id);
      next();
      return job;
    },
    get: async (id) => entries.get(id)?.job,
    list: async (limit = 50) =>
      [...entries.values()]
        .map(({ job }) => job)
        .reverse()
        .slice(0, limit),
    countOpen: async () => [...entries.values()].filter(({ job }) => isCounted(job)).length,
    cancel: async (id) => {
      const entry = entryOf(id);
      entry.control.abort();
      if (entry.job.state === 'waiting') change(entry, { state: 'cancelled', endedAt: new Date().toISOString() });
      return entry.job;
    },
    retry: async (id) => {
      const { job } = entryOf(id);
      if (isCounted(job)) return job;
      const { error: _error, endedAt: _endedAt, ...rest } = job;
      const again: Job = { ...rest, state: 'waiting', tries: 0 };
      entries.set(id, { job: again, control: new AbortController() });
      waiting.push(id);
      next();
      return again;
    },
    work: async (given, atOnce = 1) => {
      handlers = given;
      free += atOnce;
      next();
    },
    wait: async (id, onChange = () => {}, signal) => {
      for (;;) {
        const { job } = entryOf(id);
        onChange(job);
        if (!isCounted(job)) return job;
        await sleep(200, undefined, signal ? { signal } : {});
      }
    },
    close: async () => {
      closing.abort();
      for (const { control } of entries.values()) control.abort();
      await Promise.allSettled([...running]);
    },
  };
};
