import { expect, test } from 'vitest';
import { createAdmission } from './admission.ts';

/** Seconds that whoever is sent away now is told to wait. */
const told = (enter: () => unknown): number => {
  try {
    enter();
  } catch (error) {
    expect(error).toMatchObject({ status: 429, code: 'server/busy' });
    return (error as { retryAfter: number }).retryAfter;
  }
  throw new Error('it was let in');
};

test('who is sent away is told when a place should be free, by how fast places lately came free', () => {
  let clock = 0;
  const house = createAdmission({ most: 2, now: () => clock });
  const first = house.enter(1);
  const second = house.enter(1);
  // Nobody has left yet.
  expect(told(() => house.enter(1))).toBe(2);
  clock += 10_000;
  first();
  const third = house.enter(1);
  expect(told(() => house.enter(1))).toBe(10);
  // The next to be sent away comes after the one before.
  expect(told(() => house.enter(1))).toBe(20);
  clock += 6000;
  // 3 of them wait for places that come free every 10 s, 6 s of which are over.
  expect(told(() => house.enter(1))).toBe(24);
  clock += 4000;
  second();
  third();
  // Two at once: 0.7 * 10 s + 0.3 * 0 s.
  house.enter(1);
  house.enter(1);
  expect(told(() => house.enter(1))).toBe(7);
});

test('a wait is at least a second and at most two minutes', () => {
  let clock = 0;
  const house = createAdmission({ most: 1, now: () => clock });
  house.enter(1)();
  house.enter(1);
  expect(told(() => house.enter(1))).toBe(1);
  clock += 1e7;
  const slow = createAdmission({ most: 1, now: () => clock });
  const leave = slow.enter(1);
  clock += 1e6;
  leave();
  leave(); // leaving twice counts once
  slow.enter(1);
  expect(told(() => slow.enter(1))).toBe(120);
  expect(slow.inside).toBe(1);
});

test('bytes count too, but one alone is always let in', () => {
  const house = createAdmission({ mostBytes: 100 });
  const leave = house.enter(1000);
  expect(told(() => house.enter(1))).toBe(2);
  leave();
  house.enter(60);
  house.enter(40);
  expect(house.inside).toBe(2);
  expect(told(() => house.enter(1))).toBeGreaterThanOrEqual(1);
});
