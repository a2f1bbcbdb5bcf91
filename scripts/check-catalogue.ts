/** Fails when the shipped songs break a rule of catalogue/README.md, and tells how many of them other song lists know too. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { packagePath } from '../node/package-root.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { parseCatalogue } from '../src/music/catalogue.ts';
import type { Song } from '../src/music/song.ts';
import { eraOf, TAGS, type TagKind, tagKind } from '../src/music/tags.ts';

export const RULES = {
  songsPerEmotion: 105,
  typicalPerEmotion: 3,
  songsPerArtist: 6,
  chineseSongs: 90,
  /** Share of all songs, 0 to 1. */
  englishAtMost: 0.6,
  /** Languages beside Chinese and English with `songsPerOtherLanguage` songs or more. */
  otherLanguages: 8,
  songsPerOtherLanguage: 12,
  tags: { least: 5, most: 9 },
  eras: TAGS.era.filter((era) => era !== 'pre-1950s'),
};

/** Cantonese may be told apart from Mandarin (`yue`, `zh`): both are Chinese here. */
const CHINESE = ['zh', 'yue'];

/** What a row of the song lists of the data folder is read as. */
export interface ListedSong {
  readonly title: string;
  /** One name or several, parted by |, &, /, commas or "feat.". */
  readonly artist: string;
}

/**
 * The bare letters and digits of a name, so that spellings can be compared: no case, no Latin accents, nothing in brackets,
 * nothing after " - " ("Remastered 2009"), no leading "the".
 */
export const bareName = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '') // only Latin's accents: the marks of other scripts are letters
    .normalize('NFKC')
    .toLowerCase();
  const bare = (text: string): string => text.replace(/^the\s+/, '').replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
  const short = bare(
    plain
      .replace(/[([（【].*?[)\]）】]/g, ' ')
      .replace(/\s[-–~〜]\s.*$/, '')
      .replace(/\s(?:feat|ft)\.?\s.*$/, '')
      .trim(),
  );
  return short || bare(plain.trim()) || plain.trim();
};

/** The artists of a row, each as `bareName`, and all of them together. */
export const bareArtists = (artist: string): string[] => [
  bareName(artist),
  ...artist.split(/\s*(?:\||&|\/|,|、|;|\s(?:feat\.?|ft\.?|featuring|and|with|x)\s)\s*/i).map(bareName),
];

/** The defects of a catalogue, one sentence each; none where it keeps every rule. */
export const findDefects = (songs: readonly Song[], rules = RULES): string[] => [
  ...songs.flatMap((song) => songDefects(song, rules)),
  ...[...countBy(songs, (song) => `${bareName(song.title)} / ${bareName(song.artist)}`)]
    .filter(([, count]) => count > 1)
    .map(([song, count]) => `${song}: stands ${count} times, in other spellings`),
  ...EMOTIONS.flatMap((emotion) => {
    const library = songs.filter((song) => song.emotion === emotion);
    const typical = library.filter((song) => song.typical).length;
    return [
      ...(library.length < rules.songsPerEmotion
        ? [`${emotion}: ${library.length} songs, at least ${rules.songsPerEmotion} are wanted`]
        : []),
      ...(typical === rules.typicalPerEmotion
        ? []
        : [`${emotion}: ${typical} typical songs, ${rules.typicalPerEmotion} are wanted`]),
    ];
  }),
  ...[...countBy(songs, (song) => bareName(song.artist))]
    .filter(([, count]) => count > rules.songsPerArtist)
    .map(([artist, count]) => `${artist}: ${count} songs, at most ${rules.songsPerArtist} of one artist are wanted`),
  ...languageDefects(songs, rules),
  ...rules.eras
    .filter((era) => !songs.some((song) => song.tags.includes(era)))
    .map((era) => `${era}: no song of that decade`),
];

const songDefects = (song: Song, rules: typeof RULES): string[] => {
  const of = (kind: TagKind): readonly string[] => song.tags.filter((tag) => tagKind(tag) === kind);
  const eras = of('era').join();
  const problems = [
    song.year === undefined ? 'its year is missing' : '',
    song.year !== undefined && song.year > new Date().getFullYear() ? `its year ${song.year} is still to come` : '',
    song.language === '' ? 'its language is missing' : '',
    song.year === undefined || eras === eraOf(song.year)
      ? ''
      : `its era is tagged "${eras}", its year ${song.year} makes it ${eraOf(song.year)}`,
    of('mood').length === 0 ? 'it has no mood tag' : '',
    of('genre').length === 0 ? 'it has no genre tag' : '',
    of('tempo').length === 1 ? '' : `it has ${of('tempo').length} tempo tags, one is wanted`,
    song.tags.length >= rules.tags.least && song.tags.length <= rules.tags.most
      ? ''
      : `it has ${song.tags.length} tags, ${rules.tags.least} to ${rules.tags.most} are wanted`,
    (song.language === 'zxx') === song.tags.includes('instrumental')
      ? ''
      : 'the language zxx and the tag "instrumental" go together',
  ];
  return problems.filter((problem) => problem !== '').map((problem) => `${song.id}: ${problem}`);
};

const languageDefects = (songs: readonly Song[], rules: typeof RULES): string[] => {
  const languages = countBy(songs, (song) => song.language);
  const chinese = CHINESE.reduce((sum, language) => sum + (languages.get(language) ?? 0), 0);
  const english = (languages.get('en') ?? 0) / Math.max(1, songs.length);
  const others = [...languages].filter(
    ([language, count]) => ![...CHINESE, 'en', 'zxx'].includes(language) && count >= rules.songsPerOtherLanguage,
  );
  return [
    chinese < rules.chineseSongs ? `Chinese: ${chinese} songs, at least ${rules.chineseSongs} are wanted` : '',
    english > rules.englishAtMost
      ? `English: ${percent(english)} of the songs, at most ${percent(rules.englishAtMost)} is wanted`
      : '',
    others.length < rules.otherLanguages
      ? `${others.length} other languages have ${rules.songsPerOtherLanguage} songs, ${rules.otherLanguages} are wanted`
      : '',
  ].filter((problem) => problem !== '');
};

/** How often each key comes, the commonest first. */
export const countBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
};

/** Sorts songs by whether a list has the title by the same artist, the title by somebody else, or neither. */
export const confirm = (
  songs: readonly Song[],
  listed: readonly ListedSong[],
): { confirmed: Song[]; titleOnly: Song[]; unknown: Song[] } => {
  const artistsOf = new Map<string, Set<string>>();
  for (const { title, artist } of listed) {
    const key = bareName(title);
    const artists = artistsOf.get(key) ?? new Set();
    for (const name of bareArtists(artist)) artists.add(name);
    artistsOf.set(key, artists);
  }
  const sorted: { confirmed: Song[]; titleOnly: Song[]; unknown: Song[] } = {
    confirmed: [],
    titleOnly: [],
    unknown: [],
  };
  for (const song of songs) {
    const artists = artistsOf.get(bareName(song.title));
    if (artists === undefined) sorted.unknown.push(song);
    else if (bareArtists(song.artist).some((name) => artists.has(name))) sorted.confirmed.push(song);
    else sorted.titleOnly.push(song);
  }
  return sorted;
};

/** Rows of a table with tabs between the cells; the first row names the columns. */
export const readListedSongs = (text: string, artistColumn: string): ListedSong[] => {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const columns = header.split('\t');
  const [title, artist] = [columns.indexOf('title'), columns.indexOf(artistColumn)];
  if (title < 0 || artist < 0)
    throw new Error(`A song list has the columns ${columns.join(', ')}, not title and ${artistColumn}.`);
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split('\t');
      return { title: cells[title] ?? '', artist: cells[artist] ?? '' };
    });
};

const LISTS: readonly (readonly [file: string, artistColumn: string])[] = [
  ['mood-songs-deezer-msd.tsv.gz', 'artist'],
  ['netease-songs.tsv.gz', 'artists'],
  ['demo-songs-4moods.tsv', 'artist'],
  ['jamendo-titles.tsv.gz', 'artist'],
];

const readLists = (folder: string): ListedSong[] =>
  LISTS.flatMap(([file, artistColumn]) => {
    const bytes = readFileSync(join(folder, file));
    return readListedSongs((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'), artistColumn);
  });

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const describe = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([key, count]) => `${key} ${count}`).join(', ');

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const songs = [...parseCatalogue(readFileSync(packagePath('catalogue', 'songs.csv'), 'utf8'))];
  const defects = findDefects(songs);
  console.log(`${songs.length} songs by ${countBy(songs, (song) => song.artist).size} artists.`);
  console.log(`Emotions: ${describe(countBy(songs, (song) => song.emotion))}.`);
  console.log(`Languages: ${describe(countBy(songs, (song) => song.language))}.`);
  console.log(`Decades: ${describe(countBy(songs, (song) => eraOf(song.year ?? 0)))}.`);
  const folder = join(process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data'), 'songs');
  if (existsSync(folder)) {
    const { confirmed, titleOnly, unknown } = confirm(songs, readLists(folder));
    const share = (part: readonly Song[]): string => `${part.length} (${percent(part.length / songs.length)})`;
    const rest = packagePath('.cache', 'catalogue-unconfirmed.tsv');
    mkdirSync(dirname(rest), { recursive: true });
    const line = (found: string) => (song: Song) =>
      [found, song.emotion, song.language, song.year, song.artist, song.title].join('\t');
    writeFileSync(rest, `${[...titleOnly.map(line('title')), ...unknown.map(line('none'))].join('\n')}\n`);
    console.log(
      `In the song lists with title and artist: ${share(confirmed)}; the title by somebody else: ${share(titleOnly)}.`,
    );
    const known = countBy(confirmed, (song) => song.language);
    const shares = [...countBy(songs, (song) => song.language)]
      .filter(([, count]) => count >= RULES.songsPerOtherLanguage)
      .map(([language, count]) => `${language} ${percent((known.get(language) ?? 0) / count)}`);
    console.log(`With title and artist, by language: ${shares.join(', ')}.`);
    console.log(`The other ${share([...titleOnly, ...unknown])} are listed in ${rest} for a second look.`);
  } else {
    console.log(`Not compared with other song lists: ${folder} is absent.`);
  }
  for (const defect of defects) console.error(defect);
  console.log(defects.length === 0 ? 'No defect.' : `${defects.length} defects.`);
  process.exitCode = defects.length > 0 ? 1 : 0;
}
