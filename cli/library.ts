/** `attune library`: the listener's own songs, from folders, files and addresses, and what is known of their emotions. */
import type { Command } from 'commander';
import { SOURCE_NAMES } from '../node/crawl/source-names.ts';
import {
  librarySettings,
  parseColumn,
  parseEmotion,
  parseLimit,
  parseNumber,
  parseSources,
} from './library-options.ts';
import { JSON_FLAG, JSON_HELP } from './output.ts';

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
    .action(async (sources, options) => {
      const { addSources } = await import('./library-jobs.ts');
      await addSources(sources, options);
    });
  library
    .command('complete')
    .description('ask services for what songs lack: tags, year, album, lyrics, popularity')
    .requiredOption('--from <NAMES>', SOURCE_NAMES.join(', '), parseSources)
    .option('--contact <WHO>', 'your e-mail address or page, told to services that ask (or ATTUNE_CONTACT)')
    .option(JSON_FLAG, JSON_HELP)
    .action(async ({ from, contact, json }) => {
      const { runJobs } = await import('./library-jobs.ts');
      const input = { from, ...(contact && { contact }) };
      await runJobs([{ kind: 'complete', input }], librarySettings(contact), json);
    });
  library
    .command('analyse')
    .description("find the songs' emotions; only what changed is read again")
    .option('--again', 'read all songs again')
    .option(JSON_FLAG, JSON_HELP)
    .action(async ({ again, json }) => {
      const { runJobs } = await import('./library-jobs.ts');
      await runJobs([{ kind: 'analyse', input: again ? { again } : {} }], librarySettings(), json);
    });
  addFilters(library.command('list'))
    .description('list songs')
    .option('--limit <N>', 'at most so many', parseNumber, 50)
    .option(JSON_FLAG, JSON_HELP)
    .action(async (options) => {
      const { listSongs } = await import('./library-songs.ts');
      await listSongs(options);
    });
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
    .action(async (options) => {
      const { showEmotions } = await import('./library-songs.ts');
      await showEmotions(options);
    });
  addFilters(library.command('export'))
    .description('write the library to a file: .xlsx holds everything and reads back, .csv, .m3u8, .xspf, .jspf')
    .argument('<FILE>')
    .option(JSON_FLAG, JSON_HELP)
    .action(async (file, options) => {
      const { exportSongs } = await import('./library-songs.ts');
      await exportSongs(file, options);
    });
  library
    .command('jobs')
    .description('what is being done and was done')
    .option('--cancel <ID>', 'end a job')
    .option('--retry <ID>', 'run a job again that failed or was cancelled')
    .option(JSON_FLAG, JSON_HELP)
    .action(async (options) => {
      const { showJobs } = await import('./library-jobs.ts');
      await showJobs(options);
    });
  library
    .command('watch')
    .description('add a folder, and again whenever something in it changes')
    .argument('<FOLDER>')
    .action(async (folder) => {
      const { watchFolder } = await import('./library-watch.ts');
      await watchFolder(folder);
    });
};
