/** When each host may be asked next: requests to one host leave one after the other, whoever in this process sends them. */

export interface HostTurns {
  /**
   * Waits until the host may be asked; each caller takes its turn.
   *
   * @param pause milliseconds until the one after may leave
   * @param wait sleeps so many milliseconds; where it throws, the turn goes to the next
   */
  take(host: string, pause: number, wait: (milliseconds: number) => Promise<void>): Promise<void>;
  /** Nobody asks the host for so many milliseconds from now. */
  rest(host: string, milliseconds: number): void;
}

interface Host {
  /** When the next request may leave, milliseconds since 1970. */
  free: number;
  /** The wait of those before. */
  turn: Promise<void>;
}

export const createHostTurns = (): HostTurns => {
  const hosts = new Map<string, Host>();
  const hostOf = (name: string): Host => {
    const known = hosts.get(name) ?? { free: 0, turn: Promise.resolve() };
    hosts.set(name, known);
    return known;
  };
  return {
    take: (name, pause, wait) => {
      const host = hostOf(name);
      const mine = host.turn.then(async () => {
        const rest = host.free - Date.now();
        if (rest > 0) await wait(rest);
        host.free = Date.now() + pause;
      });
      host.turn = mine.catch(() => {});
      return mine;
    },
    rest: (name, milliseconds) => {
      const host = hostOf(name);
      host.free = Math.max(host.free, Date.now() + milliseconds);
    },
  };
};
