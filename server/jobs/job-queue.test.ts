/** One contract for the queue on both databases. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../test/postgres.ts';
import { connectionOf, openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import {
  createJobQueue,
  type JobHandler,
  type JobQueue,
  type JobQueueOptions,
  RETRY_MILLISECONDS,
  TRIES,
  waitAfter,
} from './job-queue.ts';
import type { Job } from './jobs.ts';

let postgres: TestPostgres | undefined;
const missing = postgresMissing();
/** A skipped case says why. */
const why = missing === undefined ? '' : ` (skipped: ${missing})`;
beforeAll(async () => {
  if (missing === undefined) postgres = await startPostgres();
  else if (process.env.CI !== 'true') console.warn(missing);
}, 60_000);
afterAll(() => postgres?.stop());

const FAST: Partial<JobQueueOptions> = { pollMilliseconds: 500, silentMilliseconds: 3000, retryMilliseconds: 500 };

for (const engine of ['pglite', 'postgresql'] as const) {
  const isAbsent = engine === 'postgresql' && missing !== undefined;
  describe.skipIf(isAbsent)(`jobs on ${engine}${isAbsent ? why : ''}`, () => {
    let folder: string;
    let store: Store;
    let open: JobQueue[];
    beforeEach(async () => {
      open = [];
      folder = mkdtempSync(join(tmpdir(), 'attune-jobs-'));
      store = await openStore(
        engine === 'pglite' ? { dataDir: folder } : { databaseUrl: (await postgres?.newDatabase()) ?? '' },
      );
    });
    afterEach(async () => {
      for (const queue of open) await queue.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const newQueue = async (options: Partial<JobQueueOptions> = {}): Promise<JobQueue> => {
      const connection = connectionOf(store);
      if (!connection) throw new Error('no connection');
      const queue = await createJobQueue({ execute: connection.execute, ...FAST, ...options });
      open.push(queue);
      return queue;
    };

    it('does a job, tells how far it is, keeps the first problems and the result', async () => {
      const queue = await newQueue();
      let wasSeen = (): void => {};
      // However slow the machine is: the job goes on once somebody has seen how far it is.
      const onceSeen = new Promise<void>((resolve) => {
        wasSeen = resolve;
      });
      const handler: JobHandler = async (input, { progress, problem }) => {
        for (let done = 1; done <= 4; done++) {
          progress({ done, total: 4, message: `song ${done}` });
          for (let i = 0; i < 30; i++) problem({ source: 'x', place: `row ${i}`, code: 'import/row', message: 'm' });
          if (done === 2) await onceSeen;
        }
        return { got: input };
      };
      const added = await queue.add('add', { source: '/music' });
      expect(added).toMatchObject({ state: 'waiting', kind: 'add', input: { source: '/music' }, tries: 0 });
      await queue.work({ add: handler });
      const seen: Job[] = [];
      const ended = await queue.wait(added.id, (job) => {
        seen.push(job);
        if (job.done !== undefined) wasSeen();
      });
      expect(ended).toMatchObject({
        state: 'done',
        done: 4,
        total: 4,
        result: { got: { source: '/music' } },
        problemCount: 120,
        tries: 1,
      });
      expect(ended.problems).toHaveLength(20);
      expect(seen.some(({ done }) => done !== undefined && done < 4)).toBe(true);
      expect(await queue.list()).toMatchObject([{ id: added.id }]);
    });

    it('tries again what may pass, not what cannot; a job that failed can be run again', async () => {
      const queue = await newQueue();
      let calls = 0;
      await queue.work({
        add: async (input) => {
          calls += 1;
          if (input === 'bad') throw new InvalidInputError('import/columns', 'no title');
          if (calls < 3) throw new UnavailableError('crawl/later', 'later');
          return { calls };
        },
      });
      const passing = await queue.add('add', 'good');
      expect(await queue.wait(passing.id)).toMatchObject({ state: 'done', tries: 3, result: { calls: 3 } });
      calls = 10;
      const bad = await queue.add('add', 'bad');
      expect(await queue.wait(bad.id)).toMatchObject({
        state: 'failed',
        tries: 1,
        error: { code: 'import/columns', message: 'no title' },
      });
      expect(calls).toBe(11);
      await queue.retry(bad.id);
      await queue.wait(bad.id);
      expect(calls).toBe(12);
      await expect(queue.cancel('none')).rejects.toMatchObject({ code: 'jobs/none' });
    });

    it('cancels a job that waits and one that runs', async () => {
      const queue = await newQueue();
      const waiting = await queue.add('add', 1);
      expect((await queue.cancel(waiting.id)).state).toBe('cancelled');
      let ended = false;
      await queue.work({
        add: async (_input, { signal }) => {
          await sleep(60_000, undefined, { signal }).finally(() => {
            ended = true;
          });
          return {};
        },
      });
      const running = await queue.add('add', 2);
      while ((await queue.get(running.id))?.state !== 'running') await sleep(100);
      await queue.cancel(running.id);
      expect(await queue.wait(running.id)).toMatchObject({ state: 'cancelled' });
      expect(ended).toBe(true);
    });

    it('divides a job into parts that several workers do', async () => {
      const queue = await newQueue();
      const other = await newQueue();
      const workers = new Set<string>();
      const part =
        (name: string): JobHandler =>
        async (input, { progress }) => {
          workers.add(name);
          await sleep(100);
          progress({ done: 2, total: 2 });
          if (input === 5) throw new InvalidInputError('x/y', 'this one fails');
          return { analysed: 2, found: 1 };
        };
      const whole: JobHandler = async (input, { addParts }) => {
        await addParts('analyse-part', input as number[]);
        return { analysers: ['lyrics 1'] };
      };
      await queue.work({ analyse: whole, 'analyse-part': part('one') });
      await other.work({ 'analyse-part': part('two') });
      const good = await queue.add(
        'analyse',
        [1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
      );
      expect(await queue.wait(good.id)).toMatchObject({
        state: 'done',
        done: 40,
        total: 40,
        result: { analysed: 40, found: 20, analysers: ['lyrics 1'] },
      });
      const bad = await queue.add('analyse', [5, 6]);
      expect(await queue.wait(bad.id)).toMatchObject({ state: 'failed', error: { code: 'x/y' } });
      expect(workers).toEqual(new Set(['one', 'two']));
      const none = await queue.add('analyse', []);
      expect(await queue.wait(none.id)).toMatchObject({ state: 'done' });
      expect(await queue.list()).toHaveLength(3);
    }, 60_000);

    it('puts back what a stopped worker was doing, and takes what a silent one left', async () => {
      const first = await newQueue();
      const begun: string[] = [];
      const slow =
        (name: string): JobHandler =>
        async (_input, { signal }) => {
          begun.push(name);
          if (name !== 'last') await sleep(60_000, undefined, { signal });
          return {};
        };
      await first.work({ add: slow('stopped') });
      const job = await first.add('add', 1);
      while (begun.length === 0) await sleep(50);
      await first.close();
      expect(await first.get(job.id)).toMatchObject({ state: 'waiting', tries: 0 });
      // A worker that was killed says nothing any more: its job still stands as running.
      await connectionOf(store)?.execute(
        `update attune_jobs.jobs set state = 'running', worker = 'gone', heard_at = now() - interval '1 hour'`,
      );
      const last = await newQueue();
      await last.work({ add: slow('last') });
      expect(await last.wait(job.id)).toMatchObject({ state: 'done', tries: 1 });
      expect(begun).toEqual(['stopped', 'last']);
    });
  });
}

it('waits out a service that is away for an hour, without asking it more than every ten minutes in the end', () => {
  // A simulated clock: each try comes after the wait that the one before asked for.
  let clock = 0;
  let tries = 1;
  const waits: number[] = [];
  for (; clock < 3600 && tries < TRIES; tries++) {
    waits.push(waitAfter(tries, RETRY_MILLISECONDS));
    clock += waits.at(-1)!;
  }
  expect(clock).toBeGreaterThanOrEqual(3600);
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600]);
});

describe.skipIf(missing !== undefined)(`PostgreSQL going away in the middle${why}`, () => {
  it('ends a transaction between two statements, and not the process', async () => {
    const server = await startPostgres();
    const store = await openStore({ databaseUrl: await server.newDatabase() });
    const connection = connectionOf(store);
    if (!connection) throw new Error('no connection');
    const answers = (): Promise<boolean> =>
      connection.execute('select 1').then(
        () => true,
        () => false,
      );
    const transaction = connection.queries.transaction(async (on) => {
      await on.execute('select 1');
      server.kill();
      await expect.poll(answers, { timeout: 30_000 }).toBe(false);
      await on.execute('select 1');
    });
    await expect(transaction).rejects.toThrow();
    await expect(store.countSongs()).rejects.toMatchObject({ code: 'store/lost' });
    await server.start();
    expect(await store.countSongs()).toMatchObject({ total: 0 });
    await store.close();
    server.stop();
  }, 60_000);

  it('waits and goes on when it is back; nothing is lost', async () => {
    const server = await startPostgres();
    const databaseUrl = await server.newDatabase();
    const store = await openStore({ databaseUrl });
    const connection = connectionOf(store);
    if (!connection) throw new Error('no connection');
    const errors: Error[] = [];
    const queue = await createJobQueue({
      execute: connection.execute,
      ...FAST,
      onError: (error) => errors.push(error),
    });
    let steps = 0;
    await queue.work({
      add: async (_input, { progress }) => {
        for (let done = 1; done <= 20; done++) {
          await store.countSongs();
          steps += 1;
          progress({ done, total: 20 });
          await sleep(100);
        }
        return { steps };
      },
    });
    const job = await queue.add('add', 1);
    while (steps < 5) await sleep(50);
    server.kill();
    await sleep(2000);
    expect(errors.length).toBeGreaterThan(0);
    await server.start();
    expect(await queue.wait(job.id)).toMatchObject({ state: 'done', done: 20 });
    await queue.close();
    await store.close();
    server.stop();
  }, 120_000);
});
