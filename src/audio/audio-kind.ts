/** Tells what kind of sound file this is by its first bytes, whatever its name says. */
import { asciiAt } from './byte-reader.ts';

/**
 * 'aac' is AAC without a container (ADTS); 'm4a' is any MPEG-4 container, sound of a video included. 'asf' (WMA, WMV), 'avi',
 * 'flv' and 'mpeg' hold videos as well; those after 'mpeg' are only told apart to be named.
 */
export type AudioKind =
  | 'wav'
  | 'au'
  | 'flac'
  | 'ogg'
  | 'webm'
  | 'm4a'
  | 'mp3'
  | 'aac'
  | 'asf'
  | 'avi'
  | 'flv'
  | 'mpeg'
  | 'aiff'
  | 'wavpack'
  | 'ape'
  | 'musepack'
  | 'dsf';

/** Kinds told by letters at the file's start alone. */
const BY_LETTERS: readonly (readonly [string, AudioKind])[] = [
  ['.snd', 'au'],
  ['fLaC', 'flac'],
  ['OggS', 'ogg'],
  ['\x1aE\xdf\xa3', 'webm'],
  ['0&\xb2u\x8ef\xcf\x11', 'asf'],
  ['FLV\x01', 'flv'],
  ['\0\0\x01\xba', 'mpeg'],
  ['wvpk', 'wavpack'],
  ['MAC ', 'ape'],
  ['MPCK', 'musepack'],
  ['MP+\x07', 'musepack'],
  ['DSD ', 'dsf'],
];
/** What a QuickTime file older than the `ftyp` box begins with, behind its size. */
const QUICKTIME_BOXES = ['moov', 'mdat', 'wide', 'free'];

/** `audioKind` wants so many bytes, or the whole file where it is shorter. */
export const KIND_BYTES = 4096;

/** Some programs write a second tag before the first; a file of nothing but tags is not gone through. */
export const MOST_TAGS = 8;

/** Length of the ID3v2 tag that the file begins with (the cover lies in it), 0 for none. */
export const id3Length = (head: Uint8Array): number => {
  if (head.length < 10 || asciiAt(head, 0, 3) !== 'ID3') return 0;
  // Seven bits a byte, so that no byte of the size looks like the start of a frame.
  const size = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const footer = (head[5]! & 0x10) === 0 ? 0 : 10;
  return 10 + size + footer;
};

const BITRATES: readonly (readonly number[])[] = [
  [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/** Bytes of the MPEG audio frame whose header stands at `at`; 0 where none does. @see ISO 11172-3, 2.4.1.3 */
const mpegFrameLength = (bytes: Uint8Array, at: number): number => {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return 0;
  const version = (bytes[at + 1]! >> 3) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const layer = 4 - ((bytes[at + 1]! >> 1) & 3); // 4 is reserved
  const rateIndex = (bytes[at + 2]! >> 2) & 3;
  if (version === 1 || layer === 4 || rateIndex === 3) return 0;
  const table = version === 3 ? layer - 1 : layer === 1 ? 3 : 4;
  const kilobits = BITRATES[table]![(bytes[at + 2]! >> 4) - 1];
  if (kilobits === undefined) return 0;
  const sampleRate = [44_100, 48_000, 32_000][rateIndex]! / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (bytes[at + 2]! >> 1) & 1;
  if (layer === 1) return (Math.floor((12_000 * kilobits) / sampleRate) + padding) * 4;
  return Math.floor(((layer === 3 && version !== 3 ? 72_000 : 144_000) * kilobits) / sampleRate) + padding;
};

/** One header may be chance; two in a row, the second where the first says, are a sound. */
const holdsMpegFrames = (head: Uint8Array): boolean => {
  for (let at = 0; at + 4 <= head.length; at++) {
    const length = mpegFrameLength(head, at);
    if (length === 0) continue;
    if (at + length + 4 > head.length ? at === 0 : mpegFrameLength(head, at + length) > 0) return true;
  }
  return false;
};

/**
 * @param head the first `KIND_BYTES` bytes behind an ID3v2 tag, if there is one
 * @returns undefined where it is no sound file that can be told
 */
export const audioKind = (head: Uint8Array): AudioKind | undefined => {
  const word = asciiAt(head, 0);
  if ((word === 'RIFF' || word === 'RF64') && asciiAt(head, 8) === 'WAVE') return 'wav';
  if (word === 'RIFF' && asciiAt(head, 8) === 'AVI ') return 'avi';
  if (word === 'FORM' && ['AIFF', 'AIFC'].includes(asciiAt(head, 8))) return 'aiff';
  const found = BY_LETTERS.find(([letters]) => asciiAt(head, 0, letters.length) === letters);
  if (found) return found[1];
  const box = asciiAt(head, 4);
  // A size in the first four bytes, not a letter: "The free ..." is a text.
  if (box === 'ftyp' || (head[0]! < 0x20 && QUICKTIME_BOXES.includes(box))) return 'm4a';
  if (head[0] === 0xff && (head[1]! & 0xf6) === 0xf0) return 'aac';
  return holdsMpegFrames(head) ? 'mp3' : undefined;
};
