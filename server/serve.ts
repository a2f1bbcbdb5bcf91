/** Opens the web application on a port of this machine. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../node/package-root.ts';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import { type AppOptions, createApp } from './app.ts';
import { isLoopback } from './origin.ts';
import { claimFolder } from './store/open-store.ts';

export interface ServeOptions extends Omit<AppOptions, 'tls'> {
  /** @default '127.0.0.1': only this machine can reach it. */
  readonly host?: string;
  /** A port of 0 takes any free one. @default 8320, or the next free one after it */
  readonly port?: number;
  /** Paths of a certificate and its key, PEM: then the server speaks HTTPS alone. */
  readonly cert?: string;
  readonly key?: string;
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

const readPem = (path: string, what: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new InvalidInputError('server/certificate', `The ${what} ${path} cannot be read: check its name.`, { cause });
  }
};

/**
 * The certificate and key to serve with; `undefined` for HTTP.
 *
 * @throws {InvalidInputError} `server/https-needed`: beyond this machine without them. `server/certificate`: they cannot be used.
 */
const readTls = (host: string, cert: string | undefined, key: string | undefined): AppOptions['tls'] => {
  if ((cert === undefined) !== (key === undefined))
    throw new InvalidInputError(
      'server/certificate',
      'A certificate and its key go together: give both --cert and --key.',
    );
  if (cert === undefined || key === undefined) {
    if (isLoopback(host)) return undefined;
    throw new InvalidInputError(
      'server/https-needed',
      `Serving ${host} to other machines needs HTTPS, over which alone their browsers open a camera: give --cert FILE.pem and --key ` +
        'FILE.pem ("mkcert" makes both), or leave --host out to serve this machine alone.',
    );
  }
  const tls = { cert: readPem(cert, 'certificate'), key: readPem(key, 'key') };
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw new InvalidInputError(
      'server/certificate',
      `${cert} and ${key} are no certificate and key that belong together, as PEM: check both ("mkcert" makes a pair).`,
      { cause },
    );
  }
  return tls;
};

/**
 * A second door for the command line of this machine, which would stumble over a certificate that nobody vouches for.
 */
const listenBeside = async (app: FastifyInstance): Promise<RunningServer> => {
  const door = createServer((request, response) => app.routing(request, response));
  await new Promise<void>((resolve, reject) => door.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        door.close(() => resolve());
        door.closeAllConnections();
      }),
  };
};

/**
 * Serves the application until it is closed. A data folder is this process's own meanwhile, and its lock tells others the address.
 *
 * @throws {UnavailableError} `server/port-taken`, `server/port-denied`: the port cannot be had.
 *   `server/page-missing`: the page was not built.
 *   `store/in-use`, `store/newer`, `store/read-only`, `store/disk-full`: the data folder cannot be had.
 * @throws {InvalidInputError} `server/host-unknown`: not an address of this machine. `server/https-needed`, `server/certificate`.
 */
export const serve = async ({
  host = '127.0.0.1',
  port,
  cert,
  key,
  ...options
}: ServeOptions = {}): Promise<RunningServer> => {
  const tls = readTls(host, cert, key);
  if (!existsSync(join(options.root ?? packageRoot, 'dist', 'web', 'index.html')))
    throw new UnavailableError('server/page-missing', 'The page is not built yet: run "npm run build" first.');
  const ports = port === undefined ? Array.from({ length: PORTS_TO_TRY }, (_, n) => DEFAULT_PORT + n) : [port];
  const { store } = options;
  const lock = store && 'dataDir' in store ? claimFolder(store.dataDir, store.migrations) : undefined;
  const app = await createApp({
    hostName: host,
    ...options,
    ...(tls === undefined ? {} : { tls }),
    ...(store === undefined ? {} : { store: lock ? { ...store, lock } : store }),
  }).catch((error: unknown) => {
    lock?.release();
    throw error;
  });
  if (lock) app.addHook('onClose', async () => lock.release());
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
  const url = `${tls ? 'https' : 'http'}://${shown}:${address.port}`;
  const beside = tls && lock ? await listenBeside(app) : undefined;
  lock?.announce(beside?.url ?? url);
  return {
    url,
    close: async () => {
      await beside?.close();
      await app.close();
    },
  };
};
