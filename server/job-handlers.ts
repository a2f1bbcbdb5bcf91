/** Jobs over HTTP: the server's own process does them, begun when the first is asked for. */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidInputError } from '../src/base/errors.ts';
import type { AskStore } from './data-handlers.ts';
import { type JobQueue, SCHEMA } from './jobs/job-queue.ts';
import { hasOpenJobs } from './jobs/job-table.ts';
import type { Job } from './jobs/jobs.ts';
import type { Handlers } from './routes.ts';
import { dataFolder, dataPaths } from './store/data-folder.ts';
import { connectionOf, type StoreOptions } from './store/open-store.ts';
import { forgetOldTables, keepTable } from './table-uploads.ts';

export type JobRoute = 'addJob' | 'addFile' | 'getJob' | 'listJobs' | 'watchJob' | 'cancelJob' | 'retryJob';

export interface JobHandlers {
  readonly handlers: Pick<Handlers, JobRoute>;
  /** Goes on with what a server before left. */
  resume(): Promise<void>;
  /** Forgets what jobs left beside the store: tables that were sent, answers of services. */
  forget(): void;
  /** Puts back what is being done; the next request begins anew. */
  close(): Promise<void>;
}

/** A job as it is told, to this machine alone: its input names folders. Of an uploaded file only the name it came with counts. */
const told = ({ worker: _worker, parent: _parent, input, ...job }: Job): Omit<Job, 'worker' | 'parent'> => {
  const { uploadedAs, ...rest } = (input ?? {}) as { readonly uploadedAs?: string };
  return { ...job, input: uploadedAs === undefined ? rest : { ...rest, source: uploadedAs } };
};

/** How often a watched job is looked at. */
const LOOK_MILLISECONDS = 500;

export const createJobHandlers = (ask: AskStore, options: StoreOptions | undefined): JobHandlers => {
  let opening: Promise<JobQueue> | undefined;
  let beginning: Promise<JobQueue> | undefined;
  // Only when asked for: a server that never has a job to do does not load what jobs need.
  const queue = (): Promise<JobQueue> => {
    opening ??= (async () => (await import('./library/open-library.ts')).openQueue(await ask()))().catch(
      (error: unknown) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };
  const begin = async (): Promise<JobQueue> => {
    const jobs = await queue();
    const { workLibrary } = await import('./library/open-library.ts');
    const { ATTUNE_CONTACT, LASTFM_API_KEY } = process.env;
    await workLibrary(await ask(), jobs, {
      ...(options && 'dataDir' in options && { dataDir: options.dataDir }),
      ...(ATTUNE_CONTACT && { contact: ATTUNE_CONTACT }),
      sources: { ...(LASTFM_API_KEY && { lastFmKey: LASTFM_API_KEY }) },
    });
    return jobs;
  };
  /** The queue, with somebody who works. */
  const working = (): Promise<JobQueue> => {
    beginning ??= begin().catch((error: unknown) => {
      beginning = undefined;
      throw error;
    });
    return beginning;
  };
  const { uploads, crawled } = dataPaths(options && 'dataDir' in options ? options.dataDir : dataFolder());

  let resuming: Promise<void> = Promise.resolve();
  const goOn = async (): Promise<void> => {
    forgetOldTables(uploads);
    const connection = connectionOf(await ask());
    if (connection && (await hasOpenJobs(connection.execute, SCHEMA))) await working();
  };

  const found = (job: Job | undefined, id: string): Job => {
    if (job) return job;
    throw new InvalidInputError('jobs/none', `There is no job ${id}: "attune library jobs" and GET /jobs list them.`);
  };

  async function* watch(id: string): AsyncGenerator<object> {
    const jobs = await queue();
    for (let before = ''; ; ) {
      const job = found(await jobs.get(id), id);
      const now = JSON.stringify(told(job));
      if (now !== before) yield told(job);
      before = now;
      if (job.state !== 'waiting' && job.state !== 'running') return;
      await sleep(LOOK_MILLISECONDS);
    }
  }

  return {
    handlers: {
      addJob: async ({ body: { kind, ...input } }) => told(await (await working()).add(kind, input)),
      getJob: async ({ params: { id } }) => told(found(await (await queue()).get(id), id)),
      listJobs: async ({ query }) => ({ jobs: (await (await queue()).list(query.limit)).map(told) }),
      watchJob: ({ params }) => watch(params.id),
      cancelJob: async ({ params }) => told(await (await queue()).cancel(params.id)),
      retryJob: async ({ params }) => told(await (await working()).retry(params.id)),
      addFile: async ({ request }) => {
        // Before it is taken: a store that cannot be opened needs no table.
        const jobs = await working();
        const { path, name } = await keepTable(request, uploads);
        try {
          return told(await jobs.add('add', { source: path, uploadedAs: name }));
        } catch (error) {
          rmSync(path, { force: true });
          throw error;
        }
      },
    },
    resume: () => {
      resuming = goOn().catch(() => {}); // whoever asks for jobs next is told what is wrong
      return resuming;
    },
    forget: () => {
      for (const path of [uploads, crawled]) rmSync(path, { recursive: true, force: true });
    },
    close: async () => {
      await resuming;
      await beginning?.catch(() => undefined);
      beginning = undefined;
      const jobs = await opening?.catch(() => undefined);
      opening = undefined;
      await jobs?.close();
    },
  };
};
