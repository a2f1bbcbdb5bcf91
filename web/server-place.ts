/** Choices in the server's store, where the command line and every page on this machine find them. */
import { EMOTIONS, type Emotion, type EmotionScores } from '../src/base/emotions.ts';
import { type Listener, NEW_LISTENER, react, type SongMemory } from '../src/music/listener.ts';
import type { Profile } from '../src/music/profile.ts';
import type { HistoryEntry, KeptPlace } from './kept-place.ts';
import type { Feedback, ServerClient, StoredReading } from './server-client.ts';

/** Entries asked for at once, and most of them in all: nobody looks at more. */
const PAGE = 1000;
const MOST_PAGES = 20;

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A memory as the events it is made of, in an order that makes the same memory of them again. */
export const eventsOf = ({ liked, skips = 0, heardAt, wrongFor = [], at }: SongMemory) => {
  const time = isoTime(at);
  const heard = isoTime(heardAt ?? at);
  return [
    // A song that was skipped was heard.
    ...(heardAt !== undefined && skips === 0 ? [{ kind: 'heard' as const, at: heard }] : []),
    ...(liked ? [{ kind: 'like' as const, at: time }] : []),
    ...Array.from({ length: Math.min(99, skips) }, () => ({ kind: 'skip' as const, at: heard })),
    ...wrongFor.map((mood) => ({ kind: 'not-my-mood' as const, mood, at: time })),
  ];
};

/** What was said, latest first, as what is remembered. */
export const listenerOf = (feedback: readonly Feedback[]): Listener =>
  feedback
    .toReversed()
    .filter(({ kind, mood }) => kind !== 'not-my-mood' || mood !== undefined)
    .reduce(
      (listener, { songId, kind, mood, at }) =>
        react(listener, { songId, reaction: kind, at: Date.parse(at), ...(mood !== undefined && { mood }) }),
      NEW_LISTENER,
    );

const entryOf = ({ id, at, source, emotion, scores, goal = 'match' }: StoredReading): HistoryEntry => ({
  number: id,
  time: Date.parse(at),
  source,
  emotion,
  goal,
  ...(source !== 'hand' && { scores }),
});

const sureOf = (emotion: Emotion): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((one) => [one, one === emotion ? 1 : 0])) as Record<Emotion, number>;

export const createServerPlace = ({ ask, tell }: Pick<ServerClient, 'ask' | 'tell'>): KeptPlace => {
  const all = async <Entry extends { readonly id: number }>(path: string, name: string): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for (let page = 0; page < MOST_PAGES; page++) {
      const last = entries.at(-1)?.id;
      const query = { limit: PAGE, ...(last !== undefined && { before: last }) };
      const found = (await ask<Record<string, Entry[]>>(path, { query }))[name] ?? [];
      entries.push(...found);
      if (found.length < PAGE) break;
    }
    return entries;
  };
  return {
    kind: 'server',
    load: async () => {
      const [profile, feedback, readings, settings] = await Promise.all([
        ask<Profile>('/typical-songs'),
        all<Feedback>('/feedback', 'feedback'),
        all<StoredReading>('/history', 'readings'),
        ask<Readonly<Record<string, unknown>>>('/settings'),
      ]);
      return {
        profile,
        listener: listenerOf(feedback),
        history: readings.map(entryOf).reverse(),
        keepsHistory: settings['history.keep'] === true,
      };
    },
    setTypical: (emotion, ids) => tell(`/typical-songs/${emotion}`, { method: 'PUT', json: { songIds: ids ?? [] } }),
    setMemory: (songId, memory) =>
      tell(`/feedback/${encodeURIComponent(songId)}`, {
        method: 'PUT',
        json: { feedback: memory ? eventsOf(memory) : [] },
      }),
    addToHistory: async ({ time, source, emotion, scores, goal }) => {
      const reading = { source, emotion, scores: scores ?? sureOf(emotion), certain: true, goal, at: isoTime(time) };
      await ask('/history', { method: 'POST', json: reading });
      const { readings } = await ask<{ readings: StoredReading[] }>('/history', { query: { limit: 1 } });
      return readings[0]?.id ?? 0;
    },
    removeFromHistory: (number) => tell(number === undefined ? '/history' : `/history/${number}`, { method: 'DELETE' }),
    setKeepsHistory: (keeps) => tell('/settings/history.keep', { method: 'PUT', json: { value: keeps ? true : null } }),
  };
};
