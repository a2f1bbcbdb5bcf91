import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { songId } from '../../src/music/song.ts';
import { encodeEastAsian } from '../../test/library/east-asian.ts';
import { makeMp3 } from '../../test/library/make-music.ts';
import { importSongs } from './import-songs.ts';
import { namesOfPath, pathBytes, pathText } from './music-file.ts';
import {
  type FileState,
  type ImportOptions,
  type ImportProblem,
  LONGEST_LYRICS,
  type SongRecord,
  tidyRecord,
} from './song-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-import-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const readAll = async (
  source: string,
  options: ImportOptions = {},
): Promise<{ songs: SongRecord[]; problems: ImportProblem[] }> => {
  const songs: SongRecord[] = [];
  const problems: ImportProblem[] = [];
  const opened = await importSongs(source, { ...options, onProblem: (problem) => problems.push(problem) });
  for await (const song of opened.songs) songs.push(song);
  return { songs, problems };
};

describe('CSV', () => {
  it('reads its own layout, whole or in part, and tells what it left out', async () => {
    const path = file(
      'a.csv',
      'title,artist,emotion,tags,year,language\n稻香,周杰伦,happy,"Pop;Mandarin Pop",2008,zh\nX,Y,bored,,20x8,\n,Nobody,,,,\n',
    );
    const { songs, problems } = await readAll(path);
    expect(songs).toEqual([
      { title: '稻香', artist: '周杰伦', emotion: 'happy', tags: ['pop', 'mandarin-pop'], year: 2008, language: 'zh' },
      { title: 'X', artist: 'Y', tags: [] },
    ]);
    expect(problems.map(({ place }) => place)).toEqual(['row 3', 'row 4']);
    expect(problems[0]!.message).toContain('"bored"');
  });

  it('reads other layouts: known names, names given, semicolons, tabs, GBK', async () => {
    const gbk = encodeEastAsian('歌名;歌手;标签\n稻香;周杰伦;流行|怀旧\n', 'gbk');
    expect((await readAll(file('b.csv', gbk))).songs).toEqual([
      { title: '稻香', artist: '周杰伦', tags: ['流行', '怀旧'] },
    ]);
    const spotify =
      'Track Name,Artist Name(s),Album Release Date,Track Duration (ms)\nHelp!,The Beatles,1965-08-06,139560\n';
    expect((await readAll(file('c.csv', spotify))).songs).toEqual([
      { title: 'Help!', artist: 'The Beatles', year: 1965, tags: [], durationSeconds: 139.56 },
    ]);
    const odd = file('d.tsv', 'Werk\tWer\n1984\tMax\n');
    expect((await readAll(odd, { columns: { title: 'werk', artist: 'Wer' } })).songs[0]).toMatchObject({
      title: '1984',
    });
    await expect(readAll(odd)).rejects.toMatchObject({
      code: 'import/columns',
      message: expect.stringContaining('--columns'),
    });
    await expect(readAll(odd, { columns: { title: 'nope' } })).rejects.toThrow('"nope"');
  });

  it('keeps what came before a quote that never closes, and refuses files without rows', async () => {
    const { songs, problems } = await readAll(file('e.csv', 'title,artist\na,b\n"c,d\n'));
    expect(songs).toHaveLength(1);
    expect(problems[0]!.code).toBe('csv/quote');
    await expect(readAll(file('f.csv', ''))).rejects.toMatchObject({ code: 'import/empty' });
    await expect(readAll(file('g.csv', 'PK\u0003\u0004'))).rejects.toThrow('xlsx');
    await expect(readAll(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'import/not-found' });
    await expect(readAll(file('h.doc', ''))).rejects.toMatchObject({ code: 'import/format' });
  });

  it('takes the guard off cells that a spreadsheet would run', async () => {
    const { songs } = await readAll(file('i.csv', `title,artist\n'=1+1,'@x\n`));
    expect(songs[0]).toMatchObject({ title: '=1+1', artist: '@x' });
  });
});

describe('playlists', () => {
  it('reads M3U8 with and without #EXTINF, and the tags of files that lie here', async () => {
    file('music/song.mp3', makeMp3({ frames: { TIT2: 'Title', TPE1: 'Artist' } }));
    const path = file(
      'list.m3u8',
      '#EXTM3U\r\n#EXTINF:215,Jay Chou - 稻香\r\nhttps://example.org/1\r\nmusic\\song.mp3\r\nelse/07 - Björk - Jóga.mp3\r\n\r\n',
    );
    const { songs, problems } = await readAll(path);
    expect(songs[0]).toEqual({
      title: '稻香',
      artist: 'Jay Chou',
      tags: [],
      durationSeconds: 215,
      url: 'https://example.org/1',
    });
    expect(songs[1]).toMatchObject({ title: 'Title', artist: 'Artist', path: join(folder, 'music/song.mp3') });
    expect(songs[2]).toMatchObject({ title: 'Jóga', artist: 'Björk' });
    expect(problems).toEqual([]);
  });

  it('reads XSPF with prefixes and entities, and JSPF; a bad track is passed over', async () => {
    const xspf = file(
      'a.xspf',
      '<?xml version="1.0"?><x:playlist version="1" xmlns:x="http://xspf.org/ns/0/"><x:trackList><x:track><x:title>Fish &amp; Chips</x:title><x:creator>A&#246;b</x:creator><x:duration>1500</x:duration></x:track><x:track><x:title>No one</x:title></x:track></x:trackList></x:playlist>',
    );
    const read = await readAll(xspf);
    expect(read.songs).toEqual([{ title: 'Fish & Chips', artist: 'Aöb', tags: [], durationSeconds: 1.5 }]);
    expect(read.problems).toMatchObject([{ place: 'track 2', code: 'import/track' }]);
    const jspf = file(
      'a.jspf',
      JSON.stringify({ playlist: { track: [{ title: 'T', creator: 'C' }, 7, { title: 5 }] } }),
    );
    const other = await readAll(jspf);
    expect(other.songs).toHaveLength(1);
    expect(other.problems.map(({ place }) => place)).toEqual(['track 2', 'track 3']);
    const several = file(
      'c.xspf',
      `<playlist><trackList><track><location>https://example.org/1</location><location>https://example.org/2</location>
      <title>T</title><creator>C</creator><extension application="x"><x:title>other</x:title></extension></track></trackList></playlist>`,
    );
    expect((await readAll(several)).songs).toEqual([
      { title: 'T', artist: 'C', tags: [], url: 'https://example.org/1' },
    ]);
    await expect(readAll(file('b.xspf', '<html>'))).rejects.toMatchObject({ code: 'import/format' });
    await expect(readAll(file('b.jspf', '{'))).rejects.toMatchObject({ code: 'import/format' });
  });
});

describe('a folder of music', () => {
  it('reads tags, lyrics inside and beside, and names in GBK and Shift-JIS', async () => {
    file(
      'a.mp3',
      makeMp3({
        frames: { TIT2: '稻香', TPE1: '周杰伦', TALB: '魔杰座', TYER: '2008', TCON: 'Pop' },
        lyrics: '对这个世界',
      }),
    );
    file(
      'b.mp3',
      makeMp3({ id3v1: { title: encodeEastAsian('青花瓷', 'gbk'), artist: encodeEastAsian('周杰伦', 'gbk') } }),
    );
    file('b.lrc', encodeEastAsian('[00:01.00]素胚勾勒出青花', 'gbk'));
    const sjis = { TIT2: encodeEastAsian('さくら', 'shift_jis'), TPE1: encodeEastAsian('宇多田ヒカル', 'shift_jis') };
    file('c.mp3', makeMp3({ frames: sjis }));
    const { songs, problems } = await readAll(folder);
    expect(problems).toEqual([]);
    expect(songs).toMatchObject([
      { title: '稻香', artist: '周杰伦', album: '魔杰座', year: 2008, tags: ['pop'], lyrics: '对这个世界' },
      { title: '青花瓷', artist: '周杰伦', lyrics: '[00:01.00]素胚勾勒出青花' },
      { title: 'さくら', artist: '宇多田ヒカル' },
    ]);
    expect(songs[0]!.size).toBeGreaterThan(15_000);
  });

  it('names files without tags, damaged, empty, cut off and of 3 GB by their names, and goes on', async () => {
    file('Artist/Album/01 Plain.mp3', makeMp3({}));
    file('Nina Simone - Sinnerman.mp3', Buffer.from('this is no music at all, but it is long enough to be looked at'));
    file('empty.mp3', '');
    file('cut.flac', Buffer.from('fLaC\0\0\0\x22'));
    const large = file('large.wav', Buffer.from('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1'));
    truncateSync(large, 3 * 1024 ** 3);
    const begun = performance.now();
    const { songs, problems } = await readAll(folder);
    expect(songs.map(({ title }) => title).sort()).toEqual(['Plain', 'Sinnerman', 'cut', 'empty', 'large']);
    expect(songs.find(({ title }) => title === 'Plain')).toMatchObject({ artist: 'Artist', album: 'Album' });
    expect(songs.find(({ title }) => title === 'Sinnerman')).toMatchObject({ artist: 'Nina Simone' });
    expect(problems).toHaveLength(5);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('passes over loops of links, links to nothing and hidden files, and reads no folder twice', async () => {
    file('music/a.mp3', makeMp3({ frames: { TIT2: 'A', TPE1: 'X' } }));
    file('music/._a.mp3', 'Mac');
    symlinkSync(folder, join(folder, 'music/loop'));
    symlinkSync(join(folder, 'music'), join(folder, 'again'));
    symlinkSync(join(folder, 'self'), join(folder, 'self'));
    symlinkSync(join(folder, 'gone.mp3'), join(folder, 'dead.mp3'));
    const { songs, problems } = await readAll(folder);
    expect(songs).toHaveLength(1);
    expect(problems.map(({ code }) => code)).toEqual(['import/unreadable', 'import/unreadable']);
  });

  it('reads files whose names are no UTF-8, and finds them again', async () => {
    const name = Buffer.concat([
      Buffer.from(`${folder}/`),
      encodeEastAsian('周杰伦 - 稻香', 'gbk'),
      Buffer.from('.mp3'),
    ]);
    const handle = openSync(name, 'w');
    writeSync(handle, makeMp3({}));
    closeSync(handle);
    const { songs } = await readAll(folder);
    expect(songs).toMatchObject([{ title: '稻香', artist: '周杰伦' }]);
    expect(pathBytes(songs[0]!.path!).equals(name)).toBe(true);
    expect(pathText(Buffer.from('/a b/稻.mp3'))).toBe('/a b/稻.mp3');
  });

  it('reads again only what changed', async () => {
    const a = file('a.mp3', makeMp3({ frames: { TIT2: 'A', TPE1: 'X' } }));
    file('b.mp3', makeMp3({ frames: { TIT2: 'B', TPE1: 'X' } }));
    const known = new Map<string, FileState>();
    const isKnown = (state: FileState): boolean => {
      const before = known.get(state.path);
      known.set(state.path, state);
      return before?.size === state.size && before.modified === state.modified;
    };
    expect((await readAll(folder, { isKnown })).songs).toHaveLength(2);
    expect((await readAll(folder, { isKnown })).songs).toHaveLength(0);
    utimesSync(a, 1, 1);
    expect((await readAll(folder, { isKnown })).songs).toMatchObject([{ title: 'A' }]);
  });

  it('reads a file again for lyrics that were laid beside it', async () => {
    file('a.mp3', makeMp3({ frames: { TIT2: 'A', TPE1: 'X' } }));
    const known = new Map<string, number>();
    const isKnown = ({ path, modified }: FileState): boolean => {
      const before = known.get(path);
      known.set(path, modified);
      return before === modified;
    };
    await readAll(folder, { isKnown });
    expect((await readAll(folder, { isKnown })).songs).toEqual([]);
    utimesSync(file('a.lrc', '[00:01.00]words'), 4e9, 4e9);
    expect((await readAll(folder, { isKnown })).songs).toMatchObject([{ title: 'A', lyrics: '[00:01.00]words' }]);
    // However a file is come by, it is the same file at the same time.
    expect((await readAll(join(folder, 'a.mp3'), { isKnown })).songs).toEqual([]);
    expect((await readAll(file('a.m3u8', 'a.mp3\n'), { isKnown })).songs).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('tells what may not be read, and reads the rest', async () => {
    file('music/a.mp3', makeMp3({ frames: { TIT2: 'A', TPE1: 'X' } }));
    for (const name of ['music/closed.mp3', 'music/sub/b.mp3', 'closed.csv', 'closed/c.mp3', 'list.m3u8'])
      file(name, name === 'list.m3u8' ? 'music/closed.mp3\nmusic/a.mp3\n' : makeMp3({}));
    for (const name of ['music/closed.mp3', 'music/sub', 'closed.csv', 'closed']) chmodSync(join(folder, name), 0);
    chmodSync(folder, 0o755);
    // Whoever may read everything has to be somebody else for a moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      const { songs, problems } = await readAll(join(folder, 'music'));
      expect(songs.map(({ title }) => title)).toEqual(['A']);
      expect(problems.map(({ source, code }) => `${basename(source)} ${code}`).sort()).toEqual([
        'closed.mp3 import/unreadable',
        'sub import/unreadable',
      ]);
      const list = await readAll(join(folder, 'list.m3u8'));
      expect(list.songs).toHaveLength(1);
      expect(list.problems).toMatchObject([{ place: 'track 1', code: 'import/unreadable' }]);
      for (const name of ['closed.csv', 'closed'])
        await expect(readAll(join(folder, name))).rejects.toMatchObject({ code: 'import/unreadable' });
    } finally {
      if (isRoot) process.seteuid?.(0);
      for (const name of ['music/sub', 'closed']) chmodSync(join(folder, name), 0o755);
    }
  });

  it('stops when it is told to', async () => {
    for (let i = 0; i < 30; i++) file(`${i}/x.mp3`, makeMp3({}));
    const control = new AbortController();
    const { songs } = await importSongs(folder, { signal: control.signal });
    const read = async (): Promise<void> => {
      for await (const _ of songs) control.abort();
    };
    await expect(read()).rejects.toThrow('abort');
  });
});

describe('tidyRecord', () => {
  it('cuts what is too long between characters, and to what an id can hold', () => {
    const long = tidyRecord({
      title: `${'a'.repeat(499)}😀`,
      artist: `${'b'.repeat(499)} c`,
      tags: [`${'d'.repeat(63)}😀`],
    });
    expect(long).toEqual({ title: 'a'.repeat(499), artist: 'b'.repeat(499), tags: ['d'.repeat(63)] });
    const lyrics = tidyRecord({ title: 'a', artist: 'b', lyrics: `${'l'.repeat(LONGEST_LYRICS - 1)}😀` })?.lyrics;
    expect(lyrics).toHaveLength(LONGEST_LYRICS - 1);
    const unfolding = '\ufdfa'.repeat(500);
    const { title = '', artist = '' } = tidyRecord({ title: unfolding, artist: unfolding }) ?? {};
    expect(title).not.toBe('');
    expect(songId(artist, title).length).toBeLessThanOrEqual(2000);
  });
});

describe('namesOfPath', () => {
  it('takes artist and title from names and folders', () => {
    expect(namesOfPath('/m/Queen/Opera/11 - Bohemian Rhapsody.mp3')).toEqual({
      artist: 'Queen',
      album: 'Opera',
      title: 'Bohemian Rhapsody',
    });
    expect(namesOfPath('/m/03. Queen – You_re My Best – Live.flac')).toEqual({
      artist: 'Queen',
      title: 'You re My Best - Live',
    });
    expect(namesOfPath('/99 Luftballons.mp3')).toEqual({ artist: 'Unknown artist', title: 'Luftballons' });
  });
});
