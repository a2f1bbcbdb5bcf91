import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { formatLyricModel } from '../src/lyrics/reader-file.ts';
import { loadLexicons, loadLyricModel } from './lyrics.ts';

const urlOf = (bytes: Uint8Array): string =>
  `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;

const file = Buffer.from(formatLyricModel({ version: 'one', readers: {} }));

test('a model comes packed, or unpacked by the transfer', async () => {
  for (const bytes of [gzipSync(file), file]) {
    expect(await loadLyricModel({ url: urlOf(bytes) })).toEqual({ version: 'one', readers: {} });
  }
});

test('a model that broke off, and one that is none, say so', async () => {
  const broken = gzipSync(file).subarray(0, 30);
  await expect(loadLyricModel({ url: urlOf(broken) })).rejects.toMatchObject({ code: 'lyrics/packed' });
  await expect(loadLyricModel({ url: urlOf(Buffer.from('no')) })).rejects.toMatchObject({ code: 'lyrics/model' });
});

test('word lists that are not there are named', async () => {
  const missing = loadLexicons({ baseUrl: 'http://127.0.0.1:9/lists', files: ['degree-en.tsv'] });
  await expect(missing).rejects.toMatchObject({ code: 'download/failed', message: expect.stringMatching(/degree-en/) });
});
