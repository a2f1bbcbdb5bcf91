/** The default recommender's settings, chosen on the tuning halves alone: docs/decisions tells what was tried. */
import type { TasteSettings } from '../../src/music/taste.ts';

export const LASTFM_TASTE: TasteSettings = {
  sharpness: 1.5,
  popularityPower: 0.21,
  mentionPower: 0.22,
  hubPower: 0.5,
  seedHubPower: 0.5,
  mainstreamPower: 0.1,
};

export const NETEASE_TASTE: TasteSettings = {
  sharpness: 1.5,
  popularityPower: 0.2,
  mentionPower: 0.4,
  hubPower: 0.2,
  seedHubPower: 0.5,
};

/** Lengths of the blocks of a song's row. */
export const NETEASE_SCALES = { tags: 1, artists: 1 };

/** Weights of the parts of two songs' likeness. */
export const AOTM_WEIGHTS = { emotions: 1, mood: 0.5, artist: 1 };
