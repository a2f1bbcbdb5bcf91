/** Twenty songs for a mood out of a catalogue, wherever that lies: on the page's own thread, or with a worker. */
import type { Emotion, EmotionScores } from '../src/base/emotions.ts';
import { AttuneError } from '../src/base/errors.ts';
import type { Catalogue } from '../src/music/catalogue.ts';
import type { Listener } from '../src/music/listener.ts';
import type { Goal } from '../src/music/mood-target.ts';
import { type PersonalRecommendation, recommendPersonally } from '../src/music/personal.ts';
import type { Profile } from '../src/music/profile.ts';

/** What a list is made from beside the catalogue; it can be handed from thread to thread. */
export interface Wish {
  readonly mood: Emotion | EmotionScores;
  readonly goal?: Goal;
  readonly profile: Profile;
  readonly listener: Listener;
  /** Ids of songs of lists before this one. */
  readonly heard: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface List {
  readonly recommendation: PersonalRecommendation;
  /** All songs for this mood were heard: the list takes them anew. */
  readonly startedOver: boolean;
}

const COUNT = 20;

/** Without songs that are no longer in the catalogue: the emotion then falls back to those the catalogue marks. */
const knownProfile = (profile: Profile, songs: Catalogue): Profile =>
  Object.fromEntries(
    Object.entries(profile).filter(([, ids]) => ids.every((id) => songs.position(id) >= 0)),
  ) as Profile;

/** @throws what `recommendPersonally` throws where there is no list even if every song is taken anew. */
export const composeList = (catalogue: Catalogue, { heard, ...wish }: Wish): List => {
  // Songs the listener wants no more. What is wrong for a mood the recommender leaves out by itself.
  const never = Object.entries(wish.listener.songs).flatMap(([id, { skips = 0 }]) => (skips > 0 ? [id] : []));
  const options = { ...wish, catalogue, profile: knownProfile(wish.profile, catalogue), count: COUNT };
  const tryFresh = (): PersonalRecommendation | undefined => {
    try {
      return recommendPersonally({ ...options, heard: new Set([...heard, ...never]) });
    } catch (error) {
      if (heard.length > 0 && error instanceof AttuneError && error.code === 'music/none-left') return undefined;
      throw error;
    }
  };
  const fresh = tryFresh();
  if (fresh && (fresh.songs.length === COUNT || heard.length === 0))
    return { recommendation: fresh, startedOver: false };
  return { recommendation: recommendPersonally({ ...options, heard: new Set(never) }), startedOver: true };
};
