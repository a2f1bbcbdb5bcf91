/** The errors Attune throws: one base with a stable `code`, one subclass for each thing a caller can do about it. */

/**
 * Base of all of Attune's errors.
 *
 * `code` is stable across versions and shaped `room/what`, for example `face/none`.
 * `message` says what came, what was expected, and the way out.
 */
export class AttuneError extends Error {
  override readonly name: string = 'AttuneError';
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What came in cannot be used: change the input. */
export class InvalidInputError extends AttuneError {
  override readonly name = 'InvalidInputError';
}

/** The input is fine but holds no answer (no face, no certain mood): offer another way in, never a guess. */
export class NoAnswerError extends AttuneError {
  override readonly name = 'NoAnswerError';
}

/** Something this machine or installation lacks (a program, a model file, a device): install or build it. */
export class UnavailableError extends AttuneError {
  override readonly name = 'UnavailableError';
}
