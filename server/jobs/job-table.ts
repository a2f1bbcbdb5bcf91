/** The table of jobs: what they are, how far they got, who does them. One statement a change, so that no worker sees half of one. */
import { randomUUID } from 'node:crypto';
import type { ImportProblem } from '../../node/import/song-record.ts';
import type { Job, JobKind, JobProgress } from './jobs.ts';

/** Problems kept with a job; the others are counted. */
const KEPT_PROBLEMS = 20;
/** Parts written by one statement. */
const BATCH = 500;

type Execute = (text: string, values?: readonly unknown[]) => Promise<{ rows: unknown[] }>;

/** Whether a job still is the worker's who asks; `lost`: it fell silent for too long, and another has it or it was ended. */
export type Standing = 'mine' | 'cancelled' | 'lost';

export interface JobTable {
  add(kind: JobKind, input: unknown): Promise<string>;
  addParts(parent: string, kind: JobKind, inputs: readonly unknown[]): Promise<string[]>;
  /** Takes back the parts nobody has begun: the job is being divided anew. */
  dropWaitingParts(parent: string): Promise<void>;
  /** Makes the job this worker's, if it waits or its worker has fallen silent. It begins anew, so its problems will be told anew. */
  claim(id: string, worker: string, silentMilliseconds: number, kinds: readonly string[]): Promise<Job | undefined>;
  progress(id: string, worker: string, progress: JobProgress, problems: readonly ImportProblem[]): Promise<Standing>;
  /** Ends it well, unless parts are still to be done; then the last part does. Nothing happens to a job that is another's: so the next two. */
  finish(id: string, worker: string, result: Readonly<Record<string, unknown>>): Promise<void>;
  end(id: string, worker: string, state: 'failed' | 'cancelled', error?: JobError): Promise<void>;
  putBack(id: string, worker: string, error: JobError | undefined, afterSeconds: number): Promise<void>;
  /** Jobs that wait or run, and that nobody was heard of for so long. Ends those that only lacked somebody to say so. */
  forgotten(silentMilliseconds: number): Promise<string[]>;
  get(id: string): Promise<Job | undefined>;
  list(limit: number): Promise<Job[]>;
  countOpen(): Promise<number>;
  /** What waits, and what a silent worker left, ends at once; what runs is told with its next word. */
  cancel(id: string, silentMilliseconds: number): Promise<void>;
  /** @returns the ids that wait for nothing any more: the job, or those of its parts that did not end well or were to be tried later */
  reopen(id: string): Promise<string[]>;
}

export interface JobError {
  readonly code: string;
  readonly message: string;
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
  readonly error: JobError | null;
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

/** PostgreSQL's texts hold no NUL and no half of a character; one of either would have the whole statement refused, for ever. */
const storable = (text: string): string => text.replaceAll(/\0|\p{Surrogate}/gu, '\ufffd');
const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' ? storable(one) : one));

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
         state = case when parts.open > 0 then whole.state when parts.failed > 0 then 'failed' else 'done' end,
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
       where whole.id = $1 and whole.message = 'parts' and whole.state = 'running'`,
      [parent],
    );
  };
  const tellParents = async (ended: readonly Row[]): Promise<void> => {
    for (const parent of new Set(ended.map((row) => row.parent))) if (parent !== null) await countParts(parent);
  };
  const silent = (place: string): string => `heard_at < now() - ${place}::double precision * interval '1 millisecond'`;

  return {
    add: async (kind, input) => {
      const id = randomUUID();
      await rows(`insert into ${table} (id, kind, input) values ($1, $2, $3::jsonb)`, [id, kind, toJson(input)]);
      return id;
    },
    addParts: async (parent, kind, inputs) => {
      const ids = inputs.map(() => randomUUID());
      for (let at = 0; at < ids.length; at += BATCH) {
        const parts = inputs.slice(at, at + BATCH).map((input, i) => ({ id: ids[at + i], input }));
        await rows(
          `insert into ${table} (id, kind, input, parent)
           select part.id, $2, part.input, $3 from jsonb_to_recordset($1::jsonb) as part (id text, input jsonb)`,
          [toJson(parts), kind, parent],
        );
      }
      return ids;
    },
    dropWaitingParts: async (parent) => {
      await rows(`delete from ${table} where parent = $1 and state = 'waiting'`, [parent]);
    },
    claim: async (id, worker, silentMilliseconds, kinds) => {
      const [row] = await rows(
        `update ${table} set state = 'running', worker = $2, tries = tries + 1, heard_at = now(), ended_at = null,
           problems = '[]', problem_count = 0
         where id = $1 and not cancel and kind in (select jsonb_array_elements_text($4::jsonb)) and message is distinct from 'parts'
           and ((state = 'waiting' and start_after <= now() + interval '2 seconds')
             or (state = 'running' and ${silent('$3')}))
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
          message === undefined ? null : storable(message),
          problems.length,
          toJson(problems.slice(0, KEPT_PROBLEMS)),
        ],
      );
      if (row === undefined) return 'lost';
      return (row as unknown as { cancel: boolean }).cancel ? 'cancelled' : 'mine';
    },
    finish: async (id, worker, result) => {
      // The parts' last word is counted below, also where it came before this one.
      const [whole] = await rows(
        `update ${table} set message = 'parts', result = $3::jsonb where id = $1 and worker = $2 and state = 'running'
           and exists (select from ${table} as part where part.parent = $1) returning id`,
        [id, worker, toJson(result)],
      );
      if (whole) {
        await countParts(id);
        return;
      }
      const ended = await rows(
        `update ${table} set state = 'done', result = $3::jsonb, error = null, ended_at = now()
         where id = $1 and worker = $2 and state = 'running' and message is distinct from 'parts' returning parent`,
        [id, worker, toJson(result)],
      );
      await tellParents(ended);
    },
    end: async (id, worker, state, error) => {
      const ended = await rows(
        `update ${table} set state = $3, error = $4::jsonb, ended_at = now()
         where id = $1 and worker = $2 and state = 'running' returning parent`,
        [id, worker, state, error ? toJson(error) : null],
      );
      await tellParents(ended);
    },
    putBack: async (id, worker, error, afterSeconds) => {
      // Stopping is no failure: the try is not counted.
      await rows(
        `update ${table} set state = 'waiting', error = $3::jsonb, heard_at = now(), tries = tries - $5::int,
           start_after = now() + $4::double precision * interval '1 second' where id = $1 and worker = $2 and state = 'running'`,
        [id, worker, error ? toJson(error) : null, afterSeconds, error ? 0 : 1],
      );
    },
    forgotten: async (silentMilliseconds) => {
      // Cancelled, but whoever did it died before it was told.
      const ended = await rows(
        `update ${table} set state = 'cancelled', ended_at = now()
         where cancel and state = 'running' and message is distinct from 'parts' and ${silent('$1')} returning parent`,
        [silentMilliseconds],
      );
      await tellParents(ended);
      // Whoever did the last part died before it said so.
      const complete = await rows(
        `select id from ${table} as whole where message = 'parts' and state = 'running' and not exists
           (select from ${table} as part where part.parent = whole.id and part.state in ('waiting', 'running'))`,
      );
      for (const { id } of complete) await countParts(id);
      const found = await rows(
        `select id from ${table} where message is distinct from 'parts' and start_after <= now()
           and (state = 'waiting' or (state = 'running' and ${silent('$1')}))
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
    cancel: async (id, silentMilliseconds) => {
      const ended = await rows(
        `update ${table} set cancel = true,
           ended_at = case when state = 'waiting' or message = 'parts' or ${silent('$2')} then now() else ended_at end,
           state = case when state = 'waiting' or message = 'parts' or ${silent('$2')} then 'cancelled' else state end
         where (id = $1 or parent = $1) and state in ('waiting', 'running') returning parent`,
        [id, silentMilliseconds],
      );
      await tellParents(ended);
    },
    reopen: async (id) => {
      const found = await rows(
        `update ${table} set state = case when message = 'parts' then 'running' else 'waiting' end, cancel = false, error = null,
           tries = 0, ended_at = null, start_after = now(), heard_at = now()
         where (id = $1 or parent = $1) and (state in ('failed', 'cancelled') or (state = 'waiting' and start_after > now()))
         returning id, message`,
        [id],
      );
      return found.filter(({ message }) => message !== 'parts').map((row) => row.id);
    },
  };
};
