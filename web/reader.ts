/** The page's side of the worker: asks, waits for the answer, tells how far the models are. */
import { signal } from '@preact/signals';
import type { VoiceReading } from '../src/audio/voice-mood.ts';
import { AttuneError } from '../src/base/errors.ts';
import type { Answer, FrameReading, PhotoReading, Problem, Request } from './protocol.ts';

export type ModelsState =
  | { readonly kind: 'loading'; readonly loadedBytes: number; readonly totalBytes: number | undefined }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly problem: Problem };

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Nothing is loaded before `start`, or before the first picture: pictures wait for the models. */
export const createReader = (modelsUrl: string) => {
  const models = signal<ModelsState>({ kind: 'loading', loadedBytes: 0, totalBytes: undefined });
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let lastId = 0;

  const fail = (problem: Problem): void => {
    models.value = { kind: 'failed', problem };
    for (const { reject } of waiting.values()) reject(toError(problem));
    waiting.clear();
  };

  const receive = ({ data }: MessageEvent<Answer>): void => {
    if (data.kind === 'progress') {
      // One file may still be arriving after the other has failed.
      if (models.value.kind === 'loading')
        models.value = { kind: 'loading', loadedBytes: data.loadedBytes, totalBytes: data.totalBytes };
    } else if (data.kind === 'ready') models.value = { kind: 'ready' };
    else if (data.kind === 'load-failed') fail(data.problem);
    else {
      const asker = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.kind === 'failed') asker?.reject(toError(data.problem));
      else asker?.resolve(data);
    }
  };

  const begin = (): void => {
    models.value = { kind: 'loading', loadedBytes: 0, totalBytes: undefined };
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = receive;
    worker.onerror = (event) => {
      event.preventDefault();
      fail({
        code: 'page/worker',
        message: `The part of the page that reads faces stopped (${event.message || 'it did not load'}): reload the page.`,
      });
    };
    post({ kind: 'load', modelsUrl });
  };

  const post = (request: Request, transfer: Transferable[] = []): void => worker?.postMessage(request, transfer);

  const start = (): void => {
    if (!worker) begin();
  };

  const ask = (request: Exclude<Request, { kind: 'load' }>, transfer: Transferable[] = []): Promise<Answer> => {
    if (models.value.kind === 'failed') return Promise.reject(toError(models.value.problem));
    start();
    return new Promise((resolve, reject) => {
      waiting.set(request.id, { resolve, reject });
      post(request, transfer);
    });
  };

  return {
    models,
    /** Loads the models; the page calls it once it is of use without them. */
    start,
    readPhoto: async (file: Blob): Promise<PhotoReading> => {
      const answer = await ask({ kind: 'photo', id: ++lastId, file });
      return (answer as Extract<Answer, { kind: 'photo' }>).photo;
    },
    /** The bitmap goes to the worker for good: it is closed there. */
    readFrame: async (bitmap: ImageBitmap, { live = false } = {}): Promise<FrameReading> => {
      const answer = await ask({ kind: 'frame', id: ++lastId, bitmap, live }, [bitmap]);
      return (answer as Extract<Answer, { kind: 'frame' }>).frame;
    },
    /** A voice, mono at 16 kHz; the samples go to the worker for good. */
    readVoice: async (samples: Float32Array): Promise<VoiceReading> => {
      const answer = await ask({ kind: 'voice', id: ++lastId, samples }, [samples.buffer]);
      return (answer as Extract<Answer, { kind: 'voice' }>).voice;
    },
    /** Loads the models again after a failure. */
    retry: (): void => {
      worker?.terminate();
      begin();
    },
  };
};

export type Reader = ReturnType<typeof createReader>;

const toError = ({ code, message }: Problem): AttuneError => new AttuneError(code, message);
