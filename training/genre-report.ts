/** Writes what a comparison of genre recipes found as a folder to read: a page, the numbers as JSON, figures as SVG. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GenreReport } from './evaluate-genre.ts';
import { barChart, confusionChart } from './plot.ts';
import { markdownTable } from './speech-report.ts';

const percent = (fraction: number | null): string => (fraction === null ? '' : `${(fraction * 100).toFixed(1)} %`);

/** What the paper found: the second of each two is better. */
const PAPER_PAIRS = [
  ['genre-cnn', 'genre-rcnn'],
  ['genre-glu', 'genre-rglu'],
  ['genre-rglu', 'genre-rglu-joined'],
  ['genre-svm', 'genre-rglu-joined'],
] as const;

type Verdict = 'holds' | 'goes the same way' | 'does not hold';

/**
 * Whether the paper's order (CNN < RCNN, GLU < RGLU) is found here: it holds where the intervals are apart, and goes the same
 * way where they overlap.
 */
export const describeOrder = ({ rows }: Pick<GenreReport, 'rows'>): string => {
  const verdicts: Verdict[] = [];
  const said = PAPER_PAIRS.flatMap(([low, high], place) => {
    const [a, b] = [rows[low], rows[high]];
    if (!a || !b) return [];
    if (a.count !== b.count)
      return [`${low} and ${high} were scored on ${a.count} and ${b.count} tracks: no comparison`];
    const points = 100 * (b.accuracy - a.accuracy);
    const apart = b.accuracyInterval[0] > a.accuracyInterval[1] || a.accuracyInterval[0] > b.accuracyInterval[1];
    if (place < 2) verdicts.push(points <= 0 ? 'does not hold' : apart ? 'holds' : 'goes the same way');
    return [
      `${high} lies ${Math.abs(points).toFixed(1)} points ${points >= 0 ? 'above' : 'below'} ${low}${apart ? '' : ' (the intervals overlap)'}`,
    ];
  });
  if (said.length === 0) return '';
  const verdict =
    verdicts.length < 2
      ? ''
      : verdicts.includes('does not hold')
        ? ' The order does not hold here.'
        : verdicts.includes('goes the same way')
          ? ' The figures go the same way, but by too little to tell it from chance: the order is neither shown nor refuted here.'
          : ' The order holds here.';
  return `The paper says CNN < RCNN and GLU < RGLU. Here: ${said.join('; ')}.${verdict}`;
};

/** Writes NAME.md, NAME.json, NAME-rows.svg and NAME-confusion.svg, NAME being set and protocol; the folder is made. */
export const writeGenreReport = async (folder: string, report: GenreReport): Promise<void> => {
  const { dataset, rows, row: best } = report;
  const set = dataset.name.startsWith('GTZAN') ? `gtzan-${dataset.split}` : `emotify-${report.protocol}`;
  const name = Object.keys(rows).length > 1 ? `${set}-rows` : set;
  const table = markdownTable(
    ['recipe', 'tracks', 'right', '95 %', 'slices right', 'macro-F1', 'parameters', 'training, processor s'],
    Object.entries(rows).map(([row, score]) => [
      row,
      score.count,
      percent(score.accuracy),
      score.accuracyInterval.map(percent).join(' to '),
      percent(score.sliceAccuracy),
      percent(score.macroF1),
      score.parameters ?? '',
      score.trainingSeconds?.toFixed(0) ?? '',
    ]),
  );
  const page = `# Genres: ${dataset.name}, ${dataset.split}

${report.note} ${report.count} tracks scored; one seed (${report.seed}).

${table}

${describeOrder(report)}

![Rows](${name}-rows.svg)

![What was taken for what](${name}-confusion.svg)

Figures of ${best}.

## Made by

Settings of all nets: \`${JSON.stringify(report.settings)}\`. Data: ${dataset.count} tracks, sha256 ${dataset.sha256}. ${report.machine}. Commit ${report.commit ?? 'unknown'}, ${report.time}.
`;
  await mkdir(folder, { recursive: true });
  const files = {
    [`${name}.md`]: page,
    [`${name}.json`]: `${JSON.stringify(report, null, 1)}\n`,
    [`${name}-rows.svg`]: barChart({
      title: 'Tracks right',
      bars: Object.entries(rows).map(([row, { accuracy }]) => ({ label: row.replace('genre-', ''), value: accuracy })),
      unit: 'percent',
    }),
    [`${name}-confusion.svg`]: confusionChart({
      title: `${dataset.name}: ${best}`,
      labels: report.labels,
      confusion: report.confusion,
    }),
  };
  await Promise.all(Object.entries(files).map(([file, content]) => writeFile(join(folder, file), content)));
};
