/** Uploads, after OWASP ASVS 5.0 chapter V5: limits before decoding, content told by its bytes, our own file names, nothing kept. */
import { createWriteStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
// Its types add `file` to requests.
import type {} from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './problem.ts';

export interface UploadLimits {
  readonly bytes: number;
  /** The whole upload must arrive within this, and something of it every `pauseSeconds`. */
  readonly seconds: number;
  readonly pauseSeconds: number;
}

const MIB = 1024 * 1024;
export const PHOTO_LIMITS: UploadLimits = { bytes: 32 * MIB, seconds: 60, pauseSeconds: 15 };
export const VIDEO_LIMITS: UploadLimits = { bytes: 1024 * MIB, seconds: 600, pauseSeconds: 15 };

/** Only its first two minutes are listened to. */
export const VOICE_LIMITS: UploadLimits = { bytes: 256 * MIB, seconds: 120, pauseSeconds: 15 };
export const TABLE_LIMITS: UploadLimits = { bytes: 512 * MIB, seconds: 600, pauseSeconds: 15 };
/** A million songs with lyrics and sound vectors. */
export const EXPORT_LIMITS: UploadLimits = { bytes: 16 * 1024 * MIB, seconds: 3600, pauseSeconds: 15 };

const tooLarge = (limit: number): ApiError =>
  new ApiError(
    413,
    'upload/too-large',
    `This upload has more than ${limit / MIB} MiB: send a smaller one, or read it without a server: "attune read FILE".`,
  );

/** The most that an upload may hold, by what it says of itself. @throws {ApiError} `upload/too-large` */
export const declaredBytes = ({ headers }: Pick<FastifyRequest, 'headers'>, { bytes }: UploadLimits): number => {
  const declared = Number(headers['content-length'] ?? Number.NaN);
  // The parts of a form have their own lines around them.
  if (declared > bytes + 16 * 1024) throw tooLarge(bytes);
  return Number.isFinite(declared) ? declared : bytes;
};

const tooSlow = (seconds: number, cause?: unknown): ApiError =>
  new ApiError(408, 'upload/slow', `The upload stopped or took more than ${seconds} s: send it again.`, { cause });

/** The disk's errors as an answer; any other error as it is. */
export const explainDiskError = (error: unknown): unknown =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException | null)?.code ?? '')
    ? new ApiError(507, 'upload/disk-full', 'There is no room for this upload on the server’s disk: free some.', {
        cause: error,
      })
    : error;

/** The pieces of a body as they come, refused when too many, too slow or cut off. */
export async function* readPieces(
  stream: Readable,
  { bytes, seconds, pauseSeconds }: UploadLimits,
): AsyncGenerator<Buffer> {
  let total = 0;
  let slow = false;
  const giveUp = (): void => {
    slow = true;
    stream.destroy(new Error('slow'));
  };
  const whole = setTimeout(giveUp, seconds * 1000);
  let pause = setTimeout(giveUp, pauseSeconds * 1000);
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      clearTimeout(pause);
      pause = setTimeout(giveUp, pauseSeconds * 1000);
      total += piece.length;
      if (total > bytes) throw tooLarge(bytes);
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    if (slow) throw tooSlow(seconds, cause);
    throw new ApiError(400, 'upload/aborted', 'The upload was cut off before its end: send it again.', { cause });
  } finally {
    clearTimeout(whole);
    clearTimeout(pause);
  }
}

/** The one file of a form. @throws {ApiError} `upload/no-file`, `upload/slow`: its beginning does not come */
export const fileOf = async (request: FastifyRequest, limits: UploadLimits): Promise<Readable> =>
  (await namedFileOf(request, limits)).file;

/** The one file of a form with the name it was sent under, which tells nothing but what to call it. @throws as `fileOf` */
export const namedFileOf = async (
  request: FastifyRequest,
  { bytes, seconds, pauseSeconds }: UploadLimits,
): Promise<{ readonly file: Readable; readonly name: string }> => {
  const wrong = (cause?: unknown): ApiError =>
    new ApiError(
      400,
      'upload/no-file',
      'There is no file in this form: send multipart/form-data with one part named "file".',
      {
        cause,
      },
    );
  if (!request.isMultipart()) throw wrong();
  // Nothing watches a form before its file has begun: one that never does would keep its place.
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(seconds)), pauseSeconds * 1000);
  });
  const begun = request
    // One byte more than allowed, so that reaching the limit can be told from going beyond it.
    .file({ limits: { fileSize: bytes + 1, files: 1, fields: 10, fieldSize: 1024, parts: 11, headerPairs: 50 } })
    .catch((cause: unknown) => {
      throw wrong(cause);
    });
  begun.catch(() => {}); // after it was late nobody asks for it
  const part = await Promise.race([begun, late]).finally(() => clearTimeout(timer));
  if (part === undefined || part.fieldname !== 'file') {
    part?.file.resume();
    throw wrong();
  }
  return { file: part.file, name: part.filename };
};

const PREFIX = 'attune-upload-';

/** Uploads that a server left behind when it was killed. */
export const removeLeftovers = (folder: string = tmpdir()): void => {
  for (const name of readdirSync(folder)) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? Number.NaN);
    if (!Number.isInteger(pid)) continue;
    try {
      process.kill(pid, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') continue;
      try {
        rmSync(join(folder, name), { recursive: true, force: true });
      } catch {
        // Another user's: theirs to remove, and no reason not to serve.
      }
    }
  }
};

/** Puts a body into a file of a name of our own while `use` runs; afterwards it is gone. */
export const withTemporaryFile = async <Result>(
  pieces: AsyncIterable<Buffer>,
  use: (path: string) => Promise<Result>,
): Promise<Result> => {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    const path = join(folder, 'upload');
    await pipeline(pieces, createWriteStream(path, { mode: 0o600, flags: 'wx' }));
    return await use(path);
  } catch (error) {
    throw explainDiskError(error);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
};
