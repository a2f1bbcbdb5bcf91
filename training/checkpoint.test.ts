/** Checkpoints: what comes back is what was written, and a disk that fills costs the new one only. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Checkpoint, readCheckpoint, writeCheckpoint, writeWhole } from './checkpoint.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-checkpoint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const checkpoint = (length: number): Checkpoint => ({
  recipe: 'smoke',
  settings: { seed: 1, splitSeed: 1 },
  dataSha256: 'abc',
  step: 7,
  running: { loss: 1, correct: 2, count: 3, seconds: 4 },
  plateauFactor: 1,
  history: [],
  state: { parameters: Float32Array.from({ length }, (_, i) => Math.sin(i)) },
});

/** A file system of one megabyte, where this user may make one. */
const mountSmallDisk = (path: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('writeCheckpoint', () => {
  it('writes what readCheckpoint gives back', async () => {
    const path = join(folder, 'whole.bin');
    await writeCheckpoint(path, checkpoint(1000));
    expect(await readCheckpoint(path)).toEqual(checkpoint(1000));
  });

  it('says that the folder is missing, and how to go on', async () => {
    await expect(writeCheckpoint(join(folder, 'nowhere', 'a.bin'), checkpoint(1))).rejects.toMatchObject({
      code: 'checkpoint/write',
      message: expect.stringMatching(/ENOENT.*--resume/),
    });
  });

  it('keeps the last one when the disk fills', async (context) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    if (!mountSmallDisk(disk)) context.skip('a small disk cannot be mounted here: it needs root on Linux');
    try {
      const path = join(disk, 'checkpoint.bin');
      await writeCheckpoint(path, checkpoint(50_000));
      await expect(writeCheckpoint(path, checkpoint(400_000))).rejects.toMatchObject({
        code: 'checkpoint/write',
        message: expect.stringContaining('the disk is full'),
      });
      expect(await readCheckpoint(path)).toEqual(checkpoint(50_000));
      expect(existsSync(`${path}.writing`)).toBe(false);
      const curves = join(disk, 'training.json');
      await writeWhole(curves, '{}');
      await expect(writeWhole(curves, 'x'.repeat(2_000_000))).rejects.toMatchObject({
        code: 'checkpoint/write',
        message: expect.stringContaining(curves),
      });
      expect(await readFile(curves, 'utf8')).toBe('{}');
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
