/** `attune library watch` as people run it: a song laid into the folder is added, Ctrl+C ends it well. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeMp3 } from '../test/library/make-music.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-watch-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('adds what is there, then what comes, also into new folders', async () => {
  const music = join(folder, 'music');
  const put = (name: string): void => {
    mkdirSync(join(music, name, '..'), { recursive: true });
    writeFileSync(join(music, name), makeMp3({ frames: { TIT2: name, TPE1: 'A' } }));
  };
  put('one.mp3');
  const { DATABASE_URL: _url, ...environment } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'library', 'watch', music], {
    env: { ...environment, ATTUNE_DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const told = { timeout: 100_000, interval: 200 };
  await expect.poll(() => out, told).toContain(`Watching ${music}`);
  expect(out).toContain(`${music}: 1 new, 0 known.\n`);
  put('sub/two.mp3');
  await expect.poll(() => out, told).toContain(`${music}: 1 new, 0 known, 1 file unchanged.\n`);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
}, 240_000);
