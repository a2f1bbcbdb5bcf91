/** Everything here that can read a song's emotion, opened once for as long as a worker lives. */
import { loadCatalogue } from '../../node/catalogue.ts';
import { UnavailableError } from '../../src/base/errors.ts';
import type { Analyser } from './analyser.ts';
import { loadLyricAnalyser } from './lyric-analyser.ts';
import { createSoundAnalyser } from './sound-analyser.ts';
import { createTagAnalyser } from './tag-analyser.ts';

export interface FoundAnalysers {
  readonly analysers: readonly Analyser[];
  /** What is not read here, and why: sentences for people. */
  readonly missing: readonly string[];
}

/** Models that this installation does not have are told, not thrown: songs still get what the others read. */
export const loadAnalysers = async (): Promise<FoundAnalysers> => {
  const analysers: Analyser[] = [createTagAnalyser(await loadCatalogue())];
  const missing: string[] = [];
  const lyrics = await loadLyricAnalyser();
  if (lyrics) analysers.push(lyrics);
  else missing.push('Lyrics are not read: the lyric model is missing.');
  const load = async (what: string, open: () => Promise<Analyser>): Promise<void> => {
    try {
      analysers.push(await open());
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      missing.push(`${what} is not read: ${error.message}`);
    }
  };
  await load('Sound', createSoundAnalyser);
  return { analysers, missing };
};
