import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EMPTY_LEXICON } from '../src/lyrics/lexicon.ts';
import { evaluateLyrics } from './evaluate-lyrics.ts';

const folder = await mkdtemp(join(tmpdir(), 'attune-evaluate-lyrics-'));
afterAll(() => rm(folder, { recursive: true }));

/** Songs whose one telling word is that of their label, four of each in each of two folds; `wrong` songs lie. */
const songs = (wrong: number): string => {
  const labels = ['sad', 'happy', 'non', 'angry', 'fear', 'disgust', 'surprise'];
  const rows = labels.flatMap((label, at) =>
    [0, 1].flatMap((fold) =>
      [0, 1, 2, 3].map((nth) => {
        const told = fold === 1 && at === 0 && nth < wrong ? labels[1] : label;
        return {
          id: `${label}${fold}${nth}`,
          label,
          fold,
          tokens: 3,
          lines: 1,
          uniqueLines: 1,
          bag: { [`word-${told}`]: 2, common: 1 },
        };
      }),
    ),
  );
  return rows.map((row) => JSON.stringify(row)).join('\n');
};

const evaluate = async (wrong: number, fold?: number) => {
  await writeFile(join(folder, 'zh-lyrics-7emotion-bow.jsonl'), songs(wrong));
  return evaluateLyrics({
    data: join(folder, 'zh-lyrics-7emotion-bow.jsonl'),
    lexicon: EMPTY_LEXICON,
    retrain: true,
    ...(fold === undefined ? {} : { fold }),
  });
};

test('what words tell is found by all ways; five classes join disgust to anger and leave surprise out', async () => {
  const report = await evaluate(0);
  expect(report).toMatchObject({
    accuracy: 1,
    macroF1: 1,
    count: 48,
    trainingCount: 56,
    sevenClasses: { accuracy: 1, count: 56 },
  });
  expect(Object.keys(report.classes)).toEqual(['angry', 'fear', 'happy', 'neutral', 'sad']);
  expect(report.classes.angry?.support).toBe(16);
  expect(report.positiveNegative).toMatchObject({ accuracy: 1, count: 40 });
  expect(Object.values(report.hierarchical ?? {}).map(({ accuracy }) => accuracy)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('a fold is learnt from the others: two lying songs of fold 1 are two mistakes of 24', async () => {
  const report = await evaluate(2, 1);
  expect(report.count).toBe(24);
  expect(report.accuracy).toBeCloseTo(22 / 24, 12);
  expect(report.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(24);
});

test('a fold that is not there is an error that names those that are', async () => {
  await expect(evaluate(0, 9)).rejects.toThrow(
    /fold 9 \(the file holds 0, 1\): 56 texts to learn from and 0 to measure/,
  );
});

test('the model that ships is not measured on the folds it learnt from, and reads others', async () => {
  const path = join(folder, 'zh-lyrics-7emotion-bow.jsonl');
  await writeFile(path, songs(0));
  await expect(evaluateLyrics({ data: path })).rejects.toMatchObject({ code: 'lyrics/trained-on' });
  const happy = { id: 'x', label: 'happy', fold: 4, tokens: 90, lines: 9, uniqueLines: 9, bag: { 快乐: 20, 幸福: 10 } };
  await writeFile(path, JSON.stringify(happy));
  const report = await evaluateLyrics({ data: path });
  expect(report).toMatchObject({ accuracy: 1, count: 1, trainingCount: 0, sevenClasses: { accuracy: 1 } });
});
