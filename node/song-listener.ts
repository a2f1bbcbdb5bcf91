/** Hears songs in a thread of its own and at a lower priority: a server goes on answering, and the machine stays responsive. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SongAnalysis } from '../src/audio/song-sound.ts';
import { AttuneError, InvalidInputError, NoAnswerError, UnavailableError } from '../src/base/errors.ts';
import type { SongFault, SongReply, SongRequest } from './song-thread.ts';

export interface SongListener {
  /** Of the models. */
  readonly version: string;
  /**
   * Analyses a song, of a longer one than ten minutes the first ten. Those that are asked for wait for one another.
   *
   * @param path of the file; a name that is no UTF-8 as a file:// address
   * @throws {InvalidInputError} as `readAudio` and `analyseSong`. {UnavailableError} `audio/no-ffmpeg`
   * @throws {Error} the thread stopped at this song, out of memory for example; the next song gets another.
   */
  hear(path: string): Promise<SongAnalysis>;
  /** Ends the thread; what it was hearing is given up. */
  close(): Promise<void>;
}

const CLASSES = { InvalidInputError, NoAnswerError, UnavailableError, AttuneError } as const;

const errorOf = ({ name, code, message }: SongFault): Error =>
  code === undefined ? new Error(message) : new (CLASSES[name as keyof typeof CLASSES] ?? AttuneError)(code, message);

const startThread = (): Worker => {
  const extension = extname(import.meta.url);
  const url = new URL(`./song-thread${extension}`, import.meta.url);
  if (extension === '.js') return new Worker(url);
  // Sources (tests, scripts) go through tsx, which must be registered inside each thread.
  const start = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); })`;
  return new Worker(start, { eval: true });
};

interface Waiting {
  readonly resolve: (analysis: SongAnalysis) => void;
  readonly reject: (error: Error) => void;
}

/** A thread with its models loaded. While nothing is asked of it, it keeps no program from ending. */
const openThread = async () => {
  const worker = startThread();
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let stopped: Error | undefined;
  const version = await new Promise<string>((resolve, reject) => {
    const stop = (cause: unknown): void => {
      stopped ??= new Error(
        `The thread that hears songs stopped (${cause instanceof Error ? cause.message : cause}): this song is left out.`,
        { cause },
      );
      for (const { reject: giveUp } of waiting.values()) giveUp(stopped);
      waiting.clear();
      reject(stopped);
    };
    worker.on('error', stop);
    worker.on('exit', (code) => stop(`exit code ${code}`));
    worker.on('message', (reply: SongReply) => {
      if (reply.kind === 'ready') return resolve(reply.version);
      if (reply.kind === 'unready') return reject(errorOf(reply.fault));
      const asked = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (waiting.size === 0) worker.unref();
      if (reply.kind === 'heard') asked?.resolve(reply.analysis);
      else asked?.reject(errorOf(reply.fault));
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  worker.unref();
  return {
    version,
    isStopped: (): boolean => stopped !== undefined,
    hear: (path: string): Promise<SongAnalysis> =>
      new Promise((resolve, reject) => {
        const request: SongRequest = { id: ++lastId, path };
        waiting.set(request.id, { resolve, reject });
        worker.ref();
        worker.postMessage(request);
      }),
    close: async (): Promise<void> => {
      await worker.terminate();
    },
  };
};

/** @throws {UnavailableError} `model/missing` @throws {InvalidInputError} `model/…`, `audio/other-settings` */
export const openSongListener = async (): Promise<SongListener> => {
  let thread = openThread();
  const { version } = await thread;
  return {
    version,
    hear: async (path) => {
      if ((await thread).isStopped()) thread = openThread();
      return (await thread).hear(path);
    },
    close: async () => (await thread).close(),
  };
};
