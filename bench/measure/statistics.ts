/** Medians and clocks for the bench. */

/** The middle value; of an even number the lower middle one. NaN of none. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;

/** The value that `share` (0..1) of all are at most. */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(share * (values.length - 1))] ?? Number.NaN;

/** How long a piece of work took. */
export interface Time {
  /** By the clock, ms. */
  readonly clock: number;
  /** Processor time of all threads of this process, ms: it depends less on what else the machine does. */
  readonly processor: number;
}

/** Runs `work` and takes its time. */
export const timed = async <T>(work: () => Promise<T> | T): Promise<{ result: T; time: Time }> => {
  const usage = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(usage);
  return { result, time: { clock, processor: (user + system) / 1000 } };
};
