/** Finds the browser that the real-browser tests drive; installs one on a Debian that runs as root, else says what to install. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { findBrowser, findProgram } from '../node/find-program.ts';

/**
 * The path of an installed Chromium, Chrome or Edge.
 *
 * @throws {Error} none is installed and none could be: the message says what to install.
 */
export const ensureBrowser = (): string => {
  const found = findBrowser();
  if (found !== undefined) return found;
  if (findProgram('apt-get') !== undefined && process.getuid?.() === 0) {
    console.log('No browser found: installing chromium with apt-get.');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
      spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    }
  }
  const installed = findBrowser();
  if (installed !== undefined) return installed;
  throw new Error(
    'The browser tests need Chromium, Google Chrome or Microsoft Edge: install one (Debian and Ubuntu: `sudo apt-get install chromium`), ' +
      'or set ATTUNE_BROWSER to the path of one.',
  );
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(`Browser for the tests: ${ensureBrowser()}`);
}
