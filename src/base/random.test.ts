/** The seeded generator: known values, evenness, and going on from a saved state. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, restoreRandom } from './random.ts';

describe('random', () => {
  it("is sfc32: the first numbers from the state 1, 2, 3, 4 are those of the algorithm's definition", () => {
    // tmp = a + b + d; d += 1; a = b ^ (b >> 9); b = c + (c << 3); c = rotl(c, 21) + tmp, by hand.
    const random = restoreRandom([1, 2, 3, 4]);
    expect(random.next() * 2 ** 32).toBe(7);
    expect(random.state()).toEqual([2, 27, (3 << 21) + 7, 5]);
    expect(random.next() * 2 ** 32).toBe(34);
  });

  it('goes on from a saved state as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(20), (seed, count) => {
        const random = createRandom(seed);
        for (let i = 0; i < count; i++) random.next();
        const copy = restoreRandom(random.state());
        expect(Array.from({ length: 5 }, copy.next)).toEqual(Array.from({ length: 5 }, random.next));
      }),
    );
  });

  it('is even and normal enough', () => {
    const random = createRandom(7);
    const counts = new Array<number>(10).fill(0);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 20_000; i++) {
      counts[random.integer(10)]!++;
      const value = random.normal();
      sum += value;
      squares += value * value;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect(Math.abs(sum / 20_000)).toBeLessThan(0.03);
    expect(Math.abs(squares / 20_000 - 1)).toBeLessThan(0.05);
  });

  it('shuffles without losing anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
        const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
        expect(sorted(createRandom(seed).shuffle([...items]))).toEqual(sorted(items));
      }),
    );
  });
});
