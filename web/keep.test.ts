/** The place in the tab's memory, by the contract that the browser's database is held to as well (test/browser/keep.test.ts). */
import { describe, expect, it } from 'vitest';
import { createMemoryKeep, openKeep } from './keep.ts';
import { checkKeep } from './keep-contract.ts';

describe('the memory', () => {
  it('keeps the contract', async () => {
    expect(await checkKeep(createMemoryKeep())).toEqual([]);
  });

  it('stands in where there is no database', async () => {
    const { keep, problem } = await openKeep();
    expect([keep.kind, problem]).toEqual(['memory', 'forbidden']);
  });
});
