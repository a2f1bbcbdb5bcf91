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
  settings: { seed: 3, splitSeed: 1 },
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

test('a run of before splitSeed kept the pictures that its seed chose', async () => {
  const values = Float32Array.of(4, 5);
  await writeCheckpoint(path, { ...checkpoint(values), settings: { seed: 3 } });
  expect((await readCheckpoint(path)).settings).toEqual({ seed: 3, splitSeed: 3 });
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
  // Only within the name of the header's own sum does a change go unseen, and there it changes nothing.
  const from = whole.indexOf('"headerSha256"');
  for (let at = 0; at < whole.length; at++) {
    const changed = Uint8Array.from(whole);
    changed[at]! ^= 1;
    const isNamed = at > from && at < from + '"headerSha256'.length;
    expect([at, await refusal(changed)]).toEqual([at, isNamed ? 'none' : 'checkpoint/damaged']);
  }
});

test('a checkpoint of the version before, without a sum of its header, is read; vectors that it lacks are missed', async () => {
  await writeCheckpoint(path, checkpoint(Float32Array.of(4, 5)));
  const whole = await readFile(path);
  const end = 4 + whole.readUInt32LE(0);
  const { headerSha256: _, ...header } = JSON.parse(whole.toString('utf8', 4, end));
  const older = async (described: object) => {
    const text = Buffer.from(JSON.stringify(described));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    return refusal(Buffer.concat([length, text, whole.subarray(end)]));
  };
  expect(await older(header)).toBe('none');
  expect(await older({ ...header, vectors: [{ name: 'parameters', length: 9 }] })).toBe('checkpoint/damaged');
});

test('a file that is not there, and a folder, are named', async () => {
  for (const nothing of [join(folder, 'nowhere.bin'), folder])
    await expect(readCheckpoint(nothing)).rejects.toMatchObject({
      code: 'checkpoint/missing',
      message: expect.stringContaining(nothing),
    });
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
