/** An export is read through before anything of it is taken: what the store would refuse is found first. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readExport } from './read-export.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-export-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (...lines: readonly unknown[]): string => {
  const path = join(folder, 'export.ndjson');
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return path;
};
const HEADER = { kind: 'attune', version: '0.1.0', schema: 1, at: '2026-11-22T00:00:00.000Z' };
const SETTING = { kind: 'setting', key: 'page.language', value: 'zh' };
const end = (records: number) => ({ kind: 'end', records });

test('gives the records that are the library’s, and counts the others', async () => {
  const page = { kind: 'page', theme: 'dark' };
  const { count, passedOver, records } = await readExport(file(HEADER, SETTING, '', SETTING, end(3), page, ''));
  expect({ count, passedOver }).toEqual({ count: 2, passedOver: 1 });
  const all = [];
  for await (const record of records()) all.push(record);
  expect(all).toEqual([SETTING, SETTING]);
});

test.each([
  ['a file of another kind', ['title,artist', 'One,Ära'], 'data/foreign', 'is no export of Attune'],
  ['JSON of another kind', [{ songs: [] }], 'data/foreign', 'attune library add'],
  ['an empty file', [''], 'data/foreign', 'is empty'],
  ['a newer export', [{ ...HEADER, version: '9.0.0', schema: 99 }, end(1)], 'data/newer', 'newer Attune (9.0.0)'],
  ['an export cut short between lines', [HEADER, SETTING], 'data/damaged', 'cut short'],
  ['an export cut short within a line', [HEADER, '{"kind":"setting","ke'], 'data/damaged', 'Line 2'],
  ['an export that lost a line', [HEADER, SETTING, end(3)], 'data/damaged', '2 records went before, not 1'],
  ['a record without its parts', [HEADER, { kind: 'song' }, end(2)], 'data/damaged', 'Line 2'],
  ['a record that is no record', [HEADER, '7', end(2)], 'data/damaged', 'it says no kind'],
  ['a setting of no name', [HEADER, { ...SETTING, key: 'No name!' }, end(2)], 'data/damaged', 'key'],
  ['a setting too long', [HEADER, { ...SETTING, value: 'x'.repeat(70_000) }, end(2)], 'data/damaged', 'too long'],
  [
    'typical songs of which two are one',
    [HEADER, { kind: 'typical', emotion: 'sad', songIds: ['a', 'b', 'a'] }, end(2)],
    'data/damaged',
    'three different ones',
  ],
  ['two exports in one file', [HEADER, end(1), HEADER, end(1)], 'data/damaged', 'go on after the end'],
  [
    'a vector of a song that is not in it',
    [HEADER, { kind: 'vector', vector: { songId: 'a/b', model: 'm', vector: [1] } }, end(2)],
    'data/damaged',
    'no line before names',
  ],
  ['a file of bytes', ['\u0000\u0001\u0002'.repeat(100)], 'data/foreign', 'is no export'],
])('%s is refused with a sentence', async (_, lines, code, words) => {
  await expect(readExport(file(...lines), 'this file')).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});

test('a file that is not there is told by its name', async () => {
  await expect(readExport(join(folder, 'none.ndjson'))).rejects.toMatchObject({
    code: 'file/unreadable',
    message: expect.stringContaining('none.ndjson'),
  });
});
