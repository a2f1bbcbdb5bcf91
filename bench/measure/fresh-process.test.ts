/** Contenders are started in turned-around order, and one that is missing or fails does not stop the others. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Contender, runContenders } from './fresh-process.ts';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  log = join(folder, 'log');
});
afterEach(() => rm(folder, { recursive: true }));

const contender = (name: string, code: string): Contender => {
  const note = `require('node:fs').appendFileSync(${JSON.stringify(log)}, '${name} ');`;
  return { name, command: [process.execPath, '-e', note + code] };
};

test('every contender runs once a round, the order turned around, and the last line of JSON counts', async () => {
  const contenders = ['a', 'b'].map((name) =>
    contender(name, `console.log('{"speed": 0}'); console.log('{"speed": 7}'); console.log('bye')`),
  );
  const outcomes = await runContenders({ contenders, rounds: 3, schema: z.object({ speed: z.number() }) });
  expect(await readFile(log, 'utf8')).toBe('a b b a a b ');
  expect(outcomes.get('b')).toEqual({ kind: 'measured', rounds: [{ speed: 7 }, { speed: 7 }, { speed: 7 }] });
});

test('one that lacks something is skipped with its reason and not started again', async () => {
  const contenders = [
    contender('missing', `console.log('{"skipped": "no torch"}')`),
    contender('there', `console.log('{"speed": 1}')`),
  ];
  const outcomes = await runContenders({ contenders, rounds: 2, schema: z.object({ speed: z.number() }) });
  expect(outcomes.get('missing')).toEqual({ kind: 'skipped', reason: 'no torch' });
  expect(await readFile(log, 'utf8')).toBe('missing there there ');
});

test('one that fails is reported with its error, and the bench ends with exit code 1', async () => {
  const before = process.exitCode;
  const contenders = [contender('broken', `throw new TypeError('out of tune')`)];
  const outcomes = await runContenders({ contenders, rounds: 1, schema: z.object({ speed: z.number() }) });
  expect(outcomes.get('broken')).toEqual({
    kind: 'skipped',
    reason: 'failed with exit code 1: TypeError: out of tune',
  });
  expect(process.exitCode).toBe(1);
  process.exitCode = before;
});
