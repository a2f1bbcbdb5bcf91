/** Brings a database's tables up to this version of Attune, one file of migrations/ after the other. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { UnavailableError } from '../../src/base/errors.ts';
import type { Connection, Queries } from './connection.ts';

export interface Migration {
  /** 1, 2, 3 ... without a gap. */
  readonly version: number;
  readonly name: string;
  readonly statements: string;
}

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'migrations');

/** The migrations that ship, in order: `0001-start.sql`, `0002-….sql` ... */
export const readMigrations = (folder: string = FOLDER): Migration[] =>
  readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name: name.slice(0, -'.sql'.length),
      statements: readFileSync(join(folder, name), 'utf8'),
    }));

/** The version of this Attune's tables, and of what it exports. */
export const latestSchema = (): number => readMigrations().at(-1)?.version ?? 0;

/** Comments go first: one may hold a semicolon. None of our statements holds one inside. */
const splitStatements = (text: string): string[] =>
  text
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

/** The version the tables are at; 0 for a new database. */
export const schemaVersion = async (queries: Queries): Promise<number> => {
  const found = rowsOf<{ there: boolean }>(
    await queries.execute(sql`select to_regclass('attune_schema') is not null as there`),
  );
  if (!found[0]?.there) return 0;
  const rows = rowsOf<{ version: number }>(
    await queries.execute(sql`select coalesce(max(version), 0)::int as version from attune_schema`),
  );
  return rows[0]?.version ?? 0;
};

/** The rows of a raw query: both engines give them under this name. */
export const rowsOf = <Row>(result: unknown): Row[] => (result as { rows: Row[] }).rows;

/**
 * Brings the tables up to the last of the migrations; all of them or none.
 *
 * @param beforeUpgrade called before tables that hold data are changed, to keep a copy
 * @returns the version reached
 * @throws {UnavailableError} `store/newer`: written by a newer Attune.
 */
export const migrate = async (
  { queries, where }: Pick<Connection, 'queries' | 'where'>,
  migrations: readonly Migration[],
  beforeUpgrade: (from: number) => Promise<void> = async () => {},
): Promise<number> => {
  const latest = migrations.at(-1)?.version ?? 0;
  const refuseNewer = (found: number): void => {
    if (found > latest)
      throw new UnavailableError(
        'store/newer',
        `The data in ${where} was written by a newer Attune (its tables are at version ${found}, this one knows ${latest}): update ` +
          'Attune, or use another folder (ATTUNE_DATA_DIR).',
      );
  };
  const before = await schemaVersion(queries);
  refuseNewer(before);
  if (before === latest) return latest;
  if (before > 0) await beforeUpgrade(before);
  await queries.transaction(async (transaction) => {
    // Two processes may start on one PostgreSQL at once: the second waits here, and finds the work done.
    await transaction.execute(sql`select pg_advisory_xact_lock(4711001)`);
    const from = await schemaVersion(transaction as unknown as Queries);
    refuseNewer(from);
    await transaction.execute(
      sql`create table if not exists attune_schema (version int primary key, name text not null, at timestamptz not null default now())`,
    );
    for (const { version, name, statements } of migrations.filter((one) => one.version > from)) {
      for (const statement of splitStatements(statements)) await transaction.execute(sql.raw(statement));
      await transaction.execute(sql`insert into attune_schema (version, name) values (${version}, ${name})`);
    }
  });
  return latest;
};
