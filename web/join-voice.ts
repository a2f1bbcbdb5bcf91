/** The voice in a video's sound track joins the face: one reading out of both. */
import { decodeAudio } from '../browser/decode-audio.ts';
import type { VoiceReading } from '../src/audio/voice-mood.ts';
import { AttuneError } from '../src/base/errors.ts';
import { fuseReadings } from '../src/base/fuse.ts';
import type { FaceReading } from '../src/face/read.ts';

/** A mood is looked for in so much of a sound track, from its start, as on the server. */
const HEARD_SAMPLES = 120 * 16_000;
/** A browser decodes a sound track whole: of a longer video the face alone decides, s. */
const MOST_SECONDS = 1800;

/** A browser decodes a sound track whole, s: this much stereo takes 150 MB, two hours would take a phone's memory. */
export const MOST_DECODED_SECONDS = 20 * 60;

/**
 * @param video a file that begins with what its sound track says of itself, as videos do
 * @param seconds about how long it is
 * @param readVoice takes mono at 16 kHz
 * @returns undefined where the video has no sound, is too long to decode, nobody speaks in it, or the sound cannot be read: then
 *   the face decides
 */
export const voiceIn = async (
  video: Blob,
  seconds: number,
  readVoice: (samples: Float32Array) => Promise<VoiceReading>,
): Promise<VoiceReading | undefined> => {
  if (seconds > MOST_DECODED_SECONDS) return undefined;
  try {
    // A copy of the part alone: the samples go to the worker with their whole buffer.
    return await readVoice((await decodeAudio(video, { maxSeconds: MOST_SECONDS })).slice(0, HEARD_SAMPLES));
  } catch (error) {
    if (error instanceof AttuneError) return undefined;
    throw error;
  }
};

/** The face with what both say together; `voiceSeconds` only where the voice counted. */
export const joinVoice = <Face extends FaceReading>(
  face: Face,
  voice: VoiceReading | undefined,
): { readonly face: Face; readonly voiceSeconds?: number } => {
  if (!voice) return { face };
  const { scores, emotion, certain, sources } = fuseReadings([
    { name: 'face', scores: face.scores, certain: face.certain },
    { name: 'voice', scores: voice.scores, certain: voice.certain },
  ]);
  const joined = { ...face, scores, emotion, certain };
  return sources.includes('voice') ? { face: joined, voiceSeconds: voice.voicedSeconds } : { face: joined };
};
