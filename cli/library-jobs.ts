/** The library's commands that start jobs, wait for them and list them. */
import type { SourceName } from '../node/crawl/source-names.ts';
import type { SongField } from '../node/import/song-record.ts';
import type { Job, JobKind } from '../server/jobs/jobs.ts';
import type { LibrarySettings } from '../server/library/open-library.ts';
import { InvalidInputError, NoAnswerError, UnavailableError } from '../src/base/errors.ts';
import { UsageError } from './failure.ts';
import { type JsonOption, librarySettings } from './library-options.ts';
import { checkJsonTarget, counted, createProgress, isScreen, type JsonTarget, print, writeJson } from './output.ts';

const describeJob = ({ kind, state, done, total, message, problemCount, error }: Job): string => {
  const far = done === undefined ? '' : total === undefined ? ` ${done}` : ` ${done} of ${total}`;
  const bad = problemCount > 0 ? `, ${problemCount} ${problemCount === 1 ? 'problem' : 'problems'}` : '';
  const why = error && state !== 'done' ? `: ${error.message}` : '';
  const what = message && message !== 'parts' && state === 'running' ? ` (${message})` : '';
  return `${kind} ${state}${far}${what}${bad}${why}`;
};

/** Runs jobs one after the other, in this process, in the server that has the library open, or wherever a worker is free first. */
export const runJobs = async (
  jobs: readonly { readonly kind: JobKind; readonly input: unknown }[],
  settings: LibrarySettings,
  json: JsonTarget,
): Promise<void> => {
  checkJsonTarget(json);
  const { openLibraryStore, openQueue, workLibrary } = await import('../server/library/open-library.ts');
  const { serverOf } = await import('../server/store/http-store.ts');
  const progress = createProgress();
  const store = await openLibraryStore(settings);
  const control = new AbortController();
  const stop = (): void => control.abort();
  const ended: Job[] = [];
  try {
    const queue = await openQueue(store, (error) => progress.say(`waiting for the database: ${error.message}`));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    try {
      await workLibrary(store, queue, settings);
      // All at once: what is asked for outlives this command.
      const ids: string[] = [];
      for (const { kind, input } of jobs) ids.push((await queue.add(kind, input)).id);
      for (const id of ids) {
        const job = await queue.wait(id, (now) => progress.say(describeJob(now)), control.signal);
        progress.clear();
        ended.push(job);
        if (!isScreen(json)) printJob(job);
      }
    } catch (error) {
      if (!control.signal.aborted) throw error;
      progress.clear();
      const server = serverOf(store);
      throw new UnavailableError(
        'library/stopped',
        server === undefined
          ? 'Stopped. What was done is kept: "attune work --until-done" goes on where it stood.'
          : `The Attune at ${server} goes on with it: "attune library jobs" shows how far, "attune library jobs --cancel ID" ends it.`,
      );
    } finally {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      await queue.close();
    }
  } finally {
    progress.clear();
    await store.close();
  }
  if (json !== undefined) writeJson({ jobs: ended }, json);
  const failed = ended.find(({ state }) => state !== 'done');
  if (!failed) return;
  const { code, message } = failed.error ?? { code: 'jobs/cancelled', message: 'The job was cancelled.' };
  // A job keeps no more of an error than its code.
  if (/^(import|crawl)\//.test(code) && !MAY_PASS.includes(code)) throw new InvalidInputError(code, message);
  throw new NoAnswerError(code, message);
};

/** What is no fault of the source's name: run it again later, or take another page. */
const MAY_PASS = ['crawl/later', 'crawl/unreachable', 'crawl/slow', 'crawl/answer', 'crawl/no-songs'];

/** Problems shown; the others are counted. */
const SHOWN_PROBLEMS = 10;

const printJob = ({ kind, input, state, result = {}, problems, problemCount }: Job): void => {
  for (const { source, place, message } of problems.slice(0, SHOWN_PROBLEMS)) {
    process.stderr.write(`${source}${place ? `, ${place}` : ''}: ${message}\n`);
  }
  const others = problemCount - Math.min(SHOWN_PROBLEMS, problems.length);
  if (others > 0)
    process.stderr.write(
      problems.length > 0 ? `and ${counted(others, 'more problem')}.\n` : `${counted(others, 'problem')}.\n`,
    );
  if (state !== 'done') return;
  const number = (name: string): number => Number(result[name] ?? 0);
  if (kind === 'add') {
    const parts = [`${number('added')} new`, `${number('updated')} known`];
    if (number('unchanged') > 0) parts.push(`${counted(number('unchanged'), 'file')} unchanged`);
    if (number('forgotten') > 0) parts.push(`${counted(number('forgotten'), 'file')} gone`);
    print(`${(input as { source: string }).source}: ${parts.join(', ')}.`);
  } else if (kind === 'complete') print(`${counted(number('completed'), 'song')} completed.`);
  else {
    for (const sentence of (result.missing ?? []) as readonly string[]) print(sentence);
    print(`${counted(number('analysed'), 'reading')}, an emotion found in ${number('found')}.`);
  }
};

export const addSources = async (
  sources: readonly string[],
  {
    columns,
    contact,
    from,
    json,
  }: JsonOption & { columns?: Partial<Record<SongField, string>>; contact?: string; from?: SourceName[] },
): Promise<void> => {
  const { resolve } = await import('node:path');
  const jobs = sources.map((source) => ({
    kind: 'add' as const,
    input: {
      source: /^https?:\/\//i.test(source) ? source : resolve(source),
      ...(columns && { columns }),
      ...(contact && { contact }),
    },
  }));
  const more = from ? [{ kind: 'complete' as const, input: { from, ...(contact && { contact }) } }] : [];
  await runJobs([...jobs, ...more], librarySettings(contact), json);
};

export const showJobs = async ({
  cancel,
  retry,
  json,
}: JsonOption & { cancel?: string; retry?: string }): Promise<void> => {
  checkJsonTarget(json);
  if (cancel !== undefined && retry !== undefined) throw new UsageError('Give --cancel or --retry, not both.');
  const { openLibraryStore, openQueue } = await import('../server/library/open-library.ts');
  const store = await openLibraryStore(librarySettings());
  try {
    const queue = await openQueue(store);
    try {
      const one =
        cancel === undefined
          ? retry === undefined
            ? undefined
            : await queue.retry(retry)
          : await queue.cancel(cancel);
      const jobs = one ? [one] : await queue.list(20);
      if (json !== undefined) writeJson({ jobs }, json);
      if (isScreen(json)) return;
      for (const job of jobs) print(`${job.id}  ${job.createdAt.slice(0, 16).replace('T', ' ')}  ${describeJob(job)}`);
      if (jobs.length === 0) print('There was no job yet.');
    } finally {
      await queue.close();
    }
  } finally {
    await store.close();
  }
};
