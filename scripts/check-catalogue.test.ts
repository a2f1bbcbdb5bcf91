import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { packagePath } from '../node/package-root.ts';
import { parseCatalogue } from '../src/music/catalogue.ts';
import { bareName, confirm, findDefects, RULES, readListedSongs } from './check-catalogue.ts';

const HEADER = 'title,artist,year,language,emotion,tags,typical';
const GOOD = '稻香,周杰伦,2008,zh,happy,happy;cheerful;mandopop;mid-tempo;2000s,';
const LOOSE: typeof RULES = {
  ...RULES,
  songsPerEmotion: 0,
  typicalPerEmotion: 0,
  chineseSongs: 0,
  englishAtMost: 1,
  otherLanguages: 0,
  eras: [],
};
const defectsOf = (rows: readonly string[], rules: Partial<typeof RULES> = {}): string[] =>
  findDefects([...parseCatalogue([HEADER, ...rows].join('\n'))], { ...LOOSE, ...rules });

test('the songs that ship keep every rule', () => {
  const songs = [...parseCatalogue(readFileSync(packagePath('catalogue', 'songs.csv'), 'utf8'))];
  expect(findDefects(songs)).toEqual([]);
});

describe('findDefects', () => {
  it('finds none in a good song', () => expect(defectsOf([GOOD])).toEqual([]));

  it.each([
    ['an era that is not the year’s', GOOD.replace('2008', '1998'), 'its year 1998 makes it 1990s'],
    ['no era', GOOD.replace('2000s', 'home'), 'its era is tagged ""'],
    ['no year', GOOD.replace('2008', ''), 'its year is missing'],
    ['a year to come', GOOD.replace('2008', '2099').replace('2000s', '2020s'), 'its year 2099 is still to come'],
    ['no language', GOOD.replace(',zh,', ',,'), 'its language is missing'],
    ['two tempos', GOOD.replace('cheerful', 'slow'), 'it has 2 tempo tags'],
    ['no genre', GOOD.replace('mandopop', 'home'), 'it has no genre tag'],
    ['no mood', GOOD.replace('happy;cheerful', 'home;travel'), 'it has no mood tag'],
    ['four tags', GOOD.replace('cheerful;', ''), 'it has 4 tags'],
    ['words in no language', GOOD.replace(',zh,', ',zxx,'), 'go together'],
  ])('finds %s', (_, row, problem) => {
    const defects = defectsOf([row]);
    expect(defects).toHaveLength(1);
    expect(defects[0]).toContain(problem);
  });

  it('finds a song that stands twice in other spellings', () => {
    expect(defectsOf([GOOD, GOOD.replace('稻香', '稻香 (Live)')])).toEqual([
      '稻香 / 周杰伦: stands 2 times, in other spellings',
    ]);
  });

  it('counts what each rule counts', () => {
    expect(defectsOf([GOOD], { songsPerArtist: 0 })).toEqual(['周杰伦: 1 songs, at most 0 of one artist are wanted']);
    expect(defectsOf([GOOD], { chineseSongs: 2 })).toEqual(['Chinese: 1 songs, at least 2 are wanted']);
    expect(defectsOf([GOOD.replace(',zh,', ',en,')], { englishAtMost: 0.5 })).toHaveLength(1);
    expect(defectsOf([GOOD.replace(',zh,', ',ja,')], { otherLanguages: 1, songsPerOtherLanguage: 1 })).toEqual([]);
    expect(defectsOf([GOOD], { otherLanguages: 1, songsPerOtherLanguage: 1 })).toHaveLength(1);
    expect(defectsOf([GOOD], { eras: ['1950s', '2000s'] })).toEqual(['1950s: no song of that decade']);
    expect(defectsOf([GOOD], { songsPerEmotion: 1 })).toHaveLength(6);
    expect(defectsOf([GOOD], { typicalPerEmotion: 3 })).toHaveLength(7);
  });
});

test.each([
  ['Teardrop - Remastered 2006', 'teardrop'],
  ['The Sound of Silence (Live)', 'soundofsilence'],
  ['ÆNEMA', 'ænema'],
  ['Papaoutaï', 'papaoutai'],
  ['さくら（独唱）', 'さくら'],
  ['ポリリズム', 'ポリリズム'],
  ['तुम ही हो', 'तुमहीहो'],
  ['(G)I-DLE', 'idle'],
  ['1/1', '11'],
  ['???', '???'],
])('the bare name of %s is %s', (name, bare) => {
  expect(bareName(name)).toBe(bare);
});

test('a song is confirmed by title and any of its artists, and told apart from other people’s songs', () => {
  const listed = readListedSongs(
    'id\ttitle\tartists\n1\t凉凉 (Live)\t张碧晨|杨宗纬\n2\tHurt\tNine Inch Nails\n',
    'artists',
  );
  const songs = [
    ...parseCatalogue(
      `${HEADER}\n凉凉,杨宗纬,2017,zh,sad,sad,\nHurt,Johnny Cash,2002,en,sad,sad,\nRiver,Joni Mitchell,1971,en,sad,sad,\n`,
    ),
  ];
  const found = confirm(songs, listed);
  expect(found.confirmed.map(({ title }) => title)).toEqual(['凉凉']);
  expect(found.titleOnly.map(({ title }) => title)).toEqual(['Hurt']);
  expect(found.unknown.map(({ title }) => title)).toEqual(['River']);
  expect(() => readListedSongs('name\tartist\n', 'artist')).toThrow('columns name, artist');
});
