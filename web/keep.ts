/** Where what the page remembers lies: IndexedDB, or the tab's memory where the browser keeps nothing. */

/** A place for named values and a growing list of entries. */
export interface Keep {
  readonly kind: 'device' | 'memory';
  get(name: string): Promise<unknown>;
  /** `undefined` takes the value away. */
  set(name: string, value: unknown): Promise<void>;
  /** @returns the entry's number, larger than those before. */
  add(entry: object): Promise<number>;
  /** All entries with their numbers, oldest first. */
  entries(): Promise<readonly (readonly [number, unknown])[]>;
  /** One entry, or all of them. */
  remove(number?: number): Promise<void>;
  /** Everything. */
  clear(): Promise<void>;
}

/** Why the device keeps nothing: it is forbidden there, or a newer page wrote it. */
export type KeepProblem = 'forbidden' | 'newer';

export const createMemoryKeep = (): Keep => {
  const values = new Map<string, unknown>();
  const list = new Map<number, unknown>();
  let last = 0;
  return {
    kind: 'memory',
    get: async (name) => structuredClone(values.get(name)),
    set: async (name, value) => {
      if (value === undefined) values.delete(name);
      else values.set(name, structuredClone(value));
    },
    add: async (entry) => {
      list.set(++last, structuredClone(entry));
      return last;
    },
    entries: async () => [...list],
    remove: async (number) => {
      if (number === undefined) list.clear();
      else list.delete(number);
    },
    clear: async () => {
      values.clear();
      list.clear();
    },
  };
};

const DATABASE = 'attune';
const VERSION = 1;
const VALUES = 'values';
const ENTRIES = 'entries';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** A write counts only once its transaction is complete: a full disk shows itself there. */
const committed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });

/** A browser that never answers (some private windows) must not hold the page up. */
const PATIENCE_MS = 3000;

const openDatabase = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    const timer = setTimeout(() => reject(new DOMException('IndexedDB does not answer.', 'TimeoutError')), PATIENCE_MS);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(VALUES);
      request.result.createObjectStore(ENTRIES, { autoIncrement: true });
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error);
    };
  });

/**
 * Opens the browser's database; where that cannot be, the tab's memory, and why.
 *
 * @param onLost called when a newer page in another tab takes the database over: later writes fail.
 */
export const openKeep = async (
  onLost: () => void = () => {},
): Promise<{ readonly keep: Keep; readonly problem: KeepProblem | undefined }> => {
  try {
    const database = await openDatabase();
    database.onversionchange = () => {
      database.close();
      onLost();
    };
    return { keep: keepIn(database), problem: undefined };
  } catch (error) {
    const isNewer = error instanceof DOMException && error.name === 'VersionError';
    return { keep: createMemoryKeep(), problem: isNewer ? 'newer' : 'forbidden' };
  }
};

const keepIn = (database: IDBDatabase): Keep => {
  const read = <T>(store: string, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    settled(ask(database.transaction(store).objectStore(store)));
  const write = async (stores: readonly string[], change: (transaction: IDBTransaction) => void): Promise<void> => {
    const transaction = database.transaction(stores, 'readwrite');
    change(transaction);
    await committed(transaction);
  };
  return {
    kind: 'device',
    get: (name) => read<unknown>(VALUES, (store) => store.get(name)),
    set: (name, value) =>
      write([VALUES], (transaction) => {
        if (value === undefined) transaction.objectStore(VALUES).delete(name);
        else transaction.objectStore(VALUES).put(value, name);
      }),
    add: async (entry) => {
      const transaction = database.transaction(ENTRIES, 'readwrite');
      const key = settled(transaction.objectStore(ENTRIES).add(entry));
      await committed(transaction);
      return Number(await key);
    },
    entries: async () => {
      const transaction = database.transaction(ENTRIES);
      const store = transaction.objectStore(ENTRIES);
      const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled<unknown[]>(store.getAll())]);
      return keys.map((key, index) => [Number(key), values[index]] as const);
    },
    remove: (number) =>
      write([ENTRIES], (transaction) => {
        if (number === undefined) transaction.objectStore(ENTRIES).clear();
        else transaction.objectStore(ENTRIES).delete(number);
      }),
    clear: () =>
      write([VALUES, ENTRIES], (transaction) => {
        transaction.objectStore(VALUES).clear();
        transaction.objectStore(ENTRIES).clear();
      }),
  };
};
