/** Attune as a contender of the bench. */
import { readFile } from 'node:fs/promises';
import { loadFaceModels } from '../../node/face-models.ts';
import { findRuntime } from '../../node/open-session.ts';
import { packagePath } from '../../node/package-root.ts';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { NoAnswerError } from '../../src/base/errors.ts';
import { detectFaces } from '../../src/face/detect.ts';
import { readExpressions } from '../../src/face/expression.ts';
import { readFaces } from '../../src/face/read.ts';
import { tensor } from '../../src/graph/session.ts';
import type { OpenPeerOptions, Peer } from './peer.ts';

export const openAttune = async ({ attuneModel }: OpenPeerOptions): Promise<Peer> => {
  const models = await loadFaceModels({ expression: attuneModel });
  const { version } = JSON.parse(await readFile(packagePath('package.json'), 'utf8')) as { version: string };
  const runtime = (await findRuntime()) === 'native' ? 'onnxruntime-node' : 'onnxruntime-web wasm';
  return {
    version,
    backend: `${runtime}, one thread`,
    find: async (photo) => (await detectFaces(photo, models.detector)).length,
    read: async (photo) => {
      try {
        return (await readFaces(photo, models)).map(({ emotion }) => emotion);
      } catch (error) {
        if (error instanceof NoAnswerError) return [];
        throw error;
      }
    },
    readPicture: async (pixels) => {
      const [scores] = await readExpressions([tensor(Float32Array.from(pixels), [1, 1, 48, 48])], models.expression);
      return EMOTIONS.map((emotion) => scores![emotion]);
    },
    expressionFiles: [attuneModel],
  };
};
