/** Opens the store: in a folder of this machine, or in a PostgreSQL database. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { packagePath } from '../../node/package-root.ts';
import { AttuneError, UnavailableError } from '../../src/base/errors.ts';
import { type Connection, openPglite, openPostgres } from './connection.ts';
import { dataPaths } from './data-folder.ts';
import { createDatabaseStore } from './database-store.ts';
import { explainDatabaseError } from './failures.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { type Migration, migrate, readMigrations, rowsOf } from './migrate.ts';
import type { Store } from './store.ts';

/** Where to keep things, and optionally other migrations than those that ship, for tests of upgrades. */
export type StoreOptions = (
  | { readonly dataDir: string; readonly lock?: FolderLock }
  | { readonly databaseUrl: string }
) & {
  readonly migrations?: readonly Migration[];
};

/** The database under a store that was opened here; the job queue lies in the same one. */
const connections = new WeakMap<Store, () => Connection>();
/** @returns `undefined` for a store that another process has open */
export const connectionOf = (store: Store): Connection | undefined => connections.get(store)?.();

/** Backups kept; older ones are deleted when a new one is made. */
const BACKUPS_KEPT = 3;

const ownVersion = (): string =>
  (JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }).version;

/**
 * Takes a data folder for this process, making it where there is none. Quick: the database is not opened yet.
 *
 * @throws {UnavailableError} `store/in-use`, `store/read-only`, `store/disk-full`, `store/newer`.
 */
export const claimFolder = (dataDir: string, migrations: readonly Migration[] = readMigrations()): FolderLock => {
  const { lock, version } = dataPaths(dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const claimed = lockFolder(lock);
    const found = readSchema(version);
    const latest = migrations.at(-1)?.version ?? 0;
    if (found > latest) {
      claimed.release();
      throw newer(dataDir, found, latest);
    }
    return claimed;
  } catch (error) {
    throw explainDatabaseError(error, dataDir, 'working');
  }
};

/** The version of the tables in a folder, as its marker says; 0 where it says nothing. */
const readSchema = (file: string): number => {
  try {
    const { schema } = JSON.parse(readFileSync(file, 'utf8')) as { schema?: unknown };
    return typeof schema === 'number' ? schema : 0;
  } catch {
    return 0; // no such file, or one cut off by a full disk: the database itself is asked later
  }
};

const newer = (dataDir: string, found: number, latest: number): UnavailableError =>
  new UnavailableError(
    'store/newer',
    `The data in ${dataDir} was written by a newer Attune (its tables are at version ${found}, this one knows ${latest}): update ` +
      'Attune, or use another folder (ATTUNE_DATA_DIR).',
  );

const folderBytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => {
      try {
        return sum + statSync(join(entry.parentPath, entry.name)).size;
      } catch {
        return sum; // a temporary file that is gone again
      }
    }, 0);

const keepBackup = async (connection: Connection, backups: string, from: number): Promise<void> => {
  if (!connection.dump) return;
  mkdirSync(backups, { recursive: true, mode: 0o700 });
  const at = new Date().toISOString().replaceAll(/[:.]/g, '-');
  writeFileSync(join(backups, `store-version-${from}-${at}.tar.gz`), await connection.dump('gzip'), { mode: 0o600 });
  const kept = readdirSync(backups).filter((name) => name.startsWith('store-version-'));
  const oldest = kept
    .map((name) => ({ name, changed: statSync(join(backups, name)).mtimeMs }))
    .sort((a, b) => b.changed - a.changed);
  for (const { name } of oldest.slice(BACKUPS_KEPT)) rmSync(join(backups, name), { force: true });
};

/** @throws {UnavailableError} `store/upgrade`: the tables could not be changed, and are as they were. */
const upgrade: typeof migrate = async (connection, ...rest) => {
  try {
    return await migrate(connection, ...rest);
  } catch (error) {
    const explained = explainDatabaseError(error, connection.where, 'working');
    if (explained instanceof AttuneError) throw explained;
    throw new UnavailableError(
      'store/upgrade',
      `The data in ${connection.where} could not be brought up to this version and is as it was: go back to the Attune before, ` +
        'and please report this.',
      { cause: error },
    );
  }
};

const openInFolder = async (
  dataDir: string,
  given: FolderLock | undefined,
  migrations: readonly Migration[],
): Promise<Store> => {
  const paths = dataPaths(dataDir);
  const lock = given ?? claimFolder(dataDir, migrations);
  const open = async (): Promise<{ connection: Connection; schema: number }> => {
    const connection = await openPglite(paths.database);
    try {
      const schema = await upgrade(connection, migrations, (from) => keepBackup(connection, paths.backups, from));
      writeFileSync(paths.version, `${JSON.stringify({ schema, attune: ownVersion() })}\n`);
      return { connection, schema };
    } catch (error) {
      await connection.close().catch(() => {});
      throw error;
    }
  };
  let opened: { connection: Connection; schema: number } | undefined;
  let schema = 0;
  try {
    opened = await open();
    schema = opened.schema;
  } catch (error) {
    if (!given) lock.release();
    throw error;
  }
  const connection = (): Connection => {
    if (opened) return opened.connection;
    throw new UnavailableError('store/erasing', 'Everything that was kept is being erased just now: try again.');
  };
  const store = createDatabaseStore({
    connection,
    schema,
    version: ownVersion(),
    bytes: async () => folderBytes(paths.database),
    // Rows deleted would still lie in the database's files: the files themselves go.
    erase: async () => {
      const before = connection();
      opened = undefined;
      await before.close();
      for (const path of [paths.database, paths.version, paths.backups, paths.uploads, paths.crawled])
        rmSync(path, { recursive: true, force: true });
      opened = await open();
    },
    close: async () => {
      await opened?.connection.close();
      opened = undefined;
      if (!given) lock.release();
    },
  });
  connections.set(store, connection);
  return store;
};

const openInPostgres = async (databaseUrl: string, migrations: readonly Migration[]): Promise<Store> => {
  const connection = await openPostgres(databaseUrl);
  try {
    const schema = await upgrade(connection, migrations);
    const { queries } = connection;
    const store = createDatabaseStore({
      connection: () => connection,
      schema,
      version: ownVersion(),
      bytes: async () =>
        rowsOf<{ bytes: number }>(
          await queries.execute(sql`select pg_database_size(current_database())::double precision as bytes`),
        )[0]?.bytes ?? 0,
      erase: async () => {
        await queries.execute(
          sql`truncate songs, song_evidence, song_files, typical_songs, readings, feedback, settings, sound_vectors
            restart identity`,
        );
        // What jobs were told to do names folders and songs too.
        await queries.execute(sql`drop schema if exists attune_jobs cascade`);
      },
      close: () => connection.close(),
    });
    connections.set(store, () => connection);
    return store;
  } catch (error) {
    await connection.close();
    throw error;
  }
};

/**
 * Opens the store, making its tables or bringing them up to date where needed; a folder's old state is kept in `backups/` then.
 *
 * @param options `dataDir`: a folder, which this process then owns until `close` (give its `lock` if already claimed).
 *   `databaseUrl`: postgresql://USER:PASSWORD@HOST:5432/NAME, which may be shared.
 * @throws {UnavailableError} `store/in-use`, `store/newer`, `store/engine`, `store/damaged`, `store/read-only`,
 *   `store/disk-full`, `store/lost`, `store/denied`, `store/no-pgvector`.
 * @throws {InvalidInputError} `store/url`.
 */
export const openStore = (options: StoreOptions): Promise<Store> => {
  const migrations = options.migrations ?? readMigrations();
  return 'dataDir' in options
    ? openInFolder(options.dataDir, options.lock, migrations)
    : openInPostgres(options.databaseUrl, migrations);
};
