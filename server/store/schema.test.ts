/** The tables that queries are written for are the tables that the migrations make. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableColumns, is, sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { openPglite } from './connection.ts';
import { migrate, readMigrations, rowsOf } from './migrate.ts';
import * as schema from './schema.ts';

test('every column of every table is there, of the same type, and as often empty', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-schema-'));
  const connection = await openPglite(join(folder, 'store'));
  await migrate(connection, readMigrations());
  const made = rowsOf<{ table: string; column: string; type: string; required: boolean }>(
    await connection.queries.execute(sql`
      select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and c.relname <> 'attune_schema'`),
  );
  await connection.close();
  rmSync(folder, { recursive: true, force: true });
  const written = Object.values(schema)
    .filter((table) => is(table, PgTable))
    .flatMap((table) =>
      Object.values(getTableColumns(table)).map((column) => ({
        table: getTableConfig(table).name,
        column: column.name,
        type: column.getSQLType(),
        required: column.notNull || column.primary,
      })),
    );
  const sorted = (rows: typeof written) => rows.map((row) => JSON.stringify(row)).sort();
  expect(sorted(written)).toEqual(
    sorted(made.map(({ table, column, type, required }) => ({ table, column, type, required }))),
  );
}, 60_000);

test('the migrations are numbered without a gap', () => {
  expect(readMigrations().map(({ version }) => version)).toEqual(readMigrations().map((_, index) => index + 1));
});
