import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { given, printMeasured, recallOf, whereKept } from './measure.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const captured = (): string[] => {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  return printed;
};

test('prints the text, and the JSON into a file; JSON on the screen stands alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'attune-measure-'));
  const json = join(folder, 'out.json');
  const printed = captured();
  const measured = { measure: () => Promise.resolve({ figure: 0.5 }), describe: () => 'half' };
  await printMeasured({ ...measured, json });
  expect(printed).toEqual(['half\n']);
  expect(JSON.parse(await readFile(json, 'utf8'))).toEqual({ figure: 0.5 });
  await printMeasured({ ...measured, json: true });
  expect(JSON.parse(printed.slice(1).join(''))).toEqual({ figure: 0.5 });
  await rm(folder, { recursive: true });
});

test('a target that cannot be written is refused before anything is measured', async () => {
  const measure = vi.fn(() => Promise.resolve({}));
  await expect(printMeasured({ json: '/no/such/folder/out.json', measure, describe: () => '' })).rejects.toMatchObject({
    code: 'cli/cannot-write',
  });
  expect(measure).not.toHaveBeenCalled();
});

test('what is kept is written before anything is printed, and not where measuring failed', async () => {
  const printed = captured();
  const keep = vi.fn(() => {
    expect(printed).toEqual([]);
    return Promise.resolve();
  });
  await printMeasured({ json: undefined, measure: () => Promise.resolve(1), describe: String, keep });
  expect([keep.mock.calls, printed]).toEqual([[[1]], ['1\n']]);
  const failing = printMeasured({
    json: undefined,
    measure: () => Promise.reject(new Error('no')),
    describe: String,
    keep,
  });
  await expect(failing).rejects.toThrow('no');
  expect(keep).toHaveBeenCalledTimes(1);
});

test('options left out are not there at all', () => {
  expect(Object.keys(given({ model: undefined, fold: 0, retrain: false }))).toEqual(['fold', 'retrain']);
  expect([whereKept(undefined), whereKept('runs/a')]).toEqual(['', '\nThe whole report lies in runs/a.']);
});

test('a class that does not occur has no recall', () => {
  expect(recallOf({ recall: 0, support: 0 })).toBe('-');
  expect(recallOf({ recall: 0.5, support: 4 })).toBe('50 %');
});
