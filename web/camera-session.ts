/** The camera from notice to live reading: one frame at a time, the rest dropped, off as soon as nobody looks at the page. */
import { signal } from '@preact/signals';
import { type Camera, openCamera } from '../browser/camera.ts';
import { rankEmotions } from '../src/base/emotions.ts';
import type { Box } from '../src/face/image.ts';
import type { FaceReading, QualityNote } from '../src/face/read.ts';
import { moodPosition } from '../src/music/mood-path.ts';
import { list, mood, take } from './list.ts';
import { createMoodTracker, followFace, type TrackedMood } from './mood-tracker.ts';
import { liveTrail } from './pointed.ts';
import { type Problem, toProblem } from './protocol.ts';
import { cameraAgreed, reader } from './stage.ts';

export type CameraState =
  | { readonly kind: 'notice' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'live' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'problem'; readonly what: 'unplugged' }
  | { readonly kind: 'problem'; readonly what: 'error'; readonly problem: Problem };

/** What the newest frame showed. */
export interface Live {
  readonly faces: readonly FaceReading[];
  /** Index of the face followed; -1 where there is none. */
  readonly chosen: number;
  readonly width: number;
  readonly height: number;
  readonly covered: boolean;
  /** It is on but sends no pictures: switched off by a key, or another program has it. */
  readonly silent: boolean;
}

/** What the bars show: it follows a few times a second, because nobody reads faster and drawing costs frames. */
export interface Shown {
  /** The smoothed mood of the face followed; stays when the face is lost. */
  readonly tracked: TrackedMood;
  readonly certain: boolean;
  readonly quality: readonly QualityNote[];
}

/** Mean luma below which the lens counts as covered: a dim room lies near 30, a covered lens below 10. */
const COVERED_LUMA = 14;
/** The mood must have led so long before songs are chosen by it. */
const SETTLE_SECONDS = 1.5;
const SHOW_SECONDS = 0.12;
/** A camera sends several pictures a second; one that sends none for so long, milliseconds, is said to be silent. */
const SILENT_MS = 4000;
/** So many of the newest places are shown as a trail: the last six seconds. */
const TRAIL_LENGTH = 50;
/** Without a sure answer by then, the page asks. */
const PATIENCE_SECONDS = 5;

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const failed = (problem: Problem): CameraState => ({ kind: 'problem', what: 'error', problem });

/** Tells of frames as the camera sends them: one that came while the one before was read is taken at once, not waited for. */
const watchFrames = (video: HTMLVideoElement) => {
  let isNew = true;
  let wake: (() => void) | undefined;
  let stopped = false;
  const ask = (): void => {
    if (stopped) return;
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(arrive);
    else requestAnimationFrame(arrive);
  };
  const arrive = (): void => {
    isNew = true;
    wake?.();
    ask();
  };
  ask();
  return {
    /** @returns whether one came within so long. */
    next: async (mostMs: number): Promise<boolean> => {
      if (!isNew)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, mostMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      const came = isNew;
      isNew = false;
      return came;
    },
    stop: (): void => {
      stopped = true;
      wake?.();
    },
  };
};

export const createCameraSession = () => {
  const state = signal<CameraState>({ kind: cameraAgreed.value ? 'asking' : 'notice' });
  const live = signal<Live | undefined>(undefined);
  const shown = signal<Shown | undefined>(undefined);
  let shownSeconds = 0;
  const tracker = createMoodTracker();
  let camera: Camera | undefined;
  let endFrames = (): void => undefined;
  let followed: Box | undefined;
  let firstSeconds: number | undefined;
  /** Counts starts: a loop whose number is no longer the newest ends. */
  let run = 0;

  const stop = (next: CameraState): void => {
    run++;
    camera?.stop();
    camera = undefined;
    endFrames();
    tracker.reset();
    followed = undefined;
    firstSeconds = undefined;
    live.value = undefined;
    shown.value = undefined;
    liveTrail.value = [];
    state.value = next;
  };

  const start = async (video: HTMLVideoElement): Promise<void> => {
    stop({ kind: 'asking' });
    const mine = run;
    try {
      const opened = await openCamera(() => stop({ kind: 'problem', what: 'unplugged' }));
      // The page may have moved on, or been hidden, while the browser asked for permission.
      if (mine !== run) return opened.stop();
      camera = opened;
      video.srcObject = opened.stream;
      await video.play();
      if (mine !== run) return;
      state.value = { kind: 'live' };
      await readFrames(video, mine);
    } catch (error) {
      if (mine === run) stop(failed(toProblem(error)));
    }
  };

  const readFrames = async (video: HTMLVideoElement, mine: number): Promise<void> => {
    const frames = watchFrames(video);
    endFrames = frames.stop;
    while (mine === run) {
      const models = reader.models.value;
      if (models.kind === 'failed') return stop(failed(models.problem));
      if (models.kind === 'loading') await wait(100);
      else {
        const came = await frames.next(SILENT_MS);
        if (mine !== run) return;
        if (!came) {
          const { videoWidth: width, videoHeight: height } = video;
          live.value = { faces: [], chosen: -1, width: width || 4, height: height || 3, covered: false, silent: true };
          continue;
        }
        const frame = await reader.readFrame(await createImageBitmap(video), { live: true });
        if (mine === run) digest(frame);
      }
    }
  };

  const digest = (frame: Awaited<ReturnType<typeof reader.readFrame>>): void => {
    const { faces, width, height, brightness, threshold } = frame;
    const nowSeconds = performance.now() / 1000;
    const chosen = followFace(
      faces.map((item) => item.face.box),
      followed,
    );
    const face = faces[chosen];
    live.value = { faces, chosen, width, height, covered: !face && brightness < COVERED_LUMA, silent: false };
    if (!face) return;
    followed = face.face.box;
    firstSeconds ??= nowSeconds;
    const tracked = tracker.update(face.scores, nowSeconds);
    const certain = tracked.scores[rankEmotions(tracked.scores)[0]!] >= threshold;
    if (nowSeconds - shownSeconds >= SHOW_SECONDS) {
      shownSeconds = nowSeconds;
      shown.value = { tracked, certain, quality: face.quality };
      liveTrail.value = [...liveTrail.value, moodPosition(tracked.scores)].slice(-TRAIL_LENGTH);
    }
    settle(face, tracked, certain, nowSeconds - firstSeconds);
  };

  /** Gives the first settled mood to the page. Later moods only change the list when the person asks for it. */
  const settle = (
    face: FaceReading,
    { scores, emotion, steadySeconds }: TrackedMood,
    certain: boolean,
    seconds: number,
  ) => {
    if (list.value) return;
    const settled = certain && steadySeconds >= SETTLE_SECONDS;
    const unsure = !certain && seconds >= PATIENCE_SECONDS && mood.value === undefined;
    if (settled || unsure) take({ scores, emotion, certain, quality: face.quality }, 'camera');
  };

  return {
    state,
    live,
    shown,
    start,
    stop,
    /** Follows another face of the newest frame. */
    choose: (index: number): void => {
      const face = live.value?.faces[index];
      if (!face) return;
      followed = face.face.box;
      tracker.reset();
      firstSeconds = undefined;
    },
  };
};

export type CameraSession = ReturnType<typeof createCameraSession>;
