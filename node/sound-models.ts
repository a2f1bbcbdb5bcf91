/** Finds and opens the sound models that lie in the package. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSongModel, type SongModel } from '../src/audio/song-sound.ts';
import { openVoiceModel, type VoiceModel } from '../src/audio/voice-mood.ts';
import { UnavailableError } from '../src/base/errors.ts';
import { type OpenSessionOptions, openSession } from './open-session.ts';
import { packagePath } from './package-root.ts';

export interface LoadSoundModelOptions extends OpenSessionOptions {
  /** The path of an .onnx file to use instead of the shipped one; a voice model's second half lies beside it. */
  readonly model?: string;
}

/** @throws {UnavailableError} `model/missing`; the message says which command makes it. */
export const readSoundModel = async (path: string, command: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UnavailableError('model/missing', `The model ${path} is missing: run "${command}" to make it.`, {
      cause,
    });
  }
};

export const VOICE_MODEL = packagePath('models', 'voice-emotion.onnx');
export const DIGITS_MODEL = packagePath('models', 'speech-digits.onnx');
export const GENRE_MODEL = packagePath('models', 'genre.onnx');
export const SONG_MODEL = packagePath('models', 'song-sound.onnx');
export const SONG_MOOD_MODEL = packagePath('models', 'song-mood.onnx');

/** The second half of a voice model lies beside the first. */
export const mannerOf = (pictures: string): string => join(dirname(pictures), 'voice-manner.onnx');

/** The half of the genre model that learns from statistics lies beside the net. */
export const statisticsFileOf = (net: string): string => join(dirname(net), 'genre-statistics.onnx');

/**
 * Opens the model that reads the mood of a voice.
 *
 * @throws {UnavailableError} `model/missing`
 * @throws {InvalidInputError} `model/…`, `audio/other-settings`: a file that cannot serve.
 */
export const loadVoiceModel = async (options: LoadSoundModelOptions = {}): Promise<VoiceModel> => {
  const command = 'npx attune train speech-voice --data DATA';
  const pictures = options.model ?? VOICE_MODEL;
  return openVoiceModel(
    await readSoundModel(pictures, command),
    await readSoundModel(mannerOf(pictures), command),
    (model) => openSession(model, options),
  );
};

/**
 * Opens the models that describe songs and tell their mood.
 *
 * @throws as `loadVoiceModel`
 */
export const loadSongModel = async (options: LoadSoundModelOptions = {}): Promise<SongModel> =>
  openSongModel(
    {
      sound: await readSoundModel(options.model ?? SONG_MODEL, 'npx attune train genre-rglu-joined --data EMOTIFY'),
      mood: await readSoundModel(SONG_MOOD_MODEL, 'npx attune train song-mood --data EMOTIFY'),
    },
    (model) => openSession(model, options),
  );
