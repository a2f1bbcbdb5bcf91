/** Everything here that can read a song's emotion, opened once for as long as a worker lives. */
import { loadCatalogue } from '../../node/catalogue.ts';
import type { Analyser } from './analyser.ts';
import { createTagAnalyser } from './tag-analyser.ts';

export interface FoundAnalysers {
  readonly analysers: readonly Analyser[];
  /** What is not read here, and why: sentences for people. */
  readonly missing: readonly string[];
}

/** Models that this installation does not have are told, not thrown: songs still get what the others read. */
export const loadAnalysers = async (): Promise<FoundAnalysers> => {
  const missing = [
    'Lyrics are not read: this version ships no lyrics model.',
    'Sound is not read: this version ships no model of how songs sound.',
  ];
  return { analysers: [createTagAnalyser(await loadCatalogue())], missing };
};
