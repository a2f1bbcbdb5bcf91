import { expect, it } from 'vitest';
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
