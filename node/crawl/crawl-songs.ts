/** The sources of songs on the internet together: which one reads an address, and what they know about a song. */
import { AttuneError, InvalidInputError } from '../../src/base/errors.ts';
import type { SongRecord } from '../import/song-record.ts';
import { createDeezer } from './deezer.ts';
import { createLastFm } from './lastfm.ts';
import { createListenBrainz } from './listenbrainz.ts';
import { createLrclib } from './lrclib.ts';
import { createMusicBrainz } from './musicbrainz.ts';
import { playlistPage } from './playlist-page.ts';
import type { CrawlContext, CrawlSource, SongFacts } from './source.ts';
import type { SourceName } from './source-names.ts';

export interface SourceSettings {
  /** The listener's own. */
  readonly lastFmKey?: string;
  /** Other places for the services to answer at: mirrors, or a test's own server. */
  readonly bases?: Readonly<Partial<Record<SourceName, string>>>;
}

const baseOf = ({ bases }: SourceSettings, name: SourceName): { base?: string } => {
  const base = bases?.[name];
  return base === undefined ? {} : { base };
};

/** @throws {InvalidInputError} `crawl/key`: Last.fm without a key. */
export const createSource = (name: SourceName, settings: SourceSettings = {}): CrawlSource => {
  switch (name) {
    case 'musicbrainz':
      return createMusicBrainz(baseOf(settings, name));
    case 'listenbrainz':
      return createListenBrainz(baseOf(settings, name));
    case 'deezer':
      return createDeezer(baseOf(settings, name));
    case 'lrclib':
      return createLrclib(baseOf(settings, name));
    case 'lastfm':
      if (!settings.lastFmKey) {
        throw new InvalidInputError(
          'crawl/key',
          'Last.fm answers only with a key of your own: make one at www.last.fm/api and set LASTFM_API_KEY.',
        );
      }
      return createLastFm(settings.lastFmKey, baseOf(settings, name));
  }
};

/**
 * The songs behind an address: by the service whose address it is, else out of what the page tells.
 *
 * @throws {InvalidInputError} `crawl/address`, `crawl/private`, `crawl/robots`, `crawl/refused`, `crawl/large`,
 *   `crawl/redirects`, `crawl/contact`. {NoAnswerError} `crawl/no-songs`.
 * @throws {UnavailableError} `crawl/later`, `crawl/unreachable`, `crawl/slow`, `crawl/answer`.
 */
export const crawlSongs = (
  address: string,
  context: CrawlContext,
  settings: SourceSettings = {},
): AsyncIterable<SongRecord> => {
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new InvalidInputError('crawl/address', `"${address}" is no address: begin it with https://.`, { cause });
  }
  const services = (['musicbrainz', 'listenbrainz', 'deezer'] as const).map((name) => createSource(name, settings));
  const source = [...services, playlistPage].find((one) => one.accepts?.(url));
  if (!source?.songs) {
    throw new InvalidInputError('crawl/address', `${url.protocol} addresses are not fetched: only http and https.`);
  }
  return source.songs(url, context);
};

/** What of the newly found facts a song lacks; tags are put together. */
const lacking = (song: SongRecord, facts: SongFacts): SongFacts => {
  const known = new Set(
    Object.entries(song)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([key]) => key),
  );
  const tags = [...new Set([...song.tags, ...(facts.tags ?? [])])].slice(0, 64);
  return {
    ...Object.fromEntries(Object.entries(facts).filter(([key, value]) => !known.has(key) && value !== undefined)),
    ...(tags.length > song.tags.length && { tags }),
  };
};

/** A service that is away is away for the next song, too: these are thrown, for a job to wait. */
const AWAY = ['crawl/later', 'crawl/unreachable', 'crawl/slow'];

/**
 * A song with what the sources add to it; facts the song has stay. A source whose answer makes no sense is told to `onProblem` and
 * left out.
 *
 * @returns `song` itself where nothing was added
 * @throws {UnavailableError} `crawl/later`, `crawl/unreachable`, `crawl/slow`. {InvalidInputError} `crawl/key`, `crawl/contact`.
 */
export const completeSong = async (
  song: SongRecord,
  sources: readonly CrawlSource[],
  context: CrawlContext,
): Promise<SongRecord> => {
  let complete = song;
  for (const source of sources) {
    try {
      const facts = await source.facts?.(complete, context);
      const more = facts ? lacking(complete, facts) : {};
      if (Object.keys(more).length > 0) complete = { ...complete, ...more };
    } catch (error) {
      if (!(error instanceof AttuneError) || [...AWAY, 'crawl/key', 'crawl/contact'].includes(error.code)) throw error;
      context.onProblem?.({
        source: source.name,
        place: `${song.artist} - ${song.title}`,
        code: error.code,
        message: error.message,
      });
    }
  }
  return complete;
};
