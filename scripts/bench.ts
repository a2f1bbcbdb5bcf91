/** Runs the measurements in bench/, each in a process of its own: all, or those named (`npm run bench -- recommend`). */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { packagePath } from '../node/package-root.ts';

const names = readdirSync(packagePath('bench'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(', ')}: choose ${names.join(', ')}.`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : names) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', packagePath('bench', `${name}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
