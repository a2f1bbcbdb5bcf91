/** Reads uploaded photos, videos and recordings; the same answers as the library gives. */
import type { FastifyRequest } from 'fastify';
import sharp from 'sharp';
import { isAnimation, readAnimationFrames } from '../node/animation.ts';
import { decodePhoto } from '../node/decode-photo.ts';
import { loadFaceModels } from '../node/face-models.ts';
import { faceJson, moodJson, type ReadFace, readFrames } from '../node/read-frames.ts';
import { readVoiceIfAny, readVoiceInFile } from '../node/read-voice.ts';
import { loadVoiceModel } from '../node/sound-models.ts';
import { looksLikeVideo, readVideoFrames } from '../node/video.ts';
import { audioKind, id3Length, KIND_BYTES } from '../src/audio/audio-kind.ts';
import type { VoiceModel, VoiceReading } from '../src/audio/voice-mood.ts';
import { InvalidInputError, NoAnswerError } from '../src/base/errors.ts';
import { fuseReadings } from '../src/base/fuse.ts';
import { type FaceModels, readFaces } from '../src/face/read.ts';
import { type Admission, type AdmissionLimits, createAdmission, createTurns } from './admission.ts';
import { ApiError } from './problem.ts';
import type { Handlers } from './routes.ts';
import {
  declaredBytes,
  fileOf,
  PHOTO_LIMITS,
  readPieces,
  type UploadLimits,
  VIDEO_LIMITS,
  VOICE_LIMITS,
  withTemporaryFile,
} from './uploads.ts';

export interface ReadingOptions {
  readonly photo?: Partial<UploadLimits>;
  readonly video?: Partial<UploadLimits>;
  readonly voice?: Partial<UploadLimits>;
  readonly admission?: AdmissionLimits;
  /** Photos decoded and read side by side; more only take turns on the processor. @default 2 */
  readonly sideBySide?: number;
}

/** A decoded photo takes 4 bytes a pixel: two of these side by side take 400 MB. */
const MAX_PIXELS = 50_000_000;

const MIB = 1024 * 1024;

/** The longest beginning that tells a kind of picture. */
const HEAD_BYTES = 16;

/** Whether these are the first bytes of a JPEG, PNG, GIF, WebP, TIFF, AVIF or HEIC. */
export const looksLikePhoto = (head: Uint8Array): boolean => {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  return (
    text.startsWith('\xff\xd8\xff') ||
    text.startsWith('\x89PNG\r\n\x1a\n') ||
    /^GIF8[79]a/.test(text) ||
    (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') ||
    text.startsWith('II*\0') ||
    text.startsWith('MM\0*') ||
    (text.slice(4, 8) === 'ftyp' && !looksLikeVideo(head))
  );
};

/** Whether these may be the first bytes of a sound, or of a container that has one; a tag before it may hide its kind. */
export const looksLikeSound = (head: Uint8Array): boolean =>
  id3Length(head) > 0 || (audioKind(head) !== undefined && !(looksLikePhoto(head) && !looksLikeVideo(head)));

/** Reads on until the kind can be told. */
const checkKind = async function* (
  pieces: AsyncIterable<Buffer>,
  isRight: (head: Uint8Array) => boolean,
  wrong: (head: Uint8Array) => ApiError,
  headBytes: number = HEAD_BYTES,
): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < headBytes) continue;
    if (!isRight(head)) throw wrong(head);
    yield head;
    head = undefined;
  }
  if (head === undefined) return;
  // Shorter than its beginning should be: a sound may be.
  if (head.length < HEAD_BYTES || !isRight(head)) throw wrong(head);
  yield head;
};

const noPhoto = (head: Uint8Array): ApiError =>
  looksLikeVideo(head)
    ? new ApiError(415, 'upload/kind', 'This is a video: send it to /api/v1/readings/video.')
    : new ApiError(
        415,
        'photo/unreadable',
        head.length === 0
          ? 'This photo is empty (0 bytes): send another copy of it.'
          : 'This is no photo: send a JPEG, PNG, WebP, AVIF, GIF or TIFF file.',
      );
const noVideo = (head: Uint8Array): ApiError =>
  looksLikePhoto(head)
    ? new ApiError(415, 'upload/kind', 'This is a photo: send it to /api/v1/readings/photo.')
    : new ApiError(415, 'video/unreadable', 'This is no video: send an MP4, MOV, WebM, MKV or AVI file.');

const noSound = (head: Uint8Array): ApiError =>
  looksLikePhoto(head)
    ? new ApiError(415, 'upload/kind', 'This is a photo: send it to /api/v1/readings/photo.')
    : new ApiError(
        415,
        'audio/unreadable',
        head.length === 0
          ? 'This sound is empty (0 bytes): send another copy of it.'
          : 'This is no sound: send a WAV, MP3, FLAC, Ogg, Opus, M4A or WebM file.',
      );

/** @throws {InvalidInputError} `photo/too-large`; what has no size is refused when it is decoded. */
const checkPixels = async (bytes: Uint8Array): Promise<void> => {
  const { width = 0, height = 0 } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => ({ width: 0, height: 0 }));
  if (width * height > MAX_PIXELS)
    throw new InvalidInputError(
      'photo/too-large',
      `This photo has ${width} x ${height} pixels, more than ${MAX_PIXELS / 1e6} million: make it smaller first.`,
    );
};

const voiceJson = ({ emotion, certain, scores, voicedSeconds }: VoiceReading) => ({
  emotion,
  certain,
  scores,
  voicedSeconds,
});

const answer = (
  kind: 'photo' | 'animation' | 'video',
  faces: readonly ReadFace[],
  frames: number,
  voice?: VoiceReading,
) => {
  const [first] = faces;
  if (first === undefined)
    throw new NoAnswerError('face/none', 'No face was found: give another photo, or pick a mood by hand.');
  const { scores, certain } = first;
  const mood =
    voice === undefined
      ? { ...moodJson(first), sources: ['face'] }
      : fuseReadings([
          { name: 'face', scores, certain },
          { name: 'voice', scores: voice.scores, certain: voice.certain },
        ]);
  return { kind, frames, mood, faces: faces.map(faceJson), ...(voice && { voice: voiceJson(voice) }) };
};

export const createReadingHandlers = (
  options: ReadingOptions = {},
): Pick<Handlers, 'readPhoto' | 'readVideo' | 'readVoice'> => {
  const photoLimits = { ...PHOTO_LIMITS, ...options.photo };
  const videoLimits = { ...VIDEO_LIMITS, ...options.video };
  const photos = createAdmission(options.admission);
  const voiceLimits = { ...VOICE_LIMITS, ...options.voice };
  const videos = createAdmission({ most: 4 });
  const voices = createAdmission({ ...options.admission, mostBytes: 2 * 1024 * MIB });
  const inTurn = createTurns(options.sideBySide ?? 2);
  const videosInTurn = createTurns(1);
  const voicesInTurn = createTurns(1);
  let voiceModel: Promise<VoiceModel> | undefined;
  const openVoice = (): Promise<VoiceModel> => {
    voiceModel ??= loadVoiceModel().catch((error: unknown) => {
      voiceModel = undefined;
      throw error;
    });
    return voiceModel;
  };
  let models: Promise<FaceModels> | undefined;
  const openModels = (): Promise<FaceModels> => {
    models ??= loadFaceModels().catch((error: unknown) => {
      models = undefined; // once it is there, the next request finds it
      throw error;
    });
    return models;
  };
  const admit = async <Result>(
    house: Admission,
    request: FastifyRequest,
    limits: UploadLimits,
    inMemory: boolean,
    task: () => Promise<Result>,
  ): Promise<Result> => {
    const leave = house.enter(inMemory ? declaredBytes(request, limits) : Math.min(0, declaredBytes(request, limits)));
    try {
      return await task();
    } finally {
      leave();
    }
  };
  return {
    readPhoto: ({ request }) =>
      admit(photos, request, photoLimits, true, async () => {
        const pieces: Buffer[] = [];
        const stream = await fileOf(request, photoLimits);
        for await (const piece of checkKind(readPieces(stream, photoLimits), looksLikePhoto, noPhoto))
          pieces.push(piece);
        const bytes = Buffer.concat(pieces);
        return inTurn(async () => {
          await checkPixels(bytes);
          if (await isAnimation(bytes)) {
            await decodePhoto(bytes, { maxSide: 16 }); // refuses what no library would read
            const { faces, frames } = await readFrames(readAnimationFrames(bytes), await openModels());
            return answer('animation', faces, frames);
          }
          return answer('photo', await readFaces(await decodePhoto(bytes), await openModels()), 1);
        });
      }),
    readVideo: ({ request }) =>
      admit(videos, request, videoLimits, false, async () => {
        const stream = await fileOf(request, videoLimits);
        const pieces = checkKind(readPieces(stream, videoLimits), looksLikeVideo, noVideo);
        return withTemporaryFile(pieces, (path) =>
          videosInTurn(async () => {
            const { faces, frames } = await readFrames(readVideoFrames(path), await openModels());
            return answer('video', faces, frames, await readVoiceIfAny(path, openVoice));
          }),
        );
      }),
    readVoice: ({ request }) =>
      admit(voices, request, voiceLimits, true, async () => {
        const stream = await fileOf(request, voiceLimits);
        const pieces = checkKind(readPieces(stream, voiceLimits), looksLikeSound, noSound, KIND_BYTES);
        return withTemporaryFile(pieces, (path) =>
          voicesInTurn(async () => {
            const voice = await readVoiceInFile(path, await openVoice());
            const { emotion, scores, certain } = voice;
            return { kind: 'sound', mood: { emotion, scores, certain, sources: ['voice'] }, voice: voiceJson(voice) };
          }),
        );
      }),
  };
};
