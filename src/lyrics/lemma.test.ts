import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lemma, lemmaCandidates } from './lemma.ts';

/** [word, lemma by wink-nlp 2.4.0, how often it stands there]: the words met three times or more in 3,000 comments. */
const WINK: readonly (readonly [string, string, number])[] = JSON.parse(
  readFileSync(new URL('../../test/reference/lyrics-lemmas.json', import.meta.url), 'utf8'),
);

test('agrees with wink-nlp, which tags parts of speech, on 19 of 20 words as they occur', () => {
  const known = new Set(WINK.flat());
  let same = 0;
  let all = 0;
  for (const [word, form, count] of WINK) {
    all += count;
    if (lemma(word, (candidate) => known.has(candidate)) === form) same += count;
  }
  expect(same / all).toBeGreaterThan(0.96);
});

test.each([
  ['hoping', 'hope'],
  ['hopping', 'hop'],
  ['loved', 'love'],
  ['lovin', 'love'],
  ["walkin'", 'walk'],
  ['cries', 'cry'],
  ['happiest', 'happy'],
  ['sadder', 'sad'],
  ['knives', 'knife'],
  ['dying', 'die'],
  ['broken', 'break'],
  ['kisses', 'kiss'],
  ['thing', 'thing'],
  ['begin', 'begin'],
  ['flower', 'flower'],
  ['xyzing', 'xyzing'],
])('%s is a form of %s', (word, form) => {
  const words = new Set([
    'hope',
    'hop',
    'love',
    'lov',
    'walk',
    'cry',
    'happy',
    'sad',
    'knife',
    'die',
    'break',
    'kiss',
    'th',
    'beg',
    'flow',
  ]);
  expect(lemma(word, (candidate) => words.has(candidate))).toBe(form);
});

test('the word itself is always the last candidate, and none is empty', () => {
  for (const [word] of WINK) {
    const candidates = lemmaCandidates(word);
    expect(candidates.at(-1)).toBe(word);
    expect(candidates.every((form) => form.length > 0)).toBe(true);
  }
});
