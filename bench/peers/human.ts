/** @vladmandic/human as a contender of the bench: its build for Node, detector and emotion model only. */
import { dirname, join } from 'node:path';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { Tensor } from '@tensorflow/tfjs-core';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { grayToRgb, likeliestLabel, type Peer, rgbaToRgb } from './peer.ts';
import { findWasmFolder, openTensorFlow, requirePeer } from './tensorflow.ts';

interface HumanFace {
  readonly emotion?: readonly { readonly score: number; readonly emotion: Emotion }[];
}

interface Human {
  readonly version: string;
  readonly models: { readonly models: Readonly<Record<string, GraphModel | null>> };
  load(): Promise<void>;
  detect(input: Tensor, config?: object): Promise<{ readonly error: string | null; readonly face: HumanFace[] }>;
}

/** Its weights for red, green and blue: src/tfjs/constants.ts. */
const LUMINANCE = [0.2989, 0.587, 0.114];
const OFF = { enabled: false };

export const openHuman = async (): Promise<Peer> => {
  const { tf, backend } = await openTensorFlow();
  // Its package.json names the wasm build in a way that Node does not resolve.
  const folder = dirname(requirePeer.resolve('@vladmandic/human'));
  const module = requirePeer(join(folder, 'human.node-wasm.js')) as { Human: new (config: object) => Human };
  const models = join(folder, '..', 'models', '/');
  const human = new module.Human({
    backend: 'wasm',
    wasmPath: findWasmFolder(),
    modelBasePath: `file://${models}`,
    // Without this, a photo like the one before is answered from a cache.
    cacheSensitivity: 0,
    filter: OFF,
    gesture: OFF,
    body: OFF,
    hand: OFF,
    face: {
      // One face is its default; the others here read all faces.
      detector: { maxDetected: 100 },
      mesh: OFF,
      iris: OFF,
      description: OFF,
      emotion: { enabled: true },
    },
  });
  await human.load();
  const emotionNet = human.models.models.emotion!;
  const [, side] = emotionNet.inputs[0]!.shape!;

  const detect = async (photo: Parameters<Peer['read']>[0], emotion: boolean): Promise<readonly HumanFace[]> => {
    const input = tf.tensor3d(rgbaToRgb(photo), [photo.height, photo.width, 3], 'int32');
    const { error, face } = await human.detect(input, { face: { emotion: { enabled: emotion } } });
    input.dispose();
    if (error) throw new Error(error);
    return face;
  };
  return {
    version: human.version,
    backend,
    find: async (photo) => (await detect(photo, false)).length,
    read: async (photo) =>
      (await detect(photo, true)).map(({ emotion = [] }) => {
        // It leaves out emotions below 0.1.
        const scores = EMOTIONS.map((label) => emotion.find((entry) => entry.emotion === label)?.score ?? 0);
        return likeliestLabel(EMOTIONS, scores);
      }),
    // src/gear/emotion.ts: resized, gray, from -1 to 1; the output already holds probabilities, in the order of EMOTIONS.
    readPicture: async (pixels) => {
      const output = tf.tidy(() => {
        const picture = tf.div(tf.tensor4d(grayToRgb(pixels), [1, 48, 48, 3], 'float32'), 255);
        const resized = tf.image.resizeBilinear(picture as Parameters<typeof tf.image.resizeBilinear>[0], [
          side!,
          side!,
        ]);
        const gray = tf.sum(tf.mul(resized, tf.tensor1d(LUMINANCE)), 3, true);
        return emotionNet.execute(tf.mul(tf.sub(gray, 0.5), 2)) as Tensor;
      });
      const scores = await output.data();
      output.dispose();
      return scores;
    },
    expressionFiles: ['emotion.json', 'emotion.bin'].map((file) => join(models, file)),
  };
};
