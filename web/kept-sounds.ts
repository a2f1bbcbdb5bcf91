/** What was heard in files of this device, kept beside what the page remembers: erased with it. */
import { type Keep, openKeep } from './keep.ts';
import type { HeardSong } from './song-hearing.ts';

const NAME = 'sounds';
/** Some 4 KB each; the oldest give way. */
const MOST_SONGS = 1000;

/** By the files' names, sizes and times. */
export const heardSongs = new Map<string, HeardSong>();

let opening: Promise<Keep> | undefined;
const open = (): Promise<Keep> => {
  opening ??= openKeep().then(({ keep }) => keep);
  return opening;
};

/** What was kept, by the files' names, sizes and times; whoever uses it checks it. */
export const readKeptSounds = async (): Promise<readonly (readonly [string, unknown])[]> => {
  try {
    const value = await (await open()).get(NAME);
    return typeof value === 'object' && value !== null ? Object.entries(value) : [];
  } catch {
    return [];
  }
};

/** A device that keeps nothing, or is full, costs the hearing again, not the song. */
export const keepSounds = async (): Promise<void> => {
  try {
    await (await open()).set(NAME, Object.fromEntries([...heardSongs].slice(-MOST_SONGS)));
  } catch {
    // Heard again next time.
  }
};

/** Forgets what this tab knows; what the device keeps goes with everything else. */
export const forgetSounds = (): void => heardSongs.clear();
