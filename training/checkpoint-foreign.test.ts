/** Checkpoints that cannot be trusted are refused in one sentence: cut short, changed, or files of something else. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untrainedExpressionModel } from '../test/face/untrained-model.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-checkpoint-'));
  path = join(folder, 'checkpoint.bin');
});
afterAll(() => rm(folder, { recursive: true }));

const checkpoint = (average: Float32Array): Checkpoint => ({
  recipe: 'smoke',
  settings: { seed: 3 },
  dataSha256: 'abc',
  step: 7,
  running: { loss: 1.5, correct: 2, count: 3, seconds: 4 },
  plateauFactor: 0.5,
  history: [],
  state: { parameters: Float32Array.of(1, -2, 3.5), average },
});

/** The code it is refused with; `none` if it is read. */
const refusal = async (bytes: Uint8Array): Promise<string> => {
  const other = join(folder, 'other.bin');
  await writeFile(other, bytes);
  return readCheckpoint(other).then(
    () => 'none',
    (error) => error.code,
  );
};

test('what is written comes back to the bit, and nothing else is left in the folder', async () => {
  await fc.assert(
    fc.asyncProperty(fc.float32Array({ noNaN: true, maxLength: 40 }), async (values) => {
      await writeCheckpoint(path, checkpoint(values));
      expect(await readCheckpoint(path)).toEqual(checkpoint(values));
    }),
    { numRuns: 15 },
  );
  expect(await readdir(folder)).toEqual(['checkpoint.bin']);
});

test('cut short anywhere, or with any byte changed, it is refused', async () => {
  await writeCheckpoint(path, checkpoint(Float32Array.of(4, 5)));
  const whole = await readFile(path);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
      expect(await refusal(whole.subarray(0, length))).toBe('checkpoint/damaged');
    }),
    { numRuns: 40 },
  );
  // The last 20 bytes are the vectors, guarded by their sum.
  for (let at = whole.length - 20; at < whole.length; at++) {
    const changed = Uint8Array.from(whole);
    changed[at]! ^= 1;
    expect(await refusal(changed)).toBe('checkpoint/damaged');
  }
});

test('files of something else are refused by the same sentence', async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const foreign = [
    new Uint8Array(0),
    text('{"format":"attune-checkpoint-1"}'),
    // A PyTorch checkpoint is a zip archive.
    Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    untrainedExpressionModel(),
    new Uint8Array(64).fill(0xff),
  ];
  for (const bytes of foreign) expect(await refusal(bytes)).toBe('checkpoint/damaged');
});
