/** The expression model the bench reads faces with: the shipped one, or an untrained one of the same make. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { packagePath } from '../../node/package-root.ts';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { createRandom } from '../../src/base/random.ts';
import { buildModel, initializeWeights } from '../../src/graph/build.ts';
import { findRecipe } from '../../training/recipes/index.ts';
import { resolveSettings } from '../../training/recipes/settings.ts';

export interface ModelFile {
  readonly path: string;
  /** False: its answers mean nothing, only its times count. */
  readonly trained: boolean;
}

/** The shipped model where there is one; else one with random weights, written to .cache/. */
export const findExpressionModel = async (): Promise<ModelFile> => {
  const shipped = packagePath('models', 'expression.onnx');
  if (existsSync(shipped)) return { path: shipped, trained: true };
  const path = packagePath('.cache', 'untrained-expression.onnx');
  const recipe = findRecipe('compact');
  const network = recipe.network(resolveSettings(recipe.settings));
  const inputDims = [1, 48, 48];
  const model = buildModel({
    network,
    inputDims,
    weights: initializeWeights(network, inputDims, createRandom(1)),
    storage: 'float16',
    metadata: {
      'attune.task': 'expression',
      'attune.labels': EMOTIONS.join(','),
      'attune.threshold': '0.45',
      'attune.recipe': 'compact',
      'attune.seed': '1',
    },
  });
  await mkdir(packagePath('.cache'), { recursive: true });
  await writeFile(path, model);
  return { path, trained: false };
};

/** The sentence to put under a table whose answers mean nothing. */
export const UNTRAINED_NOTE =
  'models/expression.onnx is not there: Attune ran an untrained model of the same make, so its times count and its answers do not.';
