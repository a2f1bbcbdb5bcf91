/** A database that queries go to: PGlite in a folder, or a PostgreSQL server. What differs between the two is in this file alone. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { explainDatabaseError } from './failures.ts';

/** What both engines' drizzle objects are: queries written for it run on either. */
export type Queries = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface Connection {
  readonly engine: 'pglite' | 'postgresql';
  /** For people: the folder, or the address without its password. */
  readonly where: string;
  readonly queries: Queries;
  /** The whole database as one gzipped archive; only PGlite can. */
  dump?(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The major version of PostgreSQL inside PGlite 0.5: its folder format. */
const PGLITE_POSTGRES = '18';

/**
 * Opens the database in a folder, making it where there is none. One process at a time may do so: take the folder's lock first.
 *
 * @param archive an archive out of `dump` to start a new folder from
 * @throws {UnavailableError} `store/engine`: made by another PostgreSQL. `store/damaged`, `store/read-only`, `store/disk-full`.
 */
export const openPglite = async (folder: string, archive?: Blob): Promise<Connection> => {
  const versionFile = join(folder, 'PG_VERSION');
  if (existsSync(folder) && !existsSync(versionFile)) {
    // A first start that was cut off before anything was kept: begin again.
    rmSync(folder, { recursive: true, force: true });
  }
  if (existsSync(versionFile)) {
    const version = readFileSync(versionFile, 'utf8').trim();
    if (version !== PGLITE_POSTGRES)
      throw new UnavailableError(
        'store/engine',
        `The data in ${folder} was written by PostgreSQL ${version}, and this Attune has ${PGLITE_POSTGRES}: export it with ` +
          'the Attune that wrote it ("attune data export"), or use another folder (ATTUNE_DATA_DIR).',
      );
  }
  const [{ PGlite }, { vector }, { drizzle }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-pgvector'),
    import('drizzle-orm/pglite'),
  ]);
  try {
    mkdirSync(folder, { recursive: true });
    const isNew = archive !== undefined && !existsSync(versionFile);
    const client = await PGlite.create({
      dataDir: folder,
      extensions: { vector },
      ...(isNew ? { loadDataDir: archive } : {}),
    });
    return {
      engine: 'pglite',
      where: folder,
      queries: drizzle(client) as unknown as Queries,
      dump: async () => new Uint8Array(await (await client.dumpDataDir('gzip')).arrayBuffer()),
      close: () => client.close(),
    };
  } catch (error) {
    throw explainDatabaseError(error, folder, 'opening');
  }
};

/** The address without its password, for messages. */
export const withoutPassword = (databaseUrl: string): string => {
  try {
    const url = new URL(databaseUrl);
    if (url.password !== '') url.password = '***';
    return url.href;
  } catch {
    return 'DATABASE_URL';
  }
};

/**
 * Opens a PostgreSQL database.
 *
 * @throws {InvalidInputError} `store/url`: not the address of a PostgreSQL database.
 * @throws {UnavailableError} `store/lost`: nobody answers there. `store/denied`: it does not let us in.
 */
export const openPostgres = async (databaseUrl: string): Promise<Connection> => {
  if (!/^postgres(ql)?:\/\//.test(databaseUrl))
    throw new InvalidInputError(
      'store/url',
      'DATABASE_URL is no address of a PostgreSQL database: write postgresql://USER:PASSWORD@HOST:5432/NAME, or leave it ' +
        'unset to keep the data in a folder.',
    );
  const [{ default: pg }, { drizzle }] = await Promise.all([import('pg'), import('drizzle-orm/node-postgres')]);
  const where = withoutPassword(databaseUrl);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8, connectionTimeoutMillis: 10_000 });
  // A connection that breaks while idle must not end the process; the next query opens another or says what is wrong.
  pool.on('error', () => {});
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    throw explainDatabaseError(error, where, 'opening');
  }
  return { engine: 'postgresql', where, queries: drizzle(pool) as unknown as Queries, close: () => pool.end() };
};
