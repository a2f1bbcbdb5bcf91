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
  /** Milliseconds that only ever grow. @default performance.now */
  readonly now?: () => number;
}

/** Seconds to wait while nobody has left yet, and at most. */
const FIRST_WAIT = 2;
const LONGEST_WAIT = 120;
/** How much the latest departure counts beside those before. */
const LATEST_SHARE = 0.3;

/**
 * Whoever is sent away is told when a place should be free for them: places come free as often as they lately did, and those
 * sent away since the last came free are before them.
 */
export const createAdmission = ({
  most = 32,
  mostBytes = 256 * 1024 * 1024,
  now = () => performance.now(),
}: AdmissionLimits = {}): Admission => {
  let inside = 0;
  let held = 0;
  /** Between two departures while others were still inside, milliseconds. */
  let interval: number | undefined;
  let lastMoved = 0;
  let sentAway = 0;
  const wait = (): number => {
    sentAway += 1;
    if (interval === undefined) return FIRST_WAIT;
    const free = interval * sentAway - (now() - lastMoved);
    return Math.min(LONGEST_WAIT, Math.max(1, Math.ceil(free / 1000)));
  };
  const left = (): void => {
    const since = now() - lastMoved;
    interval = interval === undefined ? since : (1 - LATEST_SHARE) * interval + LATEST_SHARE * since;
    lastMoved = now();
    sentAway = 0;
  };
  return {
    enter: (bytes) => {
      // One alone is always let in, however large: its own limit has been checked.
      if (inside >= most || (inside > 0 && held + bytes > mostBytes)) {
        const retryAfter = wait();
        const seconds = retryAfter === 1 ? 'a second' : `${retryAfter} seconds`;
        throw new ApiError(429, 'server/busy', `${inside} uploads are being read already: try again in ${seconds}.`, {
          retryAfter,
        });
      }
      // An empty house says nothing about how long its places are taken: the clock begins with who comes in.
      if (inside === 0) lastMoved = now();
      inside += 1;
      held += bytes;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        left();
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
