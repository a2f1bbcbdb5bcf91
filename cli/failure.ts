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

export const describeFailure = (error: unknown): Failure => {
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    return { code: 'cli/usage', message: message.charAt(0).toUpperCase() + message.slice(1), exitCode: 2 };
  }
  if (error instanceof AttuneError) {
    return { code: error.code, message: error.message, exitCode: error instanceof InvalidInputError ? 2 : 1 };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'cli/failed', message: `This is a fault in Attune, please report it: ${message}`, exitCode: 1 };
};

/** Writes a failure to standard error: one JSON line for programs, else a sentence. */
export const reportFailure = ({ code, message }: Failure, asJson: boolean): void => {
  process.stderr.write(asJson ? `${JSON.stringify({ error: { code, message } })}\n` : `attune: ${message}\n`);
};
