/** `attune library watch`: adds a folder, and again whenever something in it changes. */
import { type FSWatcher, watch } from 'node:fs';
import { resolve } from 'node:path';
import { runJobs } from './library-jobs.ts';
import { librarySettings } from './library-options.ts';
import { print } from './output.ts';

/** Changes that come together are read together. */
const SETTLE_MILLISECONDS = 3000;
/** Where the system tells of no changes: looking at 50,000 known files takes half a minute. */
const LOOK_MILLISECONDS = 10 * 60_000;

export const watchFolder = async (folder: string): Promise<void> => {
  const source = resolve(folder);
  const settings = librarySettings();
  await runJobs([{ kind: 'add', input: { source } }], settings, undefined);
  let timer: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  let reading: Promise<void> = Promise.resolve();
  const read = (): void => {
    reading = reading
      .then(() => runJobs([{ kind: 'add', input: { source } }], settings, undefined))
      .catch((error: Error) => {
        process.stderr.write(`attune: ${error.message}\n`);
      });
  };
  /** Some disks tell nothing, and a system tells of so many folders only. */
  const lookInstead = (error: NodeJS.ErrnoException): void => {
    watcher?.close();
    if (looking) return;
    process.stderr.write(
      `attune: changes in ${source} are not told (${error.code ?? error.message}): it is looked at every ${LOOK_MILLISECONDS / 60_000} minutes.\n`,
    );
    looking = setInterval(read, LOOK_MILLISECONDS);
  };
  try {
    watcher = watch(source, { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(read, SETTLE_MILLISECONDS);
    });
    watcher.on('error', lookInstead);
  } catch (error) {
    lookInstead(error as NodeJS.ErrnoException);
  }
  print(`Watching ${source} (Ctrl+C ends it).`);
  await new Promise<void>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
  });
  clearTimeout(timer);
  clearInterval(looking);
  watcher?.close();
  await reading;
};
