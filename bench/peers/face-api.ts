/** @vladmandic/face-api as a contender of the bench: its build for Node, one of its two detectors, and its expression model. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import type { RgbaImage } from '../../src/face/image.ts';
import { grayToRgb, likeliestLabel, type Peer, rgbaToRgb } from './peer.ts';
import { openTensorFlow, requirePeer } from './tensorflow.ts';

/** Its names of `EMOTIONS`, in that order. */
const LABELS = ['angry', 'disgusted', 'fearful', 'happy', 'sad', 'surprised', 'neutral'] as const;
type Expressions = Readonly<Record<(typeof LABELS)[number], number>>;

interface Net {
  loadFromDisk(folder: string): Promise<void>;
}

interface DetectTask extends Promise<readonly unknown[]> {
  withFaceExpressions(): Promise<readonly { readonly expressions: Expressions }[]>;
}

interface FaceApi {
  readonly version: string;
  readonly nets: {
    readonly ssdMobilenetv1: Net;
    readonly tinyFaceDetector: Net;
    readonly faceExpressionNet: Net & { predictExpressions(input: Tensor3D): Promise<Expressions> };
  };
  readonly SsdMobilenetv1Options: new () => object;
  readonly TinyFaceDetectorOptions: new () => object;
  detectAllFaces(input: Tensor3D, options: object): DetectTask;
}

const scoresOf = (expressions: Expressions): number[] => LABELS.map((label) => expressions[label]);

/**
 * @param detector 'ssd' is its default, larger and more exact; 'tiny' its fast one. Each with its default settings.
 */
export const openFaceApi = async (detector: 'ssd' | 'tiny'): Promise<Peer> => {
  const { tf, backend } = await openTensorFlow();
  const file = requirePeer.resolve('@vladmandic/face-api/dist/face-api.node-wasm.js');
  const faceApi = loadBuild(file);
  const models = join(dirname(file), '..', 'model');
  const { ssdMobilenetv1, tinyFaceDetector, faceExpressionNet } = faceApi.nets;
  await (detector === 'ssd' ? ssdMobilenetv1 : tinyFaceDetector).loadFromDisk(models);
  await faceExpressionNet.loadFromDisk(models);

  const withTensor = async <T>(photo: RgbaImage, use: (found: DetectTask) => Promise<T>): Promise<T> => {
    const input = tf.tensor3d(rgbaToRgb(photo), [photo.height, photo.width, 3], 'int32');
    const options = detector === 'ssd' ? new faceApi.SsdMobilenetv1Options() : new faceApi.TinyFaceDetectorOptions();
    const answer = await use(faceApi.detectAllFaces(input, options));
    input.dispose();
    return answer;
  };
  return {
    version: faceApi.version,
    backend,
    find: (photo) => withTensor(photo, async (found) => (await found).length),
    read: (photo) =>
      withTensor(photo, async (found) => {
        const faces = await found.withFaceExpressions();
        return faces.map(({ expressions }): Emotion => likeliestLabel(EMOTIONS, scoresOf(expressions)));
      }),
    // Its own code resizes to 112x112 and takes the mean colour away: src/faceFeatureExtractor/FaceFeatureExtractor.ts.
    readPicture: async (pixels) => {
      const picture = tf.tensor3d(grayToRgb(pixels), [48, 48, 3], 'int32');
      const expressions = await faceExpressionNet.predictExpressions(picture);
      picture.dispose();
      return scoresOf(expressions);
    },
    expressionFiles: ['face_expression_model-weights_manifest.json', 'face_expression_model.bin'].map((name) =>
      join(models, name),
    ),
  };
};

/** Its build asks for the umbrella package @tensorflow/tfjs, of which it uses the core only: it gets that. */
const loadBuild = (file: string): FaceApi => {
  const module = { exports: {} };
  const requireForBuild = (name: string): unknown =>
    requirePeer(name === '@tensorflow/tfjs' ? '@tensorflow/tfjs-core' : name);
  const run = compileFunction(readFileSync(file, 'utf8'), ['module', 'exports', 'require'], { filename: file }) as (
    ...args: unknown[]
  ) => void;
  run(module, module.exports, requireForBuild);
  return module.exports as FaceApi;
};
