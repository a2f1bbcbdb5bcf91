/** Who may ask: only pages that this server itself has served, under its own names, and programs. */

import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './problem.ts';

/**
 * Whether a request's Host header can be ours. A page elsewhere can point its own name at 127.0.0.1 ("DNS rebinding")
 * and would then read our answers as its own; its name stays in the Host header, so only our names pass.
 */
export const isOwnHost = (header: string | undefined, hostName?: string): boolean => {
  const host = (header ?? '').toLowerCase().replace(/:\d+$/, '');
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const machine = hostname().toLowerCase();
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === hostName?.toLowerCase() ||
    (hostName !== undefined && !isLoopback(hostName) && (host === machine || host === `${machine}.local`)) ||
    isIP(bare) !== 0
  );
};

/** Whether an address or name can only mean this machine. */
export const isLoopback = (address: string): boolean =>
  address === 'localhost' ||
  address.endsWith('.localhost') ||
  address === '::1' ||
  /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);

/** What a proxy says of whom it asks for. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip'] as const;

/** Whether who asks is on this machine; a proxy on it asks for somebody else, who may be anywhere. */
export const isHere = ({ headers, socket }: Pick<FastifyRequest, 'headers' | 'socket'>): boolean =>
  isLoopback(socket.remoteAddress ?? '') && PROXY_HEADERS.every((name) => headers[name] === undefined);

/** The origin of the page that asks, as browsers tell it. */
const hostOfOrigin = (origin: string): string | undefined => {
  try {
    return new URL(origin).host;
  } catch {
    return undefined; // "null": a file, a sandboxed frame
  }
};

/**
 * Refuses requests that a page of another origin makes, reading or writing.
 *
 * Browsers name the page's origin in Origin (and in Sec-Fetch-Site where they send no Origin); programs send neither.
 *
 * @throws {ApiError} `server/host`, `server/origin` (403)
 */
export const checkSender = ({ headers }: Pick<FastifyRequest, 'headers'>, hostName?: string): void => {
  if (!isOwnHost(headers.host, hostName))
    throw new ApiError(
      403,
      'server/host',
      'This server answers only under its own address: open the one that "attune serve" printed.',
    );
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isForeign =
    origin !== undefined
      ? hostOfOrigin(origin) !== headers.host?.toLowerCase()
      : (site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate';
  if (isForeign)
    throw new ApiError(
      403,
      'server/origin',
      'A page of another origin asked for this, and only Attune’s own page may: open the address that "attune serve" printed.',
    );
};
