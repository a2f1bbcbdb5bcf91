/** What every place for choices must do; run over this browser's and over the server's. */
import type { SongMemory } from '../src/music/listener.ts';
import type { HistoryEntry, KeptPlace } from './kept-place.ts';

const LIKED: SongMemory = { liked: true, at: Date.UTC(2026, 10, 1) };
const SENT_AWAY: SongMemory = {
  skips: 2,
  heardAt: Date.UTC(2026, 10, 2),
  wrongFor: ['sad', 'angry'],
  at: Date.UTC(2026, 10, 2),
};

const SCORES = { angry: 0.1, disgust: 0.1, fear: 0.1, happy: 0.4, sad: 0.1, surprise: 0.1, neutral: 0.1 };
const ENTRIES: readonly Omit<HistoryEntry, 'number'>[] = [
  { time: Date.UTC(2026, 10, 3, 8), source: 'photo', emotion: 'happy', scores: SCORES, goal: 'match' },
  { time: Date.UTC(2026, 10, 3, 9), source: 'hand', emotion: 'sad', goal: 'lift' },
  { time: Date.UTC(2026, 10, 3, 10), source: 'voice', emotion: 'happy', scores: SCORES, goal: 'calm' },
];

/** @param place empty; @returns what it does wrong, one sentence each; the place is empty afterwards. */
export const checkKeptPlace = async (place: KeptPlace): Promise<string[]> => {
  const wrong: string[] = [];
  const sorted = (value: unknown): string =>
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    );
  const check = (name: string, found: unknown, expected: unknown): void => {
    if (sorted(found) !== sorted(expected)) wrong.push(`${name}: ${sorted(found)}, expected ${sorted(expected)}`);
  };
  const ids = ['a/one', 'b/two words', 'c/三'];
  check('typical songs at first', (await place.load()).profile, {});
  await place.setTypical('sad', ids);
  await place.setTypical('happy', ids);
  await place.setTypical('happy', undefined);
  check('typical songs', (await place.load()).profile, { sad: ids });
  await place.setTypical('sad', undefined);

  await place.setMemory('a/one', LIKED);
  await place.setMemory('b/two words', LIKED);
  await place.setMemory('b/two words', SENT_AWAY);
  await place.setMemory('c/三', LIKED);
  await place.setMemory('c/三', undefined);
  check('what was said', (await place.load()).listener.songs, { 'a/one': LIKED, 'b/two words': SENT_AWAY });
  for (const id of ['a/one', 'b/two words']) await place.setMemory(id, undefined);
  check('all forgotten', (await place.load()).listener.songs, {});

  await place.setKeepsHistory(true);
  const numbers: number[] = [];
  for (const entry of ENTRIES) numbers.push(await place.addToHistory(entry));
  const read = async () => (await place.load()).history.map(({ number: _, ...entry }) => entry);
  check('history, oldest first', await read(), ENTRIES);
  await place.removeFromHistory(numbers[1]);
  check('one entry removed', await read(), [ENTRIES[0], ENTRIES[2]]);
  await place.removeFromHistory();
  check('all entries removed', await read(), []);
  await place.setKeepsHistory(false);
  return wrong;
};
