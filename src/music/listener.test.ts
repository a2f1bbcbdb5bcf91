import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  forgetSong,
  type Listener,
  MOST_MEMORIES,
  memoryOf,
  NEW_LISTENER,
  parseListener,
  REACTIONS,
  react,
} from './listener.ts';

const reactions = fc.array(
  fc.record({
    songId: fc.oneof(fc.constantFrom('a/b', '__proto__', 'constructor'), fc.string({ minLength: 1 })),
    reaction: fc.constantFrom(...REACTIONS),
    mood: fc.constantFrom('sad', 'happy' as const),
    at: fc.nat(),
  }),
);

describe('react', () => {
  it('remembers what was said of each song', () => {
    let listener: Listener = NEW_LISTENER;
    for (const [reaction, at] of [
      ['skip', 1],
      ['skip', 2],
      ['heard', 5],
      ['not-my-mood', 6],
    ] as const) {
      listener = react(listener, { songId: 'a/b', reaction, mood: 'sad', at });
    }
    expect(memoryOf(listener, 'a/b')).toEqual({ skips: 2, heardAt: 5, wrongFor: ['sad'], at: 6 });
    listener = react(listener, { songId: 'a/b', reaction: 'like', at: 7 });
    expect(memoryOf(listener, 'a/b')).toEqual({ liked: true, heardAt: 5, wrongFor: ['sad'], at: 7 });
    expect(memoryOf(react(listener, { songId: 'a/b', reaction: 'unlike', at: 8 }), 'a/b')?.liked).toBeUndefined();
    expect(forgetSong(listener, 'a/b')).toEqual(NEW_LISTENER);
    expect(NEW_LISTENER.songs).toEqual({});
  });

  it('comes back whole from JSON, whatever the ids', () => {
    fc.assert(
      fc.property(reactions, (events) => {
        const listener = events.reduce(react, NEW_LISTENER);
        expect(parseListener(JSON.stringify(listener))).toEqual(listener);
      }),
    );
  });

  it('keeps no more than it may, and likes longest', () => {
    const songs = Object.fromEntries(
      Array.from({ length: MOST_MEMORIES }, (_, at) => [
        `s/${at}`,
        { at, ...(at === 0 ? { liked: true as const } : {}) },
      ]),
    );
    const full = react({ version: 1, songs }, { songId: 'new/one', reaction: 'heard', at: 9 });
    expect(Object.keys(full.songs)).toHaveLength(MOST_MEMORIES);
    expect([memoryOf(full, 's/0')?.liked, memoryOf(full, 's/1'), memoryOf(full, 'new/one')?.heardAt]).toEqual([
      true,
      undefined,
      9,
    ]);
  });

  it('refuses what is no reaction, and what is no listener', () => {
    const code = (what: string) => expect.objectContaining({ code: what });
    expect(() => react(NEW_LISTENER, { songId: 'a', reaction: 'love' as never, at: 1 })).toThrow(
      code('music/reaction'),
    );
    expect(() => react(NEW_LISTENER, { songId: 'a', reaction: 'not-my-mood', at: 1 })).toThrow(code('music/reaction'));
    expect(() => react(NEW_LISTENER, { songId: '', reaction: 'like', at: 1 })).toThrow(code('music/reaction'));
    for (const text of ['', '[]', '{"version":2,"songs":{}}', '{"version":1,"songs":[]}']) {
      expect(() => parseListener(text)).toThrow(code('music/listener'));
    }
    const odd = '{"version":1,"songs":{"a":{"at":1,"liked":"yes","skips":-1,"wrongFor":["sad","joy"]},"b":{},"c":7}}';
    expect(parseListener(odd).songs).toEqual({ a: { at: 1, wrongFor: ['sad'] } });
  });
});
