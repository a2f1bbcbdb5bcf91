/** Lets worker threads that share memory wait for each other, and lets one that fails call the others off. */

// Words of the shared memory.
const ARRIVED = 0;
const GENERATION = 1;
const BROKEN = 2;

export const createBarrierMemory = (): SharedArrayBuffer => new SharedArrayBuffer(12);

/**
 * Returns once all `parties` threads have called it; blocks the thread. It can be used again at once.
 *
 * @returns false when one of them has broken the barrier: nobody will come any more.
 */
export const waitForAll = (memory: SharedArrayBuffer, parties: number): boolean => {
  const words = new Int32Array(memory);
  const generation = Atomics.load(words, GENERATION);
  if (Atomics.add(words, ARRIVED, 1) === parties - 1) {
    Atomics.store(words, ARRIVED, 0);
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION);
  } else {
    while (Atomics.load(words, GENERATION) === generation && Atomics.load(words, BROKEN) === 0)
      Atomics.wait(words, GENERATION, generation);
  }
  return Atomics.load(words, BROKEN) === 0;
};

/** Frees all who wait and all who will. */
export const breakBarrier = (memory: SharedArrayBuffer): void => {
  const words = new Int32Array(memory);
  Atomics.store(words, BROKEN, 1);
  Atomics.add(words, GENERATION, 1);
  Atomics.notify(words, GENERATION);
};
