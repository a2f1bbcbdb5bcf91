/** `attune evaluate recommend`: the recommenders against what people really listened to. */
import { type Command, Option } from 'commander';
import type { RecommendMethod, RecommendReport, RecommendScore, SetReport } from '../training/evaluate-recommend.ts';
import { given, printMeasured } from './measure.ts';
import { JSON_FLAG, JSON_HELP, type JsonTarget } from './output.ts';

interface RecommendOptions {
  readonly data: string;
  readonly set?: SetReport['set'];
  readonly method?: RecommendMethod;
  readonly json?: JsonTarget;
}

const FIGURES: readonly (readonly [name: string, figure: (score: RecommendScore) => number | null])[] = [
  ['precision@10', (score) => score.precisionAt10],
  ['NDCG@10', (score) => score.ndcgAt10],
  ['recall@10', (score) => score.recallAt10],
  ['coverage', (score) => score.coverage],
  ['diversity', (score) => score.diversity],
  ['novelty (bits)', (score) => score.novelty],
  ['AUC', (score) => score.auc],
];

/** Fits 60 columns. */
const describe = ({ sets, paths }: RecommendReport): string => [...describeSets(sets), describePaths(paths)].join('\n');

const describePaths = (paths: RecommendReport['paths']): string => {
  const columns = Object.entries(paths);
  const cells = (figure: 'largestStep' | 'monotoneShare' | 'endError'): string =>
    columns.map(([, quality]) => quality[figure].toFixed(3).padStart(10)).join('');
  return [
    'paths: 20 songs that ship, from each mood to happy and to calm',
    `${''.padEnd(18)}${columns.map(([name]) => name.padStart(10)).join('')}`,
    `  ${'largest step'.padEnd(16)}${cells('largestStep')}`,
    `  ${'monotone share'.padEnd(16)}${cells('monotoneShare')}`,
    `  ${'end error'.padEnd(16)}${cells('endError')}`,
  ].join('\n');
};

const describeSets = (sets: RecommendReport['sets']): string[] =>
  Object.values(sets).map(({ set, methods, parts, ratio }) => {
    const columns = Object.entries(methods);
    const cell = (value: number | null): string => (value === null ? '' : value.toFixed(4)).padStart(10);
    const count = columns[0]?.[1].count ?? 0;
    return [
      `${set}: ${count} ${set === 'lastfm' ? 'listeners' : set === 'netease' ? 'playlists' : 'pairs'}`,
      `${''.padEnd(18)}${columns.map(([name]) => name.padStart(10)).join('')}`,
      ...FIGURES.filter(([, figure]) => columns.some(([, score]) => figure(score) !== null)).map(
        ([name, figure]) => `  ${name.padEnd(16)}${columns.map(([, score]) => cell(figure(score))).join('')}`,
      ),
      ...(['tuning', 'rest'] as const).map((part) => {
        const own = Object.values(parts[part]).map((score) => cell(score.precisionAt10 ?? score.auc));
        return `  ${(part === 'tuning' ? 'half tuned on' : 'other half').padEnd(16)}${own.join('')}`;
      }),
      ...(ratio === undefined ? [] : [`  default / paper   ${ratio.toFixed(2)}`]),
    ].join('\n');
  });

const evaluate = async ({ data, set, method, json }: RecommendOptions): Promise<void> => {
  const measure = async (onProgress: (message: string) => void): Promise<RecommendReport> => {
    const { evaluateRecommend } = await import('../training/evaluate-recommend.ts');
    return evaluateRecommend({ data, ...given({ set, method }), onProgress });
  };
  await printMeasured({ json, measure, describe });
};

export const addEvaluateRecommend = (evaluateCommand: Command): void => {
  evaluateCommand
    .command('recommend')
    .description('songs: Last.fm, NetEase playlists, Art of the Mix')
    .requiredOption('--data <PATH>', 'folder with the files of the sets')
    .addOption(new Option('--set <SET>', 'one of them; else all that are there').choices(['lastfm', 'netease', 'aotm']))
    .addOption(new Option('--method <METHOD>', 'one of them; else both').choices(['paper', 'default']))
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
Lists are split by a seed and the id of each listener or playlist; the report
says how. In JSON the figures at the top are those of the first set and of the
default method, unless --method says otherwise.

Examples:
  attune evaluate recommend --data data/songs
  attune evaluate recommend --data data/songs --set lastfm --json out.json`,
    )
    .action(evaluate);
};
