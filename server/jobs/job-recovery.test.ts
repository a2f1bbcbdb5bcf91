/** Jobs whose worker died, was slow, or met what the database cannot hold; on both databases. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../test/postgres.ts';
import { connectionOf, openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { createJobQueue, type JobHandler, type JobQueue, type JobQueueOptions } from './job-queue.ts';

let postgres: TestPostgres | undefined;
const missing = postgresMissing();
beforeAll(async () => {
  if (missing === undefined) postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres?.stop());

const FAST: Partial<JobQueueOptions> = { pollMilliseconds: 500, silentMilliseconds: 3000, retryMilliseconds: 500 };

for (const engine of ['pglite', 'postgresql'] as const) {
  const isAbsent = engine === 'postgresql' && missing !== undefined;
  describe.skipIf(isAbsent)(`jobs on ${engine}${isAbsent ? ` (skipped: ${missing})` : ''}`, () => {
    let folder: string;
    let store: Store;
    let open: JobQueue[];
    beforeEach(async () => {
      open = [];
      folder = mkdtempSync(join(tmpdir(), 'attune-recovery-'));
      store = await openStore(
        engine === 'pglite' ? { dataDir: folder } : { databaseUrl: (await postgres?.newDatabase()) ?? '' },
      );
    }, 60_000);
    afterEach(async () => {
      for (const queue of open) await queue.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    }, 60_000);
    const execute: JobQueueOptions['execute'] = (text, values) => {
      const connection = connectionOf(store);
      if (!connection) throw new Error('no connection');
      return connection.execute(text, values);
    };
    const newQueue = async (options: Partial<JobQueueOptions> = {}): Promise<JobQueue> => {
      const queue = await createJobQueue({ execute, ...FAST, ...options });
      open.push(queue);
      return queue;
    };
    const set = (change: string): Promise<unknown> => execute(`update attune_jobs.jobs set ${change}`);

    it('leaves a job to who took it over: the slow worker that comes back neither cancels nor fails it', async () => {
      const [slow, other] = [await newQueue(), await newQueue()];
      let wasLost = false;
      let speak = (): void => {};
      const spoken = new Promise<void>((resolve) => {
        speak = resolve;
      });
      await slow.work({
        add: async (_input, { signal, progress }) => {
          await spoken;
          progress({ done: 1 });
          await sleep(60_000, undefined, { signal }).catch(() => {
            wasLost = true;
          });
          throw new InvalidInputError('x/slow', 'the slow one fails');
        },
      });
      const { id } = await slow.add('add', 1);
      await expect.poll(async () => (await slow.get(id))?.state, { timeout: 20_000 }).toBe('running');
      let end = (): void => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      let began = false;
      const taking: JobHandler = async () => {
        began = true;
        await ended;
        return { by: 'other' };
      };
      await set(`heard_at = now() - interval '1 hour'`);
      await other.work({ add: taking });
      await expect.poll(() => began, { timeout: 20_000 }).toBe(true);
      speak();
      await expect.poll(() => wasLost, { timeout: 20_000 }).toBe(true);
      expect(await other.get(id)).toMatchObject({ state: 'running' });
      end();
      expect(await other.wait(id)).toMatchObject({ state: 'done', result: { by: 'other' } });
    });

    it('ends a job that was cancelled while nobody did it, and one whose last part nobody counted', async () => {
      const queue = await newQueue();
      const { id } = await queue.add('add', 1);
      await set(`state = 'running', worker = 'gone', heard_at = now() - interval '1 hour'`);
      expect(await queue.cancel(id)).toMatchObject({ state: 'cancelled' });
      // It died a moment ago: only a worker can tell that.
      const fresh = await queue.add('add', 2);
      await set(`state = 'running', worker = 'gone', heard_at = now() where state = 'waiting'`);
      expect(await queue.cancel(fresh.id)).toMatchObject({ state: 'running' });
      await set(`heard_at = now() - interval '1 hour'`);
      const whole = await queue.add('analyse', {});
      await set(`state = 'running', message = 'parts', worker = 'gone' where id = '${whole.id}'`);
      await execute(`insert into attune_jobs.jobs (id, kind, input, state, parent, result)
        values ('part', 'analyse-part', '1', 'done', '${whole.id}', '{"analysed":2,"found":1}')`);
      await queue.work({});
      expect(await queue.get(fresh.id)).toMatchObject({ state: 'cancelled' });
      expect(await queue.get(whole.id)).toMatchObject({ state: 'done', result: { analysed: 2, found: 1 } });
      expect(await queue.countOpen()).toBe(0);
    });

    it('divides a job anew where the worker died half way, and takes its parts back', async () => {
      const queue = await newQueue();
      const { id } = await queue.add('analyse', {});
      await execute(
        `insert into attune_jobs.jobs (id, kind, input, parent) values ('old', 'analyse-part', '7', '${id}')`,
      );
      const done: [isOld: boolean, input: unknown][] = [];
      await queue.work({
        analyse: async (_input, { addParts }) => {
          await addParts('analyse-part', [7]);
          await addParts('analyse-part', [8]);
          return {};
        },
        'analyse-part': async (input, { job }) => {
          done.push([job.id === 'old', input]);
          return { analysed: 1, found: 1 };
        },
      });
      expect(await queue.wait(id)).toMatchObject({ state: 'done' });
      // The old part may have been done before: parts wait for nobody.
      expect(done.filter(([isOld]) => !isOld)).toEqual([
        [false, 7],
        [false, 8],
      ]);
    });

    it('keeps what the database cannot: half characters, NUL; and problems told while it was away', async () => {
      let isAway = false;
      const queue = await newQueue({
        execute: (text, values) => (isAway ? Promise.reject(new Error('away')) : execute(text, values)),
      });
      const problem = { source: 'a\0b', place: 'row 1', code: 'import/row', message: '\ud83d cut' };
      await queue.work({
        add: async (_input, context) => {
          isAway = true;
          context.problem(problem);
          await sleep(1200); // at least two attempts to tell it
          isAway = false;
          throw new InvalidInputError('import/format', 'Unexpected token \0 in "\ud83d"');
        },
      });
      const { id } = await queue.add('add', 1);
      await expect.poll(() => isAway, { timeout: 20_000 }).toBe(true);
      await expect.poll(() => isAway, { timeout: 20_000 }).toBe(false);
      expect(await queue.wait(id)).toMatchObject({
        state: 'failed',
        error: { code: 'import/format', message: 'Unexpected token \ufffd in "\ufffd"' },
        problemCount: 1,
        problems: [{ source: 'a\ufffdb', message: '\ufffd cut' }],
      });
    });

    it('runs a job that waits to be tried again at once, when it is told to', async () => {
      const queue = await newQueue({ retryMilliseconds: 600_000 });
      let isBusy = true;
      await queue.work({
        add: async () => {
          if (isBusy) throw new UnavailableError('crawl/later', 'busy');
          return { got: 1 };
        },
      });
      const { id } = await queue.add('add', 1);
      await expect.poll(async () => (await queue.get(id))?.error?.code, { timeout: 20_000 }).toBe('crawl/later');
      isBusy = false;
      await queue.retry(id);
      expect(await queue.wait(id)).toMatchObject({ state: 'done', result: { got: 1 } });
    });

    it('waits for no job that is not there, nor longer than it is told to while the database is away', async () => {
      let isAway = false;
      const queue = await newQueue({
        execute: (text, values) => (isAway ? Promise.reject(new Error('away')) : execute(text, values)),
      });
      await expect(queue.wait('none')).rejects.toMatchObject({ code: 'jobs/none' });
      const { id } = await queue.add('add', 1);
      isAway = true;
      const control = new AbortController();
      const waiting = queue.wait(id, () => {}, control.signal);
      control.abort();
      await expect(waiting).rejects.toThrow('abort');
      isAway = false;
    });
  });
}
