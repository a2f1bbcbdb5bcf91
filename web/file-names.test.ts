/** Music files are found by their names. */
import { expect, it } from 'vitest';
import { namesOf } from './file-names.ts';

it.each([
  ['Queen - Bohemian Rhapsody.mp3', ['queen/bohemian-rhapsody']],
  ['01 - Queen - Bohemian Rhapsody.flac', ['queen/bohemian-rhapsody']],
  ['03. 五月天 – 恋爱ing.m4a', ['五月天/恋爱ing']],
  ['Queen_-_Radio_Ga_Ga.ogg', ['queen/radio-ga-ga']],
  ['Queen - The Works - Radio Ga Ga.mp3', ['queen/the-works', 'queen/radio-ga-ga']],
  ['Radio Ga Ga.mp3', ['radio-ga-ga']],
  ['99 Luftballons.mp3', ['99-luftballons']],
  ['07 Luftballons.mp3', ['luftballons']],
])('%s', (name, ids) => {
  expect(namesOf(name)).toEqual(expect.arrayContaining(ids));
});

it('has no name for a file without one', () => {
  expect(namesOf('.mp3')).toEqual([]);
});
