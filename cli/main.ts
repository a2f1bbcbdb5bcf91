#!/usr/bin/env node
/** The `attune` command. */
import { runCli } from './program.ts';

// A reader that has seen enough (`attune ... | head`) is no error: end quietly.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}
const exitCode = await runCli(process.argv.slice(2));
if (exitCode !== 0) process.exitCode = exitCode;
