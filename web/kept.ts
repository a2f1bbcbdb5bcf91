/** What the page remembers about its listener, as signals; every change is kept, and other tabs hear of it. */
import { signal } from '@preact/signals';
import { EMOTIONS, type Emotion, type EmotionScores, isEmotion } from '../src/base/emotions.ts';
import { type Listener, NEW_LISTENER, parseListener } from '../src/music/listener.ts';
import { GOALS, type Goal } from '../src/music/mood-target.ts';
import type { Profile } from '../src/music/profile.ts';
import { createMemoryKeep, type Keep, type KeepProblem, openKeep } from './keep.ts';
import { currentSettings, eraseSettings } from './settings.ts';

export const SOURCES = ['camera', 'photo', 'video', 'voice', 'hand'] as const;
export type Source = (typeof SOURCES)[number];

/** A reading that led to a list. */
export interface HistoryEntry {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly source: Source;
  readonly emotion: Emotion;
  /** Absent where the mood was picked by hand. */
  readonly scores?: EmotionScores;
  readonly goal: Goal;
}

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
/** What stands in the way of keeping, if anything; `full` after a write that found no room. */
export const keepProblem = signal<KeepProblem | 'full' | undefined>(undefined);

let keep: Keep = createMemoryKeep();
const others = typeof BroadcastChannel === 'function' ? new BroadcastChannel('attune') : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whatever another version, or a person with the browser's tools, has put there is passed over. */
const readProfile = (value: unknown): Profile =>
  isRecord(value)
    ? Object.fromEntries(
        EMOTIONS.flatMap((emotion) => {
          const ids: unknown = value[emotion];
          const isThree = Array.isArray(ids) && ids.length === 3 && ids.every((id) => typeof id === 'string');
          return isThree ? [[emotion, ids as string[]]] : [];
        }),
      )
    : {};

const readListener = (value: unknown): Listener => {
  try {
    return parseListener(JSON.stringify(value ?? NEW_LISTENER));
  } catch {
    return NEW_LISTENER;
  }
};

const readEntry = ([number, value]: readonly [number, unknown]): HistoryEntry[] => {
  if (!isRecord(value)) return [];
  const { time, source, emotion, goal, scores } = value;
  const knownSource = SOURCES.find((known) => known === source);
  const knownGoal = GOALS.find((known) => known === goal);
  if (typeof time !== 'number' || !knownSource || !knownGoal || typeof emotion !== 'string' || !isEmotion(emotion))
    return [];
  const hasScores = isRecord(scores) && EMOTIONS.every((name) => typeof scores[name] === 'number');
  return [
    {
      number,
      time,
      source: knownSource,
      emotion,
      goal: knownGoal,
      ...(hasScores && { scores: scores as unknown as EmotionScores }),
    },
  ];
};

const readCatalogue = (value: unknown): OwnCatalogue | undefined =>
  isRecord(value) && typeof value.name === 'string' && value.csv instanceof Blob
    ? { name: value.name, csv: value.csv, only: value.only === true }
    : undefined;

const load = async (): Promise<void> => {
  const [kept, said, csv, entries] = await Promise.all([
    keep.get('profile'),
    keep.get('listener'),
    keep.get('catalogue'),
    keep.entries(),
  ]);
  profile.value = readProfile(kept);
  listener.value = readListener(said);
  const next = readCatalogue(csv);
  const before = ownCatalogue.peek();
  // The same file again need not be read again.
  if (next?.name !== before?.name || next?.csv.size !== before?.csv.size || next?.only !== before?.only)
    ownCatalogue.value = next;
  history.value = entries.flatMap(readEntry);
};

/** Does a write; one that fails leaves the choice in the tab and says so. */
const write = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work;
    others?.postMessage('changed');
  } catch (error) {
    keepProblem.value =
      error instanceof DOMException && error.name === 'InvalidStateError' && keepProblem.peek() === 'newer'
        ? 'newer'
        : 'full';
  }
};

/** Opens what was kept. The page works meanwhile as on a first visit. */
export const openKept = async (): Promise<void> => {
  const opened = await openKeep(() => {
    keepProblem.value = 'newer';
  });
  keep = opened.keep;
  keepProblem.value = opened.problem;
  try {
    await load();
  } catch {
    keepProblem.value = 'forbidden';
  }
  others?.addEventListener('message', () => void load().catch(() => undefined));
};

export const setTypical = (emotion: Emotion, ids: readonly string[] | undefined): Promise<void> => {
  const { [emotion]: _, ...rest } = profile.value;
  profile.value = ids ? { ...rest, [emotion]: [...ids] } : rest;
  return write(keep.set('profile', profile.value));
};

export const setListener = (next: Listener): Promise<void> => {
  listener.value = next;
  return write(keep.set('listener', next));
};

export const setOwnCatalogue = (catalogue: OwnCatalogue | undefined): Promise<void> => {
  ownCatalogue.value = catalogue;
  return write(keep.set('catalogue', catalogue && { ...catalogue }));
};

export const addToHistory = async (entry: Omit<HistoryEntry, 'number'>): Promise<void> => {
  await write(
    keep.add(entry).then((number) => {
      history.value = [...history.value, { ...entry, number }];
    }),
  );
};

/** One entry, or all of them. */
export const removeFromHistory = (number?: number): Promise<void> => {
  history.value = number === undefined ? [] : history.value.filter((entry) => entry.number !== number);
  return write(keep.remove(number));
};

/** Everything the page remembers, as JSON. */
export const exportEverything = async (): Promise<string> =>
  `${JSON.stringify(
    {
      attune: 1,
      settings: currentSettings(),
      typical: profile.value,
      listener: listener.value,
      history: history.value.map(({ number: _, ...entry }) => ({ ...entry, time: new Date(entry.time).toISOString() })),
      catalogue: ownCatalogue.value && {
        name: ownCatalogue.value.name,
        only: ownCatalogue.value.only,
        csv: await ownCatalogue.value.csv.text(),
      },
    },
    undefined,
    2,
  )}\n`;

/** Forgets everything, here and in other tabs. The page's own files stay, so that it still opens without a network. */
export const eraseEverything = async (): Promise<void> => {
  profile.value = {};
  listener.value = NEW_LISTENER;
  history.value = [];
  ownCatalogue.value = undefined;
  eraseSettings();
  await write(keep.clear());
};
