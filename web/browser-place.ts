/** Choices in this browser's own store, or the tab's memory. */
import { EMOTIONS, type EmotionScores, isEmotion } from '../src/base/emotions.ts';
import { type Listener, NEW_LISTENER, parseListener } from '../src/music/listener.ts';
import { GOALS } from '../src/music/mood-target.ts';
import type { Profile } from '../src/music/profile.ts';
import type { Keep } from './keep.ts';
import { type HistoryEntry, type KeptPlace, SOURCES, withMemory } from './kept-place.ts';

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

/** A moment that a date can be made of: anything else would break the view of the history, and its export. */
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(new Date(value).getTime());

const readEntry = ([number, value]: readonly [number, unknown]): HistoryEntry[] => {
  if (!isRecord(value)) return [];
  const { time, source, emotion, goal, scores } = value;
  const knownSource = SOURCES.find((known) => known === source);
  const knownGoal = GOALS.find((known) => known === goal);
  if (!isTime(time) || !knownSource || !knownGoal || typeof emotion !== 'string' || !isEmotion(emotion)) return [];
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

export const createBrowserPlace = (keep: Keep): KeptPlace => ({
  kind: 'browser',
  load: async () => {
    const [kept, said, entries] = await Promise.all([keep.get('profile'), keep.get('listener'), keep.entries()]);
    return {
      profile: readProfile(kept),
      listener: readListener(said),
      history: entries.flatMap(readEntry),
      keepsHistory: undefined,
    };
  },
  // Read anew: another tab may have written meanwhile.
  setTypical: async (emotion, ids) => {
    const { [emotion]: _before, ...rest } = readProfile(await keep.get('profile'));
    await keep.set('profile', ids ? { ...rest, [emotion]: [...ids] } : rest);
  },
  setMemory: async (songId, memory) =>
    keep.set('listener', withMemory(readListener(await keep.get('listener')), songId, memory)),
  addToHistory: (entry) => keep.add(entry),
  removeFromHistory: (number) => keep.remove(number),
  setKeepsHistory: async () => undefined,
});
