/** Jobs over HTTP: the server's own process does them, begun when the first is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidInputError } from '../src/base/errors.ts';
import type { AskStore } from './data-handlers.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import type { Job } from './jobs/jobs.ts';
import type { Handlers } from './routes.ts';
import type { StoreOptions } from './store/open-store.ts';

export type JobRoute = 'addJob' | 'listJobs' | 'watchJob' | 'cancelJob' | 'retryJob';

export interface JobHandlers {
  readonly handlers: Pick<Handlers, JobRoute>;
  /** Puts back what is being done; the next request begins anew. */
  close(): Promise<void>;
}

/** A job as it is told: its input may name folders, and who does it is nobody else's business. */
const told = ({
  input: _input,
  worker: _worker,
  parent: _parent,
  ...job
}: Job): Omit<Job, 'input' | 'worker' | 'parent'> => job;

/** How often a watched job is looked at. */
const LOOK_MILLISECONDS = 500;

export const createJobHandlers = (ask: AskStore, options: StoreOptions | undefined): JobHandlers => {
  let opening: Promise<JobQueue> | undefined;
  const open = async (): Promise<JobQueue> => {
    const store = await ask();
    // Only here: a server that never has a job to do does not load what jobs need.
    const { openQueue, workLibrary } = await import('./library/open-library.ts');
    const queue = await openQueue(store);
    const { ATTUNE_CONTACT, LASTFM_API_KEY } = process.env;
    await workLibrary(store, queue, {
      ...(options && 'dataDir' in options && { dataDir: options.dataDir }),
      ...(ATTUNE_CONTACT && { contact: ATTUNE_CONTACT }),
      sources: { ...(LASTFM_API_KEY && { lastFmKey: LASTFM_API_KEY }) },
    });
    return queue;
  };
  const queue = (): Promise<JobQueue> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  async function* watch(id: string): AsyncGenerator<object> {
    const jobs = await queue();
    for (let before = ''; ; ) {
      const job = await jobs.get(id);
      if (!job) throw new InvalidInputError('jobs/none', `There is no job ${id}: GET /jobs lists them.`);
      const now = JSON.stringify(told(job));
      if (now !== before) yield told(job);
      before = now;
      if (job.state !== 'waiting' && job.state !== 'running') return;
      await sleep(LOOK_MILLISECONDS);
    }
  }

  return {
    handlers: {
      addJob: async ({ body: { kind, ...input } }) => told(await (await queue()).add(kind, input)),
      listJobs: async ({ query }) => ({ jobs: (await (await queue()).list(query.limit)).map(told) }),
      watchJob: ({ params }) => watch(params.id),
      cancelJob: async ({ params }) => told(await (await queue()).cancel(params.id)),
      retryJob: async ({ params }) => told(await (await queue()).retry(params.id)),
    },
    close: async () => {
      const jobs = await opening?.catch(() => undefined);
      opening = undefined;
      await jobs?.close();
    },
  };
};
