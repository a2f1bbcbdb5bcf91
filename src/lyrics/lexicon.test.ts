import { expect, test } from 'vitest';
import { parseLexicon } from './lexicon.ts';

const Z = 'word\temotion\tdocs\tz_angry\tz_disgust\tz_fear\tz_happy\tz_sad\tz_surprise\tz_neutral';
const DUTIR = 'word\tpos\tsenses\tsense\tclass21\tintensity\tpolarity\taux_class21\taux_intensity\taux_polarity';

test.each([
  ['AFINN', 'word\tvalence\nAbandon\t-2\n', { polarity: [['abandon', -0.4]] }],
  ['VADER', 'token\tvalence\tsd\r\n:)\t2\t0.5\r\n', { polarity: [[':)', 0.5]] }],
  ['Hu and Liu', 'word\tpolarity\nbad\t-1', { polarity: [['bad', -1]] }],
  [
    'HowNet',
    'word\tcategory\n开心\tpos-emotion\n便宜\tpos-evaluation\n坏\tneg-evaluation',
    {
      polarity: [
        ['开心', 1],
        ['便宜', 0.5],
        ['坏', -0.5],
      ],
    },
  ],
  [
    'votes',
    'word\tscore\tvotes\n美\t2\tH+N+\n丑\t-5\tH-\n平\t0\tH+N-',
    {
      polarity: [
        ['美', 2 / 3],
        ['丑', -1],
      ],
    },
  ],
  ['degree words', 'word\tlevel\n很\tvery\n很\tmore', { degrees: [['很', 'very']] }],
  [
    'negations',
    'word\tsources\tnote\n不\ta\t\n不大\ta\ttreat as dampener, not negator\n拒绝\ta\tweak negator',
    { negations: ['不'], degrees: [['不大', 'insufficient']] },
  ],
  [
    'DUTIR',
    `${DUTIR}\n恨\tverb\t1\t1\tND\t9\t2\t\t\t\n美丽\tadj\t1\t1\tPH\t5\t1\t\t\t`,
    {
      polarity: [
        ['恨', -1],
        ['美丽', 5 / 9],
      ],
      emotions: [['恨', { disgust: 1 }]],
    },
  ],
  [
    'statistics',
    `${Z}\n怒\tangry\t337\t23.3\t3.6\t-1.7\t-8.0\t-5.6\t-1.4\t-6.2`,
    { emotions: [['怒', { angry: 1, disgust: 0.36 }]] },
  ],
] as const)('reads %s', (name, text, expected) => {
  const lexicon = parseLexicon(name, text);
  const lists: { polarity?: unknown; emotions?: unknown; degrees?: unknown; negations?: unknown } = expected;
  expect([...lexicon.polarity]).toEqual(lists.polarity ?? []);
  expect([...lexicon.emotions]).toEqual(lists.emotions ?? []);
  expect([...lexicon.degrees]).toEqual(lists.degrees ?? []);
  expect([...lexicon.negations]).toEqual(lists.negations ?? []);
});

test.each([
  ['foo\tbar\n1\t2', /columns 'foo bar'/],
  ['word\tvalence\nx\t\n', /line 2 \('x'\): valence is ''/],
  ['word\tvalence\na\t1\nb\tmuch', /line 3 \('b'\): valence is 'much'/],
  ['word\tlevel\nx\thuge', /level is 'huge'/],
  ['word\tcategory\nx\tmaybe', /category is 'maybe'/],
  ['word\tvalence\n\t3', /no word/],
])('refuses %j', (text, message) => {
  expect(() => parseLexicon('mine.tsv', text)).toThrow(
    expect.objectContaining({ code: 'lyrics/lexicon', message: expect.stringMatching(message) }),
  );
});
