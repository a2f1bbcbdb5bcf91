/** A database that queries go to: PGlite in a folder, or a PostgreSQL server. What differs between the two is in this file alone. */
import { existsSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { PGlite } from '@electric-sql/pglite';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { packagePath } from '../../node/package-root.ts';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { diskFull, explainDatabaseError } from './failures.ts';

/** What both engines' drizzle objects are: queries written for it run on either. */
export type Queries = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface CopyTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** Rows in COPY's text format, each with its line feed. */
  readonly lines: Iterable<string>;
}

export interface Connection {
  readonly engine: 'pglite' | 'postgresql';
  /** For people: the folder, or the address without its password. */
  readonly where: string;
  readonly queries: Queries;
  /** A statement as text, or several without values: for the job queue, which writes its own. */
  readonly execute: (text: string, values?: readonly unknown[]) => Promise<{ rows: unknown[] }>;
  /** Writes rows by COPY, all tables in one transaction: the fastest way in. Only PostgreSQL can. */
  copyInto?(tables: readonly CopyTable[]): Promise<void>;
  /** The whole database as one archive; only PGlite can. */
  dump?(packed: 'gzip' | 'none'): Promise<Uint8Array>;
  /**
   * Called before anything is written: PGlite whose disk runs full in the middle never comes back from writing its log.
   *
   * @param bytes about how much is to be written, beside the odd row
   * @throws {UnavailableError} `store/disk-full`
   */
  reserve(bytes: number): void;
  close(): Promise<void>;
}

/** PGlite's log grows in segments of 16 MiB, a few at a time. */
const SPARE_BYTES = 64 * 1024 * 1024;
/** What is needed to open it at all: one segment, and some. */
const SPARE_BYTES_TO_OPEN = 24 * 1024 * 1024;

const checkSpace = (folder: string | undefined, bytes: number): void => {
  if (folder === undefined) return;
  const { bavail, bsize } = statfsSync(existsSync(folder) ? folder : dirname(folder));
  if (bavail * bsize < bytes) throw diskFull(folder);
};

const unpack = promisify(brotliDecompress);

/** The major version of PostgreSQL inside PGlite 0.5: its folder format. */
const PGLITE_POSTGRES = '18';

/** An empty database as `npm run build` packs it; `undefined` where it was not built. */
const readStart = async (): Promise<Blob | undefined> => {
  const file = packagePath('dist', 'store', 'start.tar.br');
  return existsSync(file) ? new Blob([new Uint8Array(await unpack(await readFile(file)))]) : undefined;
};

/** @throws {UnavailableError} `store/engine` */
const checkVersion = (folder: string): void => {
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version !== PGLITE_POSTGRES)
    throw new UnavailableError(
      'store/engine',
      `The data in ${folder} was written by PostgreSQL ${version}, and this Attune has ${PGLITE_POSTGRES}: export it with ` +
        'the Attune that wrote it ("attune data export"), or use another folder (ATTUNE_DATA_DIR).',
    );
};

/**
 * PGlite computes on this thread, and its promises settle without going round the event loop: a job of many statements
 * would keep a server from answering. Each statement and transaction lets whatever waits go first.
 */
const shareThread = (client: PGlite): PGlite => {
  const afterOthers = (method: (...given: never[]) => Promise<unknown>) => {
    const run = method.bind(client) as (...given: unknown[]) => Promise<unknown>;
    return async (...given: unknown[]): Promise<unknown> => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      return run(...given);
    };
  };
  return Object.assign(client, {
    query: afterOthers(client.query),
    exec: afterOthers(client.exec),
    transaction: afterOthers(client.transaction),
  });
};

/**
 * Opens the database in a folder, making it where there is none: unpacked beside it and then moved, so that a first start that
 * is cut off leaves nothing half made. One process at a time may open a folder: take its lock first.
 *
 * @param folder @default none: in memory
 * @throws {UnavailableError} `store/engine`: made by another PostgreSQL. `store/damaged`, `store/read-only`, `store/disk-full`.
 */
export const openPglite = async (folder: string | undefined): Promise<Connection> => {
  const [{ PGlite }, { vector }, { drizzle }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-pgvector'),
    import('drizzle-orm/pglite'),
  ]);
  const open = (dataDir: string | undefined, start?: Blob) =>
    PGlite.create({
      extensions: { vector },
      ...(dataDir === undefined ? {} : { dataDir }),
      ...(start === undefined ? {} : { loadDataDir: start }),
    });
  try {
    checkSpace(folder, folder !== undefined && existsSync(folder) ? SPARE_BYTES_TO_OPEN : 2 * SPARE_BYTES);
    if (folder !== undefined && !existsSync(folder)) {
      const making = `${folder}.making`;
      rmSync(making, { recursive: true, force: true });
      await (await open(making, await readStart())).close();
      renameSync(making, folder);
    }
    if (folder !== undefined) checkVersion(folder);
    const client = shareThread(await open(folder));
    return {
      engine: 'pglite',
      where: folder ?? 'memory',
      queries: drizzle(client) as unknown as Queries,
      execute: async (text, values = []) => {
        if (values.length > 0) return client.query(text, [...values]);
        try {
          return (await client.exec(text)).at(-1) ?? { rows: [] };
        } catch (error) {
          // Several statements may have begun a transaction; there is one connection, which must not stay inside it.
          if (/\bbegin\b/i.test(text)) await client.exec('rollback').catch(() => {});
          throw error;
        }
      },
      dump: async (packed) => new Uint8Array(await (await client.dumpDataDir(packed)).arrayBuffer()),
      // Every byte goes into the log and into the tables, and both keep some room.
      reserve: (bytes) => checkSpace(folder, SPARE_BYTES + 4 * bytes),
      close: () => client.close(),
    };
  } catch (error) {
    throw explainDatabaseError(error, folder ?? 'memory', 'opening');
  }
};

/** Lines in pieces of some size: a piece a line would cost more than the lines. */
function* inPieces(lines: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 64 * 1024) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (piece !== '') yield Buffer.from(piece);
}

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
  // One that breaks while it is in use, between two statements, tells nobody else: without a listener it would end the process.
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    throw explainDatabaseError(error, where, 'connecting');
  }
  return {
    engine: 'postgresql',
    where,
    queries: drizzle(pool) as unknown as Queries,
    reserve: () => {},
    execute: async (text, values) => {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        const result: unknown = await client.query(text, values ? [...values] : undefined);
        return (Array.isArray(result) ? result.at(-1) : result) as { rows: unknown[] };
      } catch (error) {
        // Statements that began a transaction and failed leave the connection inside it: it is not used again.
        broken = error as Error;
        throw error;
      } finally {
        client.release(broken);
      }
    },
    copyInto: async (tables) => {
      const [{ from }, { pipeline }, { Readable }] = await Promise.all([
        import('pg-copy-streams'),
        import('node:stream/promises'),
        import('node:stream'),
      ]);
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('begin');
        for (const { table, columns, lines } of tables) {
          const into = client.query(from(`copy ${table} (${columns.join(', ')}) from stdin`));
          await pipeline(Readable.from(inPieces(lines)), into);
        }
        await client.query('commit');
      } catch (error) {
        broken = error as Error; // its transaction ends with it
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
};
