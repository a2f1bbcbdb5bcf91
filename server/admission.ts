/** How much is taken on at once: so many uploads, so many bytes; what comes on top is sent away politely, not queued without end. */
import { ApiError } from './problem.ts';

export interface Admission {
  /**
   * Lets a piece of work in, or throws.
   *
   * @param bytes the most it may hold in memory
   * @returns call it when the work is over
   * @throws {ApiError} `server/busy` (429) with Retry-After
   */
  enter(bytes: number): () => void;
  readonly inside: number;
}

export interface AdmissionLimits {
  /** @default 32 */
  readonly most?: number;
  /** @default 256 MiB */
  readonly mostBytes?: number;
}

/** Seconds to wait: what a full house takes to empty, on a slow machine. */
const RETRY_AFTER = 2;

export const createAdmission = ({ most = 32, mostBytes = 256 * 1024 * 1024 }: AdmissionLimits = {}): Admission => {
  let inside = 0;
  let held = 0;
  return {
    enter: (bytes) => {
      // One alone is always let in, however large: its own limit has been checked.
      if (inside >= most || (inside > 0 && held + bytes > mostBytes))
        throw new ApiError(
          429,
          'server/busy',
          `${inside} uploads are being read already: try again in ${RETRY_AFTER} seconds.`,
          { retryAfter: RETRY_AFTER },
        );
      inside += 1;
      held += bytes;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        inside -= 1;
        held -= bytes;
      };
    },
    get inside() {
      return inside;
    },
  };
};

/** Runs at most so many tasks side by side, the others in turn. */
export const createTurns = (sideBySide: number): (<Result>(task: () => Promise<Result>) => Promise<Result>) => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= sideBySide) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      // The place goes straight to the next in line.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
};
