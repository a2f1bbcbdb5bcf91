/** Pages that tell search engines which songs they list, from a server on this machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allOf, crawlContext } from '../../test/library/crawl-context.ts';
import { type LocalServer, startLocalServer } from '../../test/library/local-server.ts';
import type { ImportProblem } from '../import/song-record.ts';
import { crawlSongs } from './crawl-songs.ts';
import { isoDurationSeconds, playlistPage } from './playlist-page.ts';
import type { CrawlContext } from './source.ts';

let folder: string;
let server: LocalServer;
let problems: ImportProblem[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-pages-'));
  problems = [];
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
const serve = async (answer: (url: URL, response: ServerResponse) => void): Promise<void> => {
  server = await startLocalServer((request, response) => answer(new URL(request.url, 'http://x'), response));
};
const context = (): CrawlContext => crawlContext(folder, problems);

describe('a playlist page', () => {
  const page = (body: string): string => `<!doctype html><html><head>${body}</head></html>`;

  it('reads JSON-LD lists, graphs and albums; broken ones are passed over', async () => {
    const jsonLd = {
      '@context': 'https://schema.org',
      '@graph': [
        {
          '@type': 'MusicPlaylist',
          name: 'Mine',
          track: {
            '@type': 'ItemList',
            itemListElement: [
              {
                '@type': 'ListItem',
                item: {
                  '@type': 'MusicRecording',
                  name: 'One',
                  byArtist: [{ name: 'A' }, { name: 'B' }],
                  duration: 'PT3M25S',
                  url: '/one',
                  inAlbum: { name: 'Al' },
                  genre: 'Soul, Funk',
                },
              },
            ],
          },
        },
        {
          '@type': 'http://schema.org/MusicAlbum',
          name: 'Album',
          byArtist: { name: 'C' },
          datePublished: '1971-05-21',
          track: [{ '@type': 'MusicRecording', name: 'Two' }],
        },
      ],
    };
    await serve((_url, response) =>
      response.end(
        page(
          `<script type="application/ld+json">{broken</script><script type="application/ld+json">${JSON.stringify(jsonLd)}</script>`,
        ),
      ),
    );
    expect(await allOf(crawlSongs(`${server.base}/list`, context()))).toEqual([
      {
        title: 'One',
        artist: 'A, B',
        album: 'Al',
        durationSeconds: 205,
        url: `${server.base}/one`,
        tags: ['soul', 'funk'],
      },
      { title: 'Two', artist: 'C', album: 'Album', year: 1971, tags: [] },
    ]);
  });

  it('follows the songs that Open Graph names, each once, and stops at loops', async () => {
    await serve((url, response) => {
      const song = url.pathname.slice(1);
      const meta = (property: string, content: string): string => `<meta property="${property}" content="${content}">`;
      if (song === 'list') {
        response.end(
          page(
            ['a', 'b', 'a', 'list', 'c'].map((name) => meta('music:song', `/${name}`)).join('') +
              meta('og:type', 'music.playlist'),
          ),
        );
      } else if (song === 'c') response.end(page('nothing'));
      else
        response.end(
          page(
            meta('og:type', 'music.song') +
              meta('og:title', `Title ${song}`) +
              meta('og:description', 'Artist · Album · Song') +
              meta('music:duration', '99'),
          ),
        );
    });
    expect(await allOf(playlistPage.songs!(new URL(`${server.base}/list`), context()))).toEqual([
      { title: 'Title a', artist: 'Artist', tags: [], durationSeconds: 99, url: `${server.base}/a` },
      { title: 'Title b', artist: 'Artist', tags: [], durationSeconds: 99, url: `${server.base}/b` },
    ]);
    expect(server.asked).toHaveLength(4);
    expect(problems).toHaveLength(1);
  });

  it('passes over song pages that are refused or gone, and reads the others', async () => {
    await serve((url, response) => {
      const song = (name: string): string =>
        `<meta property="og:type" content="music.song"><meta property="og:title" content="Artist - ${name}">`;
      const links = ['/no', '/a', 'http://127.0.0.1:1/away', 'http://127.0.0.1:1/too', '/b'];
      if (url.pathname === '/no') response.writeHead(403).end();
      else if (url.pathname !== '/list') response.end(page(song(url.pathname.slice(1))));
      else response.end(page(links.map((link) => `<meta property="music:song" content="${link}">`).join('')));
    });
    const songs = await allOf(crawlSongs(`${server.base}/list`, context()));
    expect(songs.map(({ title }) => title)).toEqual(['a', 'b']);
    expect(problems.map(({ code }) => code)).toEqual(['crawl/refused', 'crawl/unreachable', 'crawl/unreachable']);
  });

  it('says so where a page tells no songs or is not there, and takes 1 MB of nested nonsense', async () => {
    await serve((url, response) => {
      if (url.pathname === '/deep')
        response.end(
          page(`<script type="application/ld+json">${'[{"track":'.repeat(3000)}1${'}]'.repeat(3000)}</script>`),
        );
      else response.writeHead(url.pathname === '/gone' ? 404 : 200).end(page('x'));
    });
    for (const path of ['/', '/gone', '/deep']) {
      await expect(allOf(crawlSongs(server.base + path, context()))).rejects.toMatchObject({ code: 'crawl/no-songs' });
    }
    expect(() => crawlSongs('mailto:x@y.z', context())).toThrow('only http');
    expect(isoDurationSeconds('PT1H2M3.5S')).toBe(3723.5);
    expect(isoDurationSeconds('three minutes')).toBeUndefined();
  });
});
