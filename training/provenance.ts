/** What a report says of where and from what it was made: commit and machine. */

import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { packageRoot } from '../node/package-root.ts';

const run = promisify(execFile);

/**
 * The commit of Attune's own checkout, `-changed` after it where tracked files differ from it. `undefined` outside a
 * checkout: an installed package inside somebody's repository must not report that one's commit.
 */
export const findCommit = async (): Promise<string | undefined> => {
  const git = async (...parts: string[]) => (await run('git', parts, { cwd: packageRoot })).stdout.trim();
  try {
    if ((await realpath(await git('rev-parse', '--show-toplevel'))) !== (await realpath(packageRoot))) return undefined;
    const commit = await git('rev-parse', 'HEAD');
    return (await git('status', '--porcelain', '--untracked-files=no')) ? `${commit}-changed` : commit;
  } catch {
    return undefined;
  }
};

/** The machine in one line: processor, cores, memory, system, Node. */
export const describeMachine = (): string => {
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cores[0]?.model.trim() ?? 'unknown processor'}, ${cores.length} cores, ${memory} GiB, ${platform()} ${arch()}, Node ${process.versions.node}`;
};
