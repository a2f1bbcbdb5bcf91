import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clause, splitClauses } from './clauses.ts';
import { emotionWords, LYRIC_FEATURES, lyricFeatures, modify } from './features.ts';
import { type Lexicon, mergeLexicons } from './lexicon.ts';
import { countWords, type WordCounts } from './word-counts.ts';

const LEXICON: Lexicon = {
  polarity: new Map([
    ['高兴', 1],
    ['难过', -0.8],
    ['happy', 0.6],
    ['love', 0.8],
    ['cry', -0.5],
    ['pretty', 0.5],
    ['broken heart', -1],
  ]),
  emotions: new Map([
    ['高兴', { happy: 1 }],
    ['难过', { sad: 0.9 }],
    ['cry', { sad: 0.5, fear: 0.25 }],
  ]),
  degrees: new Map([
    ['非常', 'very'],
    ['最', 'extreme'],
    ['有点', 'ish'],
    ['very', 'very'],
    ['pretty', 'more'],
    ['kind of', 'insufficient'],
  ]),
  negations: new Set(['不', '没有', 'not', "don't"]),
};

const spaced = { segmentWords: (text: string) => [...text], toSimplified: (text: string) => text };
const count = (...clauses: string[]): WordCounts =>
  countWords(
    clauses,
    clauses.map((clause) => clause.split(' ')),
    LEXICON,
  );
const valuesOf = (...clauses: string[]): number[] => emotionWords(count(...clauses), LEXICON).map(({ value }) => value);

// Worked out by hand: polarity x degree, turned round by each negation, halved where the degree itself is negated.
test.each([
  ['我 高兴', 1],
  ['我 不 高兴', -1],
  ['我 非常 高兴', 1.5],
  ['我 非常 不 高兴', -1.5],
  ['我 不 非常 高兴', -0.75],
  ['我 不 是 不 高兴', 1],
  ['最 非常 高兴', 3],
  ['有点 难过', -0.64],
  ['没有 难过', 0.8],
  ['不 我 是 真 高兴', 1], // four words away: out of the window
  ['not happy', -0.6],
  ['i am very happy', 0.9],
  ['kind of happy', 0.3],
  ['loved', 0.8],
  ["don't cry", 0.5],
  ['my broken heart', -1],
  ['pretty happy', 0.75], // "pretty" strengthens here …
  ['so pretty', 0.5], // … and says something itself here
])('%s is worth %f', (clause, value) => {
  expect(valuesOf(clause)).toEqual([expect.closeTo(value, 12)]);
});

test('each modifier belongs to the next emotion word only, and none reaches over a clause', () => {
  expect(valuesOf('不 高兴 难过').toSorted()).toEqual([-0.8, -1]);
  expect(valuesOf('不', '高兴')).toEqual([1]);
});

test('the counts are those of the labelled songs: bag and modifier|…|word', () => {
  const { bag, modified, words } = count('我 非常 不 高兴', '我 非常 不 高兴', '难过');
  expect([...modified]).toEqual([['非常|不|高兴', 2]]);
  expect(bag.get('高兴')).toBe(2);
  expect(words).toBe(9);
});

test('feature values of a small song, by hand', () => {
  // 10 words; 高兴 -1.5 (negated, very), 难过 -0.8, cry 0.5 (negated), pretty happy 0.75; 难过's line comes twice
  const features = lyricFeatures(count('非常 不 高兴', '难过', '难过', "don't cry now", 'pretty happy'), LEXICON);
  expect(features).toMatchObject({
    logWords: expect.closeTo(Math.log(11), 12),
    uniqueWordShare: 0.9,
    repeatedLineShare: expect.closeTo(0.2, 12),
    emotionWordShare: 0.5,
    positive: expect.closeTo(0.125, 12),
    negative: expect.closeTo(0.31, 12),
    balance: expect.closeTo((0.125 - 0.31) / 0.435, 12),
    strength: expect.closeTo(4.35 / 5, 12),
    negatedShare: 0.4,
    intensifiedShare: 0.4,
    weakenedShare: 0,
    sad: expect.closeTo(0.18, 12),
    notHappy: expect.closeTo(0.15, 12),
    notSad: expect.closeTo(0.05, 12),
    notFear: expect.closeTo(0.025, 12),
    happy: 0,
  });
  expect(Object.keys(features)).toEqual(Object.keys(LYRIC_FEATURES));
});

test('no words give zeros, not NaN', () => {
  expect(Object.values(lyricFeatures(count(), LEXICON)).every((value) => value === 0)).toBe(true);
});

const WORDS = [
  '我',
  '高兴',
  '难过',
  '不',
  '没有',
  '非常',
  '最',
  'happy',
  'pretty',
  'cry',
  'very',
  'la',
  'broken',
  'heart',
];
const clauses = fc.array(fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 6,
});
const countOf = (song: readonly Clause[]): WordCounts =>
  countWords(
    song.map((clause) => clause.join(' ')),
    song,
    LEXICON,
  );

test('a song sung several times has its counts that many times and the same shares', () => {
  fc.assert(
    fc.property(clauses, fc.integer({ min: 2, max: 4 }), (song, times) => {
      const once = countOf(song);
      const often = countOf(Array.from({ length: times }, () => song).flat());
      expect(often.words).toBe(times * once.words);
      expect([...often.bag]).toEqual([...once.bag].map(([word, n]) => [word, n * times]));
      expect([...often.modified]).toEqual([...once.modified].map(([key, n]) => [key, n * times]));
      const [a, b] = [lyricFeatures(once, LEXICON), lyricFeatures(often, LEXICON)];
      for (const name of ['positive', 'negative', 'balance', 'strength', 'negatedShare', 'happy', 'notSad'] as const) {
        expect(b[name]).toBeCloseTo(a[name], 10);
      }
    }),
  );
});

test('the order of clauses does not matter', () => {
  fc.assert(
    fc.property(clauses, (song) => {
      const [forwards, backwards] = [
        lyricFeatures(countOf(song), LEXICON),
        lyricFeatures(countOf(song.toReversed()), LEXICON),
      ];
      for (const name of Object.keys(forwards) as (keyof typeof forwards)[]) {
        expect(backwards[name]).toBeCloseTo(forwards[name], 10);
      }
    }),
  );
});

test('two further negations next to each other change nothing', () => {
  const modifiers = fc.array(fc.constantFrom('不', '非常', '有点', '没有', '我'), { maxLength: 5 });
  fc.assert(
    fc.property(modifiers, modifiers, (before, after) => {
      expect(modify([...before, '不', '没有', ...after], LEXICON)).toEqual(modify([...before, ...after], LEXICON));
    }),
  );
});

test('what stands before the window does not matter', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('我', '不', '非常', 'la'), { maxLength: 6 }), (far) => {
      const song = (words: readonly string[]): WordCounts => countOf([[...words, 'la', 'la', '不', '高兴']]);
      expect([...song(far).modified]).toEqual([...song(far.toReversed()).modified]);
    }),
  );
});

test('several lexicons: polarities are averaged, ties drop out, the first degree stands', () => {
  const other: Lexicon = {
    polarity: new Map([
      ['高兴', 0.5],
      ['难过', 0.8],
    ]),
    emotions: new Map([['cry', { sad: 0.75 }]]),
    degrees: new Map([['非常', 'extreme']]),
    negations: new Set(['别']),
  };
  const merged = mergeLexicons([LEXICON, other]);
  expect(merged.polarity.get('高兴')).toBe(0.75);
  expect(merged.polarity.has('难过')).toBe(false);
  expect(merged.emotions.get('cry')).toEqual({ sad: 0.75, fear: 0.25 });
  expect(merged.degrees.get('非常')).toBe('very');
  expect(merged.negations.size).toBe(5);
});

test('mixed languages and marks: Han goes to the segmenter, the rest stands between spaces', () => {
  expect(splitClauses(['我 爱 you, don’t go… 再见', "Rock'n'roll (oh)"], spaced)).toEqual([
    ['我', '爱', 'you'],
    ["don't", 'go'],
    ['再', '见'],
    ["rock'n'roll"],
    ['oh'],
  ]);
});

test('Japanese is cut by the runtime, not by the Chinese segmenter', () => {
  const words = splitClauses(['君に会いたい'], { ...spaced, segmentWords: () => ['never'] }).flat();
  expect(words.join('')).toBe('君に会いたい');
  expect(words.length).toBeGreaterThan(2);
});

test('a megabyte is counted in time that grows with its length', () => {
  const line = "我非常不高兴 I don't cry very happy ";
  const lines = Array.from({ length: 25_000 }, () => line);
  const start = performance.now();
  const counts = countWords(lines, splitClauses([lines.join('')], spaced), LEXICON);
  lyricFeatures(counts, LEXICON);
  expect(counts.words).toBe(25_000 * 11);
  expect(performance.now() - start).toBeLessThan(15_000); // about 1 s on an idle machine
});
