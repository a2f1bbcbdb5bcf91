/** Opens the web application on a port of this machine. */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../node/package-root.ts';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import { type AppOptions, createApp } from './app.ts';

export interface ServeOptions extends AppOptions {
  /** @default '127.0.0.1': only this machine can reach it. */
  readonly host?: string;
  /** A port of 0 takes any free one. @default 8320, or the next free one after it */
  readonly port?: number;
}

export interface RunningServer {
  /** Where to point a browser, for example `http://127.0.0.1:8320`. */
  readonly url: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 8320;
/** How many ports after the default are tried before giving up. */
const PORTS_TO_TRY = 20;

/** The code of a failed `listen`, or of whatever else was thrown. */
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? '';

const explainListenError = (error: unknown, host: string, port: number): unknown => {
  const ways = 'choose another with --port, or leave --port out and a free one is found';
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new UnavailableError('server/port-taken', `Port ${port} on ${host} is taken by another program: ${ways}.`);
    case 'EACCES':
      return new UnavailableError('server/port-denied', `This user may not open port ${port} on ${host}: ${ways}.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new InvalidInputError(
        'server/host-unknown',
        `"${host}" is no address of this machine: leave --host out for 127.0.0.1, or give one of its own addresses.`,
      );
    default:
      return error;
  }
};

/**
 * Serves the application until it is closed.
 *
 * @throws {UnavailableError} `server/port-taken`, `server/port-denied`: the port cannot be had.
 *   `server/page-missing`: the page was not built.
 * @throws {InvalidInputError} `server/host-unknown`: not an address of this machine.
 */
export const serve = async ({ host = '127.0.0.1', port, ...options }: ServeOptions = {}): Promise<RunningServer> => {
  if (!existsSync(join(options.root ?? packageRoot, 'dist', 'web', 'index.html')))
    throw new UnavailableError('server/page-missing', 'The page is not built yet: run "npm run build" first.');
  const ports = port === undefined ? Array.from({ length: PORTS_TO_TRY }, (_, n) => DEFAULT_PORT + n) : [port];
  const app = await createApp({ hostName: host, ...options });
  for (const candidate of ports) {
    try {
      await app.listen({ host, port: candidate });
      break;
    } catch (error) {
      if (codeOf(error) === 'EADDRINUSE' && candidate !== ports.at(-1)) continue;
      await app.close();
      throw explainListenError(error, host, candidate);
    }
  }
  const address = app.server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${address.port}`, close: () => app.close() };
};
