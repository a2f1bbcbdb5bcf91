/** What an answer says beside its text: how long to wait before the next, and in which encoding it is. */
import { decodeText } from '../import/decode-text.ts';
import type { RawResponse } from './request.ts';

type Headers = RawResponse['headers'];

/** Seconds out of Retry-After: a number, or a date. @see RFC 9110 section 10.2.3 */
export const retryAfterSeconds = (value: string | undefined, now = Date.now()): number | undefined => {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1000);
};

/** Seconds until a service counts anew, out of X-RateLimit-Reset-In. */
export const resetSeconds = (headers: Headers): number | undefined => {
  const value = Number(headers['x-ratelimit-reset-in']);
  return headers['x-ratelimit-reset-in'] !== undefined && value >= 0 ? value : undefined;
};

/** Whether a service says that none of its requests are left. */
export const isUsedUp = (headers: Headers): boolean => headers['x-ratelimit-remaining'] === '0';

/** The text of an answer: by what the page says of itself, unless its bytes say otherwise. */
export const decodeBody = (body: Uint8Array, contentType = ''): string => {
  const head = Buffer.from(body.subarray(0, 2048)).toString('latin1');
  const declared =
    /charset\s*=\s*["']?([\w:-]+)/i.exec(contentType)?.[1] ??
    /<meta[^>]+charset\s*=\s*["']?([\w:-]+)/i.exec(head)?.[1] ??
    /^<\?xml[^>]+encoding\s*=\s*["']([\w:-]+)/i.exec(head)?.[1];
  return decodeText(body, declared).text;
};
