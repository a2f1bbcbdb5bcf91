/** From a file to the mood in it, whoever shows it: a face in a photo, a voice in a recording, both in a video. */
import { isSoundFile, readVoiceIfAny, readVoiceInFile } from '../node/read-voice.ts';
import type { VoiceModel, VoiceReading } from '../src/audio/voice-mood.ts';
import type { Emotion, EmotionScores } from '../src/base/emotions.ts';
import { AttuneError } from '../src/base/errors.ts';
import { fuseReadings } from '../src/base/fuse.ts';
import type { FaceModels } from '../src/face/read.ts';
import { type FileReading, readFacesInFile } from './read-file.ts';

export interface MoodReading {
  readonly file: string;
  readonly kind: FileReading['kind'] | 'sound';
  readonly faces: FileReading['faces'];
  readonly frames: number;
  /** Of a sound, or of a video in which somebody speaks. */
  readonly voice?: VoiceReading;
  /** What decides: the first face, the voice, or both joined; `sources` names them. */
  readonly mood: {
    readonly emotion: Emotion;
    readonly scores: EmotionScores;
    readonly certain: boolean;
    readonly sources: readonly string[];
  };
}

export interface MoodModels {
  /** Each is called once the file has proved to need it. */
  readonly openFaces: () => Promise<FaceModels>;
  readonly openVoice: () => Promise<VoiceModel>;
}

const isNothingToSee = (error: unknown): boolean =>
  error instanceof AttuneError && ['video/no-picture', 'video/no-ffmpeg', 'video/unreadable'].includes(error.code);

const readSound = async (file: string, { openVoice }: MoodModels): Promise<MoodReading> => {
  const voice = await readVoiceInFile(file, await openVoice());
  const { emotion, scores, certain } = voice;
  return { file, kind: 'sound', faces: [], frames: 0, voice, mood: { emotion, scores, certain, sources: ['voice'] } };
};

/**
 * @param say is told how far the work is, one short line at a time
 * @throws {InvalidInputError} `file/...`, `photo/...`, `video/...`, `audio/...`: the file cannot be used
 * @throws {NoAnswerError} `face/none`, `audio/no-voice`; of a video `face/none` only where it has no voice either
 */
export const readMoodInFile = async (
  file: string,
  models: MoodModels,
  say: (text: string) => void = () => {},
): Promise<MoodReading> => {
  // A file that is not there is told in the words for all files.
  const sound = await isSoundFile(file).catch(() => 'no' as const);
  if (sound === 'yes') {
    say(file);
    return readSound(file, models);
  }
  const seen = await readFacesInFile(file, models.openFaces, say).catch((error: unknown) => {
    if (sound === 'either' && (isNothingToSee(error) || isNoFace(error))) return error as AttuneError;
    throw error;
  });
  if (seen instanceof AttuneError) {
    // Nothing to see, perhaps something to hear; where not, what could not be seen says more.
    const heard = await readSound(file, models).catch((error: unknown) => {
      if (error instanceof AttuneError && !error.code.startsWith('model/')) return undefined;
      throw error;
    });
    if (heard) return isNoFace(seen) ? { ...heard, kind: 'video' } : heard;
    throw seen;
  }
  const [first] = seen.faces;
  if (seen.kind !== 'video' || first === undefined) return withFace(seen);
  say(`${file}: its sound`);
  const voice = await readVoiceIfAny(file, models.openVoice);
  if (!voice) return withFace(seen);
  const fused = fuseReadings([
    { name: 'face', scores: first.scores, certain: first.certain },
    { name: 'voice', scores: voice.scores, certain: voice.certain },
  ]);
  return { ...seen, voice, mood: fused };
};

const isNoFace = (error: unknown): boolean => error instanceof AttuneError && error.code === 'face/none';

const withFace = (seen: FileReading): MoodReading => {
  const { emotion, scores, certain } = seen.faces[0]!;
  return { ...seen, mood: { emotion, scores, certain, sources: ['face'] } };
};
