/** Seeded random numbers, so that every run of training or evaluation can be repeated. */

/** A generator whose whole state can be saved and restored, so that a resumed run goes on where it stopped. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform whole number in [0, bound). */
  integer(bound: number): number;
  /** Standard normal (mean 0, variance 1), by Box and Muller. */
  normal(): number;
  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends { [index: number]: unknown; length: number }>(items: T): T;
  /** The four 32-bit words of the state; pass them to `restoreRandom` to go on from here. */
  state(): readonly [number, number, number, number];
}

/** A generator (sfc32) whose first numbers depend on every bit of `seed` (any number or string). */
export const createRandom = (seed: number | string): Random => {
  // FNV-1a folds the seed into one word; twelve discarded draws spread it over the state, as sfc32's author advises.
  let hash = 0x811c9dc5;
  for (const char of String(seed)) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  const random = restoreRandom([hash >>> 0, 0x9e3779b9, 0x243f6a88, 1]);
  for (let i = 0; i < 12; i++) random.next();
  return random;
};

/**
 * A generator that goes on from a saved state.
 *
 * @see Chris Doty-Humphrey, PractRand: sfc32.
 */
export const restoreRandom = (state: readonly [number, number, number, number]): Random => {
  let [a, b, c, counter] = state;
  const next = (): number => {
    const sum = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + sum) >>> 0;
    return sum / 4294967296;
  };
  const integer = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [items[i], items[j]] = [items[j], items[i]];
      }
      return items;
    },
    state: () => [a, b, c, counter],
  };
};
