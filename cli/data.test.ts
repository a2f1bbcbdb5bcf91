/** What is kept goes out as a file and comes back by commands, as people run them. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../server/store/open-store.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-data-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const attune = (...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> =>
  new Promise((resolve) => {
    const { DATABASE_URL: _url, ...environment } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'data', ...args], {
      env: { ...environment, ATTUNE_DATA_DIR: join(folder, 'data') },
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });

it('an export is taken back after everything was erased; a damaged one is not', async () => {
  const open = () => openStore({ dataDir: join(folder, 'data') });
  const first = await open();
  const plain = { language: '', year: undefined, emotion: 'sad', tags: [], typical: false, evidence: [] } as const;
  await first.importSongs([{ ...plain, id: 'ara/one', artist: 'Ära', title: 'One' }]);
  await first.addFeedback({ songId: 'ara/one', kind: 'like' });
  await first.setSetting('page.language', 'zh');
  await first.close();
  const file = join(folder, 'out.ndjson');
  expect(await attune('export', file)).toMatchObject({ code: 0, out: expect.stringContaining('5 records') });
  expect(await attune('erase', '--yes')).toMatchObject({ code: 0 });

  const damaged = join(folder, 'damaged.ndjson');
  writeFileSync(damaged, readFileSync(file, 'utf8').split('\n').slice(0, -2).join('\n'));
  const refused = await attune('import', damaged);
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain('the last line is missing, so the file was cut short');

  const taken = await attune('import', file, '--json');
  expect(JSON.parse(taken.out)).toMatchObject({ songs: 1, feedback: 1, settings: 1, passedOver: 0 });
  const again = await attune('import', file);
  expect(again.out).toContain('  1 song, 0 sound vectors\n');
  expect(again.out).toContain('  0 readings and 0 opinions that were not here\n');
  const store = await open();
  expect(await store.getSong('ara/one')).toMatchObject({ title: 'One', artist: 'Ära' });
  expect(await store.settings()).toEqual({ 'page.language': 'zh' });
  await store.close();
}, 180_000);
