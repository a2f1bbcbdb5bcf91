/** Where a listener's data lies on this machine. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { StoreOptions } from './open-store.ts';

/**
 * The folder for the listener's data: ATTUNE_DATA_DIR, or where the system keeps what programs store for a person
 * (XDG_DATA_HOME or ~/.local/share, ~/Library/Application Support, %LOCALAPPDATA%).
 */
export const dataFolder = (
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string => {
  if (environment.ATTUNE_DATA_DIR) return environment.ATTUNE_DATA_DIR;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'attune');
  if (platform === 'win32') return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'attune');
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'attune');
};

/** What lies in a data folder. */
export const dataPaths = (folder: string) => ({
  /** PGlite's own files. */
  database: join(folder, 'store'),
  /** Who has it open. */
  lock: join(folder, 'store.lock'),
  /** The version of its tables, readable without opening it. */
  version: join(folder, 'store.json'),
  /** Tables and playlists sent by the page, until they were read. */
  uploads: join(folder, 'uploads'),
  /** Answers of services that were asked about songs. */
  crawled: join(folder, 'crawled'),
  /** Copies made before an upgrade. */
  backups: join(folder, 'backups'),
});

/** Where things are kept, as the environment says: DATABASE_URL, else ATTUNE_DATA_DIR or the system's place for it. */
export const storeOptions = (environment: NodeJS.ProcessEnv = process.env): StoreOptions =>
  environment.DATABASE_URL ? { databaseUrl: environment.DATABASE_URL } : { dataDir: dataFolder(environment) };

/** Whether anything was ever kept there; quick. A database is taken to hold something. */
export const hasStore = (options: StoreOptions): boolean =>
  !('dataDir' in options) || existsSync(dataPaths(options.dataDir).database);
