/** The page's brotli copies and the budget of the first visit. */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkFirstVisit, compressPage, measureFirstVisit } from './compress-page.ts';

let folder: string;
let cache: string;

const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-page-'));
  cache = mkdtempSync(join(tmpdir(), 'attune-brotli-'));
  mkdirSync(join(folder, 'assets'));
  put('index.html', '<p>hello</p>'.repeat(200));
  put('assets/engine.wasm', new Uint8Array(50_000));
  put('service-worker.js', '// nothing to do\n'.repeat(100));
  put('photo.png', new Uint8Array(9_000));
  const files = { version: '1', shell: ['index.html'], later: ['assets/engine.wasm', 'photo.png'] };
  put('page-files.json', JSON.stringify(files));
});

afterEach(() => {
  for (const path of [folder, cache]) rmSync(path, { recursive: true });
});

it('writes copies that hold the same, and none of pictures', () => {
  const made = compressPage({ folder, cache });
  expect(made).toEqual(expect.arrayContaining(['index.html', join('assets', 'engine.wasm'), 'service-worker.js']));
  expect(made).not.toContain('photo.png');
  for (const name of made)
    expect(brotliDecompressSync(readFileSync(join(folder, `${name}.br`)))).toEqual(readFileSync(join(folder, name)));
});

it('takes what did not change out of the cache, and leaves no copy of what does not shrink', () => {
  compressPage({ folder, cache });
  const [kept] = readdirSync(cache);
  const before = statSync(join(cache, kept!)).mtimeMs;
  put('service-worker.js', randomBytes(4000));
  expect(compressPage({ folder, cache })).not.toContain('service-worker.js');
  expect(existsSync(join(folder, 'service-worker.js.br'))).toBe(false);
  expect(statSync(join(cache, kept!)).mtimeMs).toBe(before);
});

it('counts compressed bytes where there is a copy, and fails above the budget', () => {
  compressPage({ folder, cache });
  const files = new Map(measureFirstVisit(folder).map(({ file, bytes }) => [file, bytes]));
  expect(files.get('assets/engine.wasm')).toBe(statSync(join(folder, 'assets', 'engine.wasm.br')).size);
  expect(files.get('photo.png')).toBe(9_000);
  expect(checkFirstVisit(folder, 20_000)).toMatch(/^First visit: 0\.01 MB of 0\.02 MB/);
  expect(() => checkFirstVisit(folder, 5_000)).toThrow(/too much/);
});

it('holds what comes before the page is of use to a budget for each kind', () => {
  compressPage({ folder, cache });
  expect(checkFirstVisit(folder)).toContain('0 kB of them before the page is of use');
  expect(() => checkFirstVisit(folder, undefined, { html: 10 })).toThrow(/too much \(html 0\.\d kB of 0\.0 kB\)/);
  expect(() => checkFirstVisit(folder, undefined, { total: 10 })).toThrow(/too much \(total/);
  expect(checkFirstVisit(folder, undefined, { wasm: 10 })).toContain('First visit');
});
