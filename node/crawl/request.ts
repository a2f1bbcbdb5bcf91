/** One HTTP request to one checked address: no redirects followed, size and time bounded, packed bodies unpacked. */
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { InvalidInputError, UnavailableError } from '../../src/base/errors.ts';
import type { FoundAddress } from './private-address.ts';

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface RequestLimits {
  /** Of the unpacked body. */
  readonly mostBytes: number;
  /** From the first byte sent to the last received. */
  readonly mostMilliseconds: number;
}

/**
 * @param addresses of the host, checked; the connection goes to these and nowhere else
 * @throws {InvalidInputError} `crawl/large`: the body is longer than allowed.
 * @throws {UnavailableError} `crawl/slow`: it was not done in time. `crawl/unreachable`: the connection failed.
 */
export const requestOnce = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  addresses: readonly FoundAddress[],
  { mostBytes, mostMilliseconds }: RequestLimits,
  signal?: AbortSignal,
): Promise<RawResponse> =>
  new Promise((resolve, reject) => {
    const lookup: LookupFunction = (_host, options, callback) => {
      if (options.all) callback(null, [...addresses]);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    };
    const request = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, {
      headers: { ...headers, 'accept-encoding': 'gzip, deflate, br' },
      lookup,
      agent: false,
      signal,
    });
    let unpacking: Transform | undefined;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      request.destroy();
      // What has arrived of a bomb must not go on unpacking.
      unpacking?.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(new UnavailableError('crawl/slow', `${url.host} did not answer within ${mostMilliseconds / 1000} s.`)),
      mostMilliseconds,
    );
    const broken = (cause: NodeJS.ErrnoException): void => {
      if (signal?.aborted) {
        fail(signal.reason instanceof Error ? signal.reason : cause);
        return;
      }
      fail(
        new UnavailableError('crawl/unreachable', `${url.host} cannot be reached (${cause.code ?? cause.message}).`, {
          cause,
        }),
      );
    };
    request.on('error', broken);
    request.on('response', (response) => {
      const encoding = response.headers['content-encoding']?.toLowerCase();
      const unpack =
        encoding === 'gzip' || encoding === 'x-gzip'
          ? createGunzip()
          : encoding === 'br'
            ? createBrotliDecompress()
            : encoding === 'deflate'
              ? createInflate()
              : undefined;
      unpacking = unpack;
      const body = unpack ? response.pipe(unpack) : response;
      const pieces: Uint8Array[] = [];
      let length = 0;
      body.on('data', (piece: Uint8Array) => {
        pieces.push(piece);
        length += piece.length;
        if (length > mostBytes) {
          fail(
            new InvalidInputError(
              'crawl/large',
              `${url.host} sends more than ${mostBytes} bytes: that is no list of songs.`,
            ),
          );
        }
      });
      response.on('error', broken);
      unpack?.on('error', broken);
      response.on('aborted', () => broken(new Error('cut off')));
      body.on('end', () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string | undefined>,
          body: Buffer.concat(pieces),
        });
      });
    });
    request.end();
  });
