import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from '../base/emotions.ts';
import { createRandom } from '../base/random.ts';
import { createCatalogue } from './catalogue.ts';
import { type Goal, moodTarget } from './mood-target.ts';
import { countTags, typicalSongs } from './profile.ts';
import { rankSongs } from './rank.ts';
import { recommend } from './recommend.ts';
import { TAGS } from './tags.ts';

/** Made-up songs: `perEmotion` of each emotion by `artists` artists, the first three typical. */
const library = (perEmotion: number, artists: number, seed = 1) => {
  const random = createRandom(seed);
  const words = [...TAGS.mood, ...TAGS.tempo];
  return createCatalogue(
    EMOTIONS.flatMap((emotion) =>
      Array.from({ length: perEmotion }, (_, i) => ({
        title: `${emotion} ${i}`,
        artist: `artist ${random.integer(artists)}`,
        emotion,
        tags: Array.from({ length: 4 }, () => words[random.integer(words.length)]!),
        typical: i < 3,
      })),
    ),
  );
};
const catalogue = library(60, 25);
const scores = (values: Partial<EmotionScores>): EmotionScores => ({
  angry: 0,
  disgust: 0,
  fear: 0,
  happy: 0,
  sad: 0,
  surprise: 0,
  neutral: 0,
  ...values,
});
const titles = (mood: EmotionScores | Emotion, goal?: Goal): string[] =>
  recommend({ mood, catalogue, ...(goal && { goal }) }).songs.map(({ song }) => song.title);

describe('recommend', () => {
  it("matches with the paper's ranking of the mood's own library, typical songs left out", () => {
    const varied = library(60, 1000);
    const typical = typicalSongs('happy', varied);
    expect(recommend({ mood: 'happy', catalogue: varied, count: 5 })).toEqual({
      mood: 'happy',
      goal: 'match',
      songs: rankSongs({
        weights: countTags(varied, typical),
        catalogue: varied,
        emotion: 'happy',
        without: new Set(typical),
        count: 5,
      }),
    });
  });

  it('lifts sad by way of neutral to happy: five, five, ten', () => {
    const { goal, songs } = recommend({ mood: 'sad', catalogue });
    expect(goal).toBe('lift');
    expect(songs.map(({ song }) => song.emotion)).toEqual([
      ...Array(5).fill('sad'),
      ...Array(5).fill('neutral'),
      ...Array(10).fill('happy'),
    ]);
  });

  it('ends in the mood wanted however short the list', () => {
    const emotions = (count: number): string[] =>
      recommend({ mood: 'sad', catalogue, count }).songs.map(({ song }) => song.emotion);
    expect([1, 2, 3, 4].map(emotions)).toEqual([
      ['happy'],
      ['sad', 'happy'],
      ['sad', 'neutral', 'happy'],
      ['sad', 'neutral', 'happy', 'happy'],
    ]);
  });

  it('draws songs towards the goal by the weights of its tags on top of the profile', () => {
    const varied = library(60, 1000);
    const typical = typicalSongs('neutral', varied);
    const weights = countTags(varied, typical);
    for (const tag of ['calm', 'peaceful', 'relaxed', 'soothing', 'slow'])
      weights.set(tag, (weights.get(tag) ?? 0) + 24);
    const ranked = rankSongs({ weights, catalogue: varied, emotion: 'neutral', without: new Set(typical) });
    expect(recommend({ mood: 'neutral', catalogue: varied, goal: 'calm', count: 10 }).songs).toEqual(
      ranked.slice(0, 10),
    );
    const { songs } = recommend({ mood: 'angry', catalogue: varied, goal: 'calm' });
    expect(songs.map(({ song }) => song.emotion)).toEqual([...Array(10).fill('angry'), ...Array(10).fill('neutral')]);
    expect(songs.slice(10)).toEqual(ranked.slice(0, 10));
  });

  it('goes by the likeliest emotion alone, on equal scores the first of the seven', () => {
    expect(titles(scores({ sad: 0.4, neutral: 0.35, fear: 0.25 }))).toEqual(titles('sad'));
    expect(titles(scores({ sad: 1 }))).toEqual(titles('sad'));
    expect(recommend({ mood: scores({ sad: 0.5, happy: 0.5 }), catalogue }).mood).toBe('happy');
  });

  it('never plays typical or heard songs, no song twice, no artist twice in a row, and follows the path', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EMOTIONS),
        fc.constantFrom<Goal>('match', 'lift', 'calm'),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 9 }),
        (mood, goal, count, artists, seed) => {
          const small = library(20, artists, seed);
          const random = createRandom(seed);
          const heard = new Set(Array.from(small, ({ id }) => id).filter(() => random.next() < 0.3));
          const { songs } = recommend({ mood, goal, count, catalogue: small, heard: new Set([...heard, 'not/here']) });
          const ids = songs.map(({ song }) => song.id);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.length).toBeLessThanOrEqual(count);
          expect(songs.filter(({ song }) => song.typical || heard.has(song.id))).toEqual([]);
          songs.forEach(({ song }, i) => {
            if (i > 0) expect(song.artist).not.toBe(songs[i - 1]!.song.artist);
          });
          const order = moodTarget(mood, goal).path.map(({ emotion }) => emotion);
          const stages = songs.map(({ song }) => order.indexOf(song.emotion));
          expect(stages).toEqual([...stages].sort((a, b) => a - b));
          if (ids.length === count) expect(songs.at(-1)!.song.emotion).toBe(order.at(-1));
        },
      ),
    );
  });

  it('passes an artist over, and comes back to the song right after', () => {
    const song = (artist: string, title: string, tags: string[], typical = false) => ({
      title,
      artist,
      emotion: 'happy' as const,
      tags,
      typical,
    });
    const small = createCatalogue([
      ...['1', '2', '3'].map((title) => song('Typical', title, ['pop', 'happy'], true)),
      song('A', 'best', ['pop', 'happy']),
      song('A', 'second', ['pop', 'happy']),
      song('B', 'third', ['pop', 'sad']),
      song('C', 'last', ['sad']),
    ]);
    expect(recommend({ mood: 'happy', catalogue: small }).songs.map(({ song }) => song.title)).toEqual([
      'best',
      'third',
      'second',
      'last',
    ]);
  });

  it('looks as far down as it must where one artist fills the top', () => {
    const many = createCatalogue([
      ...Array.from({ length: 500 }, (_, i) => ({
        title: `${i}`,
        artist: 'A',
        emotion: 'happy' as const,
        tags: ['pop'],
        typical: i < 3,
      })),
      { title: 'other', artist: 'B', emotion: 'happy' as const, tags: ['rock'] },
    ]);
    expect(recommend({ mood: 'happy', catalogue: many, count: 5 }).songs.map(({ song }) => song.artist)).toEqual([
      'A',
      'B',
      'A',
    ]);
  });

  it("ranks by the listener's own typical songs", () => {
    const chosen = [...catalogue].filter(({ emotion, typical }) => emotion === 'happy' && !typical).slice(0, 3);
    const { songs } = recommend({
      mood: 'happy',
      catalogue,
      profile: { happy: chosen.map(({ id }) => id) },
      count: 57,
    });
    expect(titles('happy')).not.toEqual(songs.slice(0, 20).map(({ song }) => song.title));
    expect(songs.some(({ song }) => chosen.some(({ id }) => id === song.id))).toBe(false);
  });

  it('says what is wrong with what it is asked', () => {
    const code = (options: Partial<Parameters<typeof recommend>[0]>): unknown => {
      try {
        recommend({ mood: 'happy', catalogue, ...options });
      } catch (error) {
        return (error as { code: string }).code;
      }
      return undefined;
    };
    const all = new Set(Array.from(catalogue, ({ id }) => id));
    expect(code({ mood: 'bored' as Emotion })).toBe('music/mood');
    expect(code({ mood: scores({ sad: Number.NaN }) })).toBe('music/mood');
    expect(code({ mood: { happy: 1 } as EmotionScores })).toBe('music/mood');
    expect(code({ goal: 'cheer' as Goal })).toBe('music/goal');
    expect(code({ count: 0 })).toBe('music/count');
    expect(code({ count: 1.5 })).toBe('music/count');
    expect(code({ heard: all })).toBe('music/none-left');
    expect(code({ profile: { happy: ['nobody/nothing', 'a/b', 'c/d'] } })).toBe('music/profile');
    const [first, second] = all;
    expect(code({ profile: { happy: [first!, second!] } })).toBe('music/profile');
    expect(code({ profile: { happy: [first!, second!, first!] } })).toBe('music/profile');
    expect(code({ catalogue: createCatalogue([{ title: 'T', artist: 'A', emotion: 'happy', tags: ['pop'] }]) })).toBe(
      'music/no-typical',
    );
  });
});
