import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { dataPath, lacksData, needsData } from '../test/data.ts';
import { loadLexicons } from './lexicons.ts';
import { packagePath } from './package-root.ts';

const folder = await mkdtemp(join(tmpdir(), 'attune-lexicons-'));
afterAll(() => rm(folder, { recursive: true }));

test('the lists that ship: both languages, both signs, every emotion, six levels', async () => {
  const { polarity, emotions, degrees, negations } = await loadLexicons();
  for (const word of ['高兴', 'happy', '幸福', 'love']) expect(polarity.get(word)).toBeGreaterThan(0);
  for (const word of ['难过', 'sad', '绝望', 'hate']) expect(polarity.get(word)).toBeLessThan(0);
  expect(new Set([...emotions.values()].flatMap((values) => Object.keys(values))).size).toBe(7);
  expect(new Set(degrees.values()).size).toBe(6);
  for (const only of ['degree-zh', 'degree-en'])
    expect(new Set((await loadLexicons(packagePath('lexicons'), { only: [only] })).degrees.values()).size).toBe(6);
  for (const word of ['不', '没有', 'not', "don't"]) expect(negations.has(word)).toBe(true);
  for (const word of degrees.keys()) expect(negations.has(word)).toBe(false);
});

test('lexicons/README.md names every list that ships, with its rows and checksum', async () => {
  const readme = await readFile(packagePath('lexicons', 'README.md'), 'utf8');
  for (const name of (await readdir(packagePath('lexicons'))).filter((file) => file !== 'README.md')) {
    const bytes = await readFile(packagePath('lexicons', name));
    const rows = bytes.toString('utf8').trimEnd().split('\n').length - 1;
    const line = readme.split('\n').find((text) => text.startsWith(`| ${name} |`));
    expect(line).toContain(`| ${rows.toLocaleString('en')} |`);
    expect(line).toContain(createHash('sha256').update(bytes).digest('hex'));
  }
});

test('a folder of the user, packed or not; other files are passed over', async () => {
  await writeFile(join(folder, 'mine.tsv'), 'word\tvalence\nfoo\t5\n');
  await writeFile(join(folder, 'more.tsv.gz'), gzipSync('word\tlevel\nultra\textreme\n'));
  await writeFile(join(folder, 'notes.txt'), 'no table');
  const { polarity, degrees } = await loadLexicons(folder);
  expect([...polarity, ...degrees]).toEqual([
    ['foo', 1],
    ['ultra', 'extreme'],
  ]);
  expect((await loadLexicons(folder, { only: ['more'] })).polarity.size).toBe(0);
});

test('says which file is at fault', async () => {
  await writeFile(join(folder, 'bad.tsv.gz'), 'not packed');
  await expect(loadLexicons(folder, { only: ['bad'] })).rejects.toThrow(
    /bad\.tsv\.gz is no UTF-8 table packed by gzip/,
  );
  await expect(loadLexicons(join(folder, 'none'))).rejects.toThrow(/There is no folder/);
  await expect(loadLexicons(folder, { only: ['other'] })).rejects.toThrow(/holds no word list/);
});

test.skipIf(lacksData('lexicon'))(`reads HowNet, DUTIR and the rest ${needsData('lexicon')}`, async () => {
  const counts = async (name: string): Promise<number[]> => {
    const { polarity, emotions, degrees, negations } = await loadLexicons(dataPath('lexicon'), { only: [name] });
    return [polarity.size, emotions.size, degrees.size, negations.size];
  };
  expect(await counts('hownet-zh')).toEqual([8746, 0, 0, 0]);
  expect(await counts('negation-zh')).toEqual([0, 0, 6, 55]);
});
