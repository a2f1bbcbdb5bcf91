/** What the page remembers about its listener, as signals; every change is kept, and other tabs hear of it. */
import { batch, effect, signal } from '@preact/signals';
import type { Emotion } from '../src/base/emotions.ts';
import { AttuneError } from '../src/base/errors.ts';
import { type Listener, memoryOf, NEW_LISTENER } from '../src/music/listener.ts';
import type { Profile } from '../src/music/profile.ts';
import { createBrowserPlace } from './browser-place.ts';
import { isRecord, readExportFile } from './export-file.ts';
import { createMemoryKeep, type Keep, type KeepProblem, openKeep } from './keep.ts';
import { type Choices, carryOver, type HistoryEntry, type KeptPlace } from './kept-place.ts';
import { forgetSounds } from './kept-sounds.ts';
import { type Problem, toProblem } from './protocol.ts';
import { findServer, server, serverState } from './server.ts';
import { createServerPlace } from './server-place.ts';
import { currentSettings, eraseSettings, keepsHistory, restoreSettings } from './settings.ts';

export { type HistoryEntry, SOURCES, type Source } from './kept-place.ts';

export interface OwnCatalogue {
  readonly name: string;
  readonly csv: Blob;
  /** Play these songs alone. */
  readonly only: boolean;
}

export const profile = signal<Profile>({});
/** What they liked, sent away and found wrong for a mood. */
export const listener = signal<Listener>(NEW_LISTENER);
export const history = signal<readonly HistoryEntry[]>([]);
export const ownCatalogue = signal<OwnCatalogue | undefined>(undefined);
/** What stands in the way of keeping, if anything; `full` after a write that found no room, a problem of the server's. */
export const keepProblem = signal<KeepProblem | 'full' | Problem | undefined>(undefined);
/** Whether choices and history lie in the server's store, where the command line finds them, or in this browser. */
export const keptAt = signal<KeptPlace['kind']>('browser');

const NOTHING: Choices = { profile: {}, listener: NEW_LISTENER, history: [], keepsHistory: undefined };

let keep: Keep = createMemoryKeep();
let place: KeptPlace = createBrowserPlace(keep);
/** What the server was last told, or said, about keeping a history. */
let serverKeepsHistory = false;
/** Said to other tabs. */
const CHANGED = 'changed';
const ERASED = 'erased';
const others = typeof BroadcastChannel === 'function' ? new BroadcastChannel('attune') : undefined;

const readCatalogue = (value: unknown): OwnCatalogue | undefined => {
  if (typeof value !== 'object' || value === null || !('name' in value && 'csv' in value)) return undefined;
  const { name, csv } = value;
  return typeof name === 'string' && csv instanceof Blob
    ? { name, csv, only: 'only' in value && value.only === true }
    : undefined;
};

/** Counts changes made here: what was read before one is out of date. */
let changes = 0;
/** Reading and writing happen one after the other, in the order they were asked for. */
let queue: Promise<unknown> = Promise.resolve();
const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
  const done = queue.then(work, work);
  queue = done.catch(() => undefined);
  return done;
};

const load = async (): Promise<void> => {
  const before = changes;
  const isUnasked = place.kind === 'server' && serverState.peek().isEmpty;
  const [choices, csv] = await Promise.all([isUnasked ? NOTHING : place.load(), keep.get('catalogue')]);
  if (before !== changes) return void inTurn(load).catch(() => undefined);
  batch(() => {
    profile.value = choices.profile;
    listener.value = choices.listener;
    history.value = choices.history;
    if (choices.keepsHistory !== undefined) {
      serverKeepsHistory = choices.keepsHistory;
      keepsHistory.value = choices.keepsHistory;
    }
    const next = readCatalogue(csv);
    const known = ownCatalogue.peek();
    // The same file again need not be read again.
    if (next?.name !== known?.name || next?.csv.size !== known?.csv.size || next?.only !== known?.only)
      ownCatalogue.value = next;
  });
};

const problemOf = (error: unknown): KeepProblem | 'full' | Problem => {
  if (error instanceof AttuneError) return toProblem(error);
  const isClosed = error instanceof DOMException && error.name === 'InvalidStateError';
  return isClosed && keepProblem.peek() === 'newer' ? 'newer' : 'full';
};

/** Does a write; one that fails leaves the choice in the tab and says so. */
const write = (work: () => Promise<unknown>): Promise<void> => {
  changes++;
  return inTurn(async () => {
    try {
      await work();
      if (place.kind === 'server' && serverState.peek().isEmpty)
        serverState.value = { ...serverState.peek(), isEmpty: false };
      if (typeof keepProblem.peek() === 'object') keepProblem.value = undefined;
      others?.postMessage(CHANGED);
    } catch (error) {
      keepProblem.value = problemOf(error);
    }
  });
};

/** Choices made in this browser before go along to the server's store, which takes its place. */
const moveToServer = async (): Promise<void> => {
  const theirs = createServerPlace(server);
  const forget = (): Promise<unknown> => Promise.all([keep.set('profile', undefined), keep.set('listener', undefined)]);
  const moved = await carryOver(place, theirs, keepsHistory.peek(), async () => void (await forget()));
  if (moved) serverState.value = { ...serverState.peek(), isEmpty: false };
  place = theirs;
  keptAt.value = 'server';
};

const refresh = async (): Promise<void> => {
  if (place.kind === 'server' && serverState.peek().isEmpty) await findServer();
  await load();
};

/** Opens what was kept: in this browser, or with the server it runs beside. The page works meanwhile as on a first visit. */
export const openKept = async (): Promise<void> => {
  const finding = findServer();
  const opened = await openKeep(() => {
    keepProblem.value = 'newer';
  });
  keep = opened.keep;
  place = createBrowserPlace(keep);
  keepProblem.value = opened.problem;
  try {
    await inTurn(load);
  } catch {
    keepProblem.value = 'forbidden';
  }
  const { store, here } = await finding;
  if (store === 'there' && here) {
    try {
      await inTurn(async () => {
        await moveToServer();
        await load();
      });
      // What the browser lacks is no matter where the server keeps.
      if (keepProblem.peek() === 'forbidden') keepProblem.value = undefined;
    } catch (error) {
      keepProblem.value = toProblem(error);
    }
  }
  others?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data === ERASED) forgetSounds();
    void inTurn(refresh).catch(() => undefined);
  });
  document.addEventListener('visibilitychange', () => {
    // Another browser, or the command line, may have changed what the server keeps.
    if (!document.hidden && place.kind === 'server') void inTurn(refresh).catch(() => undefined);
  });
  effect(() => {
    const keeps = keepsHistory.value;
    if (keptAt.value !== 'server' || keeps === serverKeepsHistory) return;
    serverKeepsHistory = keeps;
    void write(() => place.setKeepsHistory(keeps));
  });
};

export const setTypical = (emotion: Emotion, ids: readonly string[] | undefined): Promise<void> => {
  const { [emotion]: _, ...rest } = profile.value;
  profile.value = ids ? { ...rest, [emotion]: [...ids] } : rest;
  return write(() => place.setTypical(emotion, ids));
};

/** Takes a listener who remembers one song otherwise. */
export const setListener = (next: Listener, songId: string): Promise<void> => {
  listener.value = next;
  return write(() => place.setMemory(songId, memoryOf(next, songId)));
};

export const setOwnCatalogue = (catalogue: OwnCatalogue | undefined): Promise<void> => {
  ownCatalogue.value = catalogue;
  return write(() => keep.set('catalogue', catalogue && { ...catalogue }));
};

export const addToHistory = (entry: Omit<HistoryEntry, 'number'>): Promise<void> =>
  write(async () => {
    const number = await place.addToHistory(entry);
    history.value = [...history.value, { ...entry, number }];
  });

/** One entry, or all of them. */
export const removeFromHistory = (number?: number): Promise<void> => {
  history.value = number === undefined ? [] : history.value.filter((entry) => entry.number !== number);
  return write(() => place.removeFromHistory(number));
};

/** What lies in this browser whatever the server keeps. */
const exportPage = async () => ({
  settings: currentSettings(),
  catalogue: ownCatalogue.value && {
    name: ownCatalogue.value.name,
    only: ownCatalogue.value.only,
    csv: await ownCatalogue.value.csv.text(),
  },
});

/**
 * Everything that is kept, as a file: JSON; where the server keeps it, the server's own export, one JSON value a line, with a
 * last line of what lies in this browser.
 */
export const exportEverything = async (): Promise<{ readonly content: Blob; readonly ending: string }> => {
  if (place.kind === 'server') {
    const theirs = await server.blob('/data/export');
    const page = `${JSON.stringify({ kind: 'page', ...(await exportPage()) })}\n`;
    return { content: new Blob([theirs, page], { type: 'application/x-ndjson' }), ending: 'ndjson' };
  }
  const { settings, catalogue } = await exportPage();
  const everything = {
    attune: 1,
    settings,
    typical: profile.value,
    listener: listener.value,
    history: history.value.map(({ number: _, ...entry }) => ({ ...entry, time: new Date(entry.time).toISOString() })),
    catalogue,
  };
  return {
    content: new Blob([`${JSON.stringify(everything, undefined, 2)}\n`], { type: 'application/json' }),
    ending: 'json',
  };
};

const restorePage = async ({ settings, catalogue }: Readonly<Record<string, unknown>>): Promise<void> => {
  restoreSettings(isRecord(settings) ? settings : {});
  if (!isRecord(catalogue) || typeof catalogue.name !== 'string' || typeof catalogue.csv !== 'string') return;
  const csv = new Blob([catalogue.csv], { type: 'text/csv' });
  await setOwnCatalogue({ name: catalogue.name, csv, only: catalogue.only === true });
};

/**
 * Takes an export of `exportEverything` back, on top of what is there.
 *
 * @throws {AttuneError} `page/export`: no such file. `page/export-server`: it holds a library, and no server keeps one here; or what
 *   the server says of it.
 */
export const restoreEverything = async (file: Blob): Promise<void> => {
  const found = await readExportFile(file);
  if (found.kind === 'foreign')
    throw new AttuneError('page/export', 'This is no export of Attune: choose a file that "Export everything" saved.');
  if (found.kind === 'server') {
    if (place.kind !== 'server')
      throw new AttuneError(
        'page/export-server',
        'This export holds a library: restore it on a page that "attune serve" serves.',
      );
    await inTurn(() => server.tell('/data/import', { method: 'POST', body: { lines: file } }));
    serverState.value = { ...serverState.peek(), isEmpty: false };
    if (found.page) await restorePage(found.page);
  } else {
    const { everything } = found;
    const memory = createMemoryKeep();
    await memory.set('profile', everything.typical);
    await memory.set('listener', everything.listener);
    for (const entry of Array.isArray(everything.history) ? everything.history : [])
      if (isRecord(entry)) await memory.add({ ...entry, time: Date.parse(String(entry.time)) });
    const keeps = isRecord(everything.settings) && everything.settings.keepsHistory === true;
    const moved = await inTurn(() => carryOver(createBrowserPlace(memory), place, keeps, async () => undefined));
    if (moved && place.kind === 'server') serverState.value = { ...serverState.peek(), isEmpty: false };
    await restorePage(everything);
  }
  others?.postMessage(CHANGED);
  await inTurn(load);
};

/**
 * Forgets everything, here and in other tabs; with the server's store its songs too. The page's own files stay, so that it still
 * opens without a network.
 *
 * @throws {AttuneError} the server's store could not be erased: then nothing was. `page/not-erased`: the browser did not erase.
 */
export const eraseEverything = async (): Promise<void> => {
  if (place.kind === 'server')
    await inTurn(() => server.tell('/data', { method: 'DELETE', json: { confirm: 'erase everything' } }));
  changes++;
  await inTurn(() => keep.clear()).catch((cause: unknown) => {
    throw new AttuneError(
      'page/not-erased',
      'The browser did not erase what it keeps for this page: clear the data of this site in the settings of the browser.',
      { cause },
    );
  });
  forgetSounds();
  serverKeepsHistory = false;
  batch(() => {
    profile.value = {};
    listener.value = NEW_LISTENER;
    history.value = [];
    ownCatalogue.value = undefined;
    if (keepProblem.peek() === 'full' || typeof keepProblem.peek() === 'object') keepProblem.value = undefined;
  });
  // Not in the batch: it takes away what the effects of these changes have written.
  eraseSettings();
  others?.postMessage(ERASED);
};
