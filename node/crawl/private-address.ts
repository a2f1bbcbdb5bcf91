/** Which addresses belong to the public internet: a crawler sent to any other is being used to look behind somebody's door. */
import { lookup as lookupName } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';

/** @see IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6890 */
const SPECIAL: readonly [string, number, 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['::1', 128, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const blocked = new BlockList();
for (const [address, prefix, family] of SPECIAL) blocked.addSubnet(address, prefix, family);

/** `false` for loopback, private, link-local, multicast and documentation ranges, IPv4 inside IPv6 included. */
export const isPublicAddress = (address: string): boolean => {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped) return isPublicAddress(mapped);
  if (family === 6 && /^::ffff:/i.test(plain)) {
    const [high = 0, low = 0] = plain
      .slice('::ffff:'.length)
      .split(':')
      .map((part) => Number.parseInt(part, 16));
    return isPublicAddress([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  return !blocked.check(plain, family === 6 ? 'ipv6' : 'ipv4');
};

export interface FoundAddress {
  readonly address: string;
  readonly family: number;
}

/**
 * The addresses of a host, every one of them checked. The caller connects to what this returned and asks nobody again, so a
 * name server that answers differently the second time gains nothing.
 *
 * @param isAllowed @default isPublicAddress
 * @throws {InvalidInputError} `crawl/private`: any of its addresses is not public.
 * @throws {UnavailableError} `crawl/unreachable`: the name is not known.
 */
export const findAddresses = async (
  hostName: string,
  isAllowed: (address: string) => boolean = isPublicAddress,
): Promise<readonly FoundAddress[]> => {
  const plain = hostName.replace(/^\[|\]$/g, '');
  const family = isIP(plain);
  let found: readonly FoundAddress[];
  try {
    found = family > 0 ? [{ address: plain, family }] : await lookupName(plain, { all: true });
  } catch (cause) {
    throw new UnavailableError(
      'crawl/unreachable',
      `${hostName} is not found (${(cause as NodeJS.ErrnoException).code}): check the address, or whether this machine is online.`,
      { cause },
    );
  }
  const refused = found.find(({ address }) => !isAllowed(address));
  if (refused) {
    throw new InvalidInputError(
      'crawl/private',
      `${hostName} is ${refused.address}, an address inside a private network: only public addresses are fetched.`,
    );
  }
  return found;
};
