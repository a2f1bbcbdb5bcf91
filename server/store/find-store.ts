/** The store a command works with: a PostgreSQL database, the data folder, or the server that has the folder open. */
import { UnavailableError } from '../../src/base/errors.ts';
import { dataPaths, hasStore, storeOptions } from './data-folder.ts';
import { readOwner } from './folder-lock.ts';
import { createHttpStore } from './http-store.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import type { Store } from './store.ts';

export { hasStore, storeOptions };

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
