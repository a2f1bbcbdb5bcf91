/** LRCLIB: lyrics, with times where it has them. */
import { z } from 'zod';
import { addressOf, type CrawlSource, fetchJson, isSameSong, type ServiceOptions } from './source.ts';

/** It names no limit; two a second is what one listener needs. @see https://lrclib.net/docs */
const REQUEST = { pauseMilliseconds: 500 };

const TRACK = z.object({
  trackName: z.string(),
  artistName: z.string(),
  albumName: z.string().nullish(),
  duration: z.number().nullish(),
  instrumental: z.boolean().optional(),
  plainLyrics: z.string().nullish(),
  syncedLyrics: z.string().nullish(),
});

/** @param base @default https://lrclib.net */
export const createLrclib = ({ base = 'https://lrclib.net' }: ServiceOptions = {}): CrawlSource => ({
  name: 'lrclib',
  facts: async (song, { fetcher }) => {
    const { title, artist, album, durationSeconds } = song;
    const names = { track_name: title, artist_name: artist };
    let found: z.infer<typeof TRACK> | undefined;
    // The exact request needs album and length, and lets two seconds pass; without them it is a search.
    if (album && durationSeconds) {
      const query = { ...names, album_name: album, duration: Math.round(durationSeconds) };
      found = await fetchJson(fetcher, addressOf(base, '/api/get', query), TRACK, REQUEST);
    }
    if (!found) {
      const all = await fetchJson(fetcher, addressOf(base, '/api/search', names), z.array(TRACK), REQUEST);
      const same = (all ?? []).filter((one) => isSameSong(song, { title: one.trackName, artist: one.artistName }));
      const away = (one: z.infer<typeof TRACK>): number => Math.abs((one.duration ?? 0) - (durationSeconds ?? 0));
      found = durationSeconds ? same.sort((a, b) => away(a) - away(b))[0] : same[0];
    }
    if (!found) return undefined;
    if (found.instrumental) return { language: 'zxx' };
    const lyrics = found.plainLyrics?.trim() || found.syncedLyrics?.trim();
    return lyrics ? { lyrics } : undefined;
  },
});
