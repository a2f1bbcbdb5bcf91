/** The job that asks services about every song, and keeps what the songs lack. */
import { z } from 'zod';
import { completeSong, createSource } from '../../node/crawl/crawl-songs.ts';
import { SOURCE_NAMES } from '../../node/crawl/source-names.ts';
import type { SongRecord } from '../../node/import/song-record.ts';
import type { JobHandler } from '../jobs/job-queue.ts';
import type { NewSong, Store, StoredSong } from '../store/store.ts';
import { inTimedBatches } from './batches.ts';
import { type LibraryWork, songsThere } from './library-work.ts';
import { toNewSong } from './new-song.ts';
import { outdateEvidence } from './outdate-evidence.ts';

const COMPLETE_INPUT = z.object({ from: z.array(z.enum(SOURCE_NAMES)).min(1), contact: z.string().optional() });

/** Songs written at once, or as many as came in so long. */
const BATCH = 500;
const BATCH_MILLISECONDS = 2000;
const MOST_TAGS = 64;

/** Every song, in the order of ids, a page at a time. */
async function* eachSong(store: Store, query: Parameters<Store['listSongs']>[0] = {}): AsyncGenerator<StoredSong> {
  for (let cursor: string | undefined; ; ) {
    const page = await store.listSongs({
      ...query,
      order: 'id',
      limit: BATCH,
      ...(cursor !== undefined && { cursor }),
    });
    yield* page.songs;
    cursor = page.next;
    if (cursor === undefined) return;
  }
}

export const completeSongs =
  ({ store, fetcher, sources = {} }: LibraryWork): JobHandler =>
  async (input, { signal, problem, progress }) => {
    const { from, contact } = COMPLETE_INPUT.parse(input);
    const services = from.map((name) => createSource(name, sources));
    const waiting = (host: string, seconds: number): void =>
      progress({ message: `waiting ${Math.ceil(seconds)} s for ${host}` });
    const crawl = { fetcher: fetcher(signal, waiting, contact), onProblem: problem };
    const { total } = await store.countSongs();
    let done = 0;
    let completed = 0;
    async function* gains(): AsyncGenerator<NewSong> {
      for await (const song of eachSong(store)) {
        signal.throwIfAborted();
        const record = toRecord(song);
        const complete = await completeSong(record, services, crawl);
        done += 1;
        progress({ done, total, message: `${completed} completed` });
        if (complete !== record) yield gainOf(song, record, complete);
      }
    }
    for await (const batch of inTimedBatches(gains(), BATCH, BATCH_MILLISECONDS)) {
      const there = await songsThere(
        store,
        batch.map(({ id }) => id),
      );
      const written = batch
        .filter(({ id }) => there.has(id))
        .map((song) => ({
          ...song,
          tags:
            song.tags.length > 0 ? [...new Set([...(there.get(song.id) ?? []), ...song.tags])].slice(0, MOST_TAGS) : [],
        }));
      await outdateEvidence(store, written);
      await store.importSongs(written);
      completed += written.length;
    }
    return { completed };
  };

/** What was found, and nothing else: asking takes hours, and what the song was when it was read may have been changed since. */
const gainOf = ({ id, title, artist, emotion }: StoredSong, before: SongRecord, complete: SongRecord): NewSong => {
  const gained = Object.entries(complete).filter(([key, value]) => value !== before[key as keyof SongRecord]);
  const tags = complete.tags.filter((tag) => !before.tags.includes(tag));
  return { ...toNewSong({ title, artist, emotion, evidence: [], ...Object.fromEntries(gained), tags }), id };
};

const toRecord = ({
  title,
  artist,
  album,
  year,
  language,
  tags,
  durationSeconds,
  lyrics,
  url,
  popularity,
  emotion,
}: StoredSong): SongRecord => ({
  title,
  artist,
  tags,
  emotion,
  ...(album !== undefined && { album }),
  ...(year !== undefined && { year }),
  ...(language !== '' && { language }),
  ...(durationSeconds !== undefined && { durationSeconds }),
  ...(lyrics !== undefined && { lyrics }),
  ...(url !== undefined && { url }),
  ...(popularity !== undefined && { popularity }),
  evidence: [],
});
