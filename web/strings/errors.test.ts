/** Every error that can reach a person has a sentence in every language of the page. */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { packagePath } from '../../node/package-root.ts';
import { importsOf } from '../../scripts/check-imports.ts';

import { en } from './en.ts';
import { sentenceIn } from './sentence-in.ts';
import { zh } from './zh.ts';

/** What runs in the page, and what its server answers or a job of its library fails with. */
const ENTRIES = [
  'web/main.tsx',
  'web/worker.ts',
  'web/catalogue-worker.ts',
  'web/song-worker.ts',
  'server/app.ts',
  'server/library/analysers.ts',
];

/** Only a fault in Attune, or a program that asks the API, can bring these about: the page says that something went wrong. */
const FAULTS = [
  /^(fft|mel|svm)\//,
  /^audio\/(setting|vectors|empty-band)$/,
  /^photo\/(shape|setting)$/,
  /^mood\//,
  /^music\/(columns|terms|goal|count|mood|weights|reaction|listener|evidence)$/,
  /^playlist\/format$/,
  /^store\/(vector|limit|cursor|time)$/,
  /^lyrics\/no-documents$/,
  /^export\/large$/,
  /^page\/unexpected$/,
];

const filesFrom = (entries: readonly string[]): Map<string, string> => {
  const files = new Map<string, string>();
  const wanted = [...entries];
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (files.has(path) || !existsSync(packagePath(...path.split('/')))) continue;
    const source = readFileSync(packagePath(...path.split('/')), 'utf8');
    files.set(path, source);
    for (const { target, typeOnly } of importsOf(source))
      if (target.startsWith('.') && !typeOnly) wanted.push(posix.join(posix.dirname(path), target));
  }
  return files;
};

/** A code stands first in an error, or after the status of one, or under its name. */
const CODES =
  /(?:Error|unavailable|problem|sendProblem)\((?:\s*[a-z]+,)?\s*(?:\d+,\s*)?(?:[^'"`;]*\?\s*)?'([a-z]+\/[a-z0-9-]+)'|(?:code: |\[\d+, |\.code : )'([a-z]+\/[a-z0-9-]+)'/g;

const codesOf = (files: ReadonlyMap<string, string>): Map<string, string> => {
  const codes = new Map<string, string>();
  for (const [path, source] of files)
    for (const [, first, second] of source.matchAll(CODES)) codes.set(first ?? second ?? '', path);
  return codes;
};

const codes = codesOf(filesFrom(ENTRIES));

it('the codes are found', () => {
  for (const code of ['store/disk-full', 'upload/slow', 'api/json', 'camera/denied', 'jobs/failed', 'import/deep'])
    expect(codes.keys()).toContain(code);
  expect(codes.size).toBeGreaterThan(120);
});

it.each([['zh', zh]] as const)('%s has a sentence for each of them, and none that nobody says', (_language, words) => {
  const lacking = [...codes].filter(([code]) => !(code in words.errors) && !FAULTS.some((fault) => fault.test(code)));
  expect(lacking).toEqual([]);
  const written = Object.keys(words.errors).filter((code) => !codes.has(code));
  expect(written).toEqual([]);
  for (const [code, said] of Object.entries(words.errors))
    expect(typeof said === 'string' ? said : said('Line 5: x'), code).toMatch(/\p{Script=Han}.*[。：）\n]$/su);
});

it('tells which row and line it was, and what came unforeseen', () => {
  const rows = 'The catalogue has 1 bad row (the header is row 1):\n  row 3: "glad" is no emotion.';
  expect(sentenceIn(zh, { code: 'catalogue/invalid', message: rows })).toContain('\n  第 3 行: "glad" is no emotion.');
  expect(sentenceIn(zh, { code: 'data/damaged', message: 'Line 7 of x is damaged' })).toContain('第 7 行');
  expect(sentenceIn(zh, { code: 'fft/size', message: 'odd' })).toBe(zh.problem.unexpected('odd'));
  expect(sentenceIn(en, { code: 'fft/size', message: 'odd' })).toBe('odd');
});
