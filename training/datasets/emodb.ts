/** EMO-DB, the Berlin Database of Emotional Speech; the file's name tells speaker and emotion. */
import { join } from 'node:path';
import { loadSound } from '../sound-cache.ts';
import { audioFolder, listFiles, makeSoundSet, type SoundClip, type SoundSet } from './sound-set.ts';

export const EMODB_EMOTIONS = ['angry', 'bored', 'disgust', 'fear', 'happy', 'sad', 'neutral'] as const;

/** Wut, Langeweile, Ekel, Angst, Freude, Trauer, neutral. */
const LETTERS = 'WLEAFTN';
const NAME = /^(\d\d)[a-z]\d\d([WLEAFTN])[a-z]\.\w+$/;

/**
 * @param path the folder whose `audio` holds SSTTTEV files: speaker, text, emotion's letter, version
 * @throws {InvalidInputError} `data/not-found`, `data/empty`; `audio/…`: a file is damaged.
 */
export const loadEmodb = async (
  path: string,
  onProgress?: (done: number, count: number) => void,
): Promise<SoundSet> => {
  const folder = audioFolder(path);
  const names = await listFiles(folder, NAME, 'EMO-DB (03a01Fa.opus)');
  const clips: SoundClip[] = [];
  const sums: string[] = [];
  for (const name of names) {
    const [, speaker, letter] = NAME.exec(name)!;
    const { samples, sha256 } = await loadSound(join(folder, name));
    sums.push(sha256);
    const label = LETTERS.indexOf(letter!);
    clips.push({ id: name.replace(/\.\w+$/, ''), group: `speaker ${speaker}`, label, samples });
    onProgress?.(clips.length, names.length);
  }
  return makeSoundSet('EMO-DB', EMODB_EMOTIONS, clips, sums);
};
