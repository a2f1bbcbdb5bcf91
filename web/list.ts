/** From a mood to the list on the page: the goal, songs heard, and what the listener said about songs. */
import { batch, effect, signal } from '@preact/signals';
import type { Emotion, EmotionScores } from '../src/base/emotions.ts';
import type { FaceReading, QualityNote } from '../src/face/read.ts';
import type { Catalogue } from '../src/music/catalogue.ts';
import { forgetSong, memoryOf, react, type SongMemory } from '../src/music/listener.ts';
import type { Goal } from '../src/music/mood-target.ts';
import { type PersonalRecommendation, recommendPersonally } from '../src/music/personal.ts';
import type { Profile } from '../src/music/profile.ts';
import { addToHistory, listener, profile, type Source, setListener } from './kept.ts';
import { type Problem, toProblem } from './protocol.ts';
import { keepsHistory } from './settings.ts';
import { catalogue, isCatalogue } from './songs.ts';

/** The reading shown: of a face, or an emotion picked by hand. */
export type Mood =
  | {
      readonly kind: 'read';
      readonly source: Source;
      readonly scores: EmotionScores;
      readonly emotion: Emotion;
      readonly certain: boolean;
      readonly quality: readonly QualityNote[];
    }
  | { readonly kind: 'hand'; readonly emotion: Emotion };

export interface List {
  readonly recommendation: PersonalRecommendation;
  readonly startedOver: boolean;
}

/** What was just said about a song, so that it can be taken back. */
export interface Said {
  readonly songId: string;
  readonly title: string;
  readonly what: 'skipped' | 'misfit';
  /** What was remembered of the song before. */
  readonly before: SongMemory | undefined;
}

export const mood = signal<Mood | undefined>(undefined);
export const list = signal<List | undefined>(undefined);
/** Why there is no list although there is a mood. */
export const listProblem = signal<Problem | undefined>(undefined);
export const said = signal<Said | undefined>(undefined);

/** Songs of lists that were replaced: they do not come back within the session. */
const heard = new Set<string>();
let goal: Goal | undefined;
/** Whether the mood's list is in the history already: other goals and other songs are no new reading. */
let written = false;

const COUNT = 20;

/** Without songs that are no longer in the catalogue: the emotion then falls back to those the catalogue marks. */
const knownProfile = (songs: Catalogue): Profile =>
  Object.fromEntries(
    Object.entries(profile.value).filter(([, ids]) => ids.every((id) => songs.position(id) >= 0)),
  ) as Profile;

/** Songs the listener wants no more. What is wrong for a mood the recommender leaves out by itself. */
const unwanted = (): string[] =>
  Object.entries(listener.value.songs).flatMap(([id, { skips = 0 }]) => (skips > 0 ? [id] : []));

const compose = (songs: Catalogue, current: Mood): List => {
  const never = unwanted();
  const options = {
    mood: current.kind === 'hand' ? current.emotion : current.scores,
    catalogue: songs,
    profile: knownProfile(songs),
    listener: listener.value,
    now: Date.now(),
    count: COUNT,
    ...(goal && { goal }),
  };
  const tryList = (): PersonalRecommendation | undefined => {
    try {
      return recommendPersonally({ ...options, heard: new Set([...heard, ...never]) });
    } catch (error) {
      if (heard.size > 0 && toProblem(error).code === 'music/none-left') return undefined;
      throw error;
    }
  };
  const fresh = tryList();
  if (fresh && (fresh.songs.length === COUNT || heard.size === 0)) return { recommendation: fresh, startedOver: false };
  heard.clear();
  return { recommendation: recommendPersonally({ ...options, heard: new Set(never) }), startedOver: true };
};

const makeList = (): void => {
  const songs = catalogue.value;
  const current = mood.value;
  if (!current || !isCatalogue(songs)) return;
  try {
    const made = compose(songs, current);
    batch(() => {
      list.value = made;
      listProblem.value = undefined;
    });
    if (!written && keepsHistory.value) {
      written = true;
      void addToHistory({
        time: Date.now(),
        source: current.kind === 'hand' ? 'hand' : current.source,
        emotion: current.emotion,
        goal: made.recommendation.goal,
        ...(current.kind === 'read' && { scores: current.scores }),
      });
    }
  } catch (error) {
    batch(() => {
      list.value = undefined;
      listProblem.value = toProblem(error);
    });
  }
};

const retireList = (): void => {
  for (const { song } of list.value?.recommendation.songs ?? []) heard.add(song.id);
  list.value = undefined;
  listProblem.value = undefined;
  said.value = undefined;
};

/** Takes the reading and its list away; the songs of that list count as heard. */
export const forgetMood = (): void => {
  batch(() => {
    retireList();
    mood.value = undefined;
  });
  goal = undefined;
  written = false;
};

/** Takes a reading as the mood; a sure one gets its list, an unsure one asks first. */
export const take = ({ scores, emotion, certain, quality }: Omit<FaceReading, 'face'>, source: Source): void => {
  forgetMood();
  mood.value = { kind: 'read', source, scores, emotion, certain, quality };
  if (certain) makeList();
};

/** A mood named by the person: in place of a reading, or to correct one. */
export const takeByHand = (emotion: Emotion): void => {
  forgetMood();
  mood.value = { kind: 'hand', emotion };
  makeList();
};

export const chooseGoal = (next: Goal): void => {
  goal = next;
  said.value = undefined;
  makeList();
};

/** Other songs for the same mood. */
export const anotherList = (): void => {
  for (const { song } of list.value?.recommendation.songs ?? []) heard.add(song.id);
  said.value = undefined;
  makeList();
};

/** A heart given, or taken back. It draws later lists towards songs like this one; the list on view stays. */
export const like = (songId: string): void => {
  const reaction = memoryOf(listener.value, songId)?.liked ? 'unlike' : 'like';
  void setListener(react(listener.value, { songId, reaction, at: Date.now() }));
};

/** Takes a song out of this list and, from now on, out of all lists or out of those for this mood. */
export const dismiss = (songId: string, title: string, what: Said['what']): void => {
  const current = mood.value;
  if (!current) return;
  const before = memoryOf(listener.value, songId);
  const reaction = what === 'skipped' ? 'skip' : 'not-my-mood';
  void setListener(react(listener.value, { songId, reaction, mood: current.emotion, at: Date.now() }));
  makeList();
  said.value = { songId, title, what, before };
};

export const takeBack = (): void => {
  const last = said.value;
  if (!last) return;
  said.value = undefined;
  const { songs } = forgetSong(listener.value, last.songId);
  void setListener({ version: 1, songs: last.before ? { ...songs, [last.songId]: last.before } : songs });
  makeList();
};

/** A list waits for its songs, and follows the catalogue and the typical songs when they change. */
export const followSongs = (): void => {
  effect(() => {
    const songs = catalogue.value;
    void profile.value;
    const current = mood.peek();
    if (isCatalogue(songs) && current && (current.kind === 'hand' || current.certain)) makeList();
  });
};
