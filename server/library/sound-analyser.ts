/** What a song's sound says of its emotion, and the vector of how it sounds. */
import { openSongListener } from '../../node/song-listener.ts';
import type { Analyser } from './analyser.ts';

/** @throws {UnavailableError} `model/missing` */
export const createSoundAnalyser = async (): Promise<Analyser> => {
  const listener = await openSongListener();
  return {
    source: 'sound',
    version: listener.version,
    having: 'file',
    analyse: async ({ path }) => {
      if (path === undefined) return undefined;
      const { evidence, vector } = await listener.hear(path);
      return { ...evidence, vector: Array.from(vector) };
    },
  };
};
