/** What uploads leave behind: nothing, whatever becomes of them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiError } from './problem.ts';
import { explainDiskError, removeLeftovers, withTemporaryFile } from './uploads.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-leftovers-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** Of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ['--version']).pid;

test('what a killed server left is removed; what another one uses, or nobody of ours made, stays', () => {
  const stay = [`attune-upload-${process.pid}-a`, 'attune-upload-x-a', 'other'];
  for (const name of [...stay, `attune-upload-${endedPid()}-a`])
    mkdirSync(join(folder, name, 'inside'), { recursive: true });
  removeLeftovers(folder);
  expect(readdirSync(folder).sort()).toEqual(stay.sort());
});

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'what another user’s server left is no reason not to serve (nothing is another’s to root)',
  () => {
    mkdirSync(join(folder, `attune-upload-${endedPid()}-a`));
    chmodSync(folder, 0o500);
    removeLeftovers(folder);
    expect(readdirSync(folder)).toHaveLength(1);
  },
);

const mine = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`attune-upload-${process.pid}-`));

test('a file is there while it is used, and gone afterwards, used or not', async () => {
  async function* pieces(): AsyncGenerator<Buffer> {
    yield Buffer.from('one');
    yield Buffer.from('two');
  }
  expect(
    await withTemporaryFile(pieces(), async (path) => [mine().length, path.includes(String(process.pid))]),
  ).toEqual([1, true]);
  await expect(withTemporaryFile(pieces(), () => Promise.reject(new Error('unread')))).rejects.toThrow('unread');
  let isEnded = false;
  async function* refused(): AsyncGenerator<Buffer> {
    try {
      yield Buffer.from('one');
      throw new ApiError(413, 'upload/too-large', 'Too large.');
    } finally {
      isEnded = true;
    }
  }
  await expect(withTemporaryFile(refused(), async () => 1)).rejects.toMatchObject({ code: 'upload/too-large' });
  expect([isEnded, mine()]).toEqual([true, []]);
});

test('a full disk is told as that, and nothing else is', () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  expect(explainDiskError(full)).toMatchObject({ code: 'upload/disk-full', status: 507, cause: full });
  for (const other of [new Error('no'), undefined, Object.assign(new Error('no'), { code: 'EIO' })])
    expect(explainDiskError(other)).toBe(other);
});
