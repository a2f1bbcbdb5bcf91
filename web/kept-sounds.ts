/** What was heard in files of this device, kept beside what the page remembers: erased with it. */
import { openKeep } from './keep.ts';
import type { HeardSong } from './song-hearing.ts';

const NAME = 'sounds';
/** Some 4 KB each; the oldest give way. */
const MOST_SONGS = 1000;

/** What was kept, by the files' names, sizes and times; whoever uses it checks it. */
export const readKeptSounds = async (): Promise<readonly (readonly [string, unknown])[]> => {
  try {
    const { keep } = await openKeep();
    const value = await keep.get(NAME);
    return typeof value === 'object' && value !== null ? Object.entries(value) : [];
  } catch {
    return [];
  }
};

/** A device that keeps nothing, or is full, costs the hearing again, not the song. */
export const keepSounds = async (songs: ReadonlyMap<string, HeardSong>): Promise<void> => {
  try {
    const { keep } = await openKeep();
    await keep.set(NAME, Object.fromEntries([...songs].slice(-MOST_SONGS)));
  } catch {
    // Heard again next time.
  }
};
