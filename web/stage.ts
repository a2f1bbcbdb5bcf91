/** The left side of the page: what it shows, and how a file, the camera or a hand brings a mood there. */
import { signal } from '@preact/signals';
import { decodeAudio } from '../browser/decode-audio.ts';
import { sampleVideoFrames } from '../browser/video-frames.ts';
import type { VoiceReading } from '../src/audio/voice-mood.ts';
import type { Emotion } from '../src/base/emotions.ts';
import { combineFrames } from '../src/face/across-frames.ts';
import type { FaceReading } from '../src/face/read.ts';
import { joinVoice, voiceIn } from './join-voice.ts';
import { forgetMood, take, takeByHand } from './list.ts';
import { followFace } from './mood-tracker.ts';
import { type FrameReading, type Problem, toProblem } from './protocol.ts';
import { createReader } from './reader.ts';
import { type Moment, smoothTimeline } from './timeline.ts';

export type Stage =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'working';
      readonly what: 'photo' | 'video' | 'voice';
      readonly done: number;
      readonly count: number;
    }
  | Picture
  | { readonly kind: 'camera' }
  | { readonly kind: 'microphone' }
  | { readonly kind: 'voice'; readonly reading: VoiceReading }
  | { readonly kind: 'hand' }
  | Failed;

/** `what` chooses the words; `problem` is an error that came from elsewhere. */
export type Failed =
  | { readonly kind: 'problem'; readonly what: 'noFace' | 'noFaceVideo' }
  | { readonly kind: 'problem'; readonly what: 'unknownFile'; readonly name: string }
  | { readonly kind: 'problem'; readonly what: 'error'; readonly problem: Problem };

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
  /** Of a video's sound track, where the voice in it counted. */
  readonly voiceSeconds?: number;
  /** The mood through the video, calmed. */
  readonly timeline?: readonly Moment[];
}

export const stage = signal<Stage>({ kind: 'start' });
/** Whether the notice before the camera was read and agreed to in this session. */
export const cameraAgreed = signal(false);

export const reader = createReader(new URL('models/', document.baseURI).href);

let work: AbortController | undefined;

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

export const openCameraStage = (): void => {
  forgetMood();
  show({ kind: 'camera' });
};

/** A mood picked by hand: in place of a reading, or to correct one. */
export const pickMood = (emotion: Emotion): void => {
  if (stage.value.kind !== 'picture' && stage.value.kind !== 'voice') show({ kind: 'hand' });
  takeByHand(emotion);
};

/** Whether the models that read a voice lie beside the page: the build says so. */
declare const HAS_VOICE: boolean;
export const hasVoice = HAS_VOICE;

const isSound = ({ type, name }: File): boolean =>
  type.startsWith('audio/') || /\.(wav|mp3|m4a|aac|flac|ogg|oga|opus)$/i.test(name);

/** A file that was chosen, dropped or pasted. */
export const openFile = async (file: File): Promise<void> => {
  if (HAS_VOICE && isSound(file)) await openVoice(file);
  else if (file.type.startsWith('video/') || /\.(mp4|m4v|mov|webm|mkv|ogv)$/i.test(file.name)) await openVideo(file);
  // A file of unknown type may still be a picture: its first bytes decide, not its name.
  else if (file.type === '' || file.type.startsWith('image/')) await openPhoto(file);
  else {
    forgetMood();
    show({ kind: 'problem', what: 'unknownFile', name: file.name });
  }
};

const failWith = (error: unknown): void => show({ kind: 'problem', what: 'error', problem: toProblem(error) });

const begin = (what: 'photo' | 'video' | 'voice'): AbortSignal => {
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
      return show({ kind: 'problem', what: 'noFace' });
    }
    show({ kind: 'picture', from: 'photo', bitmap: picture, width, height, faces, chosen: 0 });
    take(faces[0]!, 'photo');
  } catch (error) {
    if (!aborted.aborted) failWith(error);
  }
};

/** A recording, chosen or just made. */
export const openVoice = async (sound: Blob): Promise<void> => {
  const aborted = begin('voice');
  try {
    const samples = await decodeAudio(sound);
    const reading = await reader.readVoice(samples);
    if (aborted.aborted) return;
    show({ kind: 'voice', reading });
    take({ ...reading, quality: [] }, 'voice');
  } catch (error) {
    if (!aborted.aborted) failWith(error);
  }
};

export const openMicrophoneStage = (): void => {
  forgetMood();
  show({ kind: 'microphone' });
};

/** A video's frames are kept this large to be shown, px: forty of them must fit in a phone. */
const KEEP_SIDE = 640;

interface KeptFrame {
  readonly bitmap: ImageBitmap;
  readonly frame: FrameReading;
  readonly timeSeconds: number;
}

/** The readings of the person who fills most of the video, with their times. */
const followPerson = (kept: readonly KeptFrame[], person: FaceReading): Moment[] => {
  let box = person.face.box;
  return kept.flatMap(({ frame, timeSeconds }) => {
    const face =
      frame.faces[
        followFace(
          frame.faces.map((item) => item.face.box),
          box,
        )
      ];
    if (!face) return [];
    box = face.face.box;
    return [{ timeSeconds, scores: face.scores, emotion: face.emotion }];
  });
};

const openVideo = async (file: Blob): Promise<void> => {
  const aborted = begin('video');
  const kept: KeptFrame[] = [];
  const free = (keep?: ImageBitmap): void => {
    for (const { bitmap } of kept) if (bitmap !== keep) bitmap.close();
  };
  try {
    for await (const { bitmap, index, count, timeSeconds } of sampleVideoFrames(file, { signal: aborted })) {
      if (aborted.aborted) bitmap.close();
      else {
        stage.value = { kind: 'working', what: 'video', done: index + 1, count };
        const shrink = Math.min(1, KEEP_SIDE / Math.max(bitmap.width, bitmap.height));
        const small = await createImageBitmap(bitmap, { resizeWidth: Math.max(1, Math.round(bitmap.width * shrink)) });
        try {
          kept.push({ bitmap: small, frame: await reader.readFrame(bitmap), timeSeconds });
        } catch (error) {
          small.close();
          throw error;
        }
      }
    }
    if (aborted.aborted) return free();
    const person = combineFrames(
      kept.map(({ frame }) => frame.faces),
      kept[0]?.frame.threshold ?? 0,
    )[0];
    const best = kept.find(({ frame }) => frame.faces.some(({ face }) => face === person?.face));
    if (!person || !best) {
      free();
      return show({ kind: 'problem', what: 'noFaceVideo' });
    }
    const voice = HAS_VOICE ? await voiceIn(file, kept.at(-1)?.timeSeconds ?? 0, reader.readVoice) : undefined;
    if (aborted.aborted) return free();
    const { face, voiceSeconds } = joinVoice(person, voice);
    free(best.bitmap);
    const { width, height } = best.frame;
    const frames = { count: kept.length, withFace: person.frames };
    const timeline = smoothTimeline(followPerson(kept, person));
    show({
      kind: 'picture',
      from: 'video',
      bitmap: best.bitmap,
      width,
      height,
      faces: [face],
      chosen: 0,
      frames,
      ...(voiceSeconds !== undefined && { voiceSeconds }),
      timeline,
    });
    take(face, 'video');
  } catch (error) {
    free();
    if (!aborted.aborted) failWith(error);
  }
};

export const chooseFace = (index: number): void => {
  const picture = stage.value;
  if (picture.kind !== 'picture') return;
  stage.value = { ...picture, chosen: index };
  take(picture.faces[index]!, picture.from);
};
