/** Erases everything that is kept, also where it cannot be opened any more. */
import { rmSync } from 'node:fs';
import { AttuneError } from '../../src/base/errors.ts';
import { dataFolder, dataPaths } from './data-folder.ts';
import { findStore } from './find-store.ts';
import { claimFolder, type StoreOptions } from './open-store.ts';

/**
 * In a folder that no process has open the files themselves are deleted, damaged or of a newer version as they may be; else the
 * server that has it open, or the database, is asked to.
 *
 * @throws {UnavailableError} `store/in-use`, `store/read-only`, `store/lost`, `store/denied`
 */
export const eraseStore = async (options: StoreOptions): Promise<void> => {
  if ('dataDir' in options) {
    const paths = dataPaths(options.dataDir);
    try {
      const lock = claimFolder(options.dataDir, [{ version: Number.MAX_SAFE_INTEGER, name: 'any', statements: '' }]);
      try {
        for (const path of [
          paths.database,
          `${paths.database}.making`,
          paths.version,
          paths.backups,
          paths.uploads,
          paths.crawled,
        ])
          rmSync(path, { recursive: true, force: true });
      } finally {
        lock.release();
      }
      return;
    } catch (error) {
      if (!(error instanceof AttuneError && error.code === 'store/in-use')) throw error;
    }
  }
  const store = await findStore(options);
  try {
    await store.eraseAll();
    // Beside a database they lie in the folder of this machine.
    const { uploads, crawled } = dataPaths('dataDir' in options ? options.dataDir : dataFolder());
    for (const path of [uploads, crawled]) rmSync(path, { recursive: true, force: true });
  } finally {
    await store.close();
  }
};
