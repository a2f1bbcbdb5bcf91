/** Lets worker threads that share memory wait for each other. */

/** Shared memory of a barrier: arrivals and generation. */
export const createBarrierMemory = (): SharedArrayBuffer => new SharedArrayBuffer(8);

/** Returns once all `parties` threads have called it; blocks the thread. It can be used again at once. */
export const waitForAll = (memory: SharedArrayBuffer, parties: number): void => {
  const words = new Int32Array(memory);
  const generation = Atomics.load(words, 1);
  if (Atomics.add(words, 0, 1) === parties - 1) {
    Atomics.store(words, 0, 0);
    Atomics.add(words, 1, 1);
    Atomics.notify(words, 1);
    return;
  }
  while (Atomics.load(words, 1) === generation) Atomics.wait(words, 1, generation);
};
