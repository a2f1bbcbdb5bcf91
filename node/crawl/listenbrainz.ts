/** ListenBrainz: playlists, and the tags its listeners' recordings carry. */
import { z } from 'zod';
import { jspfEntry } from '../import/playlist-file.ts';
import { tidyRecord } from '../import/song-record.ts';
import { addressOf, type CrawlSource, fetchJson, isSameSong, mostSongsOf, type ServiceOptions } from './source.ts';

/** How fast stands in the answers' X-RateLimit headers, which the fetcher obeys. @see https://listenbrainz.readthedocs.io */
const REQUEST = { pauseMilliseconds: 500 };

const PLAYLIST = z.object({ playlist: z.object({ track: z.array(z.unknown()) }) });
const TAG = z.object({ tag: z.string(), count: z.number() });
const LOOKUP = z.object({
  artist_credit_name: z.string().optional(),
  recording_name: z.string().optional(),
  release_name: z.string().nullish(),
  metadata: z
    .object({
      tag: z
        .object({
          recording: z.array(TAG).optional(),
          release_group: z.array(TAG).optional(),
          artist: z.array(TAG).optional(),
        })
        .optional(),
      release: z.object({ year: z.number().optional() }).optional(),
      recording: z.object({ length: z.number().nullish() }).optional(),
    })
    .optional(),
});

const PLAYLIST_PATH = /^\/playlist\/([0-9a-f-]{36})/i;

export interface ListenBrainzOptions extends ServiceOptions {
  /** Whose pages `accepts` knows. @default listenbrainz.org */
  readonly pages?: string;
}

/** @param base @default https://api.listenbrainz.org */
export const createListenBrainz = ({
  base = 'https://api.listenbrainz.org',
  pages = 'listenbrainz.org',
}: ListenBrainzOptions = {}): CrawlSource => ({
  name: 'listenbrainz',
  accepts: (url) => url.host === pages && PLAYLIST_PATH.test(url.pathname),
  songs: async function* (url, context) {
    const id = PLAYLIST_PATH.exec(url.pathname)?.[1] ?? '';
    const found = await fetchJson(context.fetcher, addressOf(base, `/1/playlist/${id}`), PLAYLIST, REQUEST);
    for (const [i, track] of (found?.playlist.track ?? []).slice(0, mostSongsOf(context)).entries()) {
      const { info, location, ...facts } = jspfEntry(track) ?? {};
      const song = tidyRecord({ ...facts, tags: [], url: info ?? location });
      if (song) yield song;
      else {
        const message = 'it tells no artist and title.';
        context.onProblem?.({ source: url.href, place: `track ${i + 1}`, code: 'import/track', message });
      }
    }
  },
  facts: async (song, { fetcher }) => {
    const address = addressOf(base, '/1/metadata/lookup/', {
      artist_name: song.artist,
      recording_name: song.title,
      metadata: 'true',
      inc: 'tag release',
    });
    const found = await fetchJson(fetcher, address, LOOKUP, REQUEST);
    const title = found?.recording_name;
    const artist = found?.artist_credit_name;
    if (!found || !title || !artist || !isSameSong(song, { title, artist })) return undefined;
    const { tag, release, recording } = found.metadata ?? {};
    // A recording's own tags say most; an artist's are what is left where nobody tagged the song.
    const own = [...(tag?.recording ?? []), ...(tag?.release_group ?? [])];
    const given = (own.length > 0 ? own : (tag?.artist ?? [])).filter(({ count }) => count > 0);
    const tidy = tidyRecord({
      title,
      artist,
      tags: given.sort((a, b) => b.count - a.count).map((one) => one.tag),
      album: found.release_name ?? undefined,
      year: release?.year,
      durationSeconds: recording?.length ? recording.length / 1000 : undefined,
    });
    if (!tidy) return undefined;
    const { title: _title, artist: _artist, ...facts } = tidy;
    return facts;
  },
});
