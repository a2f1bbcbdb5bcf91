/** Last.fm: the tags listeners gave a track, with the key of whoever runs this. */
import { z } from 'zod';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { tagName } from '../import/song-record.ts';
import { addressOf, type CrawlSource, fetchJson, type ServiceOptions } from './source.ts';

/** Well under the five requests a second its terms name. @see https://www.last.fm/api/intro */
const PAUSE_MILLISECONDS = 250;
/** Tags count from 0 to 100; below this they are one person's. */
const LEAST_COUNT = 2;
const MOST_TAGS = 20;

const TAG = z.object({ name: z.string(), count: z.coerce.number() });
const ANSWER = z.object({
  error: z.number().optional(),
  message: z.string().optional(),
  // One tag alone comes as an object.
  toptags: z.object({ tag: z.union([z.array(TAG), TAG]).optional() }).optional(),
});

/** Errors come with status 200 too: 29 too often, 11 and 16 out of order for now. @see https://www.last.fm/api/errorcodes */
const throttledFor = (text: string): number | undefined => (/"error"\s*:\s*(?:29|11|16)\b/.test(text) ? 10 : undefined);

/** Error 6, no such track, is an answer; a wrong key or a service out of order is none to keep. */
const isAnswer = (text: string): boolean => !/"error"\s*:\s*(?!6\b)\d+/.test(text);

/** @param key of the listener's own account with Last.fm's interface */
export const createLastFm = (
  key: string,
  { base = 'https://ws.audioscrobbler.com' }: ServiceOptions = {},
): CrawlSource => ({
  name: 'lastfm',
  facts: async (song, { fetcher }) => {
    const address = addressOf(base, '/2.0/', {
      method: 'track.gettoptags',
      artist: song.artist,
      track: song.title,
      autocorrect: 1,
      format: 'json',
      api_key: key,
    });
    const found = await fetchJson(fetcher, address, ANSWER, {
      pauseMilliseconds: PAUSE_MILLISECONDS,
      secrets: ['api_key'],
      throttledFor,
      isAnswer,
    });
    if (found?.error === 10 || found?.error === 26) {
      throw new InvalidInputError(
        'crawl/key',
        'Last.fm does not know this key, or has suspended it: check LASTFM_API_KEY.',
      );
    }
    // 6 is "no such track".
    if (!found || found.error === 6) return undefined;
    if (found.error !== undefined) {
      throw new UnavailableError('crawl/answer', `Last.fm answers with error ${found.error}: ${found.message ?? ''}`);
    }
    const tag = found.toptags?.tag ?? [];
    const tags = (Array.isArray(tag) ? tag : [tag]).filter(({ count }) => count >= LEAST_COUNT);
    return {
      tags: [...new Set(tags.map(({ name }) => tagName(name)))].filter((name) => name !== '').slice(0, MOST_TAGS),
    };
  },
});
