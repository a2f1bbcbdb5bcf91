/** What the library's jobs are given to work with. */
import type { SourceSettings } from '../../node/crawl/crawl-songs.ts';
import type { Fetcher } from '../../node/crawl/fetcher.ts';
import { connectionOf } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import type { FoundAnalysers } from './analysers.ts';

export interface LibraryWork {
  readonly store: Store;
  /** Opened with the first song that is analysed: adding songs needs no models. */
  readonly analysers: () => Promise<FoundAnalysers>;
  /** @param onWait told before long waits. `contact`: where services can reach whoever asked for this job. */
  readonly fetcher: (
    signal: AbortSignal,
    onWait: (host: string, seconds: number) => void,
    contact: string | undefined,
  ) => Fetcher;
  readonly sources?: SourceSettings;
}

/**
 * Which of these songs are still there, and their tags now: a job that read them minutes ago must not bring back what was removed
 * or changed meanwhile.
 */
export const songsThere = async (
  store: Store,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const connection = connectionOf(store);
  if (!connection) throw new Error('Jobs are done where the database is.');
  const { rows } = await connection.execute(
    'select id, tags from songs where id in (select jsonb_array_elements_text($1::jsonb))',
    [JSON.stringify(ids)],
  );
  return new Map((rows as { id: string; tags: string[] }[]).map(({ id, tags }) => [id, tags]));
};
