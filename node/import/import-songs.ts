/** Songs out of whatever a path names: a folder of music, one music file, a table, a workbook, a playlist. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidInputError } from '../../src/base/errors.ts';
import { csvImporter } from './csv-file.ts';
import { folderImporter, musicFileImporter } from './folder.ts';
import { playlistImporter } from './playlist-file.ts';
import type { Importer, ImportOptions, SongRecord } from './song-record.ts';
import { xlsxImporter } from './xlsx-file.ts';

export const IMPORTERS: readonly Importer[] = [
  folderImporter,
  musicFileImporter,
  xlsxImporter,
  playlistImporter,
  csvImporter,
];

/**
 * Opens a source. Songs come as they are read; a bad row or file is told to `onProblem` and passed over.
 *
 * @throws {InvalidInputError} `import/not-found`: nothing of that name. `import/format`: no importer knows it. While reading:
 *   `import/unreadable`: it may not be read, or went away. `import/columns`, `import/empty`, `import/password`, `import/bomb`, `import/damaged`, `import/large`.
 */
export const importSongs = async (
  source: string,
  options: ImportOptions = {},
): Promise<{ readonly importer: Importer; readonly songs: AsyncIterable<SongRecord> }> => {
  const path = resolve(source);
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new InvalidInputError(
      'import/not-found',
      cause.code === 'ENOENT'
        ? `There is no file or folder ${source}: check its name.`
        : `${source} cannot be opened (${cause.code}): check who may read it.`,
      { cause },
    );
  });
  const importer = IMPORTERS.find((one) => one.accepts(path, found.isDirectory()));
  if (!importer) {
    throw new InvalidInputError(
      'import/format',
      `${source} is nothing songs are read from: give a folder of music, a music file, or a .csv, .tsv, .xlsx, .m3u, .m3u8, .xspf or .jspf file.`,
    );
  }
  return { importer, songs: explained(source, importer.read(path, options)) };
};

/** What a disk says that no further try would change; a network's disk that is away may come back. */
const FOR_GOOD = ['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'];

async function* explained(source: string, songs: AsyncIterable<SongRecord>): AsyncGenerator<SongRecord> {
  try {
    yield* songs;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !FOR_GOOD.includes(code)) throw error;
    throw new InvalidInputError(
      'import/unreadable',
      `${source} cannot be read (${code}): check that it is there, and who may read it.`,
      { cause: error },
    );
  }
}
