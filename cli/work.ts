/** `attune work`: a worker for the jobs of a library, beside others on the same PostgreSQL or alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { librarySettings } from './library-options.ts';
import { print } from './output.ts';

interface WorkOptions {
  readonly atOnce: number;
  readonly untilDone?: boolean;
  readonly contact?: string;
}

const parseAtOnce = (text: string): number => {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= 1 && number <= 64) return number;
  throw new InvalidArgumentError('it takes a whole number from 1 to 64.');
};

const work = async ({ atOnce, untilDone = false, contact }: WorkOptions): Promise<void> => {
  const { openLibraryStore, openQueue, workLibrary } = await import('../server/library/open-library.ts');
  const { serverOf } = await import('../server/store/http-store.ts');
  const settings = librarySettings(contact);
  const store = await openLibraryStore(settings);
  const control = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => control.abort());
  try {
    const queue = await openQueue(store, (error) => process.stderr.write(`attune: ${error.message}\n`));
    try {
      await workLibrary(store, queue, settings, atOnce);
      const server = serverOf(store);
      if (server !== undefined) print(`The Attune at ${server} does the jobs of this folder.`);
      else print(untilDone ? 'Working until nothing is left.' : 'Waiting for work (Ctrl+C ends it).');
      while (!control.signal.aborted && (untilDone || server === undefined)) {
        // PostgreSQL may be away for a while: the queue says so, and asks again.
        const open = untilDone ? await queue.countOpen().catch(() => 1) : 1;
        if (open === 0) break;
        await sleep(1000, undefined, { signal: control.signal }).catch(() => {});
      }
    } finally {
      await queue.close();
    }
  } finally {
    await store.close();
  }
};

export const addWork = (program: Command): void => {
  program
    .command('work')
    .description('do the jobs of a library: what was stopped goes on; several may work on one PostgreSQL')
    .option('--at-once <N>', 'jobs done at a time', parseAtOnce, 1)
    .option('--until-done', 'end when no job is left')
    .option('--contact <WHO>', 'your e-mail address or page, told to services that ask (or ATTUNE_CONTACT)')
    .addHelpText(
      'after',
      `
On further machines, with the same database and the same files at the same paths:
  DATABASE_URL=postgresql://me@host/attune attune work`,
    )
    .action(work);
};
