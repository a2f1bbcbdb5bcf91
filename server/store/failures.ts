/** What a database says when it fails, as one sentence with the way out. */
import { AttuneError, UnavailableError } from '../../src/base/errors.ts';

interface Caught {
  readonly code?: string;
  readonly message?: string;
  readonly cause?: unknown;
}

/** The error itself and what caused it, outermost first. */
const chainOf = (error: unknown): Caught[] => {
  const chain: Caught[] = [];
  for (let next = error as Caught | undefined; next && chain.length < 8; next = next.cause as Caught | undefined)
    chain.push(next);
  return chain;
};

/** Codes of a server that is away, starting, ending or full: Node's, and PostgreSQL's (appendix A of its manual). */
const AWAY = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  '08001',
  '08003',
  '08004',
  '08006',
  '53300',
  '57P01',
  '57P02',
  '57P03',
];

export const diskFull = (where: string, cause?: unknown): UnavailableError =>
  new UnavailableError(
    'store/disk-full',
    `The disk that holds ${where} is full; what was saved before is there. Free some space, then try again.`,
    { cause },
  );

/**
 * The error to throw for one that a database threw.
 *
 * @param where the folder, or the address without its password
 * @param during opening a folder, connecting to a server, or asking either
 * @returns our own errors as they are, and those that only a fault in Attune can cause
 */
export const explainDatabaseError = (
  error: unknown,
  where: string,
  during: 'opening' | 'connecting' | 'working',
): unknown => {
  if (error instanceof AttuneError) return error;
  const chain = chainOf(error);
  const has = (...codes: string[]): boolean => chain.some(({ code }) => code !== undefined && codes.includes(code));
  const says = (words: RegExp): boolean => chain.some(({ message }) => words.test(message ?? ''));
  const unavailable = (code: string, message: string): UnavailableError =>
    new UnavailableError(code, message, { cause: error });
  if (has('53100', 'ENOSPC', 'EDQUOT') || says(/no space left/i)) return diskFull(where, error);
  if (has('EROFS', 'EACCES', 'EPERM', '25006') || says(/read-only file system|permission denied for (table|schema)/i))
    return unavailable(
      'store/read-only',
      `${where} may not be written to: allow it, or give another folder with ATTUNE_DATA_DIR.`,
    );
  if (has('28P01', '28000', '3D000'))
    return unavailable(
      'store/denied',
      `The database at ${where} does not let Attune in (${chain.at(-1)?.message}): check DATABASE_URL.`,
    );
  if (says(/extension "vector" is not available|could not open extension control file/))
    return unavailable(
      'store/no-pgvector',
      `The PostgreSQL at ${where} has no pgvector: install it (Debian 13: postgresql-17-pgvector; docs/guide/data.md says how elsewhere), or ` +
        'unset DATABASE_URL to keep the data in a folder.',
    );
  if (has(...AWAY) || says(/connection terminated|timeout exceeded when trying to connect/i))
    return unavailable(
      'store/lost',
      `The database at ${where} does not answer: start it, or unset DATABASE_URL to keep the data in a folder.`,
    );
  if (during === 'connecting')
    return unavailable(
      'store/denied',
      `The database at ${where} cannot be used (${chain.at(-1)?.message ?? 'it says nothing'}): check DATABASE_URL.`,
    );
  if (during === 'opening')
    return unavailable(
      'store/damaged',
      `The data in ${where} cannot be opened, it seems damaged: move it away and put a copy from the folder "backups" beside it in its ` +
        'place, or begin anew with "attune data erase".',
    );
  return error;
};
