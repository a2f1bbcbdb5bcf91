/** Processor time and memory of a program and all that it started, as Linux counts them. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessCost {
  /** Of user and system, milliseconds since the programs began. */
  readonly processorMs: number;
  /** Resident memory, bytes. Pages that programs share count for each. */
  readonly memoryBytes: number;
}

/** Linux counts in hundredths of a second wherever it is asked through /proc. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** @returns undefined on systems without /proc. */
export const costOfProcesses = (rootPid: number): ProcessCost | undefined => {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const processes = names.flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The program's name, in brackets, may hold spaces.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const memory = Number(readFileSync(`/proc/${name}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
      return [{ pid: Number(name), parent: fields[1]!, ticks: fields[11]! + fields[12]!, memory }];
    } catch {
      return []; // it ended meanwhile
    }
  });
  const family = new Set([rootPid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  const own = processes.filter(({ pid }) => family.has(pid));
  return {
    processorMs: own.reduce((sum, { ticks }) => sum + ticks * TICK_MS, 0),
    memoryBytes: own.reduce((sum, { memory }) => sum + memory, 0),
  };
};
