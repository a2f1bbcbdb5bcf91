/** The server's library on the page: which songs are asked for, those that came, and the work that fills it. */
import { batch, effect, signal } from '@preact/signals';
import type { Emotion } from '../src/base/emotions.ts';
import { type Problem, toProblem } from './protocol.ts';
import { server, serverState } from './server.ts';
import type { Job, SongCounts, SongFacets, SongPage, StoredSong } from './server-client.ts';
import { refreshLibrary } from './songs.ts';

export const ORDERS = ['title', 'artist', 'added', 'year', 'confidence'] as const;
export type LibraryOrder = (typeof ORDERS)[number];

export interface LibraryFilter {
  readonly emotion?: Emotion;
  readonly tag?: string;
  readonly language?: string;
  readonly text?: string;
}

export const libraryFilter = signal<LibraryFilter>({});
export const libraryOrder = signal<LibraryOrder>('title');
/** Songs of each emotion that fit the rest of the filter. */
export const libraryCounts = signal<SongCounts | undefined>(undefined);
/** All songs, whatever the filter. */
export const libraryTotal = signal<number | undefined>(undefined);
export const libraryFacets = signal<SongFacets>({ tags: [], languages: [] });
export const libraryProblem = signal<Problem | undefined>(undefined);
/** Songs that came, by their place in the list asked for. A new map whenever some come. */
export const libraryRows = signal<ReadonlyMap<number, StoredSong>>(new Map());

export const isFiltered = ({ emotion, tag, language, text }: LibraryFilter): boolean =>
  [emotion, tag, language, text].some((part) => part !== undefined && part !== '');

/** How many songs fit the whole filter. */
export const songsFound = (): number | undefined => {
  const { emotion } = libraryFilter.value;
  const counts = libraryCounts.value;
  return emotion && counts ? (counts.byEmotion[emotion] ?? 0) : counts?.total;
};

const PAGE = 100;
/** So long a list that is scrolled past is not asked for, milliseconds. */
const PAUSE = 60;

let wanted: readonly [number, number] = [0, PAGE - 1];
const loaded = new Set<number>();
const asked = new Map<number, AbortController>();
/** Counts lists: pages of an earlier one come too late. */
let listRun = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const queryOf = (filter: LibraryFilter) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''));

const fetchPage = async (page: number): Promise<void> => {
  const mine = listRun;
  const aborter = new AbortController();
  asked.set(page, aborter);
  try {
    const query = {
      ...queryOf(libraryFilter.peek()),
      order: libraryOrder.peek(),
      limit: PAGE,
      offset: page * PAGE,
      lyrics: 'no',
    };
    const { songs } = await server.ask<SongPage>('/songs', { query, signal: aborter.signal });
    if (mine !== listRun) return;
    loaded.add(page);
    const rows = new Map(libraryRows.peek());
    for (let at = 0; at < PAGE; at++) rows.delete(page * PAGE + at);
    for (const [at, song] of songs.entries()) rows.set(page * PAGE + at, song);
    batch(() => {
      libraryRows.value = rows;
      libraryProblem.value = undefined;
    });
  } catch (error) {
    if (!aborter.signal.aborted && mine === listRun) libraryProblem.value = toProblem(error);
  } finally {
    if (asked.get(page) === aborter) asked.delete(page);
  }
};

const fetchWanted = (): void => {
  const [first, last] = wanted;
  const pages = new Set<number>();
  for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) pages.add(page);
  // What was scrolled past need not come any more.
  for (const [page, aborter] of asked) {
    if (pages.has(page)) continue;
    aborter.abort();
    asked.delete(page);
  }
  for (const page of pages) if (!loaded.has(page) && !asked.has(page)) void fetchPage(page);
};

/** Tells which places of the list are on view. */
export const wantRows = (first: number, last: number): void => {
  wanted = [first, last];
  clearTimeout(timer);
  timer = setTimeout(fetchWanted, PAUSE);
};

/** Asks for the list anew. @param isOther another list: what is on view does not belong to it. */
const restart = (isOther: boolean): void => {
  listRun += 1;
  for (const aborter of asked.values()) aborter.abort();
  asked.clear();
  loaded.clear();
  if (isOther) libraryRows.value = new Map();
  fetchWanted();
};

const fetchCounts = async (): Promise<void> => {
  const { emotion: _, ...rest } = libraryFilter.peek();
  const mine = listRun;
  try {
    const counts = await server.ask<SongCounts>('/songs/counts', { query: queryOf(rest) });
    if (mine !== listRun) return;
    libraryCounts.value = counts;
    if (!isFiltered(rest)) libraryTotal.value = counts.total;
  } catch (error) {
    if (mine === listRun) libraryProblem.value = toProblem(error);
  }
};

let revision: string | undefined;

/**
 * Looks whether the songs changed: here, in another tab, by the command line or a job. While a job adds some, the list and
 * its numbers are all that follows: the rest reads the whole library, and waits until the job is over.
 */
const look = async (isBusy: boolean): Promise<void> => {
  const { revision: now } = await server.ask<{ revision: string }>('/songs/revision');
  if (now === revision) return;
  if (revision !== undefined) {
    restart(false);
    await fetchCounts();
  }
  if (isBusy) return;
  const isFirst = revision === undefined;
  revision = now;
  if (!isFirst) {
    // A filter hides how many there are in all.
    const { emotion: _, ...rest } = libraryFilter.peek();
    if (isFiltered(rest)) libraryTotal.value = (await server.ask<SongCounts>('/songs/counts')).total;
    void refreshLibrary();
  }
  libraryFacets.value = await server.ask<SongFacets>('/songs/facets');
};

export const libraryJobs = signal<readonly Job[]>([]);
/** Jobs that the listener has put away. */
const hidden = new Set<string>();
/** Jobs begun here after which emotions are looked for. */
const analyseAfter = new Set<string>();

export const isOver = ({ state }: Job): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

const lookAtJobs = async (): Promise<void> => {
  const { jobs } = await server.ask<{ jobs: Job[] }>('/jobs', { query: { limit: 20 } });
  libraryJobs.value = jobs.filter(({ id, kind }) => kind !== 'analyse-part' && !hidden.has(id));
  for (const job of jobs) {
    if (job.state !== 'done' || !analyseAfter.delete(job.id)) continue;
    if (Number(job.result?.added ?? 0) + Number(job.result?.updated ?? 0) > 0) await startJob({ kind: 'analyse' });
  }
};

export const startJob = async (given: { kind: 'add'; source: string } | { kind: 'analyse' }): Promise<void> => {
  const job = await server.ask<Job>('/jobs', { method: 'POST', json: given });
  follow(job);
};

/** Sends a table or playlist, whose songs are added. */
export const sendFile = async (file: File): Promise<void> => {
  const body = new FormData();
  body.append('file', file);
  follow(await server.ask<Job>('/jobs/file', { method: 'POST', body }));
};

const follow = (job: Job): void => {
  serverState.value = { ...serverState.peek(), isEmpty: false };
  if (job.kind === 'add') analyseAfter.add(job.id);
  libraryJobs.value = [job, ...libraryJobs.value.filter(({ id }) => id !== job.id)];
  wake?.();
};

export const cancelJob = async ({ id }: Job): Promise<void> => {
  await server.ask(`/jobs/${id}/cancel`, { method: 'POST' });
  wake?.();
};
export const retryJob = async ({ id }: Job): Promise<void> => {
  await server.ask(`/jobs/${id}/retry`, { method: 'POST' });
  wake?.();
};
export const hideJob = ({ id }: Job): void => {
  hidden.add(id);
  libraryJobs.value = libraryJobs.value.filter((job) => job.id !== id);
};

/** How often the library is looked at while it is on view, milliseconds: while there is work, and without. */
const BUSY = 1000;
const QUIET = 4000;
/** Counting all songs each second would slow the job that brings them. */
const BUSY_LOOK = 10_000;
let wake: (() => void) | undefined;

/** Follows the library while it is on view. @returns to be called when it no longer is. */
export const watchLibrary = (): (() => void) => {
  let isOn = true;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const hasWork = (): boolean => libraryJobs.peek().some((job) => !isOver(job));
  const turn = async (): Promise<void> => {
    while (isOn) {
      const { isEmpty, here } = serverState.peek();
      if (!document.hidden && !isEmpty) {
        try {
          if (here) await lookAtJobs();
          const isBusy = hasWork();
          if (!isBusy || performance.now() - lookedAt >= BUSY_LOOK) {
            await look(isBusy);
            lookedAt = performance.now();
          }
          if (libraryProblem.peek()?.code === 'server/lost') {
            libraryProblem.value = undefined;
            restart(false);
          }
        } catch (error) {
          libraryProblem.value = toProblem(error);
        }
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, hasWork() ? BUSY : QUIET);
      });
    }
  };
  const unfollow = effect(() => {
    void libraryFilter.value;
    void libraryOrder.value;
    if (serverState.value.isEmpty) {
      libraryTotal.value = 0;
      return;
    }
    restart(true);
    void fetchCounts();
  });
  void turn();
  return () => {
    isOn = false;
    unfollow();
    wake?.();
  };
};

/** Says by hand where a song belongs, or takes that back. @returns the song as it stands now */
export const correctSong = async (id: string, emotion: Emotion | undefined): Promise<StoredSong> => {
  const path = `/songs/${encodeURIComponent(id)}/emotion`;
  const song = await server.ask<StoredSong>(
    path,
    emotion ? { method: 'PUT', json: { emotion } } : { method: 'DELETE' },
  );
  const rows = new Map(libraryRows.peek());
  for (const [at, row] of rows) if (row.id === id) rows.set(at, song);
  libraryRows.value = rows;
  wake?.();
  return song;
};
