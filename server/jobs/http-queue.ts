/** The jobs of a server that is running: it does them, in its own process, and they outlive the command that asked for them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidInputError } from '../../src/base/errors.ts';
import { createServerClient } from '../store/server-client.ts';
import type { JobQueue } from './job-queue.ts';
import type { Job } from './jobs.ts';

/** Between two looks at a job. */
const LOOK_MILLISECONDS = 500;
/** Jobs listed at once, as many as the server gives. */
const MOST_LISTED = 200;

const isOpen = ({ state }: Job): boolean => state === 'waiting' || state === 'running';

/** @param url where the server answers */
export const createHttpQueue = (url: string): JobQueue => {
  const { ask } = createServerClient(url);
  const encode = encodeURIComponent;
  const list = async (limit = 50): Promise<Job[]> =>
    (await ask<{ jobs: Job[] }>('/jobs', { query: { limit: Math.min(limit, MOST_LISTED) } })).jobs;
  const get = async (id: string): Promise<Job | undefined> => {
    try {
      return await ask<Job>(`/jobs/${encode(id)}`);
    } catch (error) {
      if (error instanceof InvalidInputError && error.code === 'jobs/none') return undefined;
      throw error;
    }
  };
  return {
    add: (kind, input) => ask('/jobs', { method: 'POST', json: { ...(input as object), kind } }),
    get,
    list,
    cancel: (id) => ask(`/jobs/${encode(id)}/cancel`, { method: 'POST' }),
    retry: (id) => ask(`/jobs/${encode(id)}/retry`, { method: 'POST' }),
    countOpen: async () => (await list(MOST_LISTED)).filter(isOpen).length,
    // The server works.
    work: async () => {},
    wait: async (id, onChange = () => {}, signal) => {
      for (;;) {
        const job = await get(id);
        if (!job) throw new InvalidInputError('jobs/none', `There is no job ${id}: "attune library jobs" lists them.`);
        onChange(job);
        if (!isOpen(job)) return job;
        await sleep(LOOK_MILLISECONDS, undefined, signal ? { signal } : {});
      }
    },
    close: async () => {},
  };
};
