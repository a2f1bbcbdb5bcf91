/** The store a command works with: a PostgreSQL database, the data folder, or the server that has the folder open. */
import { existsSync } from 'node:fs';
import { UnavailableError } from '../../src/base/errors.ts';
import { dataFolder, dataPaths } from './data-folder.ts';
import { readOwner } from './folder-lock.ts';
import { createHttpStore } from './http-store.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import type { Store } from './store.ts';

/** Where things are kept, as the environment says: DATABASE_URL, else ATTUNE_DATA_DIR or the system's place for it. */
export const storeOptions = (environment: NodeJS.ProcessEnv = process.env): StoreOptions =>
  environment.DATABASE_URL ? { databaseUrl: environment.DATABASE_URL } : { dataDir: dataFolder(environment) };

/** Whether anything was ever kept there; quick. A database is taken to hold something. */
export const hasStore = (options: StoreOptions): boolean =>
  !('dataDir' in options) || existsSync(dataPaths(options.dataDir).database);

/**
 * Opens the store, or, where a server has the folder open, asks that server.
 *
 * @throws as `openStore`; `store/in-use` only where the other process is no server that answers.
 */
export const findStore = async (options: StoreOptions = storeOptions()): Promise<Store> => {
  try {
    return await openStore(options);
  } catch (error) {
    if (!(error instanceof UnavailableError && error.code === 'store/in-use' && 'dataDir' in options)) throw error;
    const owner = readOwner(dataPaths(options.dataDir).lock);
    if (owner?.url === undefined) throw error;
    return createHttpStore(owner.url);
  }
};
