/** Art of the Mix: do songs that stood beside each other in somebody's list look more alike than songs drawn at random? */
import { InvalidInputError } from '../../src/base/errors.ts';
import { createRandom } from '../../src/base/random.ts';
import { cosineOf, countWeight, createItemVectors } from '../../src/music/item-vectors.ts';
import { type MoodPairs, type MoodSong, readAotm } from '../datasets/listening.ts';
import {
  type Part,
  partOf,
  type RecommendMethod,
  type RecommendScore,
  type SetReport,
  SPLIT_SEED,
} from '../evaluate-recommend.ts';
import { areaUnderCurve } from '../ranking-metrics.ts';
import { AOTM_WEIGHTS } from './settings.ts';

/** How often the pairs are parted and put together anew, for the random pairs. */
const SHUFFLES = 20;

type Pair = readonly [first: number, second: number];

/** Likeness of two songs, any unit. */
type Likeness = (a: number, b: number) => number;

export const prepareAotm = async (
  folder: string,
  methods: readonly RecommendMethod[],
): Promise<Pick<SetReport, 'protocol' | 'candidates' | 'methods' | 'parts'>> => {
  const data = await readAotm(folder);
  const { songs } = data;
  const pairs = data.pairs.filter((pair) => pair.every((song) => songs[song]!.emotions.size > 0));
  if (pairs.length === 0) {
    throw new InvalidInputError(
      'recommend/no-cases',
      'No pair has emotion words for both songs: there is nothing to measure.',
    );
  }
  const likeness: Readonly<Record<RecommendMethod, Likeness>> = {
    paper: emotionLikeness(songs),
    default: joinedLikeness(data),
  };
  const scoresOf = (part?: Part): Partial<Record<RecommendMethod, RecommendScore>> => {
    // By the first song's artist: all pairs from one artist stand on one side.
    const own = part === undefined ? pairs : pairs.filter(([first]) => partOf(songs[first]!.artist) === part);
    const random = randomPairs(own);
    return Object.fromEntries(
      methods.map((method) => {
        const score = ([first, second]: Pair): number => likeness[method](first, second);
        return [method, onlyAuc(areaUnderCurve(own.map(score), random.map(score)), own.length)];
      }),
    );
  };
  return {
    protocol:
      'Art of the Mix: neighbours in lists, both with emotion words, against pairs drawn at random: the second songs of all pairs are ' +
      `shuffled ${SHUFFLES} times by '${SPLIT_SEED}/aotm', so that each song is there as often as among the neighbours; pairs that are ` +
      'neighbours, or one song twice, are left out.',
    candidates: songs.length,
    methods: scoresOf(),
    parts: { tuning: scoresOf('tuning'), rest: scoresOf('rest') },
  };
};

const onlyAuc = (auc: number, count: number): RecommendScore => ({
  precisionAt10: null,
  precisionAt10Interval: null,
  ndcgAt10: null,
  recallAt10: null,
  coverage: null,
  diversity: null,
  novelty: null,
  auc,
  count,
});

const randomPairs = (pairs: readonly Pair[]): Pair[] => {
  const random = createRandom(`${SPLIT_SEED}/aotm`);
  const key = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
  const neighbours = new Set(pairs.map(([a, b]) => key(a, b)));
  const drawn: Pair[] = [];
  for (let round = 0; round < SHUFFLES; round++) {
    const seconds = random.shuffle(pairs.map(([, second]) => second));
    pairs.forEach(([first], at) => {
      const second = seconds[at]!;
      if (first !== second && !neighbours.has(key(first, second))) drawn.push([first, second]);
    });
  }
  return drawn;
};

/** The paper's cosine over the counts of emotion words. */
const emotionLikeness = (songs: readonly MoodSong[]): Likeness => {
  const words = new Map<string, number>();
  const entries = songs.flatMap(({ emotions }, song) =>
    [...emotions].map(([word, count]) => {
      if (!words.has(word)) words.set(word, words.size);
      return [song, words.get(word)!, count] as const;
    }),
  );
  const vectors = createItemVectors(songs.length, [{ entries }], countWeight);
  return (a, b) => cosineOf(vectors, a, b);
};

/** Emotion words, place on the plane of valence and arousal, and the artist, weighted. */
const joinedLikeness = ({ songs }: MoodPairs): Likeness => {
  const emotions = emotionLikeness(songs);
  return (a, b) => {
    const [first, second] = [songs[a]!, songs[b]!];
    const distance = Math.hypot(first.valence - second.valence, first.arousal - second.arousal);
    return (
      AOTM_WEIGHTS.emotions * emotions(a, b) -
      AOTM_WEIGHTS.mood * distance +
      AOTM_WEIGHTS.artist * (first.artist === second.artist ? 1 : 0)
    );
  };
};
