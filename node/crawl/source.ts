/** What every place on the internet that songs come from is to the crawler: lists behind addresses, facts about one song, or both. */
import type { z } from 'zod';
import { UnavailableError } from '../../src/base/errors.ts';
import { slug } from '../../src/music/song.ts';
import type { ImportProblem, SongRecord } from '../import/song-record.ts';
import type { Fetched, Fetcher, FetchRequest } from './fetcher.ts';

export interface CrawlContext {
  readonly fetcher: Fetcher;
  readonly onProblem?: (problem: ImportProblem) => void;
  /** Most songs taken from one address. @default 10,000 */
  readonly mostSongs?: number;
}

/** Facts a source adds to a song somebody already has. */
export type SongFacts = Partial<Omit<SongRecord, 'title' | 'artist'>>;

export interface CrawlSource {
  readonly name: string;
  /** Whether `songs` can read what lies at an address. */
  accepts?(url: URL): boolean;
  songs?(url: URL, context: CrawlContext): AsyncIterable<SongRecord>;
  /** What it knows about one song; `undefined` where it does not know the song. */
  facts?(song: SongRecord, context: CrawlContext): Promise<SongFacts | undefined>;
}

/** Where a service answers; tests and mirrors put another address in its place. */
export interface ServiceOptions {
  readonly base?: string;
}

export const mostSongsOf = ({ mostSongs = 10_000 }: CrawlContext): number => mostSongs;

/**
 * The answer as JSON of a known shape; `undefined` where the service does not know what was asked for.
 *
 * @throws {UnavailableError} `crawl/answer`: it is no JSON, or of another shape than the service documents.
 */
export const fetchJson = async <T>(
  fetcher: Fetcher,
  address: URL,
  shape: z.ZodType<T>,
  request: FetchRequest = {},
): Promise<T | undefined> => {
  const isAnswer = (text: string): boolean => {
    try {
      // What is of no known shape may be right tomorrow.
      return shape.safeParse(JSON.parse(text)).success && (request.isAnswer?.(text) ?? true);
    } catch {
      return false;
    }
  };
  const answer = await fetcher.fetch(address, { accept: 'application/json', isInterface: true, ...request, isAnswer });
  if (answer.status === 404 || answer.status === 410) return undefined;
  return parseAnswer(answer, shape);
};

const parseAnswer = <T>({ text, url }: Fetched, shape: z.ZodType<T>): T => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UnavailableError('crawl/answer', `${new URL(url).host} answered with what is no JSON.`, { cause });
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' };
  throw new UnavailableError(
    'crawl/answer',
    `${new URL(url).host} answered in another shape than it documents (${path.join('.')}: ${message}).`,
  );
};

/** An address under a base that may itself have a path. */
export const addressOf = (base: string, path: string, query: Readonly<Record<string, string | number>> = {}): URL => {
  const url = new URL(`${base.replace(/\/$/, '')}${path}`);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
  return url;
};

/** A title without what services add to it: `(Remastered 2009)`, `[feat. X]`, ` - Live`. */
const plainTitle = (title: string): string => slug(title.replace(/\s*[([][^)\]]*[)\]]|\s+-\s+.*$/g, '') || title);

/** Whether an answer is about the song that was asked for; searches return others too. */
export const isSameSong = (
  asked: Pick<SongRecord, 'title' | 'artist'>,
  found: { readonly title: string; readonly artist: string },
): boolean => {
  const artists = [slug(asked.artist), slug(found.artist)] as const;
  const sameArtist =
    artists[0] === artists[1] || artists[1].startsWith(`${artists[0]}-`) || artists[0].startsWith(`${artists[1]}-`);
  return sameArtist && plainTitle(asked.title) === plainTitle(found.title);
};
