/** From a mood to an ordered list of songs, each with its reasons. */
import type { Emotion, EmotionScores } from '../base/emotions.ts';
import type { Catalogue } from './catalogue.ts';
import type { Goal } from './mood-target.ts';
import type { Song } from './song.ts';

export interface RankedSong {
  readonly song: Song;
  /** Cosine between the song's tags and the profile it was chosen by, 0 to 1. */
  readonly score: number;
  /** The tags that carried the score, largest contribution first. */
  readonly why: readonly string[];
}

/** The ids of the songs that stand for an emotion, chosen by the listener: three for each emotion chosen. */
export type Profile = Readonly<Partial<Record<Emotion, readonly string[]>>>;

export interface RecommendOptions {
  /** An emotion, or the scores of all seven. */
  readonly mood: EmotionScores | Emotion;
  readonly catalogue: Catalogue;
  /** @default 'lift' for angry, disgust, fear and sad, 'match' otherwise */
  readonly goal?: Goal;
  /** @default 20 */
  readonly count?: number;
  /** @default the songs marked typical in the catalogue */
  readonly profile?: Profile;
  /** Ids of songs not to play again. */
  readonly heard?: ReadonlySet<string>;
}

export interface Recommendation {
  /** The emotion that decided. */
  readonly mood: Emotion;
  readonly goal: Goal;
  readonly songs: readonly RankedSong[];
}

export declare const recommend: (options: RecommendOptions) => Recommendation;
