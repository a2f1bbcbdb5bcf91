/** Tables and playlists that the page sends: kept in the data folder, under names of ours, until a job has read them. */
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './problem.ts';
import { explainDatabaseError } from './store/failures.ts';
import { declaredBytes, explainDiskError, namedFileOf, readPieces, TABLE_LIMITS } from './uploads.ts';

const KINDS = ['.csv', '.tsv', '.xlsx', '.m3u', '.m3u8', '.xspf', '.jspf'];
/** A job that failed may be tried again this long. */
const KEPT_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;
const LONGEST_NAME = 200;

/** What people call it: no folders, nothing that a terminal or a page would take for more than text. */
const plainName = (name: string): string =>
  (name.split(/[\\/]/).at(-1) ?? '').replaceAll(/\p{Cc}/gu, '').slice(-LONGEST_NAME);

/**
 * Keeps the file of a form.
 *
 * @throws {ApiError} `upload/no-file`, `upload/kind`, `upload/too-large`, `upload/slow`, `upload/aborted`, `upload/disk-full`
 */
export const keepTable = async (
  request: FastifyRequest,
  folder: string,
): Promise<{ readonly path: string; readonly name: string }> => {
  declaredBytes(request, TABLE_LIMITS);
  const sent = await namedFileOf(request, TABLE_LIMITS);
  const name = plainName(sent.name);
  const kind = extname(name).toLowerCase();
  if (!KINDS.includes(kind)) {
    sent.file.resume();
    throw new ApiError(
      415,
      'upload/kind',
      `"${name}" is nothing songs are read from here: send a ${KINDS.join(', ')} file. Music files and folders are added by ` +
        'their path on this machine.',
    );
  }
  const path = join(folder, `${randomUUID()}${kind}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await pipeline(readPieces(sent.file, TABLE_LIMITS), createWriteStream(path, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    rmSync(path, { force: true });
    // A full disk first: it is the upload that finds no room, not the store.
    const explained = explainDiskError(error);
    throw explained === error ? explainDatabaseError(error, folder, 'working') : explained;
  }
  return { path, name };
};

/** Files whose job failed or was cancelled and never tried again. */
export const forgetOldTables = (folder: string): void => {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs; // a job may have read and removed it meanwhile
    if (changed !== undefined && Date.now() - changed > KEPT_MILLISECONDS) rmSync(path, { force: true });
  }
};
