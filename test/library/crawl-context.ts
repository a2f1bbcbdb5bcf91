/** A crawler for tests: fetches from this machine, waits little, keeps answers in a folder and problems in a list. */

import { createFetcher } from '../../node/crawl/fetcher.ts';
import { createResponseCache } from '../../node/crawl/response-cache.ts';
import type { CrawlContext } from '../../node/crawl/source.ts';
import type { ImportProblem } from '../../node/import/song-record.ts';

/** @param more `contact` empty: nobody says who runs it */
export const crawlContext = (
  folder: string,
  problems: ImportProblem[],
  more: Partial<CrawlContext> & { readonly contact?: string } = {},
): CrawlContext => {
  const { contact = 'me@example.org', ...rest } = more;
  return {
    fetcher: createFetcher({
      cache: createResponseCache(folder),
      version: '0',
      ...(contact && { contact }),
      isAllowed: () => true,
      firstWaitMilliseconds: 5,
      longestWaitMilliseconds: 6000,
      pauseMilliseconds: 1,
    }),
    onProblem: (problem) => problems.push(problem),
    ...rest,
  };
};

export const allOf = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
};
