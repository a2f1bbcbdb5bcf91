/** What a song's lyrics say of its emotion, by the lyric model that ships. */
import { loadLexicons } from '../../node/lexicons.ts';
import { loadLyricModel } from '../../node/lyric-model.ts';
import { loadChineseTools } from '../../node/segment-words.ts';
import { NoAnswerError } from '../../src/base/errors.ts';
import { readLyricEmotions } from '../../src/lyrics/song-emotions.ts';
import type { Analyser } from './analyser.ts';

/** @returns `undefined` where this installation has no lyric model */
export const loadLyricAnalyser = async (): Promise<Analyser | undefined> => {
  const model = await loadLyricModel();
  if (model === undefined) return undefined;
  const [lexicon, chinese] = await Promise.all([loadLexicons(), loadChineseTools()]);
  const { version } = model;
  return {
    source: 'lyrics',
    version,
    having: 'lyrics',
    analyse: async ({ lyrics }) => {
      if (lyrics === undefined) return undefined;
      try {
        const { scores, confidence } = readLyricEmotions(lyrics, { model, lexicon, chinese });
        return { source: 'lyrics', version, scores, confidence };
      } catch (error) {
        // Instrumental, another language, or no text at all: there is nothing to read, and that is remembered.
        if (error instanceof NoAnswerError || (error as { code?: string }).code === 'lyrics/binary') return undefined;
        throw error;
      }
    },
  };
};
