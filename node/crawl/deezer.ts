/** Deezer's public interface: playlists, albums, an artist's top songs, and how well known a song is. */
import { z } from 'zod';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { type SongRecord, tidyRecord } from '../import/song-record.ts';
import {
  addressOf,
  type CrawlContext,
  type CrawlSource,
  fetchJson,
  isSameSong,
  mostSongsOf,
  type ServiceOptions,
} from './source.ts';

/** 50 requests in 5 seconds are allowed. @see https://developers.deezer.com/api */
const QUOTA_SECONDS = 5;
const REQUEST = {
  pauseMilliseconds: 200,
  // Errors come with status 200; 4 is the quota, 700 a service that is busy.
  throttledFor: (text: string): number | undefined =>
    /"error"\s*:\s*\{[^}]*"code"\s*:\s*(?:4|700)\b/.test(text.slice(0, 2000)) ? QUOTA_SECONDS : undefined,
  // "No data" (800) is an answer; what is not shown to everybody may be tomorrow.
  isAnswer: (text: string): boolean => !/"error"\s*:\s*\{(?![^}]*"code"\s*:\s*800\b)/.test(text.slice(0, 2000)),
};

const TRACK = z.object({
  title: z.string(),
  artist: z.object({ name: z.string() }),
  album: z.object({ title: z.string().optional() }).optional(),
  duration: z.number().optional(),
  rank: z.number().optional(),
  link: z.string().optional(),
});
const ERROR = z.object({ type: z.string().optional(), message: z.string().optional(), code: z.number().optional() });
const LIST = z.object({
  data: z.array(z.unknown()).optional(),
  next: z.string().optional(),
  error: ERROR.optional(),
});
const ALBUM = z.object({
  title: z.string().optional(),
  release_date: z.string().optional(),
  genres: z.object({ data: z.array(z.object({ name: z.string() })) }).optional(),
  error: ERROR.optional(),
});

/** Its code for "no data". */
const NOT_FOUND = 800;
const PAGE_PATH = /^\/(?:[a-z]{2}(?:-[a-z]{2})?\/)?(playlist|album|artist)\/(\d+)/i;
const PAGE = 100;

export interface DeezerOptions extends ServiceOptions {
  /** Whose pages `accepts` knows. @default www.deezer.com, deezer.com */
  readonly pages?: readonly string[];
}

/** @param base @default https://api.deezer.com */
export const createDeezer = ({
  base = 'https://api.deezer.com',
  pages = ['www.deezer.com', 'deezer.com'],
}: DeezerOptions = {}): CrawlSource => {
  const check = (error: z.infer<typeof ERROR> | undefined): boolean => {
    if (!error) return true;
    if (error.code === NOT_FOUND) return false;
    if (error.code === 200 || error.code === 300) {
      throw new InvalidInputError('crawl/refused', `Deezer does not show this to everybody: ${error.message ?? ''}`);
    }
    throw new UnavailableError('crawl/answer', `Deezer answers with error ${error.code}: ${error.message ?? ''}`);
  };

  async function* listSongs(first: URL, more: Partial<SongRecord>, context: CrawlContext): AsyncGenerator<SongRecord> {
    const seen = new Set<string>();
    const most = mostSongsOf(context);
    let next: URL | undefined = first;
    for (let count = 0; next && count < most; ) {
      if (seen.has(next.href)) return;
      seen.add(next.href);
      const page: z.infer<typeof LIST> | undefined = await fetchJson(context.fetcher, next, LIST, REQUEST);
      if (!page || !check(page.error)) return;
      for (const value of page.data ?? []) {
        if (count === most) return;
        count += 1;
        const track = TRACK.safeParse(value);
        const song = track.success ? songOf(track.data, more) : undefined;
        if (song) yield song;
        else {
          const message = 'it tells no artist and title.';
          context.onProblem?.({ source: first.href, place: `track ${count}`, code: 'import/track', message });
        }
      }
      // Only its own further pages are followed.
      const further: URL | undefined =
        page.next !== undefined && URL.canParse(page.next) ? new URL(page.next) : undefined;
      next = further?.host === first.host ? further : undefined;
    }
  }

  const songOf = (track: z.infer<typeof TRACK>, more: Partial<SongRecord>): SongRecord | undefined =>
    tidyRecord({
      title: track.title,
      artist: track.artist.name,
      album: track.album?.title,
      durationSeconds: track.duration,
      popularity: track.rank,
      url: track.link,
      tags: [],
      ...more,
    });

  return {
    name: 'deezer',
    accepts: (url) => pages.includes(url.host) && PAGE_PATH.test(url.pathname),
    songs: async function* (url, context) {
      const [, kind = '', id = ''] = PAGE_PATH.exec(url.pathname) ?? [];
      if (kind === 'artist') {
        yield* listSongs(addressOf(base, `/artist/${id}/top`, { limit: PAGE }), {}, context);
        return;
      }
      let more: Partial<SongRecord> = {};
      if (kind === 'album') {
        const album = await fetchJson(context.fetcher, addressOf(base, `/album/${id}`), ALBUM, REQUEST);
        if (!album || !check(album.error)) return;
        const year = Number(album.release_date?.slice(0, 4));
        more = {
          tags: album.genres?.data.map(({ name }) => name) ?? [],
          ...(album.title && { album: album.title }),
          ...(year > 0 && { year }),
        };
      }
      yield* listSongs(addressOf(base, `/${kind}/${id}/tracks`, { limit: PAGE }), more, context);
    },
    facts: async (song, { fetcher }) => {
      const plain = (text: string): string => text.replaceAll('"', ' ');
      const q = `artist:"${plain(song.artist)}" track:"${plain(song.title)}"`;
      const found = await fetchJson(fetcher, addressOf(base, '/search', { q, limit: 5 }), LIST, REQUEST);
      if (!found || !check(found.error)) return undefined;
      const tracks = (found.data ?? []).map((value) => TRACK.safeParse(value));
      const track = tracks.find(
        (one) => one.success && isSameSong(song, { title: one.data.title, artist: one.data.artist.name }),
      );
      const tidy = track?.success ? songOf(track.data, {}) : undefined;
      if (!tidy) return undefined;
      const { title: _title, artist: _artist, tags: _tags, ...facts } = tidy;
      return facts;
    },
  };
};
