/** The table of jobs: what they are, how far they got, who does them. One statement a change, so that no worker sees half of one. */
import { randomUUID } from 'node:crypto';
import type { ImportProblem } from '../../node/import/song-record.ts';
import type { Job, JobKind, JobProgress } from './jobs.ts';

/** Problems kept with a job; the others are counted. */
const KEPT_PROBLEMS = 20;
/** Parts written by one statement. */
const BATCH = 500;

type Execute = (text: string, values?: readonly unknown[]) => Promise<{ rows: unknown[] }>;

export interface JobTable {
  add(kind: JobKind, input: unknown): Promise<string>;
  addParts(parent: string, kind: JobKind, inputs: readonly unknown[]): Promise<string[]>;
  /** Makes the job this worker's, if it waits or its worker has fallen silent. */
  claim(id: string, worker: string, silentMilliseconds: number, kinds: readonly string[]): Promise<Job | undefined>;
  /** @returns whether it was cancelled, or taken by another */
  progress(id: string, worker: string, progress: JobProgress, problems: readonly ImportProblem[]): Promise<boolean>;
  /** Ends it well, unless parts are still to be done; then the last part does. */
  finish(id: string, worker: string, result: Readonly<Record<string, unknown>>): Promise<void>;
  end(id: string, state: 'failed' | 'cancelled', error?: { code: string; message: string }): Promise<void>;
  putBack(id: string, error: { code: string; message: string } | undefined, afterSeconds: number): Promise<void>;
  /** Jobs that wait or run, and that nobody was heard of for so long. */
  forgotten(silentMilliseconds: number): Promise<string[]>;
  get(id: string): Promise<Job | undefined>;
  list(limit: number): Promise<Job[]>;
  countOpen(): Promise<number>;
  cancel(id: string): Promise<void>;
  /** @returns the ids that wait again: the job, or those of its parts that did not end well */
  reopen(id: string): Promise<string[]>;
}

interface Row {
  readonly id: string;
  readonly kind: JobKind;
  readonly input: unknown;
  readonly state: Job['state'];
  readonly done: string | number | null;
  readonly total: string | number | null;
  readonly message: string | null;
  readonly problems: ImportProblem[];
  readonly problem_count: number;
  readonly result: Record<string, unknown> | null;
  readonly error: { code: string; message: string } | null;
  readonly tries: number;
  readonly worker: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly parent: string | null;
}

const toJob = (row: Row): Job => ({
  id: row.id,
  kind: row.kind,
  input: row.input,
  state: row.state,
  ...(row.done !== null && { done: Number(row.done) }),
  ...(row.total !== null && { total: Number(row.total) }),
  ...(row.message !== null && { message: row.message }),
  problems: row.problems,
  problemCount: row.problem_count,
  ...(row.result !== null && { result: row.result }),
  ...(row.error !== null && { error: row.error }),
  tries: row.tries,
  ...(row.worker !== null && { worker: row.worker }),
  createdAt: new Date(row.created_at).toISOString(),
  ...(row.ended_at !== null && { endedAt: new Date(row.ended_at).toISOString() }),
  ...(row.parent !== null && { parent: row.parent }),
});

/** Whether jobs wait or run; quick, and nothing is made where there never was one. */
export const hasOpenJobs = async (execute: Execute, schema: string): Promise<boolean> => {
  const { rows } = await execute(`select to_regclass('${schema}.jobs') is not null as there`);
  if (!(rows as { there: boolean }[])[0]?.there) return false;
  return (await execute(`select 1 from ${schema}.jobs where state in ('waiting', 'running') limit 1`)).rows.length > 0;
};

/** Makes the table where it is not there. */
export const createJobTable = async (execute: Execute, schema: string): Promise<JobTable> => {
  const table = `${schema}.jobs`;
  // Two workers may start at once: the second waits, and finds it there.
  await execute(`begin;
    select pg_advisory_xact_lock(4711002);
    create table if not exists ${table} (
      id text primary key, kind text not null, input jsonb not null, state text not null default 'waiting',
      done bigint, total bigint, message text, problems jsonb not null default '[]', problem_count integer not null default 0,
      result jsonb, error jsonb, tries integer not null default 0, worker text, cancel boolean not null default false,
      created_at timestamptz not null default now(), start_after timestamptz not null default now(),
      heard_at timestamptz not null default now(), ended_at timestamptz, parent text references ${table} (id) on delete cascade
    );
    create index if not exists jobs_open on ${table} (heard_at) where state in ('waiting', 'running');
    create index if not exists jobs_by_parent on ${table} (parent) where parent is not null;
    create index if not exists jobs_latest on ${table} (created_at) where parent is null;
    commit`);
  const rows = async (text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await execute(text, values)).rows as Row[];

  /** A job of parts is as far as they are, and ends when the last does. */
  const countParts = async (parent: string): Promise<void> => {
    await rows(
      `update ${table} as whole set
         total = parts.total, done = parts.done,
         problem_count = greatest(whole.problem_count, parts.problems), heard_at = now(),
         state = case when parts.open > 0 or whole.state in ('cancelled', 'failed') then whole.state
           when parts.failed > 0 then 'failed' else 'done' end,
         error = case when parts.open = 0 and parts.failed > 0 then parts.error else whole.error end,
         ended_at = case when parts.open > 0 then null else now() end,
         result = coalesce(whole.result, '{}'::jsonb) || parts.result
       from (select sum(coalesce(total, 0)) as total, sum(coalesce(done, 0)) as done,
           count(*) filter (where state in ('waiting', 'running')) as open,
           count(*) filter (where state = 'failed') as failed,
           sum(problem_count)::int as problems,
           (array_agg(error) filter (where state = 'failed'))[1] as error,
           jsonb_build_object('analysed', coalesce(sum((result->>'analysed')::int), 0),
             'found', coalesce(sum((result->>'found')::int), 0)) as result
         from ${table} where parent = $1) as parts
       where whole.id = $1 and whole.message = 'parts'`,
      [parent],
    );
  };
  const tellParent = async (id: string): Promise<void> => {
    const [row] = await rows(`select parent from ${table} where id = $1`, [id]);
    if (row?.parent) await countParts(row.parent);
  };

  return {
    add: async (kind, input) => {
      const id = randomUUID();
      await rows(`insert into ${table} (id, kind, input) values ($1, $2, $3::jsonb)`, [
        id,
        kind,
        JSON.stringify(input),
      ]);
      return id;
    },
    addParts: async (parent, kind, inputs) => {
      const ids = inputs.map(() => randomUUID());
      for (let at = 0; at < ids.length; at += BATCH) {
        const parts = inputs.slice(at, at + BATCH).map((input, i) => ({ id: ids[at + i], input }));
        await rows(
          `insert into ${table} (id, kind, input, parent)
           select part.id, $2, part.input, $3 from jsonb_to_recordset($1::jsonb) as part (id text, input jsonb)`,
          [JSON.stringify(parts), kind, parent],
        );
      }
      return ids;
    },
    claim: async (id, worker, silentMilliseconds, kinds) => {
      const [row] = await rows(
        `update ${table} set state = 'running', worker = $2, tries = tries + 1, heard_at = now(), ended_at = null
         where id = $1 and not cancel and kind in (select jsonb_array_elements_text($4::jsonb)) and message is distinct from 'parts'
           and ((state = 'waiting' and start_after <= now() + interval '2 seconds')
             or (state = 'running' and heard_at < now() - $3::double precision * interval '1 millisecond'))
         returning *`,
        [id, worker, silentMilliseconds, JSON.stringify(kinds)],
      );
      return row && toJob(row);
    },
    progress: async (id, worker, { done, total, message }, problems) => {
      const [row] = await rows(
        `update ${table} set heard_at = now(), done = coalesce($3::bigint, done), total = coalesce($4::bigint, total),
           message = coalesce($5, message), problem_count = problem_count + $6::int,
           problems = case when jsonb_array_length(problems) >= ${KEPT_PROBLEMS} then problems else problems || $7::jsonb end
         where id = $1 and worker = $2 and state = 'running' returning cancel`,
        [
          id,
          worker,
          done ?? null,
          total ?? null,
          message ?? null,
          problems.length,
          JSON.stringify(problems.slice(0, KEPT_PROBLEMS)),
        ],
      );
      return row === undefined || (row as unknown as { cancel: boolean }).cancel;
    },
    finish: async (id, worker, result) => {
      const [parts] = await rows(`select count(*)::int as tries from ${table} where parent = $1`, [id]);
      if (parts && parts.tries > 0) {
        await rows(`update ${table} set message = 'parts', result = $3::jsonb where id = $1 and worker = $2`, [
          id,
          worker,
          JSON.stringify(result),
        ]);
        await countParts(id);
        return;
      }
      await rows(
        `update ${table} set state = 'done', result = $3::jsonb, error = null, ended_at = now() where id = $1 and worker = $2`,
        [id, worker, JSON.stringify(result)],
      );
      await tellParent(id);
    },
    end: async (id, state, error) => {
      await rows(`update ${table} set state = $2, error = $3::jsonb, ended_at = now() where id = $1`, [
        id,
        state,
        error ? JSON.stringify(error) : null,
      ]);
      await tellParent(id);
    },
    putBack: async (id, error, afterSeconds) => {
      // Stopping is no failure: the try is not counted.
      await rows(
        `update ${table} set state = 'waiting', error = $2::jsonb, heard_at = now(), tries = tries - $4::int,
           start_after = now() + $3::double precision * interval '1 second' where id = $1 and state = 'running'`,
        [id, error ? JSON.stringify(error) : null, afterSeconds, error ? 0 : 1],
      );
    },
    forgotten: async (silentMilliseconds) => {
      const found = await rows(
        `select id from ${table} where message is distinct from 'parts' and state in ('waiting', 'running') and start_after <= now()
           and heard_at < now() - (case state when 'waiting' then 0 else $1::double precision end) * interval '1 millisecond'
         order by heard_at limit 1000`,
        [silentMilliseconds],
      );
      return found.map(({ id }) => id);
    },
    get: async (id) => {
      const [row] = await rows(`select * from ${table} where id = $1`, [id]);
      return row && toJob(row);
    },
    list: async (limit) =>
      (await rows(`select * from ${table} where parent is null order by created_at desc, id limit $1`, [limit])).map(
        toJob,
      ),
    countOpen: async () => {
      const [row] = await rows(`select count(*)::int as tries from ${table} where state in ('waiting', 'running')`);
      return row?.tries ?? 0;
    },
    cancel: async (id) => {
      // What waits ends at once; what runs is told with its next word.
      await rows(
        `update ${table} set cancel = true,
           ended_at = case when state = 'waiting' or message = 'parts' then now() else ended_at end,
           state = case when state = 'waiting' or (state = 'running' and message = 'parts') then 'cancelled' else state end
         where (id = $1 or parent = $1) and state in ('waiting', 'running')`,
        [id],
      );
    },
    reopen: async (id) => {
      const found = await rows(
        `update ${table} set state = case when message = 'parts' then 'running' else 'waiting' end, cancel = false, error = null,
           tries = 0, ended_at = null, start_after = now(), heard_at = now()
         where (id = $1 or parent = $1) and state in ('failed', 'cancelled') returning id, message`,
        [id],
      );
      return found.filter(({ message }) => message !== 'parts').map((row) => row.id);
    },
  };
};
