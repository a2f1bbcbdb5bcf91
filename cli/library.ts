/** `attune library`: the listener's own songs, from folders, files and addresses, and what is known of their emotions. */
import { type Command, InvalidArgumentError } from 'commander';
import { SOURCE_NAMES, type SourceName } from '../node/crawl/source-names.ts';
import { SONG_FIELDS, type SongField } from '../node/import/song-record.ts';
import type { Job, JobKind } from '../server/jobs/jobs.ts';
import type { LibrarySettings } from '../server/library/open-library.ts';
import type { SongFilter, StoredSong } from '../server/store/store.ts';
import { EMOTIONS, type Emotion, isEmotion } from '../src/base/emotions.ts';
import { InvalidInputError, NoAnswerError, UnavailableError } from '../src/base/errors.ts';
import { UsageError } from './failure.ts';
import {
  checkJsonTarget,
  createProgress,
  cutAndPad,
  cutTo,
  isScreen,
  JSON_FLAG,
  JSON_HELP,
  type JsonTarget,
  percent,
  print,
  screenColumns,
  writeJson,
} from './output.ts';

interface JsonOption {
  readonly json?: JsonTarget;
}
interface FilterOptions extends JsonOption {
  readonly emotion?: Emotion;
  readonly tag?: string;
  readonly language?: string;
  readonly text?: string;
}

/** Environment is read here and in the server's own start alone. */
export const librarySettings = (contact?: string): LibrarySettings => {
  const { DATABASE_URL, LASTFM_API_KEY, ATTUNE_CONTACT } = process.env;
  const known = contact ?? ATTUNE_CONTACT;
  return {
    ...(DATABASE_URL && { databaseUrl: DATABASE_URL }),
    ...(known && { contact: known }),
    sources: { ...(LASTFM_API_KEY && { lastFmKey: LASTFM_API_KEY }) },
  };
};

const parseEmotion = (name: string): Emotion => {
  if (isEmotion(name)) return name;
  throw new InvalidArgumentError(`choose one of ${EMOTIONS.join(', ')}.`);
};

const parseNumber = (text: string): number => {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('it takes a whole number from 1.');
};

const parseLimit = (text: string): number => {
  const number = parseNumber(text);
  if (number <= 1000) return number;
  throw new InvalidArgumentError('it takes a whole number from 1 to 1000.');
};

const parseSources = (text: string): SourceName[] =>
  text.split(',').map((name) => {
    const known = SOURCE_NAMES.find((one) => one === name.trim());
    if (known) return known;
    throw new InvalidArgumentError(`"${name}" is no source: choose ${SOURCE_NAMES.join(', ')}.`);
  });

/** `title=Song name` -> field and column, collected over several. */
const parseColumn = (text: string, before: Partial<Record<SongField, string>>): Partial<Record<SongField, string>> => {
  const [, name, column] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const field = SONG_FIELDS.find((one) => one === name?.trim());
  if (field && column) return { ...before, [field]: column };
  throw new InvalidArgumentError(
    `write FIELD=COLUMN, for example title="Song name"; the fields are ${SONG_FIELDS.join(', ')}.`,
  );
};

const filterOf = ({ emotion, tag, language, text }: FilterOptions): SongFilter => ({
  ...(emotion && { emotion }),
  ...(tag && { tag }),
  ...(language && { language }),
  ...(text && { text }),
});

const describeJob = ({ kind, state, done, total, message, problemCount, error }: Job): string => {
  const far = done === undefined ? '' : total === undefined ? ` ${done}` : ` ${done} of ${total}`;
  const bad = problemCount > 0 ? `, ${problemCount} ${problemCount === 1 ? 'problem' : 'problems'}` : '';
  const why = error && state !== 'done' ? `: ${error.message}` : '';
  const what = message && message !== 'parts' && state === 'running' ? ` (${message})` : '';
  return `${kind} ${state}${far}${what}${bad}${why}`;
};

/** Runs jobs one after the other, in this process, in the server that has the library open, or wherever a worker is free first. */
const runJobs = async (
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
    process.stderr.write(problems.length > 0 ? `and ${others} more problems.\n` : `${others} problems.\n`);
  if (state !== 'done') return;
  const number = (name: string): number => Number(result[name] ?? 0);
  if (kind === 'add') {
    const parts = [`${number('added')} new`, `${number('updated')} known`];
    if (number('unchanged') > 0) parts.push(`${number('unchanged')} files unchanged`);
    if (number('forgotten') > 0) parts.push(`${number('forgotten')} files gone`);
    print(`${(input as { source: string }).source}: ${parts.join(', ')}.`);
  } else if (kind === 'complete') print(`${number('completed')} songs completed.`);
  else {
    for (const sentence of (result.missing ?? []) as readonly string[]) print(sentence);
    print(`${number('analysed')} readings, an emotion found in ${number('found')}.`);
  }
};

const addSources = async (
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

const songLine = ({ artist, title, emotion, confidence, tags }: StoredSong): string => {
  const columns = screenColumns();
  const known = confidence > 0 ? `${emotion} ${percent(confidence)}` : '';
  if (columns === Number.POSITIVE_INFINITY) return [artist, title, known, tags.join(';')].join('\t');
  return `${cutAndPad(known, 14)}${cutTo(`${artist} - ${title}`, columns - 15)}`;
};

const listSongs = async ({ limit, json, ...filter }: FilterOptions & { limit: number }): Promise<void> => {
  checkJsonTarget(json);
  const { openLibraryStore } = await import('../server/library/open-library.ts');
  const store = await openLibraryStore(librarySettings());
  try {
    const songs: StoredSong[] = [];
    for (let cursor: string | undefined; songs.length < limit; ) {
      const size = Math.min(1000, limit - songs.length);
      const page = await store.listSongs({
        ...filterOf(filter),
        order: 'artist',
        limit: size,
        ...(cursor && { cursor }),
      });
      songs.push(...page.songs);
      cursor = page.next;
      if (!cursor) break;
    }
    const { total } = await store.countSongs(filterOf(filter));
    if (json !== undefined) writeJson({ total, songs }, json);
    if (isScreen(json)) return;
    for (const song of songs) print(songLine(song));
    if (process.stdout.isTTY) print(`${songs.length} of ${total} songs.`);
  } finally {
    await store.close();
  }
};

const showEmotions = async ({ json }: JsonOption): Promise<void> => {
  checkJsonTarget(json);
  const { openLibraryStore } = await import('../server/library/open-library.ts');
  const store = await openLibraryStore(librarySettings());
  try {
    const { total, byEmotion } = await store.countSongs();
    if (json !== undefined) writeJson({ total, byEmotion }, json);
    if (isScreen(json)) return;
    const most = Math.max(1, ...EMOTIONS.map((emotion) => byEmotion[emotion]));
    const bar = Math.min(40, screenColumns() - 26);
    for (const emotion of EMOTIONS) {
      const count = byEmotion[emotion];
      print(
        `${emotion.padEnd(9)}${String(count).padStart(9)}  ${'█'.repeat(Math.round((count / most) * bar))}`.trimEnd(),
      );
    }
    print(`${'all'.padEnd(9)}${String(total).padStart(9)}`);
  } finally {
    await store.close();
  }
};

const exportSongs = async (file: string, { json, ...filter }: FilterOptions): Promise<void> => {
  checkJsonTarget(json);
  const { openLibraryStore } = await import('../server/library/open-library.ts');
  const { exportLibrary } = await import('../server/library/export-library.ts');
  const progress = createProgress();
  const store = await openLibraryStore(librarySettings());
  try {
    const songs = await exportLibrary(store, file, {
      ...filterOf(filter),
      onProgress: (count) => progress.say(`${count} songs`),
    });
    progress.clear();
    if (json !== undefined) writeJson({ file, songs }, json);
    if (!isScreen(json)) print(`${songs} songs are in ${file}.`);
  } finally {
    progress.clear();
    await store.close();
  }
};

const showJobs = async ({ cancel, retry, json }: JsonOption & { cancel?: string; retry?: string }): Promise<void> => {
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

/** Changes that come together are read together. */
const SETTLE_MILLISECONDS = 3000;

const watchFolder = async (folder: string): Promise<void> => {
  const { watch } = await import('node:fs');
  const { resolve } = await import('node:path');
  const source = resolve(folder);
  const settings = librarySettings();
  await runJobs([{ kind: 'add', input: { source } }], settings, undefined);
  print(`Watching ${source} (Ctrl+C ends it).`);
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();
  const watcher = watch(source, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      reading = reading
        .then(() => runJobs([{ kind: 'add', input: { source } }], settings, undefined))
        .catch((error: Error) => {
          process.stderr.write(`attune: ${error.message}\n`);
        });
    }, SETTLE_MILLISECONDS);
  });
  await new Promise<void>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
  });
  clearTimeout(timer);
  watcher.close();
  await reading;
};

const addFilters = (command: Command): Command =>
  command
    .option('--emotion <NAME>', 'only songs of one emotion', parseEmotion)
    .option('--tag <TAG>', 'only songs with this tag')
    .option('--language <CODE>', 'only songs sung in this language')
    .option('--text <TEXT>', 'only songs whose title, artist or album holds this');

const EXAMPLES = `
The library lies in ATTUNE_DATA_DIR, else where this system keeps a person's data,
or in the PostgreSQL database that DATABASE_URL names.

Examples:
  attune library add ~/Music
  attune library add songs.csv --columns title="Song name" artist=Singer
  attune library add https://www.deezer.com/playlist/1234567890
  attune library complete --from lrclib
  attune library analyse
  attune library list --emotion sad
  attune library similar "Yesterday"
  attune library export library.xlsx`;

export const addLibrary = (program: Command): void => {
  const library = program
    .command('library')
    .description('your own songs: add, list, analyse, export')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  library
    .command('add')
    .description('add songs from folders, files or addresses; what was read before is not read again')
    .argument('<SOURCE...>', 'a folder of music, a music file, .csv .tsv .xlsx .m3u8 .xspf .jspf, or https://…')
    .option(
      '--columns <FIELD=COLUMN>',
      'what a column of the table holds (may be given several times)',
      parseColumn,
      {},
    )
    .option('--from <NAMES>', `ask these about every song afterwards: ${SOURCE_NAMES.join(', ')}`, parseSources)
    .option('--contact <WHO>', 'your e-mail address or page, told to services that ask (or ATTUNE_CONTACT)')
    .option(JSON_FLAG, JSON_HELP)
    .action((sources, options) => addSources(sources, options));
  library
    .command('complete')
    .description('ask services for what songs lack: tags, year, album, lyrics, popularity')
    .requiredOption('--from <NAMES>', SOURCE_NAMES.join(', '), parseSources)
    .option('--contact <WHO>', 'your e-mail address or page, told to services that ask (or ATTUNE_CONTACT)')
    .option(JSON_FLAG, JSON_HELP)
    .action(({ from, contact, json }) =>
      runJobs([{ kind: 'complete', input: { from, ...(contact && { contact }) } }], librarySettings(contact), json),
    );
  library
    .command('analyse')
    .description("find the songs' emotions; only what changed is read again")
    .option('--again', 'read all songs again')
    .option(JSON_FLAG, JSON_HELP)
    .action(({ again, json }) =>
      runJobs([{ kind: 'analyse', input: again ? { again } : {} }], librarySettings(), json),
    );
  addFilters(library.command('list'))
    .description('list songs')
    .option('--limit <N>', 'at most so many', parseNumber, 50)
    .option(JSON_FLAG, JSON_HELP)
    .action(listSongs);
  library
    .command('similar')
    .description('the songs that sound most like one; after "analyse" has listened to their files')
    .argument('<SONG>', 'its id, title, or "artist - title"')
    .option('--limit <N>', 'at most so many (1 to 1000)', parseLimit, 20)
    .option('--emotion <NAME>', 'only songs of one emotion', parseEmotion)
    .option(JSON_FLAG, JSON_HELP)
    .action(async (name, options) => {
      const { showSimilar } = await import('./similar-songs.ts');
      await showSimilar(name, options, librarySettings());
    });
  library
    .command('emotions')
    .description('how many songs each emotion has')
    .option(JSON_FLAG, JSON_HELP)
    .action(showEmotions);
  addFilters(library.command('export'))
    .description('write the library to a file: .xlsx holds everything and reads back, .csv, .m3u8, .xspf, .jspf')
    .argument('<FILE>')
    .option(JSON_FLAG, JSON_HELP)
    .action(exportSongs);
  library
    .command('jobs')
    .description('what is being done and was done')
    .option('--cancel <ID>', 'end a job')
    .option('--retry <ID>', 'run a job again that failed or was cancelled')
    .option(JSON_FLAG, JSON_HELP)
    .action(showJobs);
  library
    .command('watch')
    .description('add a folder, and again whenever something in it changes')
    .argument('<FOLDER>')
    .action(watchFolder);
};
