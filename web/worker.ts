/** The worker: opens the models once, then reads photos and frames. The page stays quick meanwhile. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { createPixelReader, decodeBitmap, readPixels } from '../browser/decode-photo.ts';
import { loadExpressionModel, loadFaceModels } from '../browser/face-models.ts';
import { loadVoiceModel } from '../browser/voice.ts';
import { readVoice, type VoiceModel, type VoiceReading } from '../src/audio/voice-mood.ts';
import { AttuneError } from '../src/base/errors.ts';
import { FACE_SIZE } from '../src/face/align.ts';
import type { DetectOptions } from '../src/face/detect.ts';
import { type ExpressionModel, readExpressions } from '../src/face/expression.ts';
import { LUMA, type RgbaImage } from '../src/face/image.ts';
import { type FaceModels, type FaceReading, readFaces, readFoundFaces } from '../src/face/read.ts';
import { tensor } from '../src/graph/session.ts';
import { createFaceFollower } from './face-follower.ts';
import { type Answer, type FrameReading, type PhotoReading, type Request, toProblem } from './protocol.ts';

/** Sizes of the files at build time, bytes, by name: the build writes them in. */
declare const FILE_SIZES: Readonly<Record<string, number>>;

/** A photo is read at most this large, px: enough for a face of 40 px in a group, and no phone runs out of memory. */
const READ_SIDE = 4096;
/** A photo is shown at most this large, px. */
const SHOW_SIDE = 1600;
const FRAME_SIDE = 960;
/** The next frame comes at once: a frame without a face is not searched part by part, as a photo is. */
const FRAME: DetectOptions = { effort: 'quick' };

const post = (answer: Answer, transfer: Transferable[] = []): void => self.postMessage(answer, { transfer });

const facesIn = async (image: RgbaImage, models: FaceModels, options: DetectOptions = {}): Promise<FaceReading[]> => {
  try {
    return await readFaces(image, models, options);
  } catch (error) {
    if (error instanceof AttuneError && error.code === 'face/none') return [];
    throw error;
  }
};

/** Every 16th pixel is enough to tell a covered lens. */
const meanLuma = ({ data }: RgbaImage): number => {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < data.length; at += 64, count++)
    sum += LUMA.red * data[at]! + LUMA.green * data[at + 1]! + LUMA.blue * data[at + 2]!;
  return sum / count;
};

const readPhoto = async (file: Blob, models: Promise<FaceModels>): Promise<PhotoReading> => {
  const bitmap = await decodeBitmap(file);
  try {
    const image = readPixels(bitmap, READ_SIDE);
    const scale = Math.min(1, SHOW_SIDE / Math.max(bitmap.width, bitmap.height));
    const picture = await createImageBitmap(bitmap, {
      resizeWidth: Math.max(1, Math.round(bitmap.width * scale)),
      resizeHeight: Math.max(1, Math.round(bitmap.height * scale)),
      resizeQuality: 'high',
    });
    return { picture, width: image.width, height: image.height, faces: await facesIn(image, await models) };
  } finally {
    bitmap.close();
  }
};

const readFramePixels = createPixelReader(FRAME_SIDE);

const follower = createFaceFollower();

/** A frame of a camera: faces are where they were, or near. */
const readLive = async (image: RgbaImage, models: FaceModels): Promise<FaceReading[]> => {
  const now = performance.now();
  const kind = follower.next(now, image.width);
  if (kind === 'stay') return readFoundFaces(image, follower.faces(), models);
  const faces = await facesIn(image, models, { ...FRAME, near: kind === 'follow' ? follower.faces() : [] });
  follower.saw(
    faces.map(({ face }) => face),
    kind,
    now,
    image.width,
  );
  return faces;
};

const readFrame = async (bitmap: ImageBitmap, models: FaceModels, live: boolean): Promise<FrameReading> => {
  const image = readFramePixels(bitmap);
  bitmap.close();
  const { width, height } = image;
  const faces = await (live ? readLive(image, models) : facesIn(image, models, FRAME));
  return { width, height, brightness: meanLuma(image), threshold: models.expression.threshold, faces };
};

/** One face may take so long in a camera's loop: the rest of a twentieth of a second belongs to finding it. */
const LIVE_MS = 25;

let modelsFolder = '';
/** The camera begins with the tiny model, which is there first, and keeps it where the other one is slow. */
let liveModels: Promise<FaceModels> | undefined;
/** Photos and videos wait for the accurate one. */
let models: Promise<FaceModels> | undefined;
let voiceModel: Promise<VoiceModel> | undefined;

/** The voice's model comes with the first voice; the engine is there since the faces' models were asked for. */
const hearVoice = async (samples: Float32Array): Promise<VoiceReading> => {
  await liveModels;
  voiceModel ??= loadVoiceModel({ baseUrl: modelsFolder });
  try {
    return await readVoice(samples, await voiceModel);
  } catch (error) {
    // A download that failed is tried again with the next voice.
    voiceModel.catch(() => {
      voiceModel = undefined;
    });
    throw error;
  }
};

const load = async (modelsUrl: string): Promise<void> => {
  modelsFolder = modelsUrl;
  try {
    const first = loadFaceModels({
      baseUrl: modelsUrl,
      expression: 'expression-tiny',
      wasmUrl,
      sizes: { ...FILE_SIZES, [wasmUrl.split('/').pop() ?? '']: FILE_SIZES.engine ?? 0 },
      onProgress: (loadedBytes, totalBytes) => post({ kind: 'progress', loadedBytes, totalBytes }),
    });
    liveModels = first;
    models = first.then(async ({ detector }) => ({
      detector,
      expression: await loadExpressionModel({ baseUrl: modelsUrl }),
    }));
    // Whoever needs it hears of its failure; here it is told once.
    models.catch(() => {});
    await first;
    post({ kind: 'ready' });
    const whole = await models;
    if ((await timeExpression(whole.expression)) <= LIVE_MS) liveModels = models;
  } catch (error) {
    post({ kind: 'load-failed', problem: toProblem(error) });
  }
};

/** The shorter of two readings of a blank face, milliseconds. */
const timeExpression = async (expression: ExpressionModel): Promise<number> => {
  const blank = tensor(new Float32Array(FACE_SIZE * FACE_SIZE), [1, 1, FACE_SIZE, FACE_SIZE]);
  const times: number[] = [];
  for (let run = 0; run < 2; run++) {
    const began = performance.now();
    await readExpressions([blank], expression);
    times.push(performance.now() - began);
  }
  return Math.min(...times);
};

const answer = async (request: Exclude<Request, { kind: 'load' }>): Promise<void> => {
  const { id } = request;
  try {
    if (!models || !liveModels) throw new Error('A picture came before the models were asked for.');
    if (request.kind === 'photo') {
      const photo = await readPhoto(request.file, models);
      post({ kind: 'photo', id, photo }, [photo.picture]);
    } else if (request.kind === 'voice') post({ kind: 'voice', id, voice: await hearVoice(request.samples) });
    else
      post({
        kind: 'frame',
        id,
        frame: await readFrame(request.bitmap, await (request.live ? liveModels : models), request.live),
      });
  } catch (error) {
    post({ kind: 'failed', id, problem: toProblem(error) });
  }
};

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'load') void load(data.modelsUrl);
  else void answer(data);
});
