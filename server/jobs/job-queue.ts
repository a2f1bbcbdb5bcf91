/** Long work as jobs: they wait in the database, any number of workers take them, and a worker that dies is followed by another. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import type { ImportProblem } from '../../node/import/song-record.ts';
import { AttuneError, InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { createJobTable, type JobTable } from './job-table.ts';
import type { Job, JobKind, JobProgress } from './jobs.ts';

/** What a job's work is given. */
export interface JobContext {
  readonly job: Job;
  /** Ends when the job is cancelled or the worker stops. */
  readonly signal: AbortSignal;
  /** Cheap: it is written at most twice a second. */
  progress(progress: JobProgress): void;
  problem(problem: ImportProblem): void;
  /** Adds parts to this job: it is done when all of them are. */
  addParts(kind: JobKind, inputs: readonly unknown[]): Promise<void>;
}

/** @returns what is kept as the job's result */
export type JobHandler = (input: unknown, context: JobContext) => Promise<Readonly<Record<string, unknown>>>;

export interface JobQueueOptions {
  /** Statements to the database; several at once without values. */
  readonly execute: (text: string, values?: readonly unknown[]) => Promise<{ rows: unknown[] }>;
  /** Told what goes wrong in the background: the database went away, for example. */
  readonly onError?: (error: Error) => void;
  /** Between two looks for work. @default 1000 */
  readonly pollMilliseconds?: number;
  /** A running job that was not heard of for so long is another worker's to take. @default 60_000 */
  readonly silentMilliseconds?: number;
  /** The wait after the first failure that may pass; each further one is twice as long, at most ten minutes. @default 5000 */
  readonly retryMilliseconds?: number;
  /** @default 16: a service may be away for an hour and a half */
  readonly tries?: number;
}

/** After so many tries a job has failed. */
export const TRIES = 16;

/** @param tries so many were made. @returns seconds until the next */
export const waitAfter = (tries: number, retryMilliseconds: number): number =>
  Math.min((retryMilliseconds / 1000) * 2 ** (tries - 1), LONGEST_WAIT_SECONDS);

export interface JobQueue {
  add(kind: JobKind, input: unknown): Promise<Job>;
  /** Its parts counted in. */
  get(id: string): Promise<Job | undefined>;
  /** Latest first; parts are left out. @param limit @default 50 */
  list(limit?: number): Promise<readonly Job[]>;
  /** Ends it within seconds, wherever it runs. @throws {InvalidInputError} `jobs/none`. */
  cancel(id: string): Promise<Job>;
  /** Lets one that failed, was cancelled or waits to be tried again run now: it goes on, since what is done is known. @throws {InvalidInputError} `jobs/none`. */
  retry(id: string): Promise<Job>;
  /** How many jobs wait or run, parts counted. */
  countOpen(): Promise<number>;
  /** Begins to take jobs. @param atOnce @default 1 */
  work(handlers: Readonly<Partial<Record<JobKind, JobHandler>>>, atOnce?: number): Promise<void>;
  /**
   * Until it ends; `onChange` is told how far it is. A database that is away is waited for.
   *
   * @throws {InvalidInputError} `jobs/none`. {UnavailableError} `jobs/stopped`: the queue was closed. What `signal` was aborted with.
   */
  wait(id: string, onChange?: (job: Job) => void, signal?: AbortSignal): Promise<Job>;
  /** Stops taking jobs; one that runs is put back, to be gone on with. */
  close(): Promise<void>;
}

/** pg-boss's queue; our own table says what a job is and how far. */
const QUEUE = 'work';
export const SCHEMA = 'attune_jobs';
const LONGEST_WAIT_SECONDS = 600;
export const RETRY_MILLISECONDS = 5000;
const HEARTBEAT_MILLISECONDS = 5000;
/** After so long a queue of pg-boss gives a message up and hands its worker the next one: a day is the most it allows. */
const LONGEST_JOB_HOURS = 23;
/** How pg-boss's statements begin that mark messages as done. */
const ENDS_MESSAGE = /^\s*with results as \(\s*update \S+\s+set completed_on = now\(\)/i;

/** Errors that may pass: something is busy, away, or asks to come back later. */
const mayPass = (error: unknown): boolean => error instanceof UnavailableError || !(error instanceof AttuneError);

export const createJobQueue = async (options: JobQueueOptions): Promise<JobQueue> => {
  const {
    execute,
    onError = () => {},
    pollMilliseconds = 1000,
    silentMilliseconds = 60_000,
    retryMilliseconds = RETRY_MILLISECONDS,
    tries = TRIES,
  } = options;
  const stopping = new AbortController();
  const boss = new PgBoss({
    db: {
      executeSql: async (text: string, values?: unknown[]) => {
        try {
          return await execute(text, values ?? []);
        } catch (error) {
          // Nobody awaits pg-boss's ends of messages: with the database away, or closed, they would end the process. Our table knows
          // how the job stands, and a message left over finds nothing to do.
          if (!ENDS_MESSAGE.test(text)) throw error;
          if (!stopping.signal.aborted) onError(error as Error);
          return { rows: [{ count: 0 }] };
        }
      },
    },
    schema: SCHEMA,
    schedule: false,
  });
  boss.on('error', onError);
  await boss.start();
  await boss.createQueue(QUEUE, { name: QUEUE, policy: 'short' });
  const table: JobTable = await createJobTable(execute, SCHEMA);
  // Two machines may have one name (containers do), and one process two queues.
  const worker = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const running = new Set<Promise<void>>();
  const takers: string[] = [];
  /** Looks at once, instead of at the next poll: there may be more. */
  const hurry = (): void => {
    for (const taker of takers) boss.notifyWorker(taker);
  };

  /** Wakes a worker. Doing so twice is harmless: only one of them gets the job. */
  const wake = async (id: string, afterSeconds = 0): Promise<void> => {
    // One message of a key waits at a time: one for later must not keep one for now away.
    const singletonKey = afterSeconds > 0 ? `${id} later` : id;
    const options = { singletonKey, startAfter: afterSeconds, retryLimit: 0, expireInHours: LONGEST_JOB_HOURS };
    await boss.send(QUEUE, { id }, options);
    hurry();
  };

  /** Asks again until the database answers: what was done must be written down. `undefined` once the queue is closed. */
  const untilAnswered = async <T>(question: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> => {
    const ending = signal ? AbortSignal.any([stopping.signal, signal]) : stopping.signal;
    for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
      signal?.throwIfAborted();
      try {
        return await question();
      } catch (error) {
        if (error instanceof InvalidInputError) throw error;
        onError(error as Error);
        if (stopping.signal.aborted) return undefined;
        await sleep(wait, undefined, { signal: ending }).catch(() => {});
      }
    }
  };

  const run = async (id: string, handlers: Readonly<Partial<Record<JobKind, JobHandler>>>): Promise<void> => {
    const job = await table.claim(id, worker, silentMilliseconds, Object.keys(handlers));
    if (!job) return;
    const handler = handlers[job.kind];
    if (!handler) return;
    const control = new AbortController();
    const stop = (): void => control.abort(STOPPED);
    stopping.signal.addEventListener('abort', stop);
    if (stopping.signal.aborted) stop();
    let progress: JobProgress = {};
    let changed = false;
    let written = 0;
    const problems: ImportProblem[] = [];
    const tell = async (): Promise<void> => {
      changed = false;
      written = Date.now();
      const told = problems.splice(0);
      try {
        const standing = await table.progress(id, worker, progress, told);
        if (standing !== 'mine') control.abort(standing === 'cancelled' ? CANCELLED : LOST);
      } catch (error) {
        problems.unshift(...told); // to be told when the database is back
        throw error;
      }
    };
    let telling: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      if (!changed && Date.now() - written < HEARTBEAT_MILLISECONDS) return;
      telling = telling.then(tell).catch((error: unknown) => onError(error as Error));
    }, 500);
    let isDivided = false;
    try {
      const result = await handler(job.input, {
        job,
        signal: control.signal,
        progress: (next) => {
          progress = { ...progress, ...next };
          changed = true;
        },
        problem: (problem) => {
          problems.push(problem);
          changed = true;
        },
        addParts: async (kind, inputs) => {
          // A worker that died while it divided the job left parts of its own.
          if (!isDivided) await table.dropWaitingParts(id);
          isDivided = true;
          const ids = await table.addParts(id, kind, inputs);
          for (const part of ids) await wake(part);
        },
      });
      clearInterval(timer);
      await telling;
      await untilAnswered(tell);
      await untilAnswered(() => table.finish(id, worker, result));
    } catch (error) {
      clearInterval(timer);
      await telling;
      // What another worker has taken over is no business of this one's any more.
      if (control.signal.reason === LOST) return;
      if (problems.length > 0) await untilAnswered(tell);
      if (control.signal.reason === CANCELLED) await untilAnswered(() => table.end(id, worker, 'cancelled'));
      else if (control.signal.reason === STOPPED) await putBack(id);
      else if (mayPass(error) && job.tries < tries) {
        const seconds = waitAfter(job.tries, retryMilliseconds);
        await untilAnswered(() => table.putBack(id, worker, describe(error), seconds));
        await untilAnswered(() => wake(id, Math.ceil(seconds)));
      } else await untilAnswered(() => table.end(id, worker, 'failed', describe(error)));
    } finally {
      clearInterval(timer);
      stopping.signal.removeEventListener('abort', stop);
    }
  };

  const putBack = async (id: string): Promise<void> => {
    try {
      await table.putBack(id, worker, undefined, 0);
      await wake(id);
    } catch (error) {
      onError(error as Error); // its silence will tell the others
    }
  };

  /** Wakes workers for jobs whose worker died, and for those nobody was woken for. */
  const look = async (): Promise<void> => {
    for (const id of await table.forgotten(silentMilliseconds)) await wake(id);
  };

  const found = async (id: string): Promise<Job> => {
    const job = await table.get(id);
    if (!job) throw new InvalidInputError('jobs/none', `There is no job ${id}: "attune library jobs" lists them.`);
    return job;
  };

  return {
    add: async (kind, input) => {
      const id = await table.add(kind, input);
      await wake(id);
      return found(id);
    },
    get: table.get,
    list: (limit = 50) => table.list(limit),
    countOpen: table.countOpen,
    cancel: async (id) => {
      await found(id);
      await table.cancel(id, silentMilliseconds);
      return found(id);
    },
    retry: async (id) => {
      await found(id);
      for (const one of await table.reopen(id)) await wake(one);
      return found(id);
    },
    work: async (handlers, atOnce = 1) => {
      await look();
      const looking = setInterval(() => look().catch(onError), Math.max(1000, silentMilliseconds / 4));
      stopping.signal.addEventListener('abort', () => clearInterval(looking));
      for (let i = 0; i < atOnce; i++) {
        const taker = await boss.work<{ id: string }>(
          QUEUE,
          { batchSize: 1, pollingIntervalSeconds: Math.max(0.5, pollMilliseconds / 1000) },
          async ([woken]) => {
            if (!woken || stopping.signal.aborted) return;
            const work = run(woken.data.id, handlers).catch((error: unknown) => onError(error as Error));
            running.add(work);
            await work.finally(() => running.delete(work));
            hurry();
          },
        );
        takers.push(taker);
      }
    },
    wait: async (id, onChange = () => {}, signal) => {
      for (;;) {
        const job = await untilAnswered(() => found(id), signal);
        if (!job) throw new UnavailableError('jobs/stopped', 'The queue was closed while waiting for a job.');
        onChange(job);
        if (job.state === 'done' || job.state === 'failed' || job.state === 'cancelled') return job;
        await sleep(Math.min(500, pollMilliseconds), undefined, signal ? { signal } : {});
      }
    },
    close: async () => {
      stopping.abort(STOPPED);
      await Promise.allSettled([...running]);
      await boss.stop({ graceful: false, wait: true, close: false }).catch(onError);
    },
  };
};

const CANCELLED = new InvalidInputError('jobs/cancelled', 'The job was cancelled.');
const LOST = new UnavailableError('jobs/lost', 'The job was taken over by another worker.');
const STOPPED = new UnavailableError('jobs/stopped', 'The worker was stopped; the job goes on with the next one.');

const describe = (error: unknown): { code: string; message: string } => ({
  code: error instanceof AttuneError ? error.code : 'jobs/failed',
  message: (error instanceof Error ? error.message : String(error)).slice(0, 2000),
});
