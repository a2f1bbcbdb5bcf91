import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './private-address.ts';
import { parseRobots } from './robots.ts';

describe('parseRobots', () => {
  it("follows RFC 9309's examples: groups, the longest rule, allow before disallow, * and $", () => {
    const text =
      'User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\nUser-Agent: foobot\nDisallow:/\n' +
      'Allow:/example/page.html\nAllow:/example/allowed.gif\n\nUser-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n';
    const allowed = (agent: string, path: string): boolean => parseRobots(text, agent).allows(path);
    expect(allowed('foobot', '/example/page.html')).toBe(true);
    expect(allowed('foobot', '/other')).toBe(false);
    expect(allowed('BarBot', '/example/page.html')).toBe(false);
    expect(allowed('bazbot', '/example/')).toBe(true);
    expect(allowed('quxbot', '/example/page.html')).toBe(true);
    expect(allowed('anybot', '/example/x')).toBe(false);
    expect(allowed('anybot', '/a/b.gif')).toBe(false);
    expect(allowed('anybot', '/a/b.gif?x')).toBe(true);
    expect(allowed('anybot', '/publications/')).toBe(true);
    expect(parseRobots('User-agent: *\nAllow: /p\nDisallow: /', 'a').allows('/page')).toBe(true);
    expect(parseRobots('User-agent: *\nAllow: /page\nDisallow: /*.htm', 'a').allows('/page.htm')).toBe(false);
  });

  it('reads delays, comments, line ends and escapes, and lets everybody in where nothing is said', () => {
    const robots = parseRobots('\ufeffuser-agent: ATTUNE # us\r\nCrawl-delay: 7\r\nDisallow: /%7Ea', 'Attune');
    expect(robots.delaySeconds).toBe(7);
    expect(robots.allows('/~a/b')).toBe(false);
    expect(parseRobots('', 'Attune').allows('/')).toBe(true);
    expect(parseRobots('User-agent: *\nDisallow:', 'Attune').allows('/x')).toBe(true);
    expect(parseRobots('User-agent: *\nDisallow: /', 'Attune', true).allows('/1/x')).toBe(true);
    expect(parseRobots('User-agent: attune\nDisallow: /', 'Attune', true).allows('/1/x')).toBe(false);
  });

  it('takes no time over hostile patterns', () => {
    const text = `User-agent: *\nDisallow: /${'*a'.repeat(2000)}$`;
    const begun = performance.now();
    expect(parseRobots(text, 'x').allows(`/${'a'.repeat(5000)}b`)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe('isPublicAddress', () => {
  it('knows private, local, mapped and translated addresses', () => {
    for (const address of [
      ...[
        '127.0.0.1',
        '10.1.2.3',
        '172.16.0.1',
        '172.31.255.255',
        '192.168.1.1',
        '169.254.169.254',
        '0.0.0.0',
        '100.64.0.1',
      ],
      ...[
        '224.0.0.1',
        '255.255.255.255',
        '::1',
        '[::1]',
        '::',
        'fe80::1%eth0',
        'fd00::1',
        'ff02::1',
        '::ffff:127.0.0.1',
      ],
      ...['::ffff:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', '::127.0.0.1', 'localhost', ''],
    ]) {
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
    }
    for (const address of ['1.1.1.1', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '100.128.0.1']) {
      expect([address, isPublicAddress(address)]).toEqual([address, true]);
    }
  });

  it('lets no address of a private range through, however it is written', () => {
    fc.assert(
      fc.property(fc.constantFrom(10, 127), fc.nat(255), fc.nat(255), fc.nat(255), (a, b, c, d) => {
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        for (const written of [`${a}.${b}.${c}.${d}`, String(number), `0x${number.toString(16)}`]) {
          expect(isPublicAddress(new URL(`http://${written}/`).hostname)).toBe(false);
        }
      }),
    );
  });
});
