/** A library song for tests: nothing is known of it but its names and what a test says besides. */
import { songId } from '../../src/music/song.ts';

export const plainSong = <More extends object = object>(artist: string, title: string, more?: More) => ({
  id: songId(artist, title),
  title,
  artist,
  year: undefined,
  language: '',
  emotion: 'neutral' as const,
  tags: [],
  typical: false,
  evidence: [],
  ...(more as More),
});
