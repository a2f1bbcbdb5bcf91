/** When each host may be asked next: requests to one host leave one after the other, whichever process of this machine sends them. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HostTurns {
  /**
   * Waits until the host may be asked; each caller takes its turn.
   *
   * @param pause milliseconds until the one after may leave
   * @param wait sleeps so many milliseconds; where it throws, the turn goes to the next
   */
  take(host: string, pause: number, wait: (milliseconds: number) => Promise<void>): Promise<void>;
  /** Nobody asks the host for so many milliseconds from now. */
  rest(host: string, milliseconds: number): void;
}

/** When a host may be asked next, milliseconds since 1970. */
interface FreeTimes {
  /** Puts off the host to `until(free)` and tells since when it is free. Nobody else reads or writes it meanwhile. */
  putOff(host: string, until: (free: number) => number): Promise<number>;
}

/** @param folder where processes leave each other word, so that a host's rest also outlives them; @default this process alone */
export const createHostTurns = (folder?: string): HostTurns => {
  const times = folder === undefined ? timesInMemory() : timesInFolder(folder);
  /** Within the process callers come in the order in which they asked. */
  const turns = new Map<string, Promise<void>>();
  return {
    take: (host, pause, wait) => {
      const mine = (turns.get(host) ?? Promise.resolve()).then(async () => {
        for (;;) {
          const now = Date.now();
          const free = await times.putOff(host, (known) => (known <= now ? now + pause : known));
          if (free <= now) return;
          await wait(free - now);
        }
      });
      turns.set(
        host,
        mine.catch(() => {}),
      );
      return mine;
    },
    rest: (host, milliseconds) => {
      const until = Date.now() + milliseconds;
      const resting = times.putOff(host, (known) => Math.max(known, until));
      turns.set(
        host,
        Promise.all([turns.get(host), resting]).then(
          () => {},
          () => {},
        ),
      );
    },
  };
};

const timesInMemory = (): FreeTimes => {
  const known = new Map<string, number>();
  return {
    putOff: async (host, until) => {
      const free = known.get(host) ?? 0;
      known.set(host, until(free));
      return free;
    },
  };
};

/** A claim is held for the time of two small files; one that is older was left by a process that died. */
const CLAIM_MILLISECONDS = 5000;
const RETRY_MILLISECONDS = 15;

/** One file a host that holds the time, and beside it a folder that stands while somebody looks and writes. */
const timesInFolder = (folder: string): FreeTimes => {
  mkdirSync(folder, { recursive: true });
  const claim = async (path: string): Promise<void> => {
    for (;;) {
      try {
        mkdirSync(path);
        return;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'ENOENT') mkdirSync(folder, { recursive: true });
        else if (code !== 'EEXIST') throw error;
        else if (isOlder(path, CLAIM_MILLISECONDS)) rmSync(path, { recursive: true, force: true });
        else await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
      }
    }
  };
  return {
    putOff: async (host, until) => {
      const file = join(folder, createHash('sha256').update(host).digest('hex'));
      await claim(`${file}.claim`);
      try {
        const free = readTime(file);
        const next = until(free);
        if (next !== free) {
          writeFileSync(`${file}.draft`, String(next));
          renameSync(`${file}.draft`, file);
        }
        return free;
      } finally {
        rmSync(`${file}.claim`, { recursive: true, force: true });
      }
    },
  };
};

const isOlder = (path: string, milliseconds: number): boolean => {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made > milliseconds;
};

/** A clock that was put back must not keep a host waiting for days: no rest is longer than an hour. */
const LONGEST_REST_MILLISECONDS = 3_600_000;

const readTime = (file: string): number => {
  try {
    const time = Number(readFileSync(file, 'utf8'));
    return Number.isFinite(time) && time < Date.now() + LONGEST_REST_MILLISECONDS ? time : 0;
  } catch {
    return 0;
  }
};
