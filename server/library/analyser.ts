/** Reads one thing about songs' emotions: their lyrics, their tags, their sound. */
import type { EmotionEvidence, EvidenceSource } from '../../src/music/library-song.ts';
import type { StoredSong } from '../store/store.ts';

export interface Finding extends EmotionEvidence {
  /** How the song sounds, in the numbers of the analyser's version. */
  readonly vector?: readonly number[];
}

export interface Analyser {
  readonly source: EvidenceSource;
  /** Of the model or table. Songs that have evidence of this version are done. */
  readonly version: string;
  /** Only songs that have this are looked at. */
  readonly having?: 'lyrics' | 'file';
  /**
   * @returns `undefined` where there is nothing to read; that is remembered, and the song is not looked at again
   * @throws {InvalidInputError} what it reads is damaged: told beside, and remembered too
   */
  analyse(song: StoredSong): Promise<Finding | undefined>;
}
