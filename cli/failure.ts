/** What a failed command tells: a code, a sentence, and the exit code that goes with it. */
import { CommanderError } from 'commander';
import { AttuneError, InvalidInputError } from '../src/base/errors.ts';

export interface Failure {
  /** Stable, for programs: `face/none`, `mood/unsure`, `cli/usage` ... */
  readonly code: string;
  /** For people: what came, what was expected, the way out. */
  readonly message: string;
  /** 1: no answer (nothing found, not sure, or this machine lacks something); 2: bad use or bad input. */
  readonly exitCode: 1 | 2;
}

/** A command line that cannot be followed. */
export class UsageError extends InvalidInputError {
  constructor(message: string) {
    super('cli/usage', message);
  }
}

/** What the system refuses anywhere: where it matters what is kept, the code that writes says it better. */
const describeRefusal = (error: unknown): Failure | undefined => {
  const { code = '', path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  // Too many watched folders are ENOSPC too.
  if (['ENOSPC', 'EDQUOT'].includes(code) && syscall !== 'watch')
    return {
      code: 'system/disk-full',
      message: `The disk is full${path ? ` (${path})` : ''}: make room, then do it again.`,
      exitCode: 1,
    };
  if (['EACCES', 'EPERM', 'EROFS'].includes(code) && path)
    return {
      code: 'system/denied',
      message: `${path} may not be read or written by this user (${code}): change its rights, or name another.`,
      exitCode: 1,
    };
  return undefined;
};

export const describeFailure = (error: unknown): Failure => {
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    return { code: 'cli/usage', message: message.charAt(0).toUpperCase() + message.slice(1), exitCode: 2 };
  }
  if (error instanceof AttuneError) {
    return { code: error.code, message: error.message, exitCode: error instanceof InvalidInputError ? 2 : 1 };
  }
  const refused = describeRefusal(error);
  if (refused) return refused;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'cli/failed', message: `This is a fault in Attune, please report it: ${message}`, exitCode: 1 };
};

/** Writes a failure to standard error: one JSON line for programs, else a sentence. */
export const reportFailure = ({ code, message }: Failure, asJson: boolean): void => {
  process.stderr.write(asJson ? `${JSON.stringify({ error: { code, message } })}\n` : `attune: ${message}\n`);
};
