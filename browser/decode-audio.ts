/** Sound files -> mono samples at 16 kHz, in a browser's page (workers have no decoder: hand them the samples). */
import { audioKind, id3Length, KIND_BYTES, MOST_TAGS } from '../src/audio/audio-kind.ts';
import { cleanSamples, mixToMono } from '../src/audio/resample.ts';
import { InvalidInputError } from '../src/base/errors.ts';

export interface DecodeAudioOptions {
  /** A larger file is refused before it is read, bytes: browsers decode a file whole. @default 268_435_456 (256 MiB) */
  readonly maxBytes?: number;
  /** A longer sound is refused. @default 7200 (two hours) */
  readonly maxSeconds?: number;
}

const MEBIBYTE = 1024 * 1024;
const SAMPLE_RATE = 16_000;
/** A smaller file fits into memory however long it is; a larger one is asked for its length before it is decoded whole. */
const LARGE_BYTES = 16 * MEBIBYTE;
/** Some browsers' players wait for a touch before they look at a file. */
const ASK_MILLISECONDS = 3000;

/** The file's kind by the bytes behind its tags, whose pictures are not read. */
const kindOf = async (sound: Blob): Promise<ReturnType<typeof audioKind>> => {
  const read = async (from: number, count: number) =>
    new Uint8Array(await sound.slice(from, from + count).arrayBuffer());
  let start = 0;
  for (let tags = 0; tags < MOST_TAGS; tags++) {
    const tag = id3Length(await read(start, 10));
    if (tag === 0) break;
    start += tag;
  }
  return audioKind(await read(start, KIND_BYTES));
};

/**
 * A whole sound, mono at 16 kHz, -1 to 1. Reads what the browser reads: WAV, MP3, FLAC, M4A, and Ogg, Opus and WebM
 * where it knows them. The kind is told by the first bytes. All channels count alike.
 *
 * @throws {InvalidInputError} `audio/unreadable`: no sound file, empty or damaged, or of a kind this browser lacks.
 *   `audio/too-large`, `audio/too-long`: more than asked for.
 */
export const decodeAudio = async (sound: Blob, options: DecodeAudioOptions = {}): Promise<Float32Array> => {
  const { maxBytes = 256 * MEBIBYTE, maxSeconds = 7200 } = options;
  if (sound.size === 0)
    throw new InvalidInputError('audio/unreadable', 'This sound is empty (0 bytes): choose another file.');
  if (sound.size > maxBytes)
    throw new InvalidInputError(
      'audio/too-large',
      `This file has ${Math.ceil(sound.size / MEBIBYTE)} MB, at most ${Math.floor(maxBytes / MEBIBYTE)} MB are read: ` +
        'cut out the part that matters and give that.',
    );
  const kind = await kindOf(sound);
  if (kind === undefined)
    throw new InvalidInputError(
      'audio/unreadable',
      'This is no sound file that Attune knows, whatever its name says: choose WAV, MP3, Ogg, Opus, FLAC, M4A or WebM.',
    );
  const isTooLong = (seconds: number): boolean => seconds > maxSeconds;
  const tooLong = (): InvalidInputError =>
    new InvalidInputError(
      'audio/too-long',
      `This sound is longer than ${maxSeconds} seconds: cut out the part that matters and give that.`,
    );
  if (sound.size > LARGE_BYTES && isTooLong(await secondsOf(sound))) throw tooLong();
  const buffer = await decode(await sound.arrayBuffer(), kind);
  if (isTooLong(buffer.duration)) throw tooLong();
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, channel) => buffer.getChannelData(channel));
  return cleanSamples(mixToMono(channels));
};

/**
 * The length that the browser's player tells without decoding; 0 where it does not (a recording made in a page, a worker
 * without a player, a kind that only the decoder knows).
 */
const secondsOf = (sound: Blob): Promise<number> => {
  if (typeof Audio !== 'function') return Promise.resolve(0);
  const url = URL.createObjectURL(sound);
  return new Promise<number>((resolve) => {
    const player = new Audio();
    player.preload = 'metadata';
    player.onloadedmetadata = () => resolve(Number.isFinite(player.duration) ? player.duration : 0);
    player.onerror = () => resolve(0);
    setTimeout(() => resolve(0), ASK_MILLISECONDS);
    player.src = url;
  }).finally(() => URL.revokeObjectURL(url));
};

/** The context's rate is what makes the browser resample while it decodes. */
const decode = async (bytes: ArrayBuffer, kind: string): Promise<AudioBuffer> => {
  try {
    return await new OfflineAudioContext(1, 1, SAMPLE_RATE).decodeAudioData(bytes);
  } catch (cause) {
    throw new InvalidInputError(
      'audio/unreadable',
      `This ${kind.toUpperCase()} sound is damaged, cut short or of a kind that this browser cannot read: ` +
        'save it as WAV or MP3 and try again.',
      { cause },
    );
  }
};
