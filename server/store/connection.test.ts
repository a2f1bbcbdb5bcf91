/** What a connection owes to the process it lives in. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, openPglite } from './connection.ts';

let connection: Connection;
beforeAll(async () => {
  connection = await openPglite(undefined);
});
afterAll(() => connection.close());

it('a row of statements in PGlite lets others go between', async () => {
  let turns = 0;
  let isOn = true;
  const others = (async () => {
    while (isOn) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      turns++;
    }
  })();
  const before = turns;
  for (let i = 0; i < 20; i++) await connection.execute('select 1');
  const between = turns - before;
  isOn = false;
  await others;
  expect(between).toBeGreaterThanOrEqual(20);
});
