/** Each source against a server that answers as the service documents: answers, further pages, errors, throttling, nonsense. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allOf, crawlContext } from '../../test/library/crawl-context.ts';
import { type LocalServer, sendJson, startLocalServer } from '../../test/library/local-server.ts';
import type { ImportProblem, SongRecord } from '../import/song-record.ts';
import { completeSong, createSource } from './crawl-songs.ts';
import { createDeezer } from './deezer.ts';
import { createLastFm } from './lastfm.ts';
import { createListenBrainz } from './listenbrainz.ts';
import { createLrclib } from './lrclib.ts';
import { createMusicBrainz } from './musicbrainz.ts';
import { type CrawlContext, isSameSong } from './source.ts';

let folder: string;
let server: LocalServer;
let problems: ImportProblem[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-sources-'));
  problems = [];
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const serve = async (answer: (url: URL, response: ServerResponse) => void): Promise<void> => {
  server = await startLocalServer((request, response) => answer(new URL(request.url, 'http://x'), response));
};
const context = (more: Parameters<typeof crawlContext>[2] = {}): CrawlContext => crawlContext(folder, problems, more);
const SONG: SongRecord = { title: '稻香', artist: '周杰伦', tags: ['pop'] };
const ID = 'b1a9c0e9-d987-4042-ae91-78d6a3267d69';

describe('MusicBrainz', () => {
  it('finds facts and tags of a recording, and passes over others of like names', async () => {
    await serve((url, response) => {
      expect(url.pathname).toBe('/ws/2/recording');
      expect(url.searchParams.get('query')).toBe('recording:"稻香" AND artist:"周杰伦"');
      expect(url.searchParams.get('fmt')).toBe('json');
      const credit = [{ name: '周杰伦', artist: { id: ID, name: '周杰倫' } }];
      sendJson(response, {
        created: '2026-01-01T00:00:00Z',
        count: 3,
        offset: 0,
        recordings: [
          { id: ID, score: 100, title: '稻香 (Live)', 'artist-credit': [{ name: 'Somebody' }] },
          {
            id: ID,
            score: 96,
            title: '稻香',
            length: 223000,
            'first-release-date': '2008-10-15',
            'artist-credit': credit,
            releases: [{ id: ID, title: '魔杰座' }],
            tags: [
              { count: 1, name: 'Mandopop' },
              { count: 3, name: 'folk pop' },
              { count: -1, name: 'rock' },
            ],
          },
        ],
      });
    });
    const facts = await createMusicBrainz({ base: server.base }).facts!(SONG, context());
    expect(facts).toEqual({ tags: ['folk-pop', 'mandopop'], year: 2008, durationSeconds: 223, album: '魔杰座' });
    expect(server.agents[0]).toContain('me@example.org');
  });

  it("reads a release's tracks and pages through an artist's recordings", async () => {
    const recording = (n: number) => ({
      id: ID,
      title: `Song ${n}`,
      'artist-credit': [{ name: 'A', joinphrase: ' & ' }, { name: 'B' }],
    });
    await serve((url, response) => {
      if (url.pathname === `/ws/2/release/${ID}`) {
        expect(url.searchParams.get('inc')).toContain('recordings');
        const tracks = [
          {
            title: 'Track',
            length: null,
            recording: { ...recording(1), length: 60000, genres: [{ name: 'rock', count: 2 }] },
          },
        ];
        sendJson(response, { id: ID, title: 'Album', date: '1999-01', media: [{ tracks }, {}] });
      } else {
        const offset = Number(url.searchParams.get('offset'));
        const recordings = Array.from({ length: Math.min(100, 150 - offset) }, (_, i) => recording(offset + i));
        sendJson(response, { 'recording-count': 150, 'recording-offset': offset, recordings });
      }
    });
    const source = createMusicBrainz({ base: server.base });
    expect(source.accepts!(new URL('https://elsewhere.org/release/x'))).toBe(false);
    const release = new URL(`${server.base}/release/${ID}`);
    expect(source.accepts!(release)).toBe(true);
    expect(await allOf(source.songs!(release, context()))).toEqual([
      {
        title: 'Track',
        artist: 'A & B',
        tags: ['rock'],
        album: 'Album',
        year: 1999,
        durationSeconds: 60,
        url: `https://musicbrainz.org/recording/${ID}`,
      },
    ]);
    expect(await allOf(source.songs!(new URL(`${server.base}/artist/${ID}`), context()))).toHaveLength(150);
    // The second time everything is on the disk.
    const asked = server.asked.length;
    await allOf(source.songs!(new URL(`${server.base}/artist/${ID}`), context()));
    expect(server.asked).toHaveLength(asked);
  });

  it('wants a contact, waits where it is too fast, knows nothing, and says when an answer is no answer', async () => {
    let count = 0;
    await serve((url, response) => {
      count += 1;
      if (count === 1)
        sendJson(
          response.setHeader('retry-after', '1'),
          { error: 'Your requests are exceeding the allowable rate limit.' },
          503,
        );
      else if (url.search.includes('odd')) sendJson(response, { recordings: 'none' });
      else if (url.search.includes('html')) response.end('<html>');
      else sendJson(response, { recordings: [] });
    });
    const source = createMusicBrainz({ base: server.base });
    await expect(source.facts!(SONG, context({ contact: '' }))).rejects.toMatchObject({ code: 'crawl/contact' });
    expect(await source.facts!(SONG, context())).toBeUndefined();
    expect(count).toBe(2);
    for (const title of ['odd', 'html']) {
      await expect(source.facts!({ ...SONG, title }, context())).rejects.toMatchObject({ code: 'crawl/answer' });
    }
  });
});

describe('ListenBrainz', () => {
  it('reads playlists and the tags of a recording', async () => {
    await serve((url, response) => {
      response.setHeader('x-ratelimit-remaining', '10').setHeader('x-ratelimit-reset-in', '8');
      if (url.pathname === `/1/playlist/${ID}`) {
        const track = {
          title: 'T',
          creator: 'C',
          album: 'A',
          identifier: [`https://musicbrainz.org/recording/${ID}`],
          extension: {},
        };
        sendJson(response, { playlist: { title: 'Mine', track: [track, { title: 'nobody' }] } });
      } else if (url.pathname === '/1/metadata/lookup/') {
        expect(url.searchParams.get('inc')).toContain('tag');
        sendJson(response, {
          artist_credit_name: url.searchParams.get('artist_name'),
          recording_name: url.searchParams.get('recording_name'),
          recording_mbid: ID,
          release_name: '魔杰座',
          metadata: {
            recording: { length: 223000 },
            release: { year: 2008 },
            tag: { artist: [{ tag: 'taiwan', count: 9 }], recording: [{ tag: 'Mandopop', count: 2 }] },
          },
        });
      } else sendJson(response, { code: 404, error: 'Cannot find playlist' }, 404);
    });
    const source = createListenBrainz({ base: server.base });
    const url = new URL(`https://listenbrainz.org/playlist/${ID}/`);
    expect(source.accepts!(url)).toBe(true);
    expect(await allOf(source.songs!(url, context()))).toEqual([
      { title: 'T', artist: 'C', album: 'A', tags: [], url: `https://musicbrainz.org/recording/${ID}` },
    ]);
    expect(problems).toMatchObject([{ place: 'track 2' }]);
    expect(await source.facts!(SONG, context())).toEqual({
      tags: ['mandopop'],
      album: '魔杰座',
      year: 2008,
      durationSeconds: 223,
    });
    expect(await allOf(source.songs!(new URL(url.href.replace('b1a9', 'ffff')), context()))).toEqual([]);
  });
});

describe('Last.fm', () => {
  it("reads the listeners' tags with a key that is never kept, and knows its errors by number", async () => {
    let limited = true;
    await serve((url, response) => {
      expect(url.searchParams.get('method')).toBe('track.gettoptags');
      const track = url.searchParams.get('track');
      if (track === 'one') sendJson(response, { toptags: { tag: { count: 100, name: 'Solo' }, '@attr': {} } });
      else if (track === 'none') sendJson(response, { error: 6, message: 'Track not found', links: [] });
      else if (track === 'key') sendJson(response, { error: 10, message: 'Invalid API key' });
      else if (limited) {
        limited = false;
        sendJson(response.setHeader('retry-after', '0'), { error: 29, message: 'Rate limit exceeded' }, 429);
      } else {
        const tag = [
          { count: 100, name: 'Mandopop', url: 'x' },
          { count: '40', name: 'Seen Live' },
          { count: 1, name: 'mine' },
        ];
        sendJson(response, { toptags: { tag, '@attr': { artist: 'a', track: 't' } } });
      }
    });
    const source = createLastFm('SECRET', { base: server.base });
    expect(await source.facts!(SONG, context())).toEqual({ tags: ['mandopop', 'seen-live'] });
    expect(await source.facts!({ ...SONG, title: 'one' }, context())).toEqual({ tags: ['solo'] });
    expect(await source.facts!({ ...SONG, title: 'none' }, context())).toBeUndefined();
    await expect(source.facts!({ ...SONG, title: 'key' }, context())).rejects.toMatchObject({ code: 'crawl/key' });
    expect(server.asked[0]).toContain('api_key=SECRET');
    // A refusal is asked about again, with another key perhaps; that a track is unknown is an answer.
    const asked = server.asked.length;
    await expect(source.facts!({ ...SONG, title: 'key' }, context())).rejects.toMatchObject({ code: 'crawl/key' });
    expect(await source.facts!({ ...SONG, title: 'none' }, context())).toBeUndefined();
    expect(server.asked).toHaveLength(asked + 1);
    expect(() => createSource('lastfm')).toThrow('LASTFM_API_KEY');
  });
});

describe('Deezer', () => {
  const track = (n: number) => ({
    id: n,
    title: `Song ${n}`,
    duration: 200,
    rank: 900_000 - n,
    link: `https://www.deezer.com/track/${n}`,
    artist: { name: 'Artist' },
    album: { title: 'Album' },
  });

  it('pages through a playlist, follows only its own pages, and tells tracks without an artist', async () => {
    await serve((url, response) => {
      const index = Number(url.searchParams.get('index') ?? 0);
      if (url.pathname === '/playlist/7/tracks') {
        const data: unknown[] = Array.from({ length: 100 }, (_, i) => track(index + i));
        if (index === 100) data[3] = { title: 'x' };
        const next = index === 0 ? `${server.base}/playlist/7/tracks?index=100` : 'http://169.254.169.254/';
        sendJson(response, { data, total: 200, next });
      } else if (url.pathname === '/album/9')
        sendJson(response, { title: 'Album', release_date: '2001-02-03', genres: { data: [{ name: 'Rap/Hip Hop' }] } });
      else if (url.pathname === '/album/9/tracks') sendJson(response, { data: [{ ...track(1), album: undefined }] });
      else if (url.pathname === '/artist/3/top') sendJson(response, { data: [track(5)] });
      else sendJson(response, { error: { type: 'DataException', message: 'no data', code: 800 } });
    });
    const source = createDeezer({ base: server.base });
    const songs = await allOf(source.songs!(new URL('https://www.deezer.com/en/playlist/7'), context()));
    expect(songs).toHaveLength(199);
    expect(songs[0]).toEqual({
      title: 'Song 0',
      artist: 'Artist',
      album: 'Album',
      tags: [],
      durationSeconds: 200,
      popularity: 900_000,
      url: 'https://www.deezer.com/track/0',
    });
    expect(problems).toHaveLength(1);
    expect((await allOf(source.songs!(new URL('https://www.deezer.com/album/9'), context())))[0]).toMatchObject({
      album: 'Album',
      year: 2001,
      tags: ['rap/hip-hop'],
    });
    expect(await allOf(source.songs!(new URL('https://deezer.com/fr/artist/3'), context()))).toHaveLength(1);
    expect(await allOf(source.songs!(new URL('https://www.deezer.com/playlist/404'), context()))).toEqual([]);
    expect(
      await allOf(source.songs!(new URL('https://www.deezer.com/playlist/7'), context({ mostSongs: 100 }))),
    ).toHaveLength(100);
    const some = source.songs!(new URL('https://www.deezer.com/playlist/7'), context({ mostSongs: 120 }));
    expect(await allOf(some)).toHaveLength(119);
  });

  it('waits out its quota, which comes with status 200, and searches', async () => {
    let count = 0;
    await serve((url, response) => {
      count += 1;
      if (count === 1) sendJson(response, { error: { type: 'Exception', message: 'Quota limit exceeded', code: 4 } });
      else if (url.pathname === '/search') {
        expect(url.searchParams.get('q')).toBe('artist:"Artist" track:"Song  1"');
        sendJson(response, { data: [{ ...track(1), artist: { name: 'Other' } }, track(1)], total: 2 });
      }
    });
    const source = createDeezer({ base: server.base });
    const begun = performance.now();
    const facts = await source.facts!({ title: 'Song "1', artist: 'Artist', tags: [] }, context());
    expect(performance.now() - begun).toBeGreaterThan(4900);
    expect(facts).toMatchObject({ album: 'Album', popularity: 899_999 });
  });
});

describe('LRCLIB', () => {
  it('asks exactly where it can, searches else, and knows songs without words', async () => {
    const found = {
      id: 1,
      trackName: '稻香',
      artistName: '周杰伦',
      albumName: '魔杰座',
      duration: 223,
      instrumental: false,
      plainLyrics: '对这个世界',
      syncedLyrics: '[00:01.00]对',
    };
    await serve((url, response) => {
      if (url.pathname === '/api/get') {
        if (url.searchParams.get('duration') === '223') sendJson(response, found);
        else sendJson(response, { code: 404, name: 'TrackNotFound', message: 'Failed to find specified track' }, 404);
      } else if (url.searchParams.get('track_name') === 'quiet')
        sendJson(response, [{ ...found, trackName: 'quiet', instrumental: true, plainLyrics: null }]);
      else
        sendJson(response, [
          { ...found, artistName: 'Other' },
          { ...found, duration: 100, plainLyrics: 'other' },
          found,
        ]);
    });
    const source = createLrclib({ base: server.base });
    expect(await source.facts!({ ...SONG, album: '魔杰座', durationSeconds: 223 }, context())).toEqual({
      lyrics: '对这个世界',
    });
    expect(await source.facts!({ ...SONG, album: '魔杰座', durationSeconds: 224 }, context())).toEqual({
      lyrics: '对这个世界',
    });
    expect(await source.facts!({ ...SONG, title: 'quiet' }, context())).toEqual({ language: 'zxx' });
    expect(server.asked[0]).toContain('duration=223');
  });
});

describe('completeSong', () => {
  it('keeps what the song has, adds what it lacks, and leaves out a source that fails', async () => {
    await serve((url, response) => {
      if (url.pathname === '/api/search')
        sendJson(response, [{ trackName: '稻香', artistName: '周杰伦', plainLyrics: 'words' }]);
      else if (url.pathname === '/search') sendJson(response, { data: 'nonsense' });
      else sendJson(response, { toptags: { tag: [{ count: 9, name: 'Folk' }] } });
    });
    const sources = [
      createLrclib({ base: server.base }),
      createDeezer({ base: server.base }),
      createLastFm('k', { base: server.base }),
    ];
    expect(await completeSong({ ...SONG, lyrics: 'mine' }, sources, context())).toEqual({
      ...SONG,
      lyrics: 'mine',
      tags: ['pop', 'folk'],
    });
    expect(problems).toMatchObject([{ source: 'deezer', code: 'crawl/answer' }]);
    // Nothing new is no change; and nonsense is asked about again, what was answered is not.
    const complete = { ...SONG, lyrics: 'mine', tags: ['pop', 'folk'] };
    const asked = server.asked.length;
    expect(await completeSong(complete, sources, context())).toBe(complete);
    expect(server.asked.slice(asked).map((path) => path.replace(/\?.*/, ''))).toEqual(['/search']);
  });

  it('stops where a service is away: it would be away for every song', async () => {
    await serve((_url, response) => response.destroy());
    const asking = completeSong(SONG, [createLrclib({ base: server.base })], context());
    await expect(asking).rejects.toMatchObject({ code: 'crawl/unreachable' });
    expect(problems).toEqual([]);
  });
});

describe('isSameSong', () => {
  it('forgives what services add to titles, not other titles', () => {
    const asked = { title: 'Heroes', artist: 'David Bowie' };
    expect(isSameSong(asked, { title: '"Heroes" (2017 Remaster)', artist: 'David Bowie' })).toBe(true);
    expect(isSameSong(asked, { title: 'Heroes - Live', artist: 'David Bowie & Queen' })).toBe(true);
    expect(isSameSong(asked, { title: 'Heroes and Villains', artist: 'David Bowie' })).toBe(false);
    expect(isSameSong(asked, { title: 'Heroes', artist: 'Motörhead' })).toBe(false);
  });
});
