import { expect, it } from 'vitest';
import { EMOTIONS } from '../base/emotions.ts';
import { createCatalogue } from './catalogue.ts';
import { NEW_LISTENER } from './listener.ts';
import { recommendPersonally } from './personal.ts';
import { unpackCatalogue } from './song-columns.ts';

it('a catalogue handed from one thread to another is the same catalogue', () => {
  const moods = ['happy', 'sad'] as const;
  const catalogue = createCatalogue(
    Array.from({ length: 60 }, (_, n) => ({
      title: `Títle ${n}`,
      artist: `Artist ${n % 7}`,
      year: n % 2 ? 1990 + n : undefined,
      language: n % 3 ? 'en' : '',
      emotion: moods[n % 2]!,
      tags: n % 2 ? ['melancholic', 'piano'] : ['cheerful', `tag-${n % 5}`],
      typical: n < 6,
    })),
  );
  const other = unpackCatalogue(structuredClone(catalogue.pack()));
  expect([...other]).toEqual([...catalogue]);
  for (const { id } of catalogue) expect(other.position(id)).toBe(catalogue.position(id));
  expect(other.find('nobody/nothing')).toBeUndefined();
  for (const tag of ['piano', 'cheerful', 'tag-3', 'unknown'])
    for (const library of [3, 4])
      expect(other.columns.postings(library, tag)).toEqual(catalogue.columns.postings(library, tag));
  const list = (songs: typeof catalogue) =>
    recommendPersonally({ mood: 'sad', goal: 'match', catalogue: songs, listener: NEW_LISTENER, now: 0, count: 5 });
  expect(list(other)).toEqual(list(catalogue));
});

it('tells more tags apart than two bytes can number', () => {
  const songs = Array.from({ length: 1100 }, (_, n) => ({
    title: `Song ${n}`,
    artist: 'Artist',
    emotion: 'happy' as const,
    tags: Array.from({ length: 60 }, (_, t) => `tag-${60 * n + t}`),
  }));
  const catalogue = createCatalogue(songs);
  expect(catalogue.columns.tags).toHaveLength(66_000);
  for (const n of [0, 1092, 1099]) {
    const { id, tags } = catalogue.find(`artist/song-${n}`)!;
    expect(tags).toEqual(songs[n]!.tags);
    const position = catalogue.position(id);
    // What stands under a tag is the songs that have it, and no others.
    expect([...catalogue.columns.postings(EMOTIONS.indexOf('happy'), tags[59]!)]).toEqual([position]);
  }
  expect(catalogue.find('artist/song-0')!.tags[0]).toBe('tag-0');
  expect([...unpackCatalogue(structuredClone(catalogue.pack()))][7]).toEqual([...catalogue][7]);
});
