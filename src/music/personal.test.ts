import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from '../base/emotions.ts';
import { createRandom } from '../base/random.ts';
import { createCatalogue } from './catalogue.ts';
import { type Listener, NEW_LISTENER, react } from './listener.ts';
import { recommendPersonally } from './personal.ts';
import { ARTIST_GAP } from './personal-walk.ts';
import { TAGS } from './tags.ts';

/** 700 songs of 70 artists with mood tags near their emotion, and other tags drawn. */
const random = createRandom(5);
const other = [...TAGS.genre, ...TAGS.instrument, ...TAGS.theme];
const MOODS: Readonly<Record<Emotion, readonly string[]>> = {
  angry: ['angry', 'aggressive', 'tense'],
  disgust: ['scornful', 'bitter', 'cynical'],
  fear: ['anxious', 'ominous', 'eerie'],
  happy: ['happy', 'cheerful', 'carefree'],
  sad: ['sad', 'lonely', 'mournful'],
  surprise: ['surprising', 'dramatic', 'playful'],
  neutral: ['reflective', 'calm', 'mysterious'],
};
const catalogue = createCatalogue(
  Array.from({ length: 700 }, (_, at) => {
    const emotion = EMOTIONS[at % 7]!;
    return {
      title: `Song ${at}`,
      artist: `Artist ${at % 70}`,
      emotion,
      tags: [
        ...new Set([
          MOODS[emotion][random.integer(3)]!,
          ...Array.from({ length: 4 }, () => other[random.integer(other.length)]!),
        ]),
      ],
      typical: at < 21,
    };
  }),
);
const idsOf = (songs: readonly { song: { id: string } }[]): string[] => songs.map(({ song }) => song.id);
const DAY = 86_400_000;

describe('recommendPersonally', () => {
  it('leads from sad to happy in small steps that do not turn back, no artist twice in ten', () => {
    const { songs, path, mood, goal } = recommendPersonally({ mood: 'sad', catalogue, count: 20 });
    expect([mood, goal, songs.length]).toEqual(['sad', 'lift', 20]);
    expect([songs[0]!.song.emotion, songs[19]!.song.emotion]).toEqual(['sad', 'happy']);
    expect(path.quality.monotoneShare).toBeGreaterThan(0.8);
    expect(path.quality.largestStep).toBeLessThan(0.75);
    expect(path.quality.endError).toBeLessThan(0.3);
    expect([path.wanted.length, path.songs.length]).toEqual([20, 20]);
    const artists = songs.map(({ song }) => song.artist);
    artists.forEach((artist, at) => {
      expect(artists.slice(at + 1, at + ARTIST_GAP)).not.toContain(artist);
    });
  });

  it('meets a mood with its own songs, and starts between two likely ones', () => {
    const match = recommendPersonally({ mood: 'angry', goal: 'match', catalogue, count: 10 });
    expect(match.songs.filter(({ song }) => song.emotion === 'angry').length).toBeGreaterThanOrEqual(8);
    const scores = Object.fromEntries(
      EMOTIONS.map((emotion) => [emotion, { sad: 0.6, angry: 0.4 }[emotion as string] ?? 0]),
    );
    const { path } = recommendPersonally({ mood: scores as EmotionScores, catalogue });
    expect(path.from.arousal).toBeCloseTo(0.6 * -0.27 + 0.4 * 0.59, 12);
  });

  it('never plays typical songs, what is called heard, what was heard today, or what was found wrong for the mood', () => {
    const first = recommendPersonally({ mood: 'sad', catalogue, count: 10 });
    expect(first.songs.some(({ song }) => song.typical)).toBe(false);
    const [called, today, wrong] = idsOf(first.songs) as [string, string, string];
    let listener = react(NEW_LISTENER, { songId: today, reaction: 'heard', at: 100 * DAY });
    listener = react(listener, { songId: wrong, reaction: 'not-my-mood', mood: 'sad', at: 1 });
    const options = { catalogue, count: 10, listener, heard: new Set([called]), now: 100.5 * DAY } as const;
    const second = idsOf(recommendPersonally({ mood: 'sad', ...options }).songs);
    for (const id of [called, today, wrong]) expect(second).not.toContain(id);
    // Long after, and for another mood, they may come again.
    const later = idsOf(recommendPersonally({ mood: 'sad', catalogue, count: 10, listener, now: 400 * DAY }).songs);
    expect(later).toContain(today);
  });

  it('turns towards what was liked and away from what was skipped', () => {
    const liked = [...catalogue].filter(({ tags }) => tags.includes('jazz')).slice(0, 6);
    const listener = liked.reduce<Listener>(
      (before, { id }, at) => react(before, { songId: id, reaction: 'like', at }),
      NEW_LISTENER,
    );
    const jazz = (learnt: Listener): number =>
      recommendPersonally({ mood: 'happy', catalogue, count: 20, listener: learnt }).songs.filter(({ song }) =>
        song.tags.includes('jazz'),
      ).length;
    expect(jazz(listener)).toBeGreaterThan(jazz(NEW_LISTENER));
    const [top] = idsOf(recommendPersonally({ mood: 'happy', catalogue, count: 1 }).songs) as [string];
    const skipped = [1, 2, 3].reduce<Listener>(
      (before, at) => react(before, { songId: top, reaction: 'skip', at }),
      NEW_LISTENER,
    );
    expect(idsOf(recommendPersonally({ mood: 'happy', catalogue, count: 1, listener: skipped }).songs)).not.toEqual([
      top,
    ]);
  });

  it('believes what is known of the emotions more than the label', () => {
    const shares = new Float32Array(catalogue.size * 7);
    // Every song that is labelled happy is known to be fear, and the other way round.
    for (let song = 0; song < catalogue.size; song++) {
      const label = EMOTIONS[catalogue.columns.emotion[song]!]!;
      const known = label === 'happy' ? 'fear' : label === 'fear' ? 'happy' : label;
      shares[song * 7 + EMOTIONS.indexOf(known)] = 1;
    }
    const { songs } = recommendPersonally({ mood: 'happy', catalogue, count: 10, known: { emotionShares: shares } });
    const labels = songs.map(({ song }) => song.emotion);
    expect(labels).not.toContain('happy');
  });

  it('gives each song once and the same list each time, for any mood, goal and count', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EMOTIONS),
        fc.constantFrom('match', 'lift', 'calm' as const),
        fc.integer({ min: 1, max: 60 }),
        (mood, goal, count) => {
          const ids = idsOf(recommendPersonally({ mood, goal, count, catalogue }).songs);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).toHaveLength(count);
          expect(idsOf(recommendPersonally({ mood, goal, count, catalogue }).songs)).toEqual(ids);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('works without typical songs, and says when nothing is left', () => {
    const plain = createCatalogue([
      { title: 'A', artist: 'X', emotion: 'happy', tags: ['pop'] },
      { title: 'B', artist: 'Y', emotion: 'happy', tags: ['rock'] },
    ]);
    expect(recommendPersonally({ mood: 'happy', catalogue: plain }).songs).toHaveLength(2);
    const heard = new Set([...plain].map(({ id }) => id));
    const code = (what: string) => expect.objectContaining({ code: what });
    expect(() => recommendPersonally({ mood: 'happy', catalogue: plain, heard })).toThrow(code('music/none-left'));
    expect(() => recommendPersonally({ mood: 'joy' as Emotion, catalogue: plain })).toThrow(code('music/mood'));
    const known = { emotionShares: new Float32Array(3) };
    expect(() => recommendPersonally({ mood: 'happy', catalogue: plain, known })).toThrow(code('music/columns'));
  });
});
