/** Choices kept in the browser: read warily, carried to a server once, told as events. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../src/base/emotions.ts';
import type { SongMemory } from '../src/music/listener.ts';
import { createBrowserPlace } from './browser-place.ts';
import { createMemoryKeep } from './keep.ts';
import { carryOver } from './kept-place.ts';
import { checkKeptPlace } from './kept-place-contract.ts';
import { eventsOf, listenerOf } from './server-place.ts';

describe('choices in this browser', () => {
  it('are kept as the contract says', async () => {
    expect(await checkKeptPlace(createBrowserPlace(createMemoryKeep()))).toEqual([]);
  });

  it('pass over what no page of ours wrote, a time that is none among it', async () => {
    const keep = createMemoryKeep();
    const entry = { time: 1, source: 'hand', emotion: 'sad', goal: 'lift' };
    for (const odd of [{ time: Number.NaN }, { time: 9e15 }, { emotion: 'glad' }, { goal: 'up' }, { source: 'rumour' }])
      await keep.add({ ...entry, ...odd });
    await keep.add(entry);
    expect((await createBrowserPlace(keep).load()).history).toEqual([{ ...entry, number: 6 }]);
  });

  it('go along to another place once, where that says nothing of its own', async () => {
    const [mine, theirs] = [createMemoryKeep(), createMemoryKeep()];
    const [from, to] = [createBrowserPlace(mine), createBrowserPlace(theirs)];
    await from.setTypical('sad', ['1', '2', '3']);
    await from.setMemory('a/b', { liked: true, at: 1 });
    await from.setMemory('c/d', { liked: true, at: 1 });
    await from.addToHistory({ time: 1, source: 'hand', emotion: 'sad', goal: 'lift' });
    await to.setMemory('c/d', { skips: 1, at: 2 });
    const forget = (): Promise<void> => mine.clear();
    expect(await carryOver(from, to, true, async () => forget())).toBe(true);
    const { profile, listener, history } = await to.load();
    expect(profile).toEqual({ sad: ['1', '2', '3'] });
    expect(listener.songs).toEqual({ 'a/b': { liked: true, at: 1 }, 'c/d': { skips: 1, at: 2 } });
    expect(history).toHaveLength(1);
    expect(await carryOver(from, to, true, forget)).toBe(false);
  });
});

describe('what is remembered of a song', () => {
  const time = fc.integer({ min: 1, max: 2_000_000_000_000 });
  const memory: fc.Arbitrary<SongMemory> = fc
    .record({
      liked: fc.option(fc.constant(true as const), { nil: undefined }),
      skips: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
      wrongFor: fc.option(fc.uniqueArray(fc.constantFrom(...EMOTIONS), { minLength: 1 }), { nil: undefined }),
      at: time,
    })
    // A skip was heard when it was skipped.
    .map(({ liked, skips, wrongFor, at }) => ({
      ...(liked && { liked }),
      ...(skips && { skips, heardAt: at }),
      ...(wrongFor && { wrongFor }),
      at,
    }));

  it('is told as events and remembered from them alike', () => {
    fc.assert(
      fc.property(memory, (before) => {
        const told = eventsOf(before).map((event, id) => ({ ...event, id, songId: 'a/b' }));
        const after = listenerOf(told.reverse()).songs['a/b'];
        const saysNothing = !before.liked && !before.skips && !before.wrongFor;
        expect(after).toEqual(saysNothing ? undefined : before);
      }),
    );
  });
});
