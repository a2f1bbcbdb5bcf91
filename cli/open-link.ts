/** Opens an address in the person's browser, where there is a screen to show one. */
import { spawn } from 'node:child_process';

/** Whether somebody sits at this machine's screen: a terminal to type in and, on Linux, a desktop session. */
export const hasScreen = (): boolean =>
  process.stdout.isTTY === true &&
  (process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY));

/** The system's own way to open an address; what comes of it is the system's business. */
export const openLink = (url: string): void => {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? // The empty text is the window's title, which `start` takes first; & would end the command.
          ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')]
        : ['xdg-open', url];
  const child = spawn(program as string, args, { stdio: 'ignore', detached: true, windowsVerbatimArguments: true });
  child.on('error', () => process.stderr.write(`No browser could be opened: open ${url} by hand.\n`));
  child.unref();
};
