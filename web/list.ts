/** From a mood to the list on the page: the goal, songs heard, and what the listener said about songs. */
import { batch, effect, signal } from '@preact/signals';
import type { Emotion, EmotionScores } from '../src/base/emotions.ts';
import type { FaceReading, QualityNote } from '../src/face/read.ts';
import { memoryOf, react, type SongMemory } from '../src/music/listener.ts';
import type { Goal } from '../src/music/mood-target.ts';
import type { List } from './compose-list.ts';
import { addToHistory, listener, profile, type Source, setListener } from './kept.ts';
import { withMemory } from './kept-place.ts';
import { type Problem, toProblem } from './protocol.ts';
import { keepsHistory } from './settings.ts';
import { catalogue, compose, isCatalogue } from './songs.ts';

export type { List };

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
/** A list out of very many songs is on its way. */
export const isComposing = signal(false);
/** Why there is no list although there is a mood. */
export const listProblem = signal<Problem | undefined>(undefined);
export const said = signal<Said | undefined>(undefined);

/** Songs of lists that were replaced: they do not come back within the session. */
const heard = new Set<string>();
let goal: Goal | undefined;
/** Whether the mood's list is in the history already: other goals and other songs are no new reading. */
let written = false;

/** Counts lists asked for: one that was overtaken is dropped. */
let run = 0;

const showList = (made: List, current: Mood): void => {
  if (made.startedOver) heard.clear();
  batch(() => {
    list.value = made;
    listProblem.value = undefined;
    isComposing.value = false;
  });
  if (written || !keepsHistory.value) return;
  written = true;
  void addToHistory({
    time: Date.now(),
    source: current.kind === 'hand' ? 'hand' : current.source,
    emotion: current.emotion,
    goal: made.recommendation.goal,
    ...(current.kind === 'read' && { scores: current.scores }),
  });
};

const showProblem = (error: unknown): void =>
  batch(() => {
    list.value = undefined;
    listProblem.value = toProblem(error);
    isComposing.value = false;
  });

const makeList = (): void => {
  const songs = catalogue.value;
  const current = mood.value;
  const mine = ++run;
  if (!current || !isCatalogue(songs)) return;
  try {
    const made = compose(songs, {
      mood: current.kind === 'hand' ? current.emotion : current.scores,
      profile: profile.value,
      listener: listener.value,
      heard: [...heard],
      now: Date.now(),
      ...(goal && { goal }),
    });
    if (!(made instanceof Promise)) {
      showList(made, current);
      return;
    }
    isComposing.value = true;
    made.then(
      (late) => mine === run && showList(late, current),
      (error: unknown) => mine === run && showProblem(error),
    );
  } catch (error) {
    showProblem(error);
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
    isComposing.value = false;
  });
  run++;
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
  void setListener(react(listener.value, { songId, reaction, at: Date.now() }), songId);
};

/** Takes a song out of this list and, from now on, out of all lists or out of those for this mood. */
export const dismiss = (songId: string, title: string, what: Said['what']): void => {
  const current = mood.value;
  if (!current) return;
  const before = memoryOf(listener.value, songId);
  const reaction = what === 'skipped' ? 'skip' : 'not-my-mood';
  void setListener(react(listener.value, { songId, reaction, mood: current.emotion, at: Date.now() }), songId);
  makeList();
  said.value = { songId, title, what, before };
};

export const takeBack = (): void => {
  const last = said.value;
  if (!last) return;
  said.value = undefined;
  void setListener(withMemory(listener.value, last.songId, last.before), last.songId);
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
