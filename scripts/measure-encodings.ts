/** Measures how often names behind wrong tags are set right: real titles and artists written in GBK, Big5 and Shift-JIS, read as Latin-1. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { repairNames } from '../node/import/decode-text.ts';
import { encodeEastAsian } from '../test/library/east-asian.ts';

const data = process.env.ATTUNE_DATA ?? join('..', 'shared', 'data');
const rows = gunzipSync(readFileSync(join(data, 'songs', 'netease-songs.tsv.gz')))
  .toString('utf8')
  .trim()
  .split('\n')
  .slice(1);
const songs = rows.map((row) => row.split('\t')).map(([, title = '', artist = '']) => [title, artist]);

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const count = (what: string, of: readonly string[][], write: (text: string) => string): void => {
  let all = 0;
  let right = 0;
  for (const names of of) {
    let written: string[];
    try {
      written = names.map(write);
    } catch {
      continue; // the encoding does not have one of the characters
    }
    all += 1;
    if (repairNames(written).every((name, i) => name === names[i])) right += 1;
  }
  console.log(`${what.padEnd(40)}${right} of ${all} songs, ${((100 * right) / all).toFixed(1)} %`);
};

const has = (pattern: RegExp) => (names: readonly string[]) => pattern.test(names.join(''));
const kana = has(/[\u3040-\u30ff]/);
const han = has(/\p{Script=Han}/u);
const chinese = songs.filter((names) => han(names) && !kana(names));
count('GBK', chinese, (text) => latin1(encodeEastAsian(text, 'gbk')));
count('Big5', chinese, (text) => latin1(encodeEastAsian(text, 'big5')));
count('Shift-JIS, with kana', songs.filter(kana), (text) => latin1(encodeEastAsian(text, 'shift_jis')));
const western = songs.filter((names) => has(/[\u0080-\u00ff]/)(names) && !has(/[\u0100-\uffff]/)(names));
count('Western names, which must stay', western, (text) => text);
