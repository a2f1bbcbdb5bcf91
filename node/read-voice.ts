/** From a sound or video file to the mood of the voice in it. */
import { open } from 'node:fs/promises';
import { type AudioKind, audioKind, id3Length, KIND_BYTES, MOST_TAGS } from '../src/audio/audio-kind.ts';
import { oggCodec } from '../src/audio/ogg.ts';
import { joinSamples } from '../src/audio/resample.ts';
import { readVoice, VOICE_SECONDS, type VoiceModel, type VoiceReading } from '../src/audio/voice-mood.ts';
import { AttuneError } from '../src/base/errors.ts';
import { readAudio } from './decode-audio.ts';

/**
 * Whether a file is a sound by its first bytes: `either` where the container may hold a video as well (MP4, WebM, Ogg
 * with an unknown codec), `no` where it is something else.
 */
export const isSoundFile = async (path: string): Promise<'yes' | 'either' | 'no'> => {
  const file = await open(path);
  try {
    const read = async (from: number, count: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(count), 0, count, from);
      return buffer.subarray(0, bytesRead);
    };
    let start = 0;
    for (let tags = 0; tags < MOST_TAGS; tags++) {
      const tag = id3Length(await read(start, 10));
      if (tag === 0) break;
      start += tag;
    }
    const head = await read(start, KIND_BYTES);
    const kind = audioKind(head);
    if (kind === undefined) return 'no';
    if (kind === 'm4a')
      return String.fromCharCode(...head.subarray(8, 11)) === 'M4A' ? 'yes' : isStillPicture(head) ? 'no' : 'either';
    if (kind === 'webm' || MAY_BE_VIDEO.includes(kind)) return 'either';
    return kind === 'ogg' && oggCodec(head) === 'other' ? 'either' : 'yes';
  } finally {
    await file.close();
  }
};

const MAY_BE_VIDEO: readonly AudioKind[] = ['asf', 'avi', 'flv', 'mpeg'];

/** HEIC and AVIF photos lie in the same container as M4A and differ only in the brand. */
const isStillPicture = (head: Uint8Array): boolean =>
  /^(heic|heix|hevc|heim|heis|mif1|msf1|avif|avis)/.test(String.fromCharCode(...head.subarray(8, 12)));

/** Of a video: without sound, without a voice, or where its voice cannot be read here, `undefined`; its faces say enough. */
export const readVoiceIfAny = async (
  path: string,
  openVoice: () => Promise<VoiceModel>,
): Promise<VoiceReading | undefined> => {
  try {
    return await readVoiceInFile(path, await openVoice());
  } catch (error) {
    if (error instanceof AttuneError) return undefined;
    throw error;
  }
};

/**
 * The mood of the voice in a sound file or in a video's sound track.
 *
 * @param sound the file's bytes, or its path
 * @throws {NoAnswerError} `audio/no-voice`: nobody speaks in its first two minutes.
 * @throws {InvalidInputError} `audio/unreadable`: no sound that can be read. `audio/too-short`: less than 0.1 s.
 * @throws {UnavailableError} `audio/no-ffmpeg`: this kind needs ffmpeg.
 */
export const readVoiceInFile = async (sound: Uint8Array | string, model: VoiceModel): Promise<VoiceReading> => {
  const pieces: Float32Array[] = [];
  // What would not be listened to is not decoded.
  for await (const piece of readAudio(sound, { untilSeconds: VOICE_SECONDS })) pieces.push(piece);
  return readVoice(joinSamples(pieces), model);
};
