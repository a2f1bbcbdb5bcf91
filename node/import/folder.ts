/** A folder of music as songs: walked once, loops and unreadable parts passed over, what was read before not read again. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { MUSIC_FILE, musicFileState, pathBytes, pathText, readMusicFile } from './music-file.ts';
import type { FileState, Importer, ImportOptions, ImportProblem, SongRecord } from './song-record.ts';

/** Deeper than any library; a folder that holds itself through mounts would never end. */
const DEEPEST = 64;
/** Files read at once: tags wait for the disk, not for the processor. */
const AT_ONCE = 8;

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? String(error);

/**
 * Every music file under a folder, in the order of names, following links but visiting no folder twice.
 *
 * @yields path as `pathText` writes it, size in bytes, time of the last change (its lyrics' beside it, if later) in milliseconds
 */
export async function* walkMusic(
  root: string,
  onProblem: (problem: ImportProblem) => void = () => {},
  signal?: AbortSignal,
): AsyncGenerator<FileState> {
  const seen = new Set<string>();
  const problem = (path: Buffer, code: string, message: string): void =>
    onProblem({ source: pathText(path), code, message });

  async function* walk(folder: Buffer, depth: number): AsyncGenerator<FileState> {
    signal?.throwIfAborted();
    if (depth > DEEPEST) return problem(folder, 'import/deep', `Folders deeper than ${DEEPEST} are not read.`);
    const { dev, ino } = await stat(folder);
    if (seen.has(`${dev}:${ino}`)) return;
    seen.add(`${dev}:${ino}`);
    const entries = (await readdir(folder, { withFileTypes: true, encoding: 'buffer' })) as unknown as Dirent<Buffer>[];
    entries.sort((a, b) => Buffer.compare(a.name, b.name));
    const names = new Set(entries.map(({ name }) => name.toString('latin1')));
    const isThere = (path: Buffer): boolean => names.has(path.subarray(folder.length + 1).toString('latin1'));
    // Hidden files hold no music: `._song.mp3` is what a Mac leaves beside one.
    const looked = entries
      .filter(({ name }) => name[0] !== 0x2e)
      .map((entry) => ({ entry, isMusic: MUSIC_FILE.test(entry.name.toString('latin1')) }))
      .filter(({ entry, isMusic }) => isMusic || entry.isDirectory() || entry.isSymbolicLink());
    for (let at = 0; at < looked.length; at += AT_ONCE * 8) {
      const found = looked.slice(at, at + AT_ONCE * 8).map(({ entry, isMusic }) => {
        const path = Buffer.concat([folder, SLASH, entry.name]);
        return { path, isMusic, status: stat(path).catch((error: unknown) => ({ error })) };
      });
      for (const { path, isMusic, status } of found) {
        try {
          const seenNow = await status;
          if ('error' in seenNow) throw seenNow.error;
          if (seenNow.isDirectory()) yield* walk(path, depth + 1);
          else if (seenNow.isFile() && isMusic) {
            yield await musicFileState(path, seenNow, isThere);
          }
        } catch (error) {
          // A link that leads to itself, a folder of somebody else, a file that went away meanwhile.
          if (signal?.aborted) throw error;
          problem(
            path,
            'import/unreadable',
            `It cannot be read (${reasonOf(error)}): check the link, or who may read it.`,
          );
        }
      }
    }
  }
  yield* walk(pathBytes(root), 0);
}

const SLASH = Buffer.from('/');

async function* readFolder(root: string, options: ImportOptions = {}): AsyncGenerator<SongRecord> {
  const { onProblem = () => {}, onProgress = () => {}, signal, isKnown = () => false } = options;
  let looked = 0;
  const readOne = async (file: FileState): Promise<SongRecord | undefined> => {
    try {
      if (await isKnown(file)) return undefined;
      const { song, problem } = await readMusicFile(file);
      if (problem) onProblem({ source: file.path, code: 'import/tags', message: problem });
      return song;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      onProblem({ source: file.path, code: 'import/unreadable', message });
      return undefined;
    } finally {
      looked += 1;
      onProgress(looked);
    }
  };
  const running: Promise<SongRecord | undefined>[] = [];
  for await (const file of walkMusic(root, onProblem, signal)) {
    running.push(readOne(file));
    if (running.length < AT_ONCE) continue;
    const song = await running.shift();
    if (song) yield song;
  }
  for (const last of running) {
    const song = await last;
    if (song) yield song;
  }
}

export const folderImporter: Importer = {
  name: 'folder',
  accepts: (_path, isFolder) => isFolder,
  read: readFolder,
};

async function* readOneFile(path: string, options: ImportOptions = {}): AsyncGenerator<SongRecord> {
  const file = await musicFileState(Buffer.from(path), await stat(path));
  if (await options.isKnown?.(file)) return;
  const { song, problem } = await readMusicFile(file);
  if (problem) options.onProblem?.({ source: path, code: 'import/tags', message: problem });
  yield song;
}

export const musicFileImporter: Importer = {
  name: 'music file',
  accepts: (path, isFolder) => !isFolder && MUSIC_FILE.test(path),
  read: readOneFile,
};

/** A path as players link to it. */
export const fileLink = (path: string): string => (path.startsWith('file://') ? path : pathToFileURL(path).href);
