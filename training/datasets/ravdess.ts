/** RAVDESS speech: actors say two sentences in eight emotions; the file's name tells which. */
import { join } from 'node:path';
import { loadSound } from '../sound-cache.ts';
import { audioFolder, listFiles, makeSoundSet, type SoundClip, type SoundSet } from './sound-set.ts';

/** In the order of the names' third number, from 01. */
export const RAVDESS_EMOTIONS = ['neutral', 'calm', 'happy', 'sad', 'angry', 'fear', 'disgust', 'surprise'] as const;

const NAME = /^03-01-0([1-8])-\d\d-\d\d-\d\d-(\d\d)\.\w+$/;

/**
 * @param path the folder whose `audio` holds 03-01-EE-II-SS-RR-AA files; sound alone (03), speech alone (01)
 * @throws {InvalidInputError} `data/not-found`, `data/empty`; `audio/…`: a file is damaged.
 */
export const loadRavdess = async (
  path: string,
  onProgress?: (done: number, count: number) => void,
): Promise<SoundSet> => {
  const folder = audioFolder(path);
  const names = await listFiles(folder, NAME, 'RAVDESS (03-01-EE-II-SS-RR-AA.opus)');
  const clips: SoundClip[] = [];
  const sums: string[] = [];
  for (const name of names) {
    const [, emotion, actor] = NAME.exec(name)!;
    const { samples, sha256 } = await loadSound(join(folder, name));
    sums.push(sha256);
    clips.push({ id: name.replace(/\.\w+$/, ''), group: `actor ${actor}`, label: Number(emotion) - 1, samples });
    onProgress?.(clips.length, names.length);
  }
  return makeSoundSet('RAVDESS speech', RAVDESS_EMOTIONS, clips, sums);
};
