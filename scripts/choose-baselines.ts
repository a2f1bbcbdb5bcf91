/**
 * Kernels and prices for the classical baselines (training/baselines/svm.ts), compared on validation with a part of Training:
 *
 *   npx tsx scripts/choose-baselines.ts DATA [FEATURE,...] [COUNT]
 */
import { createRandom } from '../src/base/random.ts';
import { FEATURE_NAMES, type FeatureName, featureTable } from '../training/baselines/features.ts';
import { predictMachine, type SvmSettings, trainMachine } from '../training/baselines/svm.ts';
import { rowsOf } from '../training/datasets/face-set.ts';
import { loadFer2013 } from '../training/datasets/fer2013.ts';
import { splitValidation } from '../training/datasets/split.ts';

const [data, features = FEATURE_NAMES.join(), count = '5000'] = process.argv.slice(2);
if (!data) {
  console.error('Usage: npx tsx scripts/choose-baselines.ts DATA [FEATURE,...] [COUNT]');
  process.exit(2);
}

const GRID: readonly SvmSettings[] = [
  { kernel: 'linear', C: 0.25 },
  { kernel: 'linear', C: 1 },
  ...[0.4, 0.8].flatMap((gammaShare) => [0.25, 1].map((C): SvmSettings => ({ kernel: 'rbf', gammaShare, C }))),
];

const set = await loadFer2013(data);
const { train, validation } = splitValidation(set, rowsOf(set, 'train'), { share: 0.1, seed: 1 });
const some = createRandom(1).shuffle(train.slice()).slice(0, Number(count));
const labelsOf = (rows: Int32Array): number[] => Array.from(rows, (row) => set.labels[row]!);
for (const feature of features.split(',') as FeatureName[]) {
  const seen = featureTable(feature, set.images, some);
  const held = featureTable(feature, set.images, validation);
  for (const settings of GRID) {
    const machine = trainMachine(seen.values, seen.columnCount, labelsOf(some), settings);
    const predicted = predictMachine(machine, held.values);
    const right = validation.filter((row, i) => predicted[i] === set.labels[row]).length;
    const { kernel, gammaShare = '', C } = settings;
    console.log(
      `${feature}  ${kernel} ${gammaShare}  C ${C}  validation ${((100 * right) / validation.length).toFixed(2)} %`,
    );
  }
}
