/** A list of songs as something to open: a link, or a playlist file. */
import type { Song } from './song.ts';

export type PlaylistFormat = 'm3u8' | 'xspf' | 'jspf' | 'csv';

/** A plain YouTube search for artist and title: https://www.youtube.com/results?search_query=... */
export declare const youtubeLink: (song: Song) => string;

/** The songs as a playlist file's text. */
export declare const formatPlaylist: (songs: readonly Song[], format: PlaylistFormat) => string;
