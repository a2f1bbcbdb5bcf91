/** A data folder belongs to one process at a time: a small file says which, and where it answers. */
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { UnavailableError } from '../../src/base/errors.ts';

export interface FolderOwner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, where the system tells: a process number is used again, this is not. */
  readonly started: string | null;
  /** Where it answers, if it is a server. */
  readonly url?: string;
}

export interface FolderLock {
  /** Tells others where this process answers. */
  announce(url: string): void;
  release(): void;
}

/** Ticks since boot at which a process started; Linux alone tells without another program. */
const startOf = (pid: number): string | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
};

const isAlive = ({ pid, host, started }: FolderOwner): boolean => {
  if (host !== hostname()) return true; // a shared disk: nobody here can tell
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return started === null || startOf(pid) === started;
};

/** Who has the folder open; `undefined` if nobody, or only a process that is gone. */
export const readOwner = (file: string): FolderOwner | undefined => {
  try {
    const owner = JSON.parse(readFileSync(file, 'utf8')) as FolderOwner;
    return typeof owner.pid === 'number' && isAlive(owner) ? owner : undefined;
  } catch {
    return undefined; // no such file, or one cut off by a full disk
  }
};

const inUse = (file: string, { pid, host, url }: FolderOwner): UnavailableError => {
  const who = host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
  return new UnavailableError(
    'store/in-use',
    url === undefined
      ? `Another Attune (${who}) is using the data folder: wait until it has finished, or use another folder (ATTUNE_DATA_DIR). ` +
          `If it is gone for good, delete ${file}.`
      : `Another Attune (${who}) is serving the data folder: open ${url}, end it, or use another folder (ATTUNE_DATA_DIR).`,
  );
};

/** A file that only one process can be the one to make. */
const create = (file: string, text: string): boolean => {
  let handle: number;
  try {
    handle = openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(handle, text);
  } catch (error) {
    rmSync(file, { force: true }); // on a full disk it would be an owner without a name
    throw error;
  } finally {
    closeSync(handle);
  }
  return true;
};

/** Removing a lock left behind takes less than this; one older was itself left behind. */
const TAKEOVER_MS = 10_000;

const removeLeftBehind = (file: string): void => {
  const takeover = `${file}.takeover`;
  if (!create(takeover, String(process.pid))) {
    try {
      if (Date.now() - statSync(takeover).mtimeMs > TAKEOVER_MS) rmSync(takeover, { force: true });
    } catch {
      // Gone in the meantime.
    }
    return;
  }
  try {
    // Looked at again: between our first look and now another process may have taken it over.
    if (readOwner(file) === undefined) rmSync(file, { force: true });
  } finally {
    rmSync(takeover, { force: true });
  }
};

/**
 * Takes the folder for this process.
 *
 * @param file the lock's path; the folder must exist
 * @throws {UnavailableError} `store/in-use`: another process has it; the message says which, and where it answers.
 */
export const lockFolder = (file: string): FolderLock => {
  const own: FolderOwner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  for (let attempt = 0; !create(file, JSON.stringify(own)); attempt++) {
    const owner = readOwner(file);
    if (owner) throw inUse(file, owner);
    if (attempt >= 20) throw inUse(file, { ...own, pid: 0 });
    removeLeftBehind(file);
    if (attempt > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  return {
    // In one move: a lock that is cut short, by a full disk or for a moment, would be taken for one left behind.
    announce: (url) => {
      const next = `${file}.${process.pid}`;
      try {
        writeFileSync(next, JSON.stringify({ ...own, url }), { mode: 0o600 });
        renameSync(next, file);
      } finally {
        rmSync(next, { recursive: true, force: true });
      }
    },
    release: () => rmSync(file, { force: true }),
  };
};
