/** What the page of a comparison says of the paper's order, and the files it writes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { GenreReport, GenreScore } from './evaluate-genre.ts';
import { describeOrder, writeGenreReport } from './genre-report.ts';
import { wilsonInterval } from './metrics.ts';

const scoreOf = (right: number, count = 100): GenreScore => ({
  count,
  accuracy: right / count,
  accuracyInterval: wilsonInterval(right, count),
  sliceAccuracy: 0.5,
  macroF1: 0.5,
  perClass: {},
  confusion: [
    [right, 0],
    [count - right, 0],
  ],
  parameters: 9,
  trainingSeconds: 1,
});
const rowsOf = (cnn: number, rcnn: number, glu: number, rglu: number): Record<string, GenreScore> => ({
  'genre-cnn': scoreOf(cnn),
  'genre-rcnn': scoreOf(rcnn),
  'genre-glu': scoreOf(glu),
  'genre-rglu': scoreOf(rglu),
});

it('tells an order that holds, one that only goes the same way, and one that does not hold', () => {
  expect(describeOrder({ rows: rowsOf(50, 80, 55, 85) })).toMatch(
    /30\.0 points above genre-cnn; .*The order holds here\.$/,
  );
  expect(describeOrder({ rows: rowsOf(50, 51, 55, 85) })).toMatch(/neither shown nor refuted here\.$/);
  expect(describeOrder({ rows: rowsOf(50, 51, 85, 55) })).toMatch(/below genre-glu.*The order does not hold here\.$/);
});

it('compares no rows that were scored on other songs, and says nothing of one row', () => {
  const rows = { 'genre-svm': scoreOf(233, 320), 'genre-rglu-joined': scoreOf(47, 64) };
  expect(describeOrder({ rows })).toMatch(/scored on 320 and 64 tracks: no comparison\.$/);
  expect(describeOrder({ rows: { 'genre-svm': scoreOf(5) } })).toBe('');
});

it('writes a page, the numbers and two figures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-report-'));
  const rows = rowsOf(50, 60, 55, 65);
  const report = {
    ...rows['genre-rglu'],
    rows,
    row: 'genre-rglu',
    protocol: 'folds',
    note: 'A note.',
    labels: ['rock', 'pop'],
    settings: null,
    seed: 1,
    dataset: { name: 'Emotify', split: 'by track', count: 100, sha256: 'abc' },
    machine: 'a machine',
    commit: null,
    time: 'today',
  } as unknown as GenreReport;
  try {
    await writeGenreReport(folder, report);
    expect(readdirSync(folder).sort()).toEqual([
      'emotify-folds-rows-confusion.svg',
      'emotify-folds-rows-rows.svg',
      'emotify-folds-rows.json',
      'emotify-folds-rows.md',
    ]);
    const page = readFileSync(join(folder, 'emotify-folds-rows.md'), 'utf8');
    expect(page).toContain('| genre-rcnn | 100 | 60.0 % |');
    expect(page).toContain('neither shown nor refuted');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
