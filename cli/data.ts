/** `attune data`: where what you keep lies, all of it as a file, and the end of it. */
import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { InvalidInputError } from '../src/base/errors.ts';
import { UsageError } from './failure.ts';
import {
  checkJsonTarget,
  createProgress,
  isScreen,
  JSON_FLAG,
  JSON_HELP,
  type JsonTarget,
  print,
  writeJson,
} from './output.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const where = async ({ json }: { readonly json?: JsonTarget }): Promise<void> => {
  checkJsonTarget(json);
  const { findStore, hasStore, storeOptions } = await import('../server/store/find-store.ts');
  const options = storeOptions();
  if (!hasStore(options) && 'dataDir' in options) {
    if (json === undefined) print(`Nothing is kept yet. It will lie in ${options.dataDir} (ATTUNE_DATA_DIR moves it).`);
    else writeJson({ engine: 'pglite', where: options.dataDir, empty: true }, json);
    return;
  }
  const store = await findStore(options);
  try {
    const found = await store.describe();
    if (json !== undefined) return writeJson({ ...found, empty: false }, json);
    print(
      [
        found.where,
        `  ${found.engine === 'pglite' ? 'a folder of this machine (PGlite)' : 'a PostgreSQL database'}, ${megabytes(found.bytes)}`,
        `  ${counted(found.songs, 'song', 'songs')}, ${counted(found.vectors, 'sound vector', 'sound vectors')}`,
        `  ${counted(found.readings, 'reading', 'readings')} in the history, ${counted(found.feedback, 'opinion', 'opinions')}`,
      ].join('\n'),
    );
  } finally {
    await store.close();
  }
};

/** Writes without running ahead of a slow reader; a file that was cut short by a failure is removed. */
const exportData = async (file: string | undefined): Promise<void> => {
  const toScreen = file === undefined || file === '-';
  if (!toScreen && !existsSync(dirname(file)))
    throw new InvalidInputError(
      'cli/cannot-write',
      `There is no folder ${dirname(file)} to write ${file} to: make it first.`,
    );
  const { findStore } = await import('../server/store/find-store.ts');
  const store = await findStore();
  try {
    const out = toScreen ? process.stdout : createWriteStream(file, { mode: 0o600 });
    const failed = new Promise<never>((_, reject) => {
      if (!toScreen)
        out.on('error', (cause) =>
          reject(new InvalidInputError('cli/cannot-write', `${file} cannot be written: name another file.`, { cause })),
        );
    });
    failed.catch(() => {});
    let count = 0;
    const writing = (async () => {
      for await (const record of store.exportAll()) {
        if (!out.write(`${JSON.stringify(record)}\n`)) await new Promise<void>((resolve) => out.once('drain', resolve));
        count += 1;
      }
      if (!toScreen) await new Promise<void>((resolve) => out.end(resolve));
    })();
    await Promise.race([writing, failed]).catch((error: unknown) => {
      if (!toScreen) rmSync(file, { force: true });
      throw error;
    });
    if (!toScreen) print(`${count} records written to ${file}, one JSON value a line.`);
  } finally {
    await store.close();
  }
};

const importData = async (file: string, { json }: { readonly json?: JsonTarget }): Promise<void> => {
  checkJsonTarget(json);
  const { findStore } = await import('../server/store/find-store.ts');
  const { readExport } = await import('../server/store/read-export.ts');
  // Read through before anything is opened or written: a file that is no export makes no library.
  const progress = createProgress();
  progress.say(`Reading ${file}`);
  try {
    const { records, count, passedOver } = await readExport(file);
    const store = await findStore();
    try {
      const counts = await store.importAll(records(), {
        onProgress: ({ songs, vectors }) => progress.say(`${songs + vectors} of ${count} records`),
      });
      progress.clear();
      if (json !== undefined) writeJson({ file, ...counts, passedOver }, json);
      if (isScreen(json)) return;
      const { songs, vectors, typical, readings, feedback, settings } = counts;
      print(
        [
          `Taken back from ${file}:`,
          `  ${counted(songs, 'song', 'songs')}, ${counted(vectors, 'sound vector', 'sound vectors')}`,
          `  typical songs of ${counted(typical, 'emotion', 'emotions')}, ${counted(settings, 'setting', 'settings')}`,
          `  ${counted(readings, 'reading', 'readings')} and ${counted(feedback, 'opinion', 'opinions')} that were not here`,
          ...(passedOver > 0 ? [`  passed over: ${counted(passedOver, 'line', 'lines')} of the page's own`] : []),
        ].join('\n'),
      );
    } finally {
      await store.close();
    }
  } finally {
    progress.clear();
  }
};

const erase = async ({ yes }: { readonly yes?: boolean }): Promise<void> => {
  const { hasStore, storeOptions } = await import('../server/store/data-folder.ts');
  const options = storeOptions();
  if (!hasStore(options) && 'dataDir' in options) return print(`Nothing is kept in ${options.dataDir}.`);
  if (!yes) {
    if (!process.stdin.isTTY) throw new UsageError('Erasing cannot be undone: add --yes to do it without being asked.');
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await lines.question('Erase all songs, choices, history and settings for good? Type "erase": ');
    lines.close();
    if (answer.trim() !== 'erase') return print('Nothing was erased.');
  }
  const { eraseStore } = await import('../server/store/erase-store.ts');
  await eraseStore(options);
  print('Everything that Attune kept here is erased.');
};

export const addData = (program: Command): void => {
  const data = program
    .command('data')
    .description('where what you keep lies, all of it as a file, and the end of it')
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Songs, typical songs, opinions, settings and (if you asked for it) a history lie
in one folder of this machine, or in the PostgreSQL database that DATABASE_URL
names. ATTUNE_DATA_DIR moves the folder. Beside a running "attune serve" these
commands ask that server.

Examples:
  attune data where
  attune data export everything.ndjson
  attune data import everything.ndjson
  attune data erase`,
    );
  data.command('where').description('where it lies, and how much there is').option(JSON_FLAG, JSON_HELP).action(where);
  data
    .command('export')
    .description('everything, one JSON record a line')
    .argument('[FILE]', 'the file to write (default: the screen)')
    .action(exportData);
  data
    .command('import')
    .description('take back what "export" wrote, on top of what is there; twice is as good as once')
    .argument('<FILE>', 'an export')
    .option(JSON_FLAG, JSON_HELP)
    .action(importData);
  data
    .command('erase')
    .description('forget everything, for good, backups too')
    .option('--yes', 'do not ask')
    .action(erase);
};
