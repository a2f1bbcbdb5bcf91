/** The one way out to other machines: names itself, asks robots.txt, waits its turn per host, backs off, and never fetches twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import { decodeBody, isUsedUp, resetSeconds, retryAfterSeconds } from './answer-facts.ts';
import { createHostTurns, type HostTurns } from './host-turns.ts';
import { findAddresses, isPublicAddress } from './private-address.ts';
import { type RawResponse, type RequestLimits, requestOnce } from './request.ts';
import { FRESH_MILLISECONDS, type ResponseCache } from './response-cache.ts';
import { ALLOW_ALL, parseRobots, type Robots } from './robots.ts';

/** The name robots.txt files know it by. */
export const AGENT = 'Attune';

export interface FetcherOptions {
  readonly cache: ResponseCache;
  readonly version: string;
  /** An address or page where the person who runs this can be reached; services ask for one. */
  readonly contact?: string;
  /** Which addresses may be connected to. @default isPublicAddress */
  readonly isAllowed?: (address: string) => boolean;
  /** Told before each wait longer than a second: what for, and how long. */
  readonly onWait?: (host: string, seconds: number) => void;
  readonly signal?: AbortSignal;
  /** Shared by all fetchers of a process or machine, so that a host sees one of them at a time. @default its own */
  readonly turns?: HostTurns;
  /** Between two requests to one host, where nothing says otherwise. @default 1000 */
  readonly pauseMilliseconds?: number;
  /** The first wait after a failure; each further one is twice as long. @default 2000 */
  readonly firstWaitMilliseconds?: number;
  /** Longest wait for one answer; a host that asks for more is left for later. @default 120_000 */
  readonly longestWaitMilliseconds?: number;
  /** @default 6 */
  readonly tries?: number;
  /** @default 8 MiB, 30 s */
  readonly limits?: RequestLimits;
}

export interface FetchRequest {
  readonly accept?: string;
  /** Between two requests to this host, milliseconds. */
  readonly pauseMilliseconds?: number;
  /** An interface the service documents for programs: rules of robots.txt for everybody do not apply, those naming Attune do. */
  readonly isInterface?: boolean;
  /** Parts of the query that are secret: they are kept out of the cache and of messages. */
  readonly secrets?: readonly string[];
  /** How long an answer is good. @default 30 days */
  readonly freshMilliseconds?: number;
  /** Says that an answer with status 200 is a refusal, and for how many seconds to wait. */
  readonly throttledFor?: (text: string) => number | undefined;
  /** Whether an answer with status 200 to 299 is one: a refusal or nonsense is handed on, but not kept. @default every answer is */
  readonly isAnswer?: (text: string) => boolean;
}

export interface Fetched {
  readonly url: string;
  /** 200 to 299, 404 or 410. */
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly fromCache: boolean;
}

export interface Fetcher {
  readonly contact: string | undefined;
  /**
   * @throws {InvalidInputError} `crawl/address`: no http address. `crawl/private`: leads into a private network.
   *   `crawl/robots`: the site does not want it fetched. `crawl/refused`: 400 to 499. `crawl/large`. `crawl/redirects`.
   * @throws {UnavailableError} `crawl/later`: the host asks to come back later, or fails again and again; what was fetched stays
   *   in the cache. `crawl/unreachable`, `crawl/slow`.
   */
  fetch(address: string | URL, request?: FetchRequest): Promise<Fetched>;
}

const DAY = 24 * 3600 * 1000;
const MOST_REDIRECTS = 5;

export const createFetcher = (options: FetcherOptions): Fetcher => {
  const {
    cache,
    version,
    contact,
    isAllowed = isPublicAddress,
    onWait = () => {},
    signal,
    turns = createHostTurns(),
    pauseMilliseconds = 1000,
    firstWaitMilliseconds = 2000,
    longestWaitMilliseconds = 120_000,
    tries = 6,
    limits = { mostBytes: 8 * 1024 ** 2, mostMilliseconds: 30_000 },
  } = options;
  // Headers are ASCII.
  const userAgent = `${AGENT}/${version} (${contact ? `+${contact}` : "a listener's own library"})`.replaceAll(
    /[^\x20-\x7e]/g,
    '?',
  );
  const robotsTexts = new Map<string, Promise<string | undefined>>();

  const wait = async (host: string, milliseconds: number): Promise<void> => {
    if (milliseconds > 1000) onWait(host, milliseconds / 1000);
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  };

  const send = async (url: URL, headers: Record<string, string>, pause: number): Promise<RawResponse> => {
    await turns.take(url.host, pause, (milliseconds) => wait(url.host, milliseconds));
    const addresses = await findAddresses(url.hostname, isAllowed);
    return requestOnce(url, { 'user-agent': userAgent, ...headers }, addresses, limits, signal);
  };

  const robotsText = async (url: URL): Promise<string | undefined> => {
    const address = `${url.origin}/robots.txt`;
    const cached = await cache.get(address);
    if (cached && Date.now() - cached.fetchedAt < DAY) {
      return cached.status < 300 ? Buffer.from(cached.body).toString('utf8') : '';
    }
    const { status, body } = await follow(
      new URL(address),
      { accept: 'text/plain' },
      pauseMilliseconds,
      async () => true,
    );
    // A site that cannot say what it allows allows nothing for now; one that has no such file allows everything.
    if (status >= 500 || status === 429) return undefined;
    await cache.put(address, { url: address, status, contentType: 'text/plain', fetchedAt: Date.now(), body });
    return status < 300 ? Buffer.from(body).toString('utf8') : '';
  };

  const robotsOf = async (url: URL, isInterface: boolean): Promise<Robots> => {
    let asked = robotsTexts.get(url.origin);
    if (!asked) {
      asked = robotsText(url);
      robotsTexts.set(url.origin, asked);
      // Not remembered where it failed: the next request asks again.
      const forget = (): boolean => robotsTexts.delete(url.origin);
      asked.then((found) => found === undefined && forget(), forget);
    }
    const text = await asked;
    if (text !== undefined) return parseRobots(text, AGENT, isInterface);
    if (isInterface) return ALLOW_ALL;
    throw new UnavailableError(
      'crawl/unreachable',
      `${url.host} cannot say what it lets programs fetch (its robots.txt fails): try again later.`,
    );
  };

  /** Follows redirects, checking each address anew. */
  const follow = async (
    start: URL,
    headers: Record<string, string>,
    pause: number,
    mayFetch: (url: URL) => Promise<boolean>,
  ): Promise<RawResponse & { readonly url: URL }> => {
    let url = start;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      checkScheme(url);
      if (!(await mayFetch(url))) throw refusedByRobots(url);
      const response = await send(url, headers, pause);
      const { location } = response.headers;
      if (response.status < 300 || response.status > 399 || response.status === 304 || location === undefined) {
        return { ...response, url };
      }
      let next: URL;
      try {
        next = new URL(location, url);
      } catch (cause) {
        throw new InvalidInputError('crawl/redirects', `${url.host} redirects to what is no address.`, { cause });
      }
      if (url.protocol === 'https:' && next.protocol === 'http:') {
        throw new InvalidInputError(
          'crawl/redirects',
          `${url.host} redirects from https to http: that is not followed.`,
        );
      }
      url = next;
    }
    throw new InvalidInputError(
      'crawl/redirects',
      `${start.host} redirects more than ${MOST_REDIRECTS} times: a loop.`,
    );
  };

  const fetchAnew = async (url: URL, request: FetchRequest): Promise<RawResponse & { readonly url: URL }> => {
    const { accept = 'text/html, application/xhtml+xml, application/json;q=0.9', isInterface = false } = request;
    let delay = 0;
    const mayFetch = async (target: URL): Promise<boolean> => {
      const robots = await robotsOf(target, isInterface);
      delay = Math.max(delay, (robots.delaySeconds ?? 0) * 1000);
      return robots.allows(target.pathname + target.search);
    };
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      let problem: string;
      let asked: number | undefined;
      try {
        if (!(await mayFetch(url))) throw refusedByRobots(url);
        const pause = Math.max(request.pauseMilliseconds ?? pauseMilliseconds, delay);
        const response = await follow(url, { accept }, pause, mayFetch);
        const { status, headers } = response;
        const inBody =
          status < 300 ? request.throttledFor?.(decodeBody(response.body, headers['content-type'])) : undefined;
        if (status < 300 && inBody === undefined) {
          restForLimit(url.host, headers);
          return response;
        }
        if (status !== 429 && status < 500 && inBody === undefined) return response;
        problem = inBody === undefined ? `answers ${status}` : 'says it is asked too often';
        asked = inBody ?? retryAfterSeconds(headers['retry-after']) ?? resetSeconds(headers);
      } catch (error) {
        if (!(error instanceof UnavailableError) || error.code === 'crawl/later') throw error;
        if (attempt >= tries) throw error;
        problem = error.message;
      }
      const milliseconds = asked === undefined ? firstWaitMilliseconds * 2 ** (attempt - 1) : asked * 1000;
      if (attempt >= tries || milliseconds > longestWaitMilliseconds) {
        throw new UnavailableError(
          'crawl/later',
          `${url.host} ${problem} (${attempt} ${attempt === 1 ? 'try' : 'tries'})${asked === undefined ? '' : ` and asks to wait ${Math.ceil(asked)} s`}: run the same again later, what was fetched is kept.`,
        );
      }
      turns.rest(url.host, milliseconds);
    }
  };

  /** Some services tell how many requests are left: with none left, the next one waits. */
  const restForLimit = (host: string, headers: RawResponse['headers']): void => {
    const reset = resetSeconds(headers);
    if (isUsedUp(headers) && reset !== undefined) turns.rest(host, Math.min(reset * 1000, longestWaitMilliseconds));
  };

  return {
    contact,
    fetch: async (address, request = {}) => {
      const url = toUrl(address);
      checkScheme(url);
      // A part of a page (#…) is the same page.
      url.hash = '';
      const { secrets = [], freshMilliseconds = FRESH_MILLISECONDS, accept = '', isAnswer = () => true } = request;
      const shown = new URL(url);
      for (const secret of secrets) shown.searchParams.delete(secret);
      const key = `${shown.href} ${accept}`;
      const cached = await cache.get(key);
      if (cached && Date.now() - cached.fetchedAt < freshMilliseconds) {
        const text = decodeBody(cached.body, cached.contentType);
        if (cached.status >= 300 || isAnswer(text)) return { ...cached, text, fromCache: true };
      }
      const { status, headers, body, url: last } = await fetchAnew(url, request);
      for (const secret of secrets) last.searchParams.delete(secret);
      const contentType = headers['content-type'] ?? '';
      if (status >= 300 && status !== 404 && status !== 410) {
        throw new InvalidInputError(
          'crawl/refused',
          `${shown.host} answers ${status} to ${shown.pathname}: check the address${status === 401 || status === 403 ? ', or the key' : ''}.`,
        );
      }
      const response = { url: last.href, status, contentType, fetchedAt: Date.now(), body };
      const text = decodeBody(body, contentType);
      if (status >= 300 || isAnswer(text)) await cache.put(key, response);
      return { ...response, text, fromCache: false };
    },
  };
};

const refusedByRobots = (url: URL): InvalidInputError =>
  new InvalidInputError(
    'crawl/robots',
    `${url.host} does not let programs fetch ${url.pathname} (robots.txt): open it in a browser and save the list as a file.`,
  );

const toUrl = (address: string | URL): URL => {
  try {
    return new URL(address);
  } catch (cause) {
    throw new InvalidInputError('crawl/address', `"${address}" is no address: begin it with https://.`, { cause });
  }
};

const checkScheme = (url: URL): void => {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new InvalidInputError('crawl/address', `${url.protocol} addresses are not fetched: only http and https.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidInputError('crawl/address', 'An address with a password in it is not fetched.');
  }
};
