/** What the page knows, in one place, and the steps that change it. */
import { signal } from '@preact/signals';
import { loadCatalogue } from '../browser/catalogue.ts';
import { sampleVideoFrames } from '../browser/video-frames.ts';
import type { Emotion, EmotionScores } from '../src/base/emotions.ts';
import { rankEmotions } from '../src/base/emotions.ts';
import { AttuneError } from '../src/base/errors.ts';
import { combineFrames } from '../src/face/across-frames.ts';
import type { FaceReading, QualityNote } from '../src/face/read.ts';
import type { Catalogue } from '../src/music/catalogue.ts';
import type { Goal } from '../src/music/mood-target.ts';
import { type Recommendation, recommend } from '../src/music/recommend.ts';
import type { FrameReading, Problem } from './protocol.ts';
import { createReader, type ModelsState } from './reader.ts';
import { text } from './strings.ts';

/** What the left side of the page shows. */
export type Stage =
  | { readonly kind: 'start' }
  | { readonly kind: 'working'; readonly what: 'photo' | 'video'; readonly done: number; readonly count: number }
  | Picture
  | { readonly kind: 'camera' }
  | { readonly kind: 'hand' }
  | { readonly kind: 'problem'; readonly title: string; readonly message: string };

/** A photo that was read, or the frame that stands for a video. */
export interface Picture {
  readonly kind: 'picture';
  readonly from: 'photo' | 'video';
  readonly bitmap: ImageBitmap;
  /** px in which the faces are counted. */
  readonly width: number;
  readonly height: number;
  readonly faces: readonly FaceReading[];
  readonly chosen: number;
  /** Frames of the video, and how many of them show a face. */
  readonly frames?: { readonly count: number; readonly withFace: number };
}

/** The reading shown: of a face, or an emotion picked by hand. */
export type Mood =
  | {
      readonly kind: 'read';
      readonly scores: EmotionScores;
      readonly emotion: Emotion;
      readonly certain: boolean;
      readonly quality: readonly QualityNote[];
    }
  | { readonly kind: 'hand'; readonly emotion: Emotion };

export interface List {
  readonly recommendation: Recommendation;
  readonly startedOver: boolean;
}

export const stage = signal<Stage>({ kind: 'start' });
export const mood = signal<Mood | undefined>(undefined);
export const list = signal<List | undefined>(undefined);
export const catalogue = signal<Catalogue | Problem | undefined>(undefined);
/** Whether the notice before the camera was read and agreed to in this session. */
export const cameraAgreed = signal(false);

export const reader = createReader(new URL('models/', document.baseURI).href);

/** Songs of lists that were replaced: they do not come back within the session. */
const heard = new Set<string>();
let goal: Goal | undefined;
let work: AbortController | undefined;

const isCatalogue = (value: Catalogue | Problem): value is Catalogue => 'size' in value;

export const fetchCatalogue = async (): Promise<void> => {
  catalogue.value = undefined;
  try {
    catalogue.value = await loadCatalogue({ url: new URL('catalogue/songs.csv', document.baseURI) });
    if (mood.value) makeList();
  } catch (error) {
    catalogue.value = toProblem(error);
  }
};

/** Shows `next`, stops what was under way, and frees the picture shown before. */
export const show = (next: Stage): void => {
  work?.abort();
  work = undefined;
  const before = stage.value;
  if (before.kind === 'picture' && (next.kind !== 'picture' || next.bitmap !== before.bitmap)) before.bitmap.close();
  stage.value = next;
};

export const startOver = (): void => {
  show({ kind: 'start' });
  forgetMood();
};

/** Takes the reading and its list away; the songs of that list count as heard. */
export const forgetMood = (): void => {
  retireList();
  mood.value = undefined;
  goal = undefined;
};

export const openCameraStage = (): void => {
  forgetMood();
  show({ kind: 'camera' });
};

/** A file that was chosen, dropped or pasted. */
export const openFile = async (file: File): Promise<void> => {
  if (file.type.startsWith('video/') || /\.(mp4|m4v|mov|webm|mkv|ogv)$/i.test(file.name)) await openVideo(file);
  // A file of unknown type may still be a picture: its first bytes decide, not its name.
  else if (file.type === '' || file.type.startsWith('image/')) await openPhoto(file);
  else {
    forgetMood();
    fail(text.problem.title, text.problem.unknownFile(file.name));
  }
};

const fail = (title: string, message: string): void => show({ kind: 'problem', title, message });

const failWith = (error: unknown): void => {
  const { code, message } = toProblem(error);
  fail(text.problem.title, code === 'page/unexpected' ? text.problem.unexpected(message) : message);
};

const begin = (what: 'photo' | 'video'): AbortSignal => {
  forgetMood();
  show({ kind: 'working', what, done: 0, count: 0 });
  work = new AbortController();
  return work.signal;
};

const openPhoto = async (file: Blob): Promise<void> => {
  const aborted = begin('photo');
  try {
    const { picture, width, height, faces } = await reader.readPhoto(file);
    if (aborted.aborted) return picture.close();
    if (faces.length === 0) {
      picture.close();
      return fail(text.problem.noFaceTitle, text.problem.noFace);
    }
    show({ kind: 'picture', from: 'photo', bitmap: picture, width, height, faces, chosen: 0 });
    take(faces[0]!);
  } catch (error) {
    if (!aborted.aborted) failWith(error);
  }
};

/** A video's frames are kept this large to be shown, px: forty of them must fit in a phone. */
const KEEP_SIDE = 640;

const openVideo = async (file: Blob): Promise<void> => {
  const aborted = begin('video');
  const kept: { readonly bitmap: ImageBitmap; readonly frame: FrameReading }[] = [];
  const free = (keep?: ImageBitmap): void => {
    for (const { bitmap } of kept) if (bitmap !== keep) bitmap.close();
  };
  try {
    for await (const { bitmap, index, count } of sampleVideoFrames(file, { signal: aborted })) {
      if (aborted.aborted) bitmap.close();
      else {
        stage.value = { kind: 'working', what: 'video', done: index + 1, count };
        const shrink = Math.min(1, KEEP_SIDE / Math.max(bitmap.width, bitmap.height));
        const small = await createImageBitmap(bitmap, { resizeWidth: Math.max(1, Math.round(bitmap.width * shrink)) });
        kept.push({ bitmap: small, frame: await reader.readFrame(bitmap) });
      }
    }
    if (aborted.aborted) return free();
    const { threshold } = reader.models.value as Extract<ModelsState, { kind: 'ready' }>;
    const person = combineFrames(
      kept.map(({ frame }) => frame.faces),
      threshold,
    )[0];
    const best = kept.find(({ frame }) => frame.faces.some(({ face }) => face === person?.face));
    if (!person || !best) {
      free();
      return fail(text.problem.noFaceTitle, text.problem.noFaceVideo);
    }
    free(best.bitmap);
    const { width, height } = best.frame;
    const frames = { count: kept.length, withFace: person.frames };
    show({ kind: 'picture', from: 'video', bitmap: best.bitmap, width, height, faces: [person], chosen: 0, frames });
    take(person);
  } catch (error) {
    free();
    if (!aborted.aborted) failWith(error);
  }
};

/** Whether the likeliest emotion reaches the model's own threshold. */
export const isCertain = (scores: EmotionScores): boolean => {
  const models = reader.models.value;
  return models.kind === 'ready' && scores[rankEmotions(scores)[0]!] >= models.threshold;
};

export const chooseFace = (index: number): void => {
  const picture = stage.value;
  if (picture.kind !== 'picture') return;
  stage.value = { ...picture, chosen: index };
  retireList();
  goal = undefined;
  take(picture.faces[index]!);
};

/** Takes a reading as the mood; a sure one gets its list, an unsure one asks first. */
export const take = ({ scores, emotion, certain, quality }: Omit<FaceReading, 'face'>): void => {
  mood.value = { kind: 'read', scores, emotion, certain, quality };
  if (certain) makeList();
  else list.value = undefined;
};

/** A mood picked by hand: in place of a reading, or to correct one. */
export const pickMood = (emotion: Emotion): void => {
  retireList();
  goal = undefined;
  if (stage.value.kind !== 'picture') show({ kind: 'hand' });
  mood.value = { kind: 'hand', emotion };
  makeList();
};

export const chooseGoal = (next: Goal): void => {
  goal = next;
  makeList();
};

/** Other songs for the same mood. */
export const anotherList = (): void => {
  const before = list.value;
  for (const { song } of before?.recommendation.songs ?? []) heard.add(song.id);
  makeList();
};

const retireList = (): void => {
  for (const { song } of list.value?.recommendation.songs ?? []) heard.add(song.id);
  list.value = undefined;
};

const COUNT = 20;

const makeList = (): void => {
  const songs = catalogue.value;
  const current = mood.value;
  if (!current || !songs || !isCatalogue(songs)) return;
  const options = {
    mood: current.kind === 'hand' ? current.emotion : current.scores,
    catalogue: songs,
    count: COUNT,
    ...(goal && { goal }),
  };
  let recommendation = recommend({ ...options, heard });
  let startedOver = false;
  if (recommendation.songs.length < COUNT && heard.size > 0) {
    heard.clear();
    recommendation = recommend(options);
    startedOver = true;
  }
  list.value = { recommendation, startedOver };
};

export const toProblem = (error: unknown): Problem =>
  error instanceof AttuneError
    ? { code: error.code, message: error.message }
    : { code: 'page/unexpected', message: error instanceof Error ? error.message : String(error) };
