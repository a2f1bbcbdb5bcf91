/** Holds the recommenders against what people really listened to: the paper's cosine beside the default method. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InvalidInputError } from '../src/base/errors.ts';
import { createRandom } from '../src/base/random.ts';
import type { PathQuality } from '../src/music/mood-path.ts';
import { topItems } from '../src/music/taste.ts';
import { filesOf, LISTENING_SETS, type ListeningSet, setsIn } from './datasets/listening.ts';
import { describeMachine, findCommit } from './provenance.ts';
import {
  areaUnderCurve,
  coverageOf,
  diversityOf,
  meanInterval,
  meanOf,
  ndcgAt,
  noveltyOf,
  precisionAt,
  recallAt,
} from './ranking-metrics.ts';
import { prepareAotm } from './recommend/aotm.ts';
import { prepareLastfm } from './recommend/lastfm.ts';
import { prepareNetease } from './recommend/netease.ts';
import { measurePaths } from './recommend/paths.ts';

export const RECOMMEND_METHODS = ['paper', 'default'] as const;
export type RecommendMethod = (typeof RECOMMEND_METHODS)[number];

/** Length of the lists that are judged. */
const LIST = 10;

/** The seed of every split; another one gives other lists. */
export const SPLIT_SEED = 'attune-recommend-1';

/** Settings were chosen on these users and playlists alone; the others say whether they hold. */
export type Part = 'tuning' | 'rest';

/** Half of all ids, by a draw from the id itself: the same in every file that has it. */
export const partOf = (id: number | string): Part =>
  createRandom(`${SPLIT_SEED}/part/${id}`).next() < 0.5 ? 'tuning' : 'rest';

/** One listener or playlist under test. */
export interface Case {
  readonly id: number;
  /** Held out; never empty. */
  readonly wanted: ReadonlySet<number>;
  /** Known to the recommender, and not recommended again. */
  readonly seen: ReadonlySet<number>;
  score(method: RecommendMethod): ArrayLike<number>;
  readonly known: Known;
}

/** A set made ready: who is tested. */
export interface Prepared {
  /** How the data was split, in words. */
  readonly protocol: string;
  readonly candidates: number;
  readonly cases: Iterable<Case>;
}

/** What lists are judged by: what the recommender may know. */
export interface Known {
  /** Cosine of two items' tags, for diversity. */
  readonly likeness: (a: number, b: number) => number;
  /** Listeners (playlists) of each item that the recommender knows of, and how many there are in all. */
  readonly listeners: ArrayLike<number>;
  readonly allListeners: number;
}

/** Figures of one method on one set; `null` where a set has no such figure. */
export interface RecommendScore {
  readonly precisionAt10: number | null;
  /** 95 %, over listeners or playlists. */
  readonly precisionAt10Interval: readonly [number, number] | null;
  readonly ndcgAt10: number | null;
  readonly recallAt10: number | null;
  readonly coverage: number | null;
  readonly diversity: number | null;
  readonly novelty: number | null;
  readonly auc: number;
  /** Listeners, playlists or pairs judged. */
  readonly count: number;
}

export interface SetReport {
  readonly set: ListeningSet;
  readonly protocol: string;
  readonly candidates: number;
  /** By method; then the same for the part that settings were chosen on and for the rest. */
  readonly methods: Readonly<Partial<Record<RecommendMethod, RecommendScore>>>;
  readonly parts: Readonly<Record<Part, Readonly<Partial<Record<RecommendMethod, RecommendScore>>>>>;
  /** precision@10 (or, for pairs, AUC) of the default method / that of the paper's, in this run. */
  readonly ratio?: number;
  readonly seconds: number;
  /** File name -> SHA-256. */
  readonly data: Readonly<Record<string, string>>;
}

/** The first set's figures of the first method asked for stand at the top. */
export interface RecommendReport extends RecommendScore {
  readonly set: ListeningSet;
  readonly method: RecommendMethod;
  readonly seed: string;
  readonly sets: Readonly<Partial<Record<ListeningSet, SetReport>>>;
  /** Playlists of the songs that ship, from each mood to lift and calm: means. */
  readonly paths: Readonly<Partial<Record<RecommendMethod, PathQuality>>>;
  readonly commit: string | undefined;
  readonly machine: string;
  readonly date: string;
}

export interface EvaluateRecommendOptions {
  /** Folder that holds the files, or one above it. */
  readonly data: string;
  /** @default every set whose files are there */
  readonly set?: ListeningSet;
  /** @default both, the default method's figures at the top */
  readonly method?: RecommendMethod;
  readonly onProgress?: (message: string) => void;
}

/**
 * @throws {InvalidInputError} `data/missing`, `data/columns`: not the files of that set. `recommend/no-cases`: nobody left to test.
 */
export const evaluateRecommend = async ({
  data,
  set,
  method,
  onProgress = () => {},
}: EvaluateRecommendOptions): Promise<RecommendReport> => {
  const sets = set === undefined ? setsIn(data) : [set];
  if (sets.length === 0) {
    const files = Object.values(LISTENING_SETS).map((names) => names.join(' and '));
    throw new InvalidInputError('data/missing', `${data} holds none of the sets: expected ${files.join(', or ')}.`);
  }
  const methods = method === undefined ? RECOMMEND_METHODS : [method];
  const reports: Partial<Record<ListeningSet, SetReport>> = {};
  for (const each of sets) reports[each] = await measureSet(data, each, methods, onProgress);
  const first = sets[0]!;
  const top = method ?? 'default';
  return {
    set: first,
    method: top,
    ...reports[first]!.methods[top]!,
    seed: SPLIT_SEED,
    sets: reports,
    paths: await measurePaths(methods),
    commit: await findCommit(),
    machine: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
  };
};

const measureSet = async (
  folder: string,
  set: ListeningSet,
  methods: readonly RecommendMethod[],
  onProgress: (message: string) => void,
): Promise<SetReport> => {
  const start = performance.now();
  onProgress(`${set}: reading`);
  const measured =
    set === 'aotm'
      ? await prepareAotm(folder, methods)
      : judgeLists(await (set === 'lastfm' ? prepareLastfm : prepareNetease)(folder), methods, (count) =>
          onProgress(`${set}: ${count} lists judged`),
        );
  const [paper, ours] = [measured.methods.paper, measured.methods.default];
  const figure = (score: RecommendScore): number => score.precisionAt10 ?? score.auc;
  const hashes = await Promise.all(
    filesOf(folder, set).map(async (file) => [
      basename(file),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ]),
  );
  return {
    set,
    ...measured,
    ...(paper && ours && figure(paper) > 0 ? { ratio: figure(ours) / figure(paper) } : {}),
    seconds: Math.round((performance.now() - start) / 100) / 10,
    data: Object.fromEntries(hashes) as Record<string, string>,
  };
};

/** Everything about one list that the figures are means of. */
interface Judged {
  readonly part: Part;
  readonly list: readonly number[];
  readonly precision: number;
  readonly ndcg: number;
  readonly recall: number;
  readonly diversity: number;
  readonly novelty: number;
  readonly auc: number;
}

const judgeLists = (
  { protocol, candidates, cases }: Prepared,
  methods: readonly RecommendMethod[],
  onProgress: (count: number) => void,
): Pick<SetReport, 'protocol' | 'candidates' | 'methods' | 'parts'> => {
  const judged = new Map(methods.map((method) => [method, [] as Judged[]]));
  let count = 0;
  for (const each of cases) {
    const { id, wanted, seen, known } = each;
    for (const method of methods) {
      const scores = each.score(method);
      const list = topItems(scores, LIST, seen);
      const ranked = { ranked: list, wanted };
      const [right, wrong]: [number[], number[]] = [[], []];
      for (let item = 0; item < candidates; item++) {
        if (!seen.has(item)) (wanted.has(item) ? right : wrong).push(scores[item]!);
      }
      judged.get(method)!.push({
        part: partOf(id),
        list,
        precision: precisionAt(ranked, LIST),
        ndcg: ndcgAt(ranked, LIST),
        recall: recallAt(ranked, LIST),
        diversity: diversityOf(list, known.likeness),
        novelty: noveltyOf(list, known.listeners, known.allListeners),
        auc: areaUnderCurve(right, wrong),
      });
    }
    count += 1;
    if (count % 100 === 0) onProgress(count);
  }
  if (count === 0) {
    throw new InvalidInputError('recommend/no-cases', 'Nobody is left to test: every list is too short to be split.');
  }
  const scoresOf = (keep: (one: Judged) => boolean): Partial<Record<RecommendMethod, RecommendScore>> =>
    Object.fromEntries(methods.map((method) => [method, summarize(judged.get(method)!.filter(keep), candidates)]));
  return {
    protocol,
    candidates,
    methods: scoresOf(() => true),
    parts: { tuning: scoresOf(({ part }) => part === 'tuning'), rest: scoresOf(({ part }) => part === 'rest') },
  };
};

const summarize = (lists: readonly Judged[], candidates: number): RecommendScore => {
  const mean = (value: (one: Judged) => number): number => meanOf(lists.map(value));
  return {
    precisionAt10: mean(({ precision }) => precision),
    precisionAt10Interval: meanInterval(lists.map(({ precision }) => precision)),
    ndcgAt10: mean(({ ndcg }) => ndcg),
    recallAt10: mean(({ recall }) => recall),
    coverage: coverageOf(
      lists.map(({ list }) => list),
      candidates,
    ),
    diversity: mean(({ diversity }) => diversity),
    novelty: mean(({ novelty }) => novelty),
    auc: mean(({ auc }) => auc),
    count: lists.length,
  };
};
