/** A worker of its own for songs: they take seconds, a camera's frames must not wait, and to stop it is to end it. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { setWasmUrl } from '../browser/open-session.ts';
import { loadSongModel } from '../browser/song.ts';
import { analyseSong, type SongModel } from '../src/audio/song-sound.ts';
import { toProblem } from './protocol.ts';
import type { SongAnswer, SongRequest } from './song-hearing.ts';

/** The models come first; they are half a megabyte beside seconds of computing. */
const MODEL_SHARE = 0.1;

let model: Promise<SongModel> | undefined;

const post = (answer: SongAnswer): void => self.postMessage(answer);

const hear = async ({ id, samples, modelsUrl }: SongRequest): Promise<void> => {
  try {
    if (!model) {
      setWasmUrl(wasmUrl);
      model = loadSongModel({ baseUrl: modelsUrl });
    }
    const opened = await model;
    post({ kind: 'progress', id, share: MODEL_SHARE });
    const { vector, curve } = await analyseSong(samples, opened, (share) =>
      post({ kind: 'progress', id, share: MODEL_SHARE + (1 - MODEL_SHARE) * share }),
    );
    post({ kind: 'heard', id, vector: [...vector], curve });
  } catch (error) {
    // A download that failed is tried again with the next song.
    model?.catch(() => {
      model = undefined;
    });
    post({ kind: 'failed', id, problem: toProblem(error) });
  }
};

self.addEventListener('message', ({ data }: MessageEvent<SongRequest>) => void hear(data));
