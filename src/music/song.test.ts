import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from './languages.ts';
import { slug, songId, songProblem } from './song.ts';
import { eraOf, isTag, TAGS, tagKind } from './tags.ts';

describe('songId', () => {
  it('joins artist and title in any script, whatever the case, width and punctuation', () => {
    expect(songId('The Beatles', 'Help!')).toBe('the-beatles/help');
    expect(songId('AC/DC', 'You Shook Me (All Night Long)')).toBe('ac-dc/you-shook-me-all-night-long');
    expect(songId('周杰伦', '稻香')).toBe('周杰伦/稻香');
    expect(songId('Beyoncé', 'Ｈａｌｏ')).toBe('beyoncé/halo');
    expect(songId('Guns N’ Roses', "Don't Cry")).toBe(songId("GUNS N' ROSES", 'Dont Cry'));
    expect(songId('!!!', '///')).toBe('!!!/---');
  });

  it('has one slash, and a slug of a slug is itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (artist, title) => {
        expect(songId(artist, title).split('/')).toHaveLength(2);
        expect(slug(slug(title))).toBe(slug(title));
      }),
    );
  });
});

describe('songProblem', () => {
  const facts = {
    title: 'T',
    artist: 'A',
    year: 1999,
    language: 'en',
    emotion: 'happy',
    tags: ['pop'],
    typical: false,
  };

  it('passes a sound song and says what is wrong with others', () => {
    expect(songProblem(facts)).toBeUndefined();
    expect(songProblem({ ...facts, year: undefined, language: '' })).toBeUndefined();
    expect(songProblem({ ...facts, title: ' ' })).toMatch('title');
    expect(songProblem({ ...facts, artist: 'x'.repeat(501) })).toMatch('artist');
    expect(songProblem({ ...facts, year: 20 })).toMatch('1000 to 2100');
    expect(songProblem({ ...facts, language: 'xx' })).toMatch('ISO 639-1');
    expect(songProblem({ ...facts, emotion: 'fearful' })).toMatch('angry, disgust, fear');
    expect(songProblem({ ...facts, tags: Array(65).fill('pop') })).toMatch('at most 64');
  });
});

describe('the vocabularies', () => {
  it('hold each tag once, lower case with hyphens', () => {
    const tags = Object.values(TAGS).flat();
    expect(new Set(tags).size).toBe(tags.length);
    expect(tags.filter((tag) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(tag))).toEqual([]);
    expect([tagKind('hip-hop'), tagKind('1980s'), tagKind('polka')]).toEqual(['genre', 'era', undefined]);
    expect(isTag('toString')).toBe(false);
  });

  it('give every year its era', () => {
    expect([1900, 1949, 1950, 1987, 2000, 2029, 2035].map(eraOf)).toEqual([
      'pre-1950s',
      'pre-1950s',
      '1950s',
      '1980s',
      '2000s',
      '2020s',
      '2020s',
    ]);
  });

  it('list the 183 languages of ISO 639-1 and two codes more, once each', () => {
    // The platform's own list of languages knows each of them by a name.
    const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
    expect(LANGUAGES.filter((code) => names.of(code) === undefined)).toEqual([]);
    expect(new Set(LANGUAGES).size).toBe(LANGUAGES.length);
    expect(LANGUAGES).toHaveLength(185);
  });
});
