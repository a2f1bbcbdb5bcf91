/** MusicBrainz: facts and tags of a recording, the tracks of a release, the recordings of an artist. */
import { z } from 'zod';
import { InvalidInputError } from '../../src/base/errors.ts';
import { type SongRecord, tidyRecord } from '../import/song-record.ts';
import type { Fetcher } from './fetcher.ts';
import {
  addressOf,
  type CrawlContext,
  type CrawlSource,
  fetchJson,
  isSameSong,
  mostSongsOf,
  type ServiceOptions,
} from './source.ts';

/** One request a second. @see https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting */
const REQUEST = { pauseMilliseconds: 1100 };
const PAGE = 100;

const CREDIT = z.array(z.object({ name: z.string(), joinphrase: z.string().optional() }));
const TAGS = z.array(z.object({ name: z.string(), count: z.number() }));
const RECORDING = z.object({
  id: z.string(),
  title: z.string(),
  score: z.number().optional(),
  length: z.number().nullish(),
  'first-release-date': z.string().optional(),
  'artist-credit': CREDIT.optional(),
  releases: z.array(z.object({ title: z.string() })).optional(),
  tags: TAGS.optional(),
  genres: TAGS.optional(),
});
type Recording = z.infer<typeof RECORDING>;
const SEARCH = z.object({ recordings: z.array(RECORDING) });
const BROWSE = z.object({ 'recording-count': z.number(), recordings: z.array(RECORDING) });
const RELEASE = z.object({
  title: z.string(),
  date: z.string().optional(),
  'artist-credit': CREDIT.optional(),
  media: z
    .array(
      z.object({
        tracks: z
          .array(
            z.object({
              title: z.string(),
              length: z.number().nullish(),
              'artist-credit': CREDIT.optional(),
              recording: RECORDING,
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

const MBID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const PAGE_PATH = new RegExp(`^/(release|artist|recording)/(${MBID})`, 'i');

const creditName = (credit: z.infer<typeof CREDIT> = []): string =>
  credit.map(({ name, joinphrase = '' }) => name + joinphrase).join('');

/** Tags that more people gave than took away, most given first. */
const tagNames = ({ tags = [], genres = [] }: Pick<Recording, 'tags' | 'genres'>): string[] =>
  [...genres, ...tags]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ name }) => name);

const yearOf = (date: string | undefined): number | undefined =>
  date && /^\d{4}/.test(date) ? Number(date.slice(0, 4)) : undefined;

const factsOf = (recording: Recording) => ({
  tags: tagNames(recording),
  year: yearOf(recording['first-release-date']),
  durationSeconds: recording.length ? recording.length / 1000 : undefined,
  album: recording.releases?.[0]?.title,
});

/** What has a meaning of its own in the search's language. @see Lucene query syntax */
const quoted = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;

/** @param base @default https://musicbrainz.org */
export const createMusicBrainz = ({ base = 'https://musicbrainz.org' }: ServiceOptions = {}): CrawlSource => {
  const service = (path: string, query: Readonly<Record<string, string | number>>): URL =>
    addressOf(base, `/ws/2${path}`, { ...query, fmt: 'json' });
  const checkContact = ({ contact }: Fetcher): void => {
    if (contact) return;
    throw new InvalidInputError(
      'crawl/contact',
      'MusicBrainz asks every program to say who runs it: give --contact with your e-mail address or page.',
    );
  };

  async function* releaseSongs(id: string, { fetcher }: CrawlContext): AsyncGenerator<SongRecord> {
    const release = await fetchJson(
      fetcher,
      service(`/release/${id}`, { inc: 'recordings+artist-credits+genres+tags' }),
      RELEASE,
      REQUEST,
    );
    for (const { tracks = [] } of release?.media ?? []) {
      for (const { title, length, recording, ...track } of tracks) {
        const song = tidyRecord({
          ...factsOf(recording),
          title,
          artist: creditName(track['artist-credit'] ?? recording['artist-credit'] ?? release?.['artist-credit']),
          album: release?.title,
          year: yearOf(recording['first-release-date']) ?? yearOf(release?.date),
          durationSeconds: (length ?? recording.length ?? 0) / 1000,
          url: `https://musicbrainz.org/recording/${recording.id}`,
        });
        if (song) yield song;
      }
    }
  }

  async function* artistSongs(artist: string, context: CrawlContext): AsyncGenerator<SongRecord> {
    const most = mostSongsOf(context);
    for (let offset = 0; offset < most; offset += PAGE) {
      const page = await fetchJson(
        context.fetcher,
        service('/recording', { artist, inc: 'artist-credits+genres+tags', limit: PAGE, offset }),
        BROWSE,
        REQUEST,
      );
      for (const recording of (page?.recordings ?? []).slice(0, most - offset)) yield* songOf(recording);
      if (!page || page.recordings.length === 0 || offset + PAGE >= page['recording-count']) return;
    }
  }

  function* songOf(recording: Recording): Generator<SongRecord> {
    const song = tidyRecord({
      ...factsOf(recording),
      title: recording.title,
      artist: creditName(recording['artist-credit']),
      url: `https://musicbrainz.org/recording/${recording.id}`,
    });
    if (song) yield song;
  }

  return {
    name: 'musicbrainz',
    accepts: (url) => url.host === new URL(base).host && PAGE_PATH.test(url.pathname),
    songs: async function* (url, context) {
      checkContact(context.fetcher);
      const [, kind, id = ''] = PAGE_PATH.exec(url.pathname) ?? [];
      if (kind === 'release') yield* releaseSongs(id, context);
      else if (kind === 'artist') yield* artistSongs(id, context);
      else {
        const recording = await fetchJson(
          context.fetcher,
          service(`/recording/${id}`, { inc: 'artist-credits+genres+tags+releases' }),
          RECORDING,
          REQUEST,
        );
        if (recording) yield* songOf(recording);
      }
    },
    facts: async (song, { fetcher }) => {
      checkContact(fetcher);
      const query = `recording:${quoted(song.title)} AND artist:${quoted(song.artist)}`;
      const found = await fetchJson(fetcher, service('/recording', { query, limit: 5 }), SEARCH, REQUEST);
      const recording = found?.recordings.find(
        ({ score = 0, title, ...one }) =>
          score >= 80 && isSameSong(song, { title, artist: creditName(one['artist-credit']) }),
      );
      if (!recording) return undefined;
      const {
        title: _title,
        artist: _artist,
        ...facts
      } = tidyRecord({ ...factsOf(recording), title: 'x', artist: 'x' })!;
      return facts;
    },
  };
};
