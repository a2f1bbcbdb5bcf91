/**
 * Loads the model that reads a voice in a browser. In a worker:
 *
 *   const model = await loadVoiceModel({ baseUrl: '/models/' });
 *   const { scores, emotion, certain, spans } = await readVoice(samples, model); // samples: Float32Array, mono, 16 kHz
 *
 * The samples come from `decodeAudio(file)` in the page (workers have no decoder) or from the microphone through an
 * AudioContext at 16 kHz; post them with their buffer in the transfer list. `readVoice` throws NoAnswerError
 * `audio/no-voice` where nobody speaks. `scores` are EmotionScores: hand them to `recommend` as a face's.
 */
import { openVoiceModel, type VoiceModel } from '../src/audio/voice-mood.ts';
import { downloadAll } from './download.ts';
import { openSession } from './open-session.ts';

export interface LoadVoiceModelOptions {
  /** The folder that holds `voice-emotion.onnx` and `voice-manner.onnx`. @default 'models/', beside the page */
  readonly baseUrl?: string | URL;
  /** Bytes of both files that have arrived, and the whole once the server has said both sizes. */
  readonly onProgress?: (loadedBytes: number, totalBytes: number | undefined) => void;
  readonly signal?: AbortSignal;
}

const FILES = ['voice-emotion.onnx', 'voice-manner.onnx'] as const;

/**
 * @throws {UnavailableError} `download/…`: the file cannot be loaded. `browser/wasm`: the engine does not start.
 * @throws {InvalidInputError} `model/…`, `audio/other-settings`: the file is damaged, or is another model.
 */
export const loadVoiceModel = async (options: LoadVoiceModelOptions = {}): Promise<VoiceModel> => {
  const base = String(options.baseUrl ?? 'models/').replace(/\/*$/, '/');
  const [pictures, manner] = await downloadAll(
    FILES.map((file) => base + file),
    options,
  );
  return openVoiceModel(pictures!, manner!, openSession);
};
