/** Table 2 as a page: the paper's figures beside ours, on the 200 pictures and on all. */
import type { BaselineScore, BaselinesReport } from './evaluate-baselines.ts';

const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
const score = (found: BaselineScore | null): string =>
  found
    ? `${percent(found.accuracy)} (${percent(found.interval[0])} to ${percent(found.interval[1])})`
    : 'not trained yet';

/** Markdown. */
export const describeBaselines = ({ dataset, list, rows, machine, commit, time }: BaselinesReport): string => {
  const lines = rows.map(({ method, paper, list: few, whole, withoutCopies, trainingSeconds, bytes }) =>
    [
      method,
      paper === null ? 'not in the paper' : percent(paper / 200),
      score(few),
      score(whole),
      withoutCopies ? percent(withoutCopies.accuracy) : '',
      trainingSeconds === null ? '' : `${Math.round(trainingSeconds).toLocaleString('en-US')} s`,
      bytes === null ? '' : `${Math.round(bytes / 1000).toLocaleString('en-US')} KB`,
    ].join(' | '),
  );
  const missing = rows.filter(({ whole }) => !whole);
  return `# Table 2: the baselines of the first paper

${dataset.name}, ${dataset.split} split: ${dataset.count.toLocaleString('en-US')} pictures, and ${list.count} of them (${
    list.origin === 'committed'
      ? 'drawn by class and seed, and committed before any model was scored on it: models/baselines/table2-pictures.json'
      : 'drawn by the rule of the committed list, since these are other pictures'
  }). In brackets Wilson's 95 % intervals.

| Method | Paper, its 200 | Ours, our 200 | Ours, all | Without copies | Training | Size |
| --- | --- | --- | --- | --- | --- | --- |
${lines.map((line) => `| ${line} |`).join('\n')}

The paper does not say which 200 pictures it took, nor any setting of its baselines: only the order of size can be compared.
"Without copies": less the pictures that are pixel-identical to one of Training. On 200 pictures one interval covers most of the table. Training: processor seconds of one core for the support vector machines
(features included; all of Training), wall-clock seconds of the training loop for networks.

- **Gabor + SVM**: 5 wavelengths (3 to 12 px), 8 directions, 8 x 8 places, logarithms; RBF kernel by 4,096 random features.
- **LBP + SVM**: uniform patterns of radius 1 and 2, histograms in 7 x 7 cells; linear.
- **Mapped LBP + SVM**: patterns of radius 1, 2 and 3 mapped to three dimensions by the earth mover's distance of their codes
  (Levi and Hassner), means in 12 x 12 cells; RBF kernel by 4,096 random features. Levi and Hassner put a network on top.
- **Transfer learning**: half-width \`compact\`, taught by FERPlus votes only, then tuned to the labels.
- **Inception**: Mollahosseini's layout at a quarter of its width.
${missing.length > 0 ? `\nNot trained yet: ${missing.map(({ method, command }) => `${method} (\`${command}\`)`).join('; ')}.\n` : ''}
Command: \`npx attune evaluate expression-baselines --data FER2013 --split ${dataset.split}\`. Pixels: sha256 ${dataset.sha256}.
Commit ${commit ?? 'unknown'}, ${time.slice(0, 10)}, ${machine}.
`;
};
