/**
 * Loads the models that hear songs in a browser. In a worker, since a song takes a second or two:
 *
 *   const model = await loadSongModel({ baseUrl: '/models/' });
 *   const { vector, evidence, curve } = await analyseSong(samples, model); // samples: Float32Array, mono, 16 kHz
 *
 * The samples come from `decodeAudio(file)` in the page. `soundSimilarity` compares two songs' vectors.
 */
import { openSongModel, type SongModel } from '../src/audio/song-sound.ts';
import { downloadAll } from './download.ts';
import { openSession } from './open-session.ts';

export interface LoadSongModelOptions {
  /** The folder that holds `song-sound.onnx` and `song-mood.onnx`. @default 'models/', beside the page */
  readonly baseUrl?: string | URL;
  /** Bytes of both files that have arrived, and the whole once the server has said both sizes. */
  readonly onProgress?: (loadedBytes: number, totalBytes: number | undefined) => void;
  readonly signal?: AbortSignal;
}

const FILES = ['song-sound.onnx', 'song-mood.onnx'] as const;

/**
 * @throws {UnavailableError} `download/…`: a file cannot be loaded. `browser/wasm`: the engine does not start.
 * @throws {InvalidInputError} `model/…`, `audio/other-settings`: a file is damaged, or is another model.
 */
export const loadSongModel = async (options: LoadSongModelOptions = {}): Promise<SongModel> => {
  const base = String(options.baseUrl ?? 'models/').replace(/\/*$/, '/');
  const [sound, mood] = await downloadAll(
    FILES.map((file) => base + file),
    options,
  );
  return openSongModel({ sound: sound!, mood: mood! }, openSession);
};
