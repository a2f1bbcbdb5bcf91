/** `attune serve`: the page, in the browser of this machine. */
import type { Command } from 'commander';
import { UsageError } from './failure.ts';
import { hasScreen, openLink } from './open-link.ts';
import { checkJsonTarget, JSON_FLAG, type JsonTarget, print, writeJson } from './output.ts';

interface ServeOptions {
  readonly port?: number;
  readonly host: string;
  readonly cert?: string;
  readonly key?: string;
  readonly open: boolean;
  readonly json?: JsonTarget;
}

const parsePort = (text: string): number => {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new UsageError(`--port takes a number from 0 (any free one) to 65535, not "${text}".`);
};

const waitForEnd = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

const serve = async ({ port, host, cert, key, open, json }: ServeOptions): Promise<void> => {
  checkJsonTarget(json);
  const { storeOptions } = await import('../server/store/data-folder.ts');
  const server = await (await import('../server/serve.ts')).serve({
    host,
    store: storeOptions(),
    ...(port === undefined ? {} : { port }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
  const ended = waitForEnd();
  if (json === undefined) print(`Attune is ready at ${server.url} (Ctrl+C ends it).`);
  else writeJson({ url: server.url }, json);
  if (open && hasScreen()) openLink(server.url);
  await ended;
  await server.close();
};

export const addServe = (program: Command): void => {
  program
    .command('serve')
    .description('serve the page on this machine and open it in the browser')
    .option('--port <N>', 'the port (default: 8320, or the next free one)', parsePort)
    .option('--host <ADDRESS>', 'the address to listen on', '127.0.0.1')
    .option('--cert <FILE>', 'a certificate (PEM), to serve other machines over HTTPS')
    .option('--key <FILE>', 'its key (PEM)')
    .option('--no-open', 'do not open the browser')
    .option(JSON_FLAG, 'print the address as JSON, or write it to FILE')
    .addHelpText(
      'after',
      `
The page reads photos, videos and the camera in the browser; nothing is
uploaded, not even to this server. Programs may upload to its API, which keeps
nothing of it: /api/docs tells it all. What you keep (songs, choices) lies where
"attune data where" says. Other machines reach the page only with --host, and
then over HTTPS, over which alone their browsers open a camera.

Examples:
  attune serve
  attune serve --port 8080 --no-open
  attune serve --host 0.0.0.0 --cert cert.pem --key key.pem`,
    )
    .action(serve);
};
