/** Where choices lie: in this browser, or in the server's store, where the command line finds them too. */
import { EMOTIONS, type Emotion, type EmotionScores } from '../src/base/emotions.ts';
import { type Listener, memoryOf, type SongMemory } from '../src/music/listener.ts';
import type { Goal } from '../src/music/mood-target.ts';
import type { Profile } from '../src/music/profile.ts';

export const SOURCES = ['camera', 'photo', 'video', 'voice', 'text', 'hand'] as const;
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

export interface Choices {
  readonly profile: Profile;
  readonly listener: Listener;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Whether a history is kept; `undefined` where the place does not say. */
  readonly keepsHistory: boolean | undefined;
}

/** A place that keeps what a listener chose and said. What a promise was kept for is safe there. */
export interface KeptPlace {
  readonly kind: 'browser' | 'server';
  load(): Promise<Choices>;
  /** Three ids, or `undefined` to go back to the catalogue's. */
  setTypical(emotion: Emotion, ids: readonly string[] | undefined): Promise<void>;
  /** All that is remembered of a song, in place of what was; `undefined` forgets it. */
  setMemory(songId: string, memory: SongMemory | undefined): Promise<void>;
  /** @returns the entry's number */
  addToHistory(entry: Omit<HistoryEntry, 'number'>): Promise<number>;
  /** One entry, or all of them. */
  removeFromHistory(number?: number): Promise<void>;
  setKeepsHistory(keeps: boolean): Promise<void>;
}

/** The listener with one song remembered otherwise. */
export const withMemory = (listener: Listener, songId: string, memory: SongMemory | undefined): Listener => {
  const { [songId]: _before, ...songs } = listener.songs;
  return { version: 1, songs: memory ? { ...songs, [songId]: memory } : songs };
};

/**
 * Takes what one place holds along to another, where that says nothing of its own; of the history only what is wanted.
 *
 * @param forget forgets what went along in the first place
 * @returns whether anything went along.
 */
export const carryOver = async (
  from: KeptPlace,
  to: KeptPlace,
  keepsHistory: boolean,
  forget: () => Promise<void>,
): Promise<boolean> => {
  const mine = await from.load();
  const emotions = EMOTIONS.filter((emotion) => mine.profile[emotion]);
  const songs = Object.keys(mine.listener.songs);
  if (emotions.length + songs.length + mine.history.length === 0) return false;
  const theirs = await to.load();
  for (const emotion of emotions) {
    if (!theirs.profile[emotion]) await to.setTypical(emotion, mine.profile[emotion]);
  }
  for (const id of songs) {
    if (!memoryOf(theirs.listener, id)) await to.setMemory(id, memoryOf(mine.listener, id));
  }
  await forget();
  if (mine.history.length > 0 && keepsHistory && !theirs.keepsHistory) await to.setKeepsHistory(true);
  if (keepsHistory || theirs.keepsHistory) {
    for (const { number, ...entry } of mine.history) {
      await to.addToHistory(entry);
      await from.removeFromHistory(number);
    }
  }
  return true;
};
