/** Files of this device, heard in a worker: the mood over a song's time, and which songs sound alike. Heard once, then kept. */
import { signal } from '@preact/signals';
import { decodeAudio } from '../browser/decode-audio.ts';
import { type MoodMoment, soundSimilarity } from '../src/audio/song-sound.ts';
import { AttuneError } from '../src/base/errors.ts';
import { heardSongs, keepSounds, readKeptSounds } from './kept-sounds.ts';
import { type Problem, toProblem } from './protocol.ts';
import { isHeardSong } from './song-curve.ts';

/** To the worker. */
export interface SongRequest {
  readonly id: number;
  /** Mono, 16 kHz. */
  readonly samples: Float32Array;
  readonly modelsUrl: string;
}

/** From the worker. */
export type SongAnswer =
  | { readonly kind: 'progress'; readonly id: number; readonly share: number }
  | ({ readonly kind: 'heard'; readonly id: number } & Pick<HeardSong, 'vector' | 'curve'>)
  | { readonly kind: 'failed'; readonly id: number; readonly problem: Problem };

/** What is kept of a song: it is heard anew only when the file or the models have changed. */
export interface HeardSong {
  /** Of the models. */
  readonly version: string;
  readonly seconds: number;
  /** Describes the sound: `soundSimilarity` compares two. */
  readonly vector: readonly number[];
  readonly curve: readonly MoodMoment[];
}

export type Hearing =
  | { readonly kind: 'working'; readonly file: File; readonly share: number }
  | { readonly kind: 'heard'; readonly file: File; readonly song: HeardSong }
  | { readonly kind: 'failed'; readonly file: File; readonly problem: Problem }
  | { readonly kind: 'stopped'; readonly file: File };

/** Names the models' content: the build writes it in; empty where they were not there. */
declare const SONG_MODEL_VERSION: string;
export const hasSongModel = SONG_MODEL_VERSION !== '';

/** Songs longer than this are not decoded in a page, s: a browser decodes a file whole. */
const MOST_SECONDS = 3600;

/** The file that is or was last heard for the player. */
export const hearing = signal<Hearing | undefined>(undefined);
/** Of the files asked for to compare, how many were heard; `undefined` while nobody asked. */
export const comparing = signal<{ readonly done: number; readonly count: number } | undefined>(undefined);

let isRead = false;
let worker: Worker | undefined;
let lastId = 0;
let giveUp: (() => void) | undefined;

const keyOf = ({ name, size, lastModified }: File): string => `${name} ${size} ${lastModified}`;

const findHeard = async (file: File): Promise<HeardSong | undefined> => {
  if (!isRead) {
    isRead = true;
    for (const [key, song] of await readKeptSounds())
      if (isHeardSong(song, SONG_MODEL_VERSION)) heardSongs.set(key, song);
  }
  return heardSongs.get(keyOf(file));
};

class StoppedError extends Error {}

/** Ends what is being heard: the worker is gone at once. */
const stop = (): void => {
  worker?.terminate();
  worker = undefined;
  giveUp?.();
  giveUp = undefined;
};

const askWorker = (
  samples: Float32Array,
  onProgress: (share: number) => void,
): Promise<Pick<HeardSong, 'vector' | 'curve'>> =>
  new Promise((resolve, reject) => {
    worker ??= new Worker(new URL('./song-worker.ts', import.meta.url), { type: 'module' });
    const id = ++lastId;
    giveUp = () => reject(new StoppedError());
    worker.onerror = (event) => {
      event.preventDefault();
      worker = undefined;
      reject(
        new AttuneError(
          'page/worker',
          `The part of the page that hears songs stopped (${event.message || 'it did not load'}): reload the page.`,
        ),
      );
    };
    worker.onmessage = ({ data }: MessageEvent<SongAnswer>) => {
      if (data.id !== id) return;
      if (data.kind === 'progress') onProgress(data.share);
      else if (data.kind === 'failed') reject(new AttuneError(data.problem.code, data.problem.message));
      else resolve({ vector: data.vector, curve: data.curve });
    };
    const request: SongRequest = { id, samples, modelsUrl: new URL('models/', document.baseURI).href };
    worker.postMessage(request, [samples.buffer]);
  });

/** Hears a file, or remembers what was heard of it. @throws as `decodeAudio` and `analyseSong`; `StoppedError` */
const hear = async (file: File, onProgress: (share: number) => void): Promise<HeardSong> => {
  const known = await findHeard(file);
  if (known) return known;
  let isStopped = false;
  giveUp = () => {
    isStopped = true;
  };
  onProgress(0);
  const samples = await decodeAudio(file, { maxSeconds: MOST_SECONDS });
  if (isStopped) throw new StoppedError();
  const seconds = samples.length / 16_000;
  const song = { version: SONG_MODEL_VERSION, seconds, ...(await askWorker(samples, onProgress)) };
  heardSongs.set(keyOf(file), song);
  void keepSounds();
  return song;
};

/** Hears the file that plays; what was being heard before is given up. */
export const hearForPlayer = async (file: File): Promise<void> => {
  if (!hasSongModel) return;
  stop();
  comparing.value = undefined;
  const isCurrent = (): boolean => hearing.peek()?.file === file;
  hearing.value = { kind: 'working', file, share: 0 };
  try {
    const song = await hear(file, (share) => {
      if (isCurrent() && hearing.peek()?.kind === 'working') hearing.value = { kind: 'working', file, share };
    });
    if (isCurrent()) hearing.value = { kind: 'heard', file, song };
  } catch (error) {
    if (!isCurrent()) return;
    hearing.value =
      error instanceof StoppedError ? { kind: 'stopped', file } : { kind: 'failed', file, problem: toProblem(error) };
  }
};

export const stopHearing = (): void => {
  comparing.value = undefined;
  stop();
};

/** Hears all of these files, one after the other; one that cannot be heard is passed over. */
export const hearAll = async (files: readonly File[]): Promise<void> => {
  const progress = (done: number): void => {
    comparing.value = { done, count: files.length };
  };
  progress(0);
  for (const [index, file] of files.entries()) {
    try {
      await hear(file, () => {});
    } catch (error) {
      if (error instanceof StoppedError) return;
    }
    if (!comparing.peek()) return;
    progress(index + 1);
  }
};

/** The files that sound most like one, among those that were heard; the most alike first. */
export const soundsLike = (file: File, files: readonly File[], count: number): File[] => {
  const vector = heardSongs.get(keyOf(file))?.vector;
  if (!vector) return [];
  return files
    .flatMap((other) => {
      const song = other === file ? undefined : heardSongs.get(keyOf(other));
      return song ? [{ other, likeness: soundSimilarity(vector, song.vector) }] : [];
    })
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ other }) => other);
};
