/** What songs can be filtered by: tags and languages, counted. */
import { sql } from 'drizzle-orm';
import type { Queries } from './connection.ts';
import { rowsOf } from './migrate.ts';
import type { SongFacet, SongFacets } from './store.ts';

/** More tags than this nobody looks through. */
const MOST_TAGS = 300;

export const songFacets = async (queries: Queries): Promise<SongFacets> => ({
  tags: rowsOf<SongFacet>(
    await queries.execute(
      sql`select tag as name, count(*)::int as count from songs, unnest(tags) as tag group by tag
        order by count desc, name limit ${MOST_TAGS}`,
    ),
  ),
  languages: rowsOf<SongFacet>(
    await queries.execute(
      sql`select language as name, count(*)::int as count from songs where language <> '' group by language
        order by count desc, name`,
    ),
  ),
});
