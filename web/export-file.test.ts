/** Whatever file is chosen as an export is told apart by what it holds. */
import { expect, it } from 'vitest';
import { readExportFile } from './export-file.ts';

const lines = (...values: readonly unknown[]): Blob =>
  new Blob([values.map((value) => JSON.stringify(value)).join('\n')]);
const HEADER = { kind: 'attune', version: '0.1.0', schema: 2, at: '2026-11-22T00:00:00Z' };

it('a page\u2019s own, a server\u2019s with and without the page\u2019s line', async () => {
  const everything = { attune: 1, settings: {}, history: [] };
  expect(await readExportFile(lines(everything))).toEqual({ kind: 'page', everything });
  const page = { kind: 'page', settings: { theme: 'dark' }, catalogue: { csv: 'x'.repeat(200_000) } };
  const song = { kind: 'song', song: { lyrics: 'la '.repeat(40_000) } };
  expect(await readExportFile(lines(HEADER, song, { kind: 'end', records: 2 }, page))).toEqual({
    kind: 'server',
    page,
  });
  const alone = lines(HEADER, { kind: 'end', records: 1 });
  expect(await readExportFile(alone)).toEqual({ kind: 'server', page: undefined });
});

it.each([
  ['an empty file', new Blob([])],
  ['words', new Blob(['Dear diary'])],
  ['other JSON', lines({ attune: 2 })],
  ['a list', lines([1, 2])],
  ['a value', lines('attune')],
  ['a file cut short', new Blob(['{"attune":1,"history":['])],
])('%s is foreign', async (_what, file) => {
  expect(await readExportFile(file)).toEqual({ kind: 'foreign' });
});

it('a film is not read to tell that it is no export', async () => {
  const film = new Blob(['film']);
  Object.defineProperty(film, 'size', { value: 4_000_000_000 });
  film.text = () => Promise.reject(new Error('read'));
  expect(await readExportFile(film)).toEqual({ kind: 'foreign' });
});
