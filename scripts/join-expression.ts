/**
 * Joins finished training runs into one model whose answers are averaged.
 *
 *   npx tsx scripts/join-expression.ts DATA OUT RUN_FOLDER:VIEWS RUN_FOLDER:VIEWS ...
 *
 * scripts/publish-expression.ts takes OUT into the package.
 */
import { shipEnsemble } from '../training/ensemble.ts';

const [dataPath, outPath, ...members] = process.argv.slice(2);
if (!dataPath || !outPath || members.length === 0) {
  console.error('Usage: npx tsx scripts/join-expression.ts DATA OUT RUN_FOLDER:VIEWS ...');
  process.exit(2);
}
const runs = members.map((member) => {
  const at = member.lastIndexOf(':');
  return { path: member.slice(0, at), views: Number(member.slice(at + 1)) };
});
const { modelPath, validation, threshold } = await shipEnsemble({ runs, dataPath, outPath, onMessage: console.log });
console.log(
  `${modelPath}: right on ${(100 * validation.accuracy).toFixed(2)} % of ${validation.count} validation pictures, "not sure" below ${threshold.toFixed(3)}.`,
);
