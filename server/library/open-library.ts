/** The listener's library opened for a program that ends: the store, its jobs, and what can be read here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceSettings } from '../../node/crawl/crawl-songs.ts';
import { createFetcher } from '../../node/crawl/fetcher.ts';
import { createHostTurns } from '../../node/crawl/host-turns.ts';
import { createResponseCache, FRESH_MILLISECONDS } from '../../node/crawl/response-cache.ts';
import { packagePath } from '../../node/package-root.ts';
import { createHttpQueue } from '../jobs/http-queue.ts';
import { createJobQueue, type JobQueue, type JobQueueOptions } from '../jobs/job-queue.ts';
import { dataFolder, dataPaths } from '../store/data-folder.ts';
import { findStore } from '../store/find-store.ts';
import { serverOf } from '../store/http-store.ts';
import { connectionOf } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import type { FoundAnalysers } from './analysers.ts';
import { libraryHandlers } from './handlers.ts';
import type { LibraryWork } from './library-work.ts';

export interface LibrarySettings {
  /** A PostgreSQL database, shared with others. @default the listener's own folder */
  readonly databaseUrl?: string;
  /** @default as `dataFolder` says */
  readonly dataDir?: string;
  /** Where services can reach whoever runs this. */
  readonly contact?: string;
  readonly sources?: SourceSettings;
  /** For tests: which addresses may be fetched. */
  readonly isAllowed?: (address: string) => boolean;
}

const version = (): string =>
  (JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }).version;

/** @throws what `findStore` throws */
export const openLibraryStore = ({ databaseUrl, dataDir = dataFolder() }: LibrarySettings): Promise<Store> =>
  findStore(databaseUrl ? { databaseUrl } : { dataDir });

/** The jobs of a store: this process's own, or those of the server whose store it is. */
export const openQueue = async (store: Store, onError: (error: Error) => void = () => {}): Promise<JobQueue> => {
  const url = serverOf(store);
  if (url !== undefined) return createHttpQueue(url);
  // Asked for anew each time: after everything was erased the store has another connection.
  const execute: JobQueueOptions['execute'] = (text, values) => {
    const connection = connectionOf(store);
    return connection ? connection.execute(text, values) : Promise.reject(new Error('The store is closed.'));
  };
  return createJobQueue({ execute, onError });
};

/** Begins to take the library's jobs; nothing to do where a server does them. */
export const workLibrary = async (
  store: Store,
  queue: JobQueue,
  settings: LibrarySettings,
  atOnce = 1,
): Promise<void> => {
  if (serverOf(store) !== undefined) return;
  const { contact, sources, isAllowed, dataDir = dataFolder() } = settings;
  const { crawled } = dataPaths(dataDir);
  const cache = createResponseCache(crawled);
  // Answers too old to be used. Where they cannot be deleted they lie in nobody's way.
  cache.forgetBefore(Date.now() - FRESH_MILLISECONDS).catch(() => {});
  // Two jobs at once, and two workers beside one database, are still one program to a service.
  const turns = createHostTurns(join(crawled, 'turns'));
  const fetcher: LibraryWork['fetcher'] = (signal, onWait, theirs = contact) =>
    createFetcher({
      cache,
      turns,
      version: version(),
      signal,
      onWait,
      ...(theirs && { contact: theirs }),
      ...(isAllowed && { isAllowed }),
    });
  let opening: Promise<FoundAnalysers> | undefined;
  const analysers = (): Promise<FoundAnalysers> => {
    opening ??= import('./analysers.ts')
      .then(({ loadAnalysers }) => loadAnalysers())
      .catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
    return opening;
  };
  await queue.work(libraryHandlers({ store, analysers, fetcher, ...(sources && { sources }) }), atOnce);
};
