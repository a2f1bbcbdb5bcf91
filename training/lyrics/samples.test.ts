import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EMPTY_LEXICON } from '../../src/lyrics/lexicon.ts';
import { loadSamples } from './samples.ts';

const folder = await mkdtemp(join(tmpdir(), 'attune-samples-'));
afterAll(() => rm(folder, { recursive: true }));

const poem = (poet: number, nth: number): string => `3\t\t宋\tpoet ${poet}\ttitle\t山水${nth}|风月${nth}`;

const partsOf = async (rows: readonly string[]): Promise<Map<string, Set<string>>> => {
  const path = join(folder, 'zh-poems-fspc.tsv');
  await writeFile(path, ['sentiment\tline_sentiments\tdynasty\tpoet\ttitle\tpoem', ...rows].join('\n'));
  const samples = await loadSamples(path, 'zh-poems', { lexicon: EMPTY_LEXICON });
  const parts = new Map<string, Set<string>>();
  samples.forEach(({ part }, at) => {
    const poet = rows[at]!.split('\t')[3]!;
    parts.set(poet, (parts.get(poet) ?? new Set()).add(part));
  });
  return parts;
};

test('a set without a split is drawn by poet: none on both sides, the same whatever else is in the file', async () => {
  const rows = Array.from({ length: 200 }, (_, at) => poem(at >> 1, at));
  const parts = await partsOf(rows);
  expect([...parts.values()].every(({ size }) => size === 1)).toBe(true);
  const measured = [...parts.values()].filter((own) => own.has('test')).length;
  expect(measured).toBeGreaterThan(8);
  expect(measured).toBeLessThan(35);
  const fewer = await partsOf(rows.slice(60, 100).reverse());
  for (const [poet, own] of fewer) expect(own).toEqual(parts.get(poet));
});
