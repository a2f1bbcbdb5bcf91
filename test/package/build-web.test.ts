/** `npm run build:web`: a folder that needs no server of ours. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packagePath } from '../../node/package-root.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-site-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Quality 0 saves half a minute; what is compressed, not how well, is asked here. */
const buildWeb = (out: string) =>
  spawnSync(
    process.execPath,
    ['--import', 'tsx', packagePath('scripts', 'build-web.ts'), '--out', out, '--quality', '1'],
    { cwd: packagePath(), encoding: 'utf8' },
  );

it('writes a whole site with compressed copies and the headers of hosts', () => {
  const site = join(folder, 'site');
  const { status, stdout, stderr } = buildWeb(site);
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/First visit: [4-7]\.\d\d MB of 8\.00 MB/);
  const page = readFileSync(join(site, 'index.html'));
  expect(brotliDecompressSync(readFileSync(join(site, 'index.html.br')))).toEqual(page);
  // Relative addresses alone: the folder works wherever it lies.
  const addresses = [...page.toString().matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) {
    expect(address).toMatch(/^\.\//);
    expect(existsSync(join(site, address)), address).toBe(true);
  }
  const { icons } = JSON.parse(readFileSync(join(site, 'manifest.webmanifest'), 'utf8')) as {
    icons: { src: string }[];
  };
  for (const { src } of icons) expect(existsSync(join(site, src)), src).toBe(true);
  expect(readFileSync(join(site, '_headers'), 'utf8')).toContain("frame-ancestors 'none'");
  // Built again into its own folder, it replaces what lay there.
  writeFileSync(join(site, 'left-over.txt'), '');
  expect(buildWeb(site).status).toBe(0);
  expect(existsSync(join(site, 'left-over.txt'))).toBe(false);
});

it('leaves a folder alone that holds something else', () => {
  writeFileSync(join(folder, 'letter.txt'), 'Dear all');
  const { status, stderr } = buildWeb(folder);
  expect(status).toBe(2);
  expect(stderr).toContain('holds other files');
  expect(existsSync(join(folder, 'letter.txt'))).toBe(true);
});
